"""Kinds of organisations, roles of people and what a role may do."""

from enum import Enum

from django.db import models


class OrganisationKind(models.TextChoices):
    MUNICIPALITY = "municipality", "市区町村"
    WELFARE_OFFICE = "welfare_office", "福祉事務所"
    CONSULTATION_AGENCY = "consultation_agency", "自立相談支援機関"
    PREFECTURE = "prefecture", "都道府県"
    LABOUR_BUREAU = "labour_bureau", "労働局"
    HELLO_WORK = "hello_work", "ハローワーク"
    PARTNER = "partner", "連携機関・関係団体"
    # Looks after the system; nobody is referred to it and it sits in no meeting.
    OPERATOR = "operator", "システムの運用担当"


# Kinds whose members also work for the organisations below them: a city for its welfare offices.
# A labour bureau reads figures, never the cases of its Hello Work offices.
KINDS_COVERING_CHILDREN = frozenset({OrganisationKind.MUNICIPALITY})

MUNICIPAL_KINDS = frozenset(
    {OrganisationKind.MUNICIPALITY, OrganisationKind.WELFARE_OFFICE, OrganisationKind.CONSULTATION_AGENCY}
)
NATIONAL_KINDS = frozenset({OrganisationKind.LABOUR_BUREAU, OrganisationKind.HELLO_WORK})
# To whom a person is referred (つなぐ), with an answer to wait for; other sections get a sheet (相談つなぎシート).
REFERRED_TO = frozenset({OrganisationKind.PARTNER, OrganisationKind.CONSULTATION_AGENCY})


class Role(models.TextChoices):
    CASEWORKER = "caseworker", "ケースワーカー"
    SUPPORT_WORKER = "support_worker", "就労・自立支援員"
    NAVIGATOR = "navigator", "就職支援ナビゲーター"
    JOB_DEVELOPER = "job_developer", "求人開拓・地区担当推進員"
    INTERPRETER = "interpreter", "通訳"
    PARTNER_WORKER = "partner_worker", "連携機関の支援員"
    MANAGER = "manager", "管理者(所長・課長・統括)"
    COUNCIL = "council", "協議会委員"
    HEADQUARTERS = "headquarters", "労働局・都道府県"
    ADMINISTRATOR = "administrator", "システム管理者"


class AccessAct(models.TextChoices):
    """What somebody did, as the access log keeps it."""

    VIEW = "view", "画面の閲覧"
    LIST = "list", "一覧の表示"
    SEARCH = "search", "検索"
    CHANGE = "change", "入力・変更"
    PRINT = "print", "印刷用の文書"
    DOWNLOAD = "download", "ファイルの取り出し"
    TASK = "task", "システムの自動処理"
    LOGIN = "login", "ログイン"
    LOGOUT = "logout", "ログアウト"
    LOGIN_FAILED = "login_failed", "ログインの失敗"
    SECOND_FACTOR = "second_factor", "二要素認証"
    ACCOUNT = "account", "利用者・機関の登録"
    EMERGENCY_START = "emergency_start", "緊急閲覧の開始"
    EMERGENCY_STOP = "emergency_stop", "緊急閲覧の終了"


# What the administrator of log-ins sees; accounts/migrations/0002_access_log repeats them in the policy.
LOGIN_ACTS = (
    AccessAct.LOGIN,
    AccessAct.LOGOUT,
    AccessAct.LOGIN_FAILED,
    AccessAct.SECOND_FACTOR,
    AccessAct.ACCOUNT,
)


class Permission(Enum):
    """What a role may do; which records it may do it to is decided by grants."""

    VIEW_CASES = "ケースを見る"
    OPEN_CASE = "相談を受け付け、支援対象者を登録する"
    EDIT_PERSON = "支援対象者の基本情報を直す"
    MERGE_PERSONS = "同じ人の登録を統合する、統合を取り消す"
    REQUEST_SUPPORT = "支援要請を送る、同意を記録する"
    ANSWER_REQUEST = "支援要請に答える"
    LOG_INTERVIEW = "面談と予約を記録する"
    EDIT_PLAN = "支援プランを作る"
    MOVE_CASE = "ケースの状態を進める"
    MAKE_DISCLOSURE = "本人開示用の写しを作る"
    VIEW_REFERRALS = "つなぎを見る"
    ANSWER_REFERRAL = "つなぎに返事をする、返事を記録する"
    INTRODUCE = "紹介・応募を記録する"
    RECORD_PLACEMENT = "就職・離職・定着を記録する"
    ASSIGN = "担当者を決める"
    TRANSFER = "担当機関を引き継ぐ"
    SUPPRESS = "支援措置(DV等)を設定する"
    REVEAL = "支援措置の方の情報を見る・出力を求める"
    APPROVE_RELEASE = "支援措置の方の出力・解除を承認する"
    BREAK_GLASS = "緊急時に担当外のケースを見る"
    REVIEW_EMERGENCY = "緊急時の閲覧を確かめる"
    EXPORT_CASES = "一覧をExcelに出力する"
    APPROVE_EXPORT = "大人数の一覧の出力を承認する"
    KEEP_LISTS = "一覧の表示と列を保存する"
    SHARE_VIEWS = "一覧の表示を機関で共有する"
    EDIT_FORMS = "印刷する様式を差し替える"
    REVIEW_STORIES = "就職成功例を確かめて共有する"
    VIEW_EMPLOYERS = "事業所を見る"
    EDIT_EMPLOYERS = "事業所・求人を登録する"
    VIEW_AGREEMENTS = "協定・計画を見る"
    EDIT_AGREEMENTS = "協定・計画を直す"
    VIEW_REPORTS = "報告を見る"
    VIEW_EXACT_FIGURES = "報告の実数と元のファイルを見る"
    REQUEST_REPORT = "報告を作る"
    CONFIRM_REPORT = "報告を確認する・差し戻す"
    MANAGE_ACCOUNTS = "利用者と機関を管理する"
    REVIEW_ACCESS = "閲覧の記録を点検する"
    REVIEW_LOGINS = "ログインの記録を見る"


_CASEWORK = frozenset(
    {
        Permission.VIEW_CASES,
        Permission.LOG_INTERVIEW,
        Permission.EDIT_PLAN,
        Permission.MOVE_CASE,
        Permission.MAKE_DISCLOSURE,
        Permission.VIEW_REFERRALS,
        Permission.INTRODUCE,
        Permission.RECORD_PLACEMENT,
        Permission.REVEAL,
        Permission.BREAK_GLASS,
        Permission.EXPORT_CASES,
        Permission.KEEP_LISTS,
        Permission.VIEW_EMPLOYERS,
        Permission.EDIT_EMPLOYERS,
        Permission.VIEW_AGREEMENTS,
        Permission.VIEW_REPORTS,
        Permission.VIEW_EXACT_FIGURES,
    }
)
_INTAKE = frozenset(
    {
        Permission.OPEN_CASE,
        Permission.EDIT_PERSON,
        Permission.REQUEST_SUPPORT,
        Permission.ANSWER_REFERRAL,
        Permission.ASSIGN,
        Permission.TRANSFER,
        Permission.SUPPRESS,
    }
)
_FIGURES = frozenset({Permission.VIEW_AGREEMENTS, Permission.VIEW_REPORTS})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CASEWORKER: _CASEWORK | _INTAKE | {Permission.MERGE_PERSONS},
    Role.SUPPORT_WORKER: _CASEWORK | _INTAKE,
    Role.NAVIGATOR: _CASEWORK | {Permission.ANSWER_REQUEST, Permission.ASSIGN},
    Role.JOB_DEVELOPER: frozenset({Permission.VIEW_EMPLOYERS, Permission.EDIT_EMPLOYERS, Permission.KEEP_LISTS})
    | _FIGURES
    | {Permission.VIEW_EXACT_FIGURES},
    Role.INTERPRETER: frozenset({Permission.VIEW_CASES, Permission.KEEP_LISTS}),
    # Reads what was handed over and answers; no timeline, no search, no list of cases (domain.md §2).
    Role.PARTNER_WORKER: frozenset({Permission.VIEW_REFERRALS, Permission.ANSWER_REFERRAL}),
    Role.MANAGER: frozenset(Permission) - {Permission.MANAGE_ACCOUNTS, Permission.ANSWER_REQUEST},
    # Outside of the parties' walls: what is published and nothing finer.
    Role.COUNCIL: _FIGURES,
    Role.HEADQUARTERS: _FIGURES | {Permission.VIEW_EXACT_FIGURES, Permission.REQUEST_REPORT, Permission.CONFIRM_REPORT},
    # No case content, except by break-glass, which the holder sees and reviews (Numazu 2025).
    # Agreements are their parties' as well: an operator from elsewhere would find an empty list.
    Role.ADMINISTRATOR: frozenset({Permission.MANAGE_ACCOUNTS, Permission.REVIEW_LOGINS, Permission.BREAK_GLASS}),
}

# What only one side of the agreement does, whatever the role: a manager of Hello Work
# answers a request for support, a manager of the city sends it.
MUNICIPAL_ONLY = frozenset(
    {
        Permission.OPEN_CASE,
        Permission.EDIT_PERSON,
        Permission.MERGE_PERSONS,
        Permission.REQUEST_SUPPORT,
        Permission.TRANSFER,
        Permission.SUPPRESS,
    }
)
# Roles that see the cases assigned to them and no others of their organisation.
ASSIGNED_ONLY = frozenset({Role.INTERPRETER})
NATIONAL_ONLY = frozenset({Permission.ANSWER_REQUEST})


def permissions_of(role: Role, kind: OrganisationKind) -> frozenset[Permission]:
    """What a member with this role may do in an organisation of this kind."""
    allowed = PERMISSIONS[role]
    if role is Role.MANAGER and kind in NATIONAL_KINDS:
        allowed = allowed | {Permission.ANSWER_REQUEST}
    if kind not in MUNICIPAL_KINDS:
        allowed = allowed - MUNICIPAL_ONLY
    if kind not in NATIONAL_KINDS:
        allowed = allowed - NATIONAL_ONLY
    else:
        # Hello Work hears what came of a referral; the two who made it answer for it.
        allowed = allowed - {Permission.ANSWER_REFERRAL}
    return allowed
