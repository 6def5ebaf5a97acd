"""Who may open what: one line per URL, read by people and driven over HTTP by test_access.py.

Letters: c ケースワーカー  s 就労・自立支援員  n ナビゲーター  m 市の管理者  h ハローワークの管理者
         b 労働局  k 協議会委員  d 求人開拓  i 通訳  a システム管理者
A letter present: the page opens (or accepts only POST, 405). A letter absent: 403.
Everybody without a letter's own data – a case of another city, a foreign agreement – gets 404.
"""

ALL = "csnmhbkdia"
CASES = "csnmhi"  # sees cases
WORK = "csnmh"  # works on cases
CITY = "csm"  # the municipal side
FIGURES = "csnmhbkd"

# Open without log-in; everything else sends to the log-in page.
PUBLIC = {"healthz", "login", "logout"}

# URL name → letters; what is asked of a case or agreement of one's own.
MATRIX: dict[str, str] = {
    "password_change": ALL,
    "password_change_done": ALL,
    "choose_organisation": ALL,
    "draft_save": ALL,
    "draft_discard": ALL,  # the own ones; anybody else gets 404
    "session_status": ALL,
    "session_extend": ALL,
    "session_back": ALL,
    "today": ALL,
    "help": ALL,
    "account_list": "a",
    "account_new": "a",
    "organisation_list": "a",
    "organisation_new": "a",
    "organisation_edit": "a",
    "account_detail": "a",
    "case_search": CASES,
    "case_list": CASES,
    "case_new": CITY,
    "case_detail": CASES,
    "case_again": CITY,
    "person_edit": CITY,
    "case_status": CITY,
    "visibility": CASES,
    "consent_withdraw": CITY,
    "support_request_new": CITY,
    "support_request_answer": "nh",
    "support_request_withdraw": CITY,
    "assignment_new": WORK,
    "plan_new": WORK,
    "plan_confirm": WORK,
    "plan_agreed": WORK,
    "case_move": WORK,
    "case_close": WORK,
    "interview_new": WORK,
    "interview_edit": "n",  # its writer alone; colleagues get 404, see NOT_MINE
    "appointment_list": CASES,
    "appointment_new": WORK,
    "appointment_settle": WORK,
    "introduction_new": WORK,
    "introduction_result": WORK,
    "placement_new": WORK,
    "placement_separate": WORK,
    "retention_check": WORK,
    "employer_list": "csnmhd",
    "employer_new": "csnmhd",
    "employer_detail": "csnmhd",
    "employer_edit": "csnmhd",
    "vacancy_new": "csnmhd",
    "agreement_list": FIGURES + "a",
    "agreement_new": "mh",
    "agreement_detail": FIGURES,
    "agreement_edit": "mh",
    "party_new": "mh",
    "participant_new": "mh",
    "site_new": "mh",
    "menu_new": "mh",
    "group_new": "mh",
    "group_edit": "mh",
    "rules_new": "mh",
    "plan_year": "mh",
    "plan_detail": FIGURES,
    "report_list": FIGURES,
    "report_request": "mhb",
    "report_detail": FIGURES,
    "report_revision": FIGURES,
    "report_file": FIGURES,
    "report_people": FIGURES,
    "report_confirm": "mhb",
    "report_return": "mhb",
    "report_comment": "mhb",
    "report_revise": "mhb",
}

# Allowed by role, but not this record: 404 instead of 403.
NOT_MINE: dict[str, str] = {
    "interview_edit": "csmh",
    "agreement_detail": "a",
    "plan_detail": "a",
}
