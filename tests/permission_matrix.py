"""Who may do what to which record: role × URL × method × relation → answer. Read by people, driven over HTTP.

Letters: c ケースワーカー  s 就労・自立支援員  n ナビゲーター  m 市の管理者  h ハローワークの管理者
         b 労働局  k 協議会委員  d 求人開拓  i 通訳  a システム管理者  p 連携機関の支援員

MATRIX is the base: a letter present, and the page opens; absent, 403.
RELATIONS says what becomes of that when the record is not simply one's own: 404, as if it did not exist.
A new URL needs one line in MATRIX; a URL that only shows or only acts one in METHODS, too.
tests/access/test_matrix.py runs every cell; docs/permissions.md is this file for people:

    python -m tests.permission_matrix
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

ALL = "csnmhbkdiap"
CASES = "csnmhi"  # sees cases
WORK = "csnmh"  # works on cases
CITY = "csm"  # the municipal side
FIGURES = "csnmhbkd"
EXACT = "csnmhbd"  # the council reads what is published
NATIONAL = "nhb"  # works for Hello Work or the labour bureau

OPEN, FORBIDDEN, GONE, NOT_SERVED = "open", "403", "404", "405"
REFUSED = "refused"  # what is held back: a sentence says why, or it leads to where one asks

# Open without log-in; everything else sends to the log-in page.
PUBLIC = {
    "healthz",
    "login",
    "account_login",
    "mfa_authenticate",
    "logout",
    "invitation",
    "openid_connect_login",
    "openid_connect_callback",
    "session_status",
    "calendar_feed",  # answers to a secret in its address and names no person
}

# URL name → letters; what is asked of a case or agreement of one's own.
MATRIX: dict[str, str] = {
    "password_change": ALL,
    "password_change_done": ALL,
    "choose_organisation": ALL,
    "draft_save": ALL,
    "draft_discard": "",  # the own ones; anybody else gets 404, see NOT_MINE
    "session_back": ALL,
    "today": ALL,
    "help": ALL,
    "accessibility": ALL,
    "account_list": "a",
    "account_new": "a",
    "organisation_list": "a",
    "organisation_new": "a",
    "organisation_edit": "a",
    "account_detail": "a",
    "account_invite": "a",
    "account_sign_on": "a",
    "account_settings": ALL,
    "date_style": ALL,
    "typing_settings": ALL,
    "account_reauthenticate": ALL,
    "mfa_activate_totp": ALL,
    "mfa_deactivate_totp": "",  # they have none; see NOT_MINE
    "mfa_add_webauthn": ALL,
    "mfa_remove_webauthn": "",  # they have no key; see NOT_MINE
    "recovery_codes": ALL,
    "session_list": ALL,
    "session_extend": ALL,
    "sign_on_unlink": ALL,
    "access_log": "mha",
    "access_entry": "m",  # read in the city's own log
    "odd_reading_list": "mh",
    "odd_reading_review": "m",
    "case_readers": "m",  # the organisation that holds the case answers the person
    "case_readers_pdf": "m",
    "case_search": CASES,
    "case_list": CASES,
    "placement_list": CASES,
    "booking_list": CASES,
    "list_views": CASES,
    "list_columns": CASES,
    "list_export": WORK,
    "export_list": WORK,
    "export_answer": "h",  # the manager where it was asked for
    "export_file": "n",  # who asked
    "case_new": CITY,
    "case_detail": CASES,
    "case_again": CITY,
    "person_edit": CITY,
    "case_status": CITY,
    "person_alike": "cm",
    "person_not_same": "cm",
    "person_not_same_undo": "cm",
    "person_merge": "cm",
    "person_merge_undo": "cm",
    "contact_edit": CITY,
    "visibility": CASES,
    "consent_new": CITY,
    "consent_withdraw": CITY,
    "circumstance_edit": WORK,
    "suppression": WORK,
    "release_answer": "mh",
    "emergency_new": WORK + "a",
    "emergency_end": "",  # only one's own running one, see NOT_MINE
    "emergency_list": "mh",
    "emergency_review": "m",  # the holder's manager; others get 404
    "support_request_new": CITY,
    "support_request_answer": "nh",
    "support_request_withdraw": CITY,
    "support_request_urgent": CITY,
    "support_request_complete": CITY,
    "pre_consultation_new": CITY,
    "pre_consultation_answer": "nh",
    "ledger": CITY,
    "ledger_check": CITY,
    "funnel": WORK,
    "case_transfer": CITY,
    "referral_list": WORK + "p",
    "referral_new": CITY,
    "referral_detail": WORK + "p",
    "referral_answer": CITY + "p",
    "referral_sheet": CITY,
    "duty_table": WORK,
    "duty_sheet": WORK,
    "assignment_new": WORK,
    "plan_new": WORK,
    "plan_confirm": WORK,
    "plan_agreed": WORK,
    "plan_list": CASES,
    "plan_extend": WORK,
    "plan_paper": CASES,
    "plan_review": WORK,
    "plan_review_confirm": WORK,
    "plan_review_paper": CASES,
    "case_papers": CASES,
    "case_paper": CASES,
    "case_record": CASES,
    "case_disclosure": WORK,
    "case_story": WORK,
    "story_list": FIGURES,
    "story_detail": FIGURES,
    "story_review": "m",  # a manager of the organisation that wrote it
    "story_paper": FIGURES,
    "form_list": "mh",
    "form_edit": "mh",
    "case_move": WORK,
    "case_close": WORK,
    "interview_new": WORK,
    "interview_edit": "n",  # its writer alone; colleagues get 404, see NOT_MINE
    "attachment_new": WORK,
    "attachment_download": CASES,
    "attachment_remove": "nh",  # the side that put it there
    "appointment_list": CASES,
    "appointment_new": WORK,
    "appointment_detail": CASES,
    "appointment_move": WORK,
    "appointment_cancel": WORK,
    "appointment_settle": WORK,
    "appointment_followed_up": WORK,
    "appointment_undo": WORK,
    "appointment_slip": CASES,
    "slot_list": CASES,
    "slot_new": WORK,
    "slot_edit": "csm",
    "notice_settings": CASES,
    "introduction_new": WORK,
    "introduction_result": WORK,
    "placement_new": WORK,
    "placement_separate": WORK,
    "retention_check": WORK,
    "team": WORK,
    "cover_new": WORK,
    "cover_withdraw": "nh",  # the cover of a Hello Work office: the worker, and the manager there
    "handover_new": WORK,
    "handover_detail": "nh",
    "handover_open": "n",  # the successor alone
    "handover_receive": "n",
    "meeting_list": WORK,
    "meeting_new": WORK,
    "meeting_detail": WORK,
    "meeting_edit": WORK,
    "meeting_people": WORK,
    "meeting_fill": WORK,
    "meeting_confirm": WORK,
    "meeting_next": WORK,
    "meeting_pack": WORK,
    "meeting_item_new": WORK,
    "meeting_item": WORK,
    "meeting_task_done": WORK,
    "meeting_task_undo": WORK,
    "assessment": CASES,
    "assessment_new": WORK,
    "assessment_edit": "nh",  # the side that wrote it
    "obstacles_edit": WORK,
    "work_history_new": WORK,
    "work_history_edit": WORK,
    "qualification_new": WORK,
    "qualification_edit": WORK,
    "checklist": CASES,
    "checklist_new": WORK,
    "checklist_edit": "nh",  # the side that wrote it
    "face_sheet": CASES,
    "face_sheet_pdf": WORK,
    "interpreter_edit": WORK,
    "linking_new": WORK,
    "linking": CASES,
    "linking_pdf": WORK,
    "next_steps": CASES,
    "next_steps_pdf": CASES,
    "employer_list": "csnmhd",
    "employer_search": "csnmhd",
    "employer_new": "csnmhd",
    "employer_detail": "csnmhd",
    "employer_edit": "csnmhd",
    "vacancy_new": "csnmhd",
    "agreement_list": FIGURES,
    "agreement_new": "mh",
    "agreement_detail": FIGURES,
    "agreement_edit": "mh",
    "party_new": "mh",
    "participant_new": "mh",
    "site_new": "mh",
    "site_desks": "mh",
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
    "report_file": EXACT,
    "report_public": FIGURES,
    "report_people": EXACT,
    "report_confirm": "mhb",
    "report_return": "mhb",
    "report_comment": "mhb",
    "report_revise": "mhb",
}

# Allowed by role, but not this record: 404 instead of 403.
NOT_MINE: dict[str, str] = {
    "mfa_deactivate_totp": ALL,
    "mfa_remove_webauthn": ALL,
    "draft_discard": ALL,
    "interview_edit": "csmh",
    "emergency_end": WORK + "a",
    "export_answer": "m",
    "export_file": "csmh",
    "emergency_review": "h",
    "attachment_remove": "csm",
    "slot_edit": "nh",  # another organisation's
    "access_entry": "h",
    "odd_reading_review": "h",
    "case_readers": "h",
    "case_readers_pdf": "h",
    "story_review": "h",
    "cover_withdraw": "csm",
    "handover_detail": "csm",
    "handover_open": "csmhi",
    "handover_receive": "csmhi",
    "assessment_edit": "csm",
    "checklist_edit": "csm",
}

# Refused by what is asked, after the record is found: 403 on one's own, 404 where it cannot be seen.
ASKED_LATE: dict[str, str] = {"case_move": "i"}

# Methods. Without a line: GET shows the form, POST sends it. All other methods: 405 everywhere.
METHODS: dict[str, str] = {
    "password_change_done": "get",
    "today": "get",
    "help": "get",
    "accessibility": "get",
    "account_list": "get",
    "organisation_list": "get",
    "case_list": "get",
    "placement_list": "get",
    "booking_list": "get",
    "export_list": "get",
    "export_file": "post",
    "case_detail": "get",
    "person_not_same_undo": "post",
    "visibility": "get",
    "appointment_detail": "get",
    "appointment_followed_up": "post",
    "appointment_undo": "post",
    "appointment_slip": "get",
    "slot_list": "get",
    "ledger": "get",
    "funnel": "get",
    "referral_list": "get",
    "referral_detail": "get",
    "referral_sheet": "get",
    "duty_table": "get",
    "duty_sheet": "get",
    "emergency_list": "get",
    "attachment_download": "get",
    "draft_save": "post",
    "session_extend": "post",
    "session_back": "get",
    "session_list": "get post",
    "account_settings": "get",
    "date_style": "post",
    "sign_on_unlink": "post",
    "access_log": "get",
    "access_entry": "get",
    "odd_reading_list": "get",
    "case_readers": "get",
    "case_readers_pdf": "get",
    "emergency_end": "post",
    "plan_list": "get",
    "plan_paper": "get",
    "plan_review_paper": "get",
    "case_papers": "get",
    "case_paper": "get",
    "case_record": "get",
    "story_list": "get",
    "story_detail": "get",
    "story_paper": "get",
    "form_list": "get",
    "appointment_list": "get",
    "appointment_settle": "post",
    "team": "get",
    "handover_detail": "get",
    "handover_open": "post",
    "handover_receive": "post",
    "meeting_list": "get",
    "meeting_detail": "get",
    "meeting_fill": "post",
    "meeting_next": "post",
    "meeting_pack": "get",
    "meeting_task_done": "post",
    "meeting_task_undo": "post",
    "assessment": "get",
    "checklist": "get",
    "face_sheet": "get",
    "face_sheet_pdf": "get",
    "linking": "get",
    "linking_pdf": "get",
    "next_steps": "get",
    "next_steps_pdf": "get",
    "employer_list": "get",
    "employer_detail": "get",
    "agreement_list": "get",
    "agreement_detail": "get",
    "report_list": "get",
    "report_detail": "get",
    "report_revision": "get",
    "report_file": "get",
    "report_public": "get",
    "report_people": "get",
    "report_return": "post",
    "report_comment": "post",
    "report_revise": "post",
}
# Who may send where more may read.
SENDERS: dict[str, str] = {"plan_detail": ""}  # an agreed version is changed by nobody
# What is opened leads on to another URL by itself; everything else that opens is shown (200).
LEADS_ON: dict[str, str] = {
    "today": "referral_list",  # of a partner, who has nothing else
    "recovery_codes": "account_settings",  # nobody here has a second factor
    "report_request": "report_list",  # the month is chosen there
    "report_public": "report_revision",  # not confirmed by both sides: no public file yet
    # Nothing waits for an answer any more.
    "support_request_answer": "case_detail",
    "support_request_withdraw": "case_detail",
    "support_request_complete": "case_detail",
    "pre_consultation_answer": "case_detail",
    "ledger_check": "case_detail",
}
# Relation → what is held back: papers and whereabouts of a suppressed person wait for a second person's yes,
# a sheet that stands on a consent for a new consent.
HELD_BACK: dict[str, set[str]] = {
    "secret": {
        "attachment_download",
        "contact_edit",
        "referral_sheet",
        "duty_sheet",
        "plan_paper",
        "plan_review_paper",
        "case_paper",
        "case_record",
        "case_disclosure",
        "case_readers_pdf",
        "face_sheet_pdf",
        "linking_pdf",
        "next_steps_pdf",
    },
    "withdrawn": {"linking_pdf"},
}
# Shown by GET, printed by POST: there it is held back.
PRINTED_BY_POST = {"case_disclosure"}
# What an otherwise empty POST must say to be understood at all.
POSTS: dict[str, dict[str, str]] = {"appointment_settle": {"status": "kept"}, "case_disclosure": {"volume": "1"}}

# What stands behind a URL: "case", "agreement", "desk" (a meeting, a cover, a handover:
# its organisations), "shared" (everybody with the role) or "none" (no record named).
# By rule: no argument → none; below cases/ → case; with an agreement's code → agreement; else shared.
BEHIND: dict[str, str] = {
    "appointment_detail": "case",
    "appointment_move": "case",
    "appointment_cancel": "case",
    "appointment_settle": "case",
    "appointment_followed_up": "case",
    "appointment_undo": "case",
    "appointment_slip": "case",
    "emergency_end": "case",
    "emergency_review": "case",
    "slot_edit": "case",
    "access_entry": "case",
    "odd_reading_review": "case",
    "mfa_remove_webauthn": "none",
    # A shared story is seen with its agreement; a layout is named by its kind and is always one's own.
    "story_detail": "agreement",
    "story_review": "agreement",
    "story_paper": "agreement",
    "form_edit": "none",
    "list_views": "none",
    "list_columns": "none",
    "list_export": "none",
    "handover_open": "case",
    "handover_receive": "case",
    "meeting_item": "case",
    "meeting_task_done": "case",
    "meeting_task_undo": "case",
    **dict.fromkeys(
        (
            "cover_withdraw",
            "export_answer",
            "export_file",
            "handover_detail",
            "meeting_detail",
            "meeting_edit",
            "meeting_people",
            "meeting_fill",
            "meeting_confirm",
            "meeting_next",
            "meeting_pack",
            "meeting_item_new",
        ),
        "desk",
    ),
}
# Who held the case answers for a look at it, also after the case went elsewhere.
STAYS: dict[str, str] = {
    "emergency_review": "transferred",
    "slot_edit": "transferred",  # a worker's hours are the office's, whatever becomes of the case
    "access_entry": "transferred",
    "person_not_same": "transferred",  # of another person
    "person_not_same_undo": "transferred",
    "person_merge": "transferred",  # of another person
    "person_merge_undo": "transferred",
    "odd_reading_review": "transferred",
}


@dataclass(frozen=True)
class Relation:
    """How those who ask stand to the record, and what they get: "open" (as the role says) or "404"."""

    label: str
    municipal: str  # a case, asked from the municipal side
    national: str  # a case, asked from the side of Hello Work
    agreement: str  # an agreement, its plans and reports
    shared: str  # employers, accounts, organisations
    askers: str = ALL  # the roles that can stand so
    only: str = "all"  # "child": only URLs that name a record inside another one; "case": only URLs of one case
    partner: str = OPEN  # what was referred, asked by the partner it was referred to

    def answer(self, behind: str, letter: str) -> str:
        if behind == "case" and letter == "p":
            return self.partner
        if behind == "case":
            return self.national if letter in NATIONAL else self.municipal
        if behind == "desk":
            # A meeting or a cover of certain offices: whoever belongs to them, whatever becomes of a case.
            return GONE if self.municipal == self.national == GONE else OPEN
        return {"agreement": self.agreement, "shared": self.shared, "none": OPEN}[behind]


#                       だれから見て何が                              市側   国側   協定   共有
RELATIONS: dict[str, Relation] = {
    "own": Relation("自機関のケース(同意があり連携先にも見える)", OPEN, OPEN, OPEN, OPEN),
    "closed": Relation("終了したケース", OPEN, OPEN, OPEN, OPEN),
    "secret": Relation(
        "支援措置(DV等)のケース。紙とファイルは二人目の承認まで断る", OPEN, OPEN, OPEN, OPEN, only="case"
    ),
    "own_note": Relation("ハローワークだけのメモがあるケース", OPEN, OPEN, OPEN, OPEN, only="child"),
    "not_shared": Relation("同意・要請の前のケース", OPEN, GONE, OPEN, OPEN, askers=NATIONAL, only="case"),
    "withdrawn": Relation("本人が同意を撤回したケース", OPEN, GONE, OPEN, OPEN),
    "expired": Relation("見える期限が過ぎたケース", OPEN, GONE, OPEN, OPEN),
    "declined": Relation("対象外と回答したケース", OPEN, GONE, OPEN, OPEN),
    "transferred": Relation("別の機関へ引き継いだケース(国側には残る)", GONE, OPEN, OPEN, OPEN),
    "neighbour": Relation("同じ協定の、別の福祉事務所・ハローワークのケース", GONE, GONE, OPEN, OPEN, askers="csinh"),
    "stranger": Relation("別の市の協定とケース", GONE, GONE, GONE, OPEN, partner=GONE),
    "mixed": Relation("自機関のケースの下に、別の記録の番号", GONE, GONE, GONE, GONE, only="child", partner=GONE),
    "missing": Relation("存在しない番号", GONE, GONE, GONE, GONE, partner=GONE),
}


@dataclass(frozen=True)
class Cell:
    """One line of the proof: this role asks this URL by this method, standing so to the record."""

    letter: str
    name: str
    method: str
    relation: str
    answer: str  # "open", "403", "404", "405" or "refused"


def behind(name: str, route: str) -> str:
    if name in BEHIND:
        return BEHIND[name]
    if "<" not in route:
        return "none"
    if route.startswith("cases/"):
        return "case"
    return "agreement" if "<slug:code>" in route else "shared"


def names_child(route: str) -> bool:
    """Whether the URL names a record inside another one; `other_pk` is a second case beside the first."""
    return (route.count("<uuid:") == 2 and "<uuid:other_pk>" not in route) or (
        "<slug:code>" in route and "<int:pk>" in route
    )


def expected(letter: str, name: str, method: str, relation: Relation, what: str) -> str:
    """Role first, then method, then record, then who may send."""
    is_gone = relation.answer(what, letter) == GONE and RELATIONS.get(STAYS.get(name, "")) is not relation
    served = METHODS.get(name, "get post").split()
    if letter not in MATRIX[name] + NOT_MINE.get(name, ""):
        return GONE if letter in ASKED_LATE.get(name, "") and is_gone else FORBIDDEN
    if method not in served:
        return NOT_SERVED
    if is_gone or letter in NOT_MINE.get(name, ""):
        return GONE
    if method == "post" and letter not in SENDERS.get(name, ALL):
        return FORBIDDEN
    held_back = any(relation is RELATIONS[key] and name in names for key, names in HELD_BACK.items())
    return REFUSED if held_back and method == ("post" if name in PRINTED_BY_POST else "get") else OPEN


def cells(relation: str, routes: dict[str, str]) -> list[Cell]:
    """Every cell of one relation; URLs without a record are asked once, as one's own."""
    row = RELATIONS[relation]
    found = []
    for letter, name, method in itertools.product(row.askers, MATRIX, ("get", "post")):
        what = behind(name, routes[name])
        fits = {"child": names_child(routes[name]), "case": routes[name].startswith("cases/<uuid:pk>/")}
        if (what == "none" and relation != "own") or not fits.get(row.only, True):
            continue
        found.append(Cell(letter, name, method, relation, expected(letter, name, method, row, what)))
    return found


ROLE_NAMES = {
    "c": "CW",
    "s": "支援員",
    "n": "ナビ",
    "m": "市管理者",
    "h": "HW管理者",
    "b": "労働局",
    "k": "協議会",
    "d": "求人開拓",
    "i": "通訳",
    "a": "システム",
    "p": "連携機関",
}
BEHIND_NAMES = {"none": "なし", "case": "ケース", "agreement": "協定", "desk": "会議・引継ぎ", "shared": "共有"}
SIGNS = {OPEN: "○", GONE: "404"}


def as_markdown(routes: dict[str, str], purposes: dict[str, str]) -> str:
    """The matrix for people; `purposes` is what each URL's permission is called in Japanese."""
    lines = [
        "# 権限表",
        "",
        "だれが、どの画面で、どの記録に、何をできるか。`python -m tests.permission_matrix` が",
        "`tests/permission_matrix.py` から書きます(手で直さないでください)。",
        "すべてのマスは `tests/access/test_matrix.py` が実際にHTTPで確かめます。",
        "",
        "- ○: 開く・送れる。空欄: 403(あなたの役割ではできません)。●: 役割はよいが、この記録は本人だけ(404)。",
        "- 方法の「見る」はGET、「送る」はPOST。ほかの方法はすべて405です。",
        f"- ログインなしで開くのは {'、'.join(sorted(PUBLIC))} だけです。ほかはログイン画面へ移ります。",
        "",
        "## 画面と役割",
        "",
        f"| 画面 | 権限 | 方法 | 対象 | {' | '.join(ROLE_NAMES.values())} |",
        f"| --- | --- | --- | --- | {' | '.join([':-:'] * len(ROLE_NAMES))} |",
    ]
    for name, letters in MATRIX.items():
        methods = "・".join({"get": "見る", "post": "送る"}[method] for method in METHODS.get(name, "get post").split())
        signs = ["○" if letter in letters else "●" if letter in NOT_MINE.get(name, "") else "" for letter in ROLE_NAMES]
        what = BEHIND_NAMES[behind(name, routes[name])]
        lines.append(f"| `{name}` | {purposes.get(name, '')} | {methods} | {what} | {' | '.join(signs)} |")
    lines += [
        "",
        "## 記録との関係",
        "",
        "役割がよくても、記録との関係で答えが変わります。404は、存在しない番号とまったく同じ答えです。",
        "",
        "| 関係 | 市側から見たケース | 国側から見たケース | 連携機関から見たつなぎ | 協定・計画・報告 | 事業所・利用者・機関 | マスの数 |",
        "| --- | :-: | :-: | :-: | :-: | :-: | --: |",
    ]
    total = 0
    for key, row in RELATIONS.items():
        count = len(cells(key, routes))
        total += count
        answers = (row.municipal, row.national, row.partner, row.agreement, row.shared)
        lines.append(f"| {row.label} | {' | '.join(SIGNS[answer] for answer in answers)} | {count:,} |")
    lines += [f"| 合計 | | | | | | {total:,} |", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    from tests.access import permissions_page

    permissions_page.write()
