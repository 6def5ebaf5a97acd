"""What a read was, in words that the person concerned understands."""

from __future__ import annotations

from accounts.enums import AccessAct

# URL name → what the page is; a page without a line is named by what was done.
PAGES = {
    "today": "「今日」の画面(予約や、することの一覧)",
    "case_list": "ケースの一覧",
    "placement_list": "就職と定着の一覧",
    "list_export": "一覧のファイル(Excel)への出力",
    "export_file": "一覧のファイル(Excel)への出力",
    "case_search": "氏名などで探した結果",
    "appointment_list": "予約の一覧",
    "report_people": "報告の人数の内訳",
    "report_detail": "月次報告の、締めたあとの変動",
    "case_new": "同じ方がいないかの確認(相談の受付)",
    "case_detail": "相談・支援の記録",
    "case_again": "再支援の受付",
    "person_edit": "氏名・住所などの基本情報",
    "person_alike": "同じ方の登録がないかの確認",
    "person_merge": "同じ方の登録をまとめる画面",
    "person_merge_undo": "まとめた登録を元に戻す画面",
    "case_status": "支援区分",
    "visibility": "見える範囲と同意",
    "consent_withdraw": "同意の撤回",
    "support_request_new": "支援要請",
    "support_request_answer": "支援要請への回答",
    "support_request_withdraw": "支援要請の取下げ",
    "assignment_new": "担当者",
    "plan_new": "支援プラン",
    "plan_confirm": "支援プランの確認",
    "plan_agreed": "支援プランへの同意",
    "case_move": "支援の状態",
    "case_close": "支援の終了",
    "interview_new": "面談の記録",
    "interview_edit": "面談の記録の訂正",
    "appointment_new": "予約",
    "appointment_settle": "予約の結果",
    "introduction_new": "紹介・応募",
    "introduction_result": "紹介・応募の結果",
    "placement_new": "就職の記録",
    "placement_separate": "離職の記録",
    "retention_check": "定着の確認",
    "access_entry": "閲覧の記録の点検",
    "odd_reading_list": "気になる閲覧の点検",
    "odd_reading_review": "気になる閲覧の点検",
    "case_readers": "この方の記録を見た人の一覧",
    "case_readers_pdf": "この方の記録を見た人の一覧(印刷)",
}
VERBS = {
    AccessAct.VIEW: "見た",
    AccessAct.LIST: "一覧に表示した",
    AccessAct.SEARCH: "探した結果に表示した",
    AccessAct.CHANGE: "入力・変更した",
    AccessAct.PRINT: "印刷用の文書を作った",
    AccessAct.DOWNLOAD: "ファイルを取り出した",
    AccessAct.TASK: "システムが自動で処理した",
    AccessAct.EMERGENCY_START: "緊急に見ることを始めた",
    AccessAct.EMERGENCY_STOP: "緊急に見ることを終えた",
}


def page_words(route: str) -> str:
    """The page in plain words."""
    return PAGES.get(route, "その他の画面")


def act_words(act: str) -> str:
    """What was done, in the past tense."""
    known = AccessAct(act)
    return VERBS.get(known, str(known.label))
