"""States, choices and transition tables of casework."""

from django.db import models


class Sex(models.TextChoices):
    FEMALE = "female", "女性"
    MALE = "male", "男性"
    OTHER = "other", "その他"
    UNANSWERED = "unanswered", "回答しない"


class CaseState(models.TextChoices):
    INTAKE = "intake", "相談受付"
    PRE_CONSULTATION = "pre_consultation", "プレ相談"
    REQUESTED = "requested", "支援要請中"
    RETURNED = "returned", "差戻し"
    ACCEPTED = "accepted", "受理・プラン作成中"
    ACTIVE = "active", "支援中"
    SUSPENDED = "suspended", "中断"
    PLACED = "placed", "就職・定着支援中"
    NOT_REFERRED = "not_referred", "見送り"
    DECLINED = "declined", "対象外"
    CLOSED = "closed", "終了"


# The one table of moves: read by actions, the database trigger, the buttons and the docs.
CASE_TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.INTAKE: frozenset(
        {CaseState.PRE_CONSULTATION, CaseState.REQUESTED, CaseState.NOT_REFERRED, CaseState.CLOSED}
    ),
    CaseState.PRE_CONSULTATION: frozenset({CaseState.REQUESTED, CaseState.NOT_REFERRED, CaseState.CLOSED}),
    CaseState.REQUESTED: frozenset({CaseState.ACCEPTED, CaseState.RETURNED, CaseState.DECLINED, CaseState.INTAKE}),
    CaseState.RETURNED: frozenset({CaseState.REQUESTED, CaseState.NOT_REFERRED, CaseState.CLOSED}),
    CaseState.ACCEPTED: frozenset({CaseState.ACTIVE, CaseState.PLACED, CaseState.CLOSED}),
    CaseState.ACTIVE: frozenset({CaseState.SUSPENDED, CaseState.PLACED, CaseState.CLOSED}),
    CaseState.SUSPENDED: frozenset({CaseState.ACTIVE, CaseState.PLACED, CaseState.CLOSED}),
    CaseState.PLACED: frozenset({CaseState.ACTIVE, CaseState.CLOSED}),
    CaseState.NOT_REFERRED: frozenset({CaseState.INTAKE, CaseState.CLOSED}),
    CaseState.DECLINED: frozenset({CaseState.INTAKE, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}

# Support has begun (支援開始日 is set) and not ended.
STATES_IN_SUPPORT = frozenset({CaseState.ACCEPTED, CaseState.ACTIVE, CaseState.SUSPENDED, CaseState.PLACED})
STATES_OPEN = frozenset(CaseState) - {CaseState.CLOSED}
# How a state looks as a badge; the others are plain.
TONES = {
    CaseState.REQUESTED: "wait",
    CaseState.RETURNED: "alert",
    CaseState.SUSPENDED: "wait",
    CaseState.PLACED: "good",
    CaseState.ACTIVE: "good",
    CaseState.CLOSED: "off",
    CaseState.NOT_REFERRED: "off",
    CaseState.DECLINED: "off",
}


class CloseReason(models.TextChoices):
    PLACED_SETTLED = "placed_settled", "就職・定着"
    INCOME_RAISED = "income_raised", "増収"
    BENEFIT_ENDED = "benefit_ended", "保護廃止"
    MOVED_AWAY = "moved_away", "転出"
    OTHER_SUPPORT = "other_support", "他機関へつなぎ"
    WITHDRAWN = "withdrawn", "本人辞退"
    NO_CONTACT = "no_contact", "音信不通"
    ILLNESS = "illness", "傷病・療養"
    PERIOD_ENDED = "period_ended", "期間満了"
    DIED = "died", "死亡"
    OTHER = "other", "その他"


class ConsentMethod(models.TextChoices):
    PAPER = "paper", "書面"
    SPOKEN = "spoken", "口頭"


class GrantPurpose(models.TextChoices):
    HOLDER = "holder", "支援の実施(担当機関)"
    SUPPORT_REQUEST = "support_request", "支援要請にもとづく就労支援"
    PRE_CONSULTATION = "pre_consultation", "プレ相談"
    REFERRAL = "referral", "つなぎ先での支援"
    TRANSFER = "transfer", "担当機関の引継ぎ"
    EMERGENCY = "emergency", "緊急時の閲覧"


class LegalBasis(models.TextChoices):
    OWN_DUTY = "own_duty", "自機関の事務の遂行"
    CONSENT = "consent", "本人の同意"
    STATUTE = "statute", "法令の定め"


class ConditionAnswer(models.TextChoices):
    YES = "yes", "該当する"
    EXPECTED = "expected", "見込まれる"
    NO = "no", "該当しない"
    DISCUSS = "discuss", "協議して決める"


class RequestStatus(models.TextChoices):
    SENT = "sent", "回答待ち"
    ACCEPTED = "accepted", "受理"
    RETURNED = "returned", "差戻し"
    DECLINED = "declined", "対象外"
    WITHDRAWN = "withdrawn", "取下げ"


REQUEST_TRANSITIONS: dict[RequestStatus, frozenset[RequestStatus]] = {
    RequestStatus.SENT: frozenset(
        {RequestStatus.ACCEPTED, RequestStatus.RETURNED, RequestStatus.DECLINED, RequestStatus.WITHDRAWN}
    ),
    RequestStatus.ACCEPTED: frozenset(),
    RequestStatus.RETURNED: frozenset(),
    RequestStatus.DECLINED: frozenset(),
    RequestStatus.WITHDRAWN: frozenset(),
}


class ReferralStatus(models.TextChoices):
    SENT = "sent", "返事待ち"
    RECEIVED = "received", "受け取った"
    USING = "using", "利用中"
    ENDED = "ended", "利用を終えた"
    REFUSED = "refused", "断り"
    UNKNOWN = "unknown", "返事なし・不明"
    WITHDRAWN = "withdrawn", "取下げ"


REFERRAL_TRANSITIONS: dict[ReferralStatus, frozenset[ReferralStatus]] = {
    ReferralStatus.SENT: frozenset(ReferralStatus) - {ReferralStatus.SENT},
    ReferralStatus.RECEIVED: frozenset(
        {
            ReferralStatus.USING,
            ReferralStatus.ENDED,
            ReferralStatus.REFUSED,
            ReferralStatus.UNKNOWN,
            ReferralStatus.WITHDRAWN,
        }
    ),
    ReferralStatus.USING: frozenset({ReferralStatus.ENDED, ReferralStatus.UNKNOWN, ReferralStatus.WITHDRAWN}),
    ReferralStatus.ENDED: frozenset(),
    ReferralStatus.REFUSED: frozenset(),
    ReferralStatus.UNKNOWN: frozenset(),
    ReferralStatus.WITHDRAWN: frozenset(),
}
REFERRALS_OPEN = frozenset({ReferralStatus.SENT, ReferralStatus.RECEIVED, ReferralStatus.USING})
# What the partner itself can say; the others are for the side that referred.
PARTNER_ANSWERS = (ReferralStatus.RECEIVED, ReferralStatus.USING, ReferralStatus.ENDED, ReferralStatus.REFUSED)


class PreOpinion(models.TextChoices):
    """What Hello Work thinks after the joint talk (プレ相談)."""

    SUITS = "suits", "支援要請が合う"
    NOT_NOW = "not_now", "今は合わない"
    AGAIN = "again", "もう一度話したい"


class DeferralReason(models.TextChoices):
    """Why a person is not referred now: the four conditions of the check sheet, or something else."""

    ABILITY = "ability", "①稼働能力"
    MOTIVATION = "motivation", "②就労意欲"
    OBSTACLE = "obstacle", "③阻害要因(治療・介護など)"
    NO_CONSENT = "no_consent", "④同意がない"
    OTHER_SUPPORT = "other_support", "ほかの支援を先に"
    OTHER = "other", "その他"


class Duty(models.TextChoices):
    CASEWORKER = "caseworker", "ケースワーカー"
    SUPPORT_WORKER = "support_worker", "就労・自立支援員"
    NAVIGATOR = "navigator", "就職支援ナビゲーター"
    INTERPRETER = "interpreter", "通訳"


class MenuActor(models.TextChoices):
    PERSON = "person", "本人"
    MUNICIPALITY = "municipality", "市区町村"
    HELLO_WORK = "hello_work", "ハローワーク"
    OTHER = "other", "その他の機関"


class ContactMethod(models.TextChoices):
    VISIT = "visit", "来所"
    PHONE = "phone", "電話"
    HOME_VISIT = "home_visit", "訪問"
    ACCOMPANY = "accompany", "同行"
    ONLINE = "online", "オンライン"
    OUTREACH = "outreach", "出張相談"


class AttachmentKind(models.TextChoices):
    CONSENT = "consent", "同意書"
    FORM = "form", "支援要請書・様式"
    RESUME = "resume", "履歴書・職務経歴書"
    OTHER = "other", "その他"


class Visibility(models.TextChoices):
    SHARED = "shared", "見える機関すべてと共有"
    TEAM = "team", "いまの担当チームのみ"
    OWN = "own", "自機関のみ"


class FieldGroup(models.TextChoices):
    """Kinds of facts that a consent, and the grant on it, may include or leave out."""

    HEALTH = "health", "健康・障害"
    FINANCE = "finance", "家計"
    FAMILY = "family", "家族"


class ReleaseKind(models.TextChoices):
    """What is wanted of a suppressed person's hidden data, or of the suppression itself."""

    VIEW = "view", "画面で見る"
    PRINT = "print", "印刷・出力する"
    LIFT = "lift", "支援措置を解除する"


# These need a second authorised person; looking at the screen needs a reason and a fresh log-in.
TWO_PERSON_RELEASES = frozenset({ReleaseKind.PRINT, ReleaseKind.LIFT})


class EmergencyVerdict(models.TextChoices):
    APPROPRIATE = "appropriate", "適切"
    INAPPROPRIATE = "inappropriate", "不適切(対応が必要)"


class AppointmentStatus(models.TextChoices):
    BOOKED = "booked", "予約中"
    KEPT = "kept", "来所・実施"
    NO_SHOW = "no_show", "無断欠席"
    CANCELLED = "cancelled", "取消し"


APPOINTMENT_TRANSITIONS: dict[AppointmentStatus, frozenset[AppointmentStatus]] = {
    AppointmentStatus.BOOKED: frozenset(
        {AppointmentStatus.KEPT, AppointmentStatus.NO_SHOW, AppointmentStatus.CANCELLED}
    ),
    AppointmentStatus.KEPT: frozenset(),
    AppointmentStatus.NO_SHOW: frozenset({AppointmentStatus.BOOKED}),
    AppointmentStatus.CANCELLED: frozenset(),
}


class Weekday(models.IntegerChoices):
    MONDAY = 0, "月曜日"
    TUESDAY = 1, "火曜日"
    WEDNESDAY = 2, "水曜日"
    THURSDAY = 3, "木曜日"
    FRIDAY = 4, "金曜日"
    SATURDAY = 5, "土曜日"
    SUNDAY = 6, "日曜日"


class NoticeKind(models.TextChoices):
    MORNING = "morning", "朝のまとめ"
    REMINDER = "reminder", "次の仕事日の予約"


class Disclosure(models.TextChoices):
    UNDECIDED = "undecided", "未定"
    DISCLOSED = "disclosed", "開示(本人同意あり)"
    UNDISCLOSED = "undisclosed", "非開示"


class JobRoute(models.TextChoices):
    HELLO_WORK = "hello_work", "ハローワーク紹介"
    MUNICIPAL = "municipal", "無料職業紹介(市区町村)"
    DEVELOPED = "developed", "求人開拓"
    SELF = "self", "自己就職"
    ACQUAINTANCE = "acquaintance", "縁故"
    TRIAL = "trial", "職場体験先"


class IntroductionResult(models.TextChoices):
    PENDING = "pending", "選考中"
    HIRED = "hired", "採用"
    REJECTED = "rejected", "不採用"
    DECLINED = "declined", "本人辞退"
    WITHDRAWN = "withdrawn", "取下げ"


class EmploymentType(models.TextChoices):
    REGULAR = "regular", "正社員"
    PART_TIME = "part_time", "パート・アルバイト"
    CONTRACT = "contract", "契約社員"
    DISPATCH = "dispatch", "派遣"
    TRIAL = "trial", "トライアル雇用"
    SELF_EMPLOYED = "self_employed", "自営・請負"
    CONTINUOUS_A = "continuous_a", "就労継続支援A型"
    TRAINING_EMPLOYED = "training_employed", "認定就労訓練(雇用型)"


class PayCycle(models.TextChoices):
    MONTHLY = "monthly", "月払"
    WEEKLY = "weekly", "週払"
    DAILY = "daily", "日払"


class BenefitEffect(models.TextChoices):
    UNKNOWN = "unknown", "未定"
    ENDED = "ended", "廃止"
    REDUCED = "reduced", "減額"
    UNCHANGED = "unchanged", "変化なし"
    NOT_APPLICABLE = "not_applicable", "対象外"


class RetentionState(models.TextChoices):
    PENDING = "pending", "未確認"
    EMPLOYED = "employed", "在職"
    CHANGED_JOB = "changed_job", "転職"
    LEFT = "left", "離職"
    UNKNOWN = "unknown", "不明"
    NOT_NEEDED = "not_needed", "確認不要"


RETENTION_MARKS = (1, 3, 6, 12)


class SearchKind(models.TextChoices):
    KANA = "kana", "フリガナ"
    NAME = "name", "氏名"
    NUMBER = "number", "番号"
    BIRTH = "birth", "生年月日"
    PHONE = "phone", "電話番号"
    PHONE_END = "phone_end", "電話番号の末尾"
    SEQUENCE = "sequence", "番号の連番"


# Whoever is suppressed is found by neither.
PHONE_KINDS = frozenset({SearchKind.PHONE, SearchKind.PHONE_END})


class OddReason(models.TextChoices):
    """Why a reading stands out (security.md A41); each has a sentence for whoever reviews it."""

    SAME_SURNAME = "same_surname", "閲覧した人と同じ姓の方"
    UNASSIGNED_BURST = "unassigned_burst", "担当していない方を続けて閲覧"
    MANY_READERS = "many_readers", "担当していない人が同じ方を次々に閲覧"
    REPEATED = "repeated", "担当していない方を何日も閲覧"
    NIGHT = "night", "夜間(22時から6時)の閲覧"
    MANY_PERSONS = "many_persons", "短い時間に大勢を閲覧"
    CLOSED = "closed", "支援が終わった方を閲覧"


class OddVerdict(models.TextChoices):
    DUTY = "duty", "業務のための閲覧だった"
    INVESTIGATE = "investigate", "業務のためといえないおそれがあり、調べる"


class FormKind(models.TextChoices):
    """Printed forms that an office may replace with its own layout."""

    SUPPORT_REQUEST = "support-request", "支援要請書"
    PERSONAL_SHEET = "personal-sheet", "個人票A"
    CHECK_SHEET = "check-sheet", "チェックシート"
    CONSENT = "consent", "同意書"


class ReviewKind(models.TextChoices):
    MONITORING = "monitoring", "途中の見直し(モニタリング)"
    FINAL = "final", "支援の終わりの評価"


class MenuResult(models.TextChoices):
    REACHED = "reached", "できた"
    PARTLY = "partly", "一部できた"
    NOT_YET = "not_yet", "まだできていない"
    NOT_DONE = "not_done", "行わなかった"


class ReviewOutcome(models.TextChoices):
    CONTINUE = "continue", "プランのまま続ける"
    EXTEND = "extend", "期間を延長する"
    REVISE = "revise", "プランを作り直す"
    FINISH = "finish", "支援を終える"


class StoryStatus(models.TextChoices):
    WAITING = "waiting", "確認待ち"
    RETURNED = "returned", "書き直し"
    SHARED = "shared", "共有中"
    STOPPED = "stopped", "共有を止めた"


STORY_TRANSITIONS: dict[StoryStatus, frozenset[StoryStatus]] = {
    StoryStatus.WAITING: frozenset({StoryStatus.RETURNED, StoryStatus.SHARED}),
    StoryStatus.RETURNED: frozenset({StoryStatus.WAITING}),
    StoryStatus.SHARED: frozenset({StoryStatus.STOPPED}),
    StoryStatus.STOPPED: frozenset({StoryStatus.WAITING}),
}


class MeetingKind(models.TextChoices):
    REGULAR = "regular", "定例ミーティング"
    CASE = "case", "ケース会議"
    COORDINATION = "coordination", "支援調整会議"
    MONTHLY = "monthly", "月例連絡調整会議"


class MeetingRepeat(models.TextChoices):
    NONE = "none", "今回だけ"
    WEEKLY = "weekly", "毎週"
    MONTHLY = "monthly", "毎月"


class ItemState(models.TextChoices):
    PLANNED = "planned", "これから協議"
    DISCUSSED = "discussed", "協議した"
    POSTPONED = "postponed", "今回は見送り"


class Availability(models.TextChoices):
    """Whether the person has what a job search needs (phone, proof of identity, account, licence)."""

    UNKNOWN = "unknown", "未確認"
    HAS = "has", "あり"
    HAS_NOT = "has_not", "なし"
    APPLYING = "applying", "準備中"


class Transport(models.TextChoices):
    WALK = "walk", "徒歩"
    BICYCLE = "bicycle", "自転車"
    PUBLIC = "public", "電車・バス"
    MOTORBIKE = "motorbike", "原付・バイク"
    CAR = "car", "自動車"
    LIFT = "lift", "送迎が必要"


class ObstacleKind(models.TextChoices):
    """What stands in the way of work (domain_reference.md 4.6)."""

    BODY = "body", "健康(身体)"
    MIND = "mind", "健康(精神)"
    DISABILITY = "disability", "障害(手帳あり・疑い)"
    CARE = "care", "介護"
    CHILDCARE = "childcare", "育児・保育"
    VIOLENCE = "violence", "DV"
    DEBT = "debt", "債務"
    HOUSING = "housing", "住まいの不安定"
    JUSTICE = "justice", "刑余・司法"
    LANGUAGE = "language", "言語"
    RHYTHM = "rhythm", "生活リズム"
    PEOPLE = "people", "対人関係"
    GAP = "gap", "就労ブランク"
    AGE = "age", "年齢"
    SKILLS = "skills", "資格・免許なし"
    TRANSPORT = "transport", "交通手段"
    MEANS = "means", "通信手段"
    CLOTHES = "clothes", "身だしなみ・スーツ"
    MOTIVATION = "motivation", "意欲"
    OTHER = "other", "その他"


# The kind of facts an obstacle belongs to; the wall reads it. Without a line: seen with the case.
OBSTACLE_GROUPS: dict[ObstacleKind, FieldGroup] = {
    ObstacleKind.BODY: FieldGroup.HEALTH,
    ObstacleKind.MIND: FieldGroup.HEALTH,
    ObstacleKind.DISABILITY: FieldGroup.HEALTH,
    ObstacleKind.CARE: FieldGroup.FAMILY,
    ObstacleKind.CHILDCARE: FieldGroup.FAMILY,
    ObstacleKind.VIOLENCE: FieldGroup.FAMILY,
    ObstacleKind.DEBT: FieldGroup.FINANCE,
}
# No consent names this kind of facts, so it stays with the organisation that wrote it.
OWN_OBSTACLES = frozenset({ObstacleKind.JUSTICE})


class InterpreterManner(models.TextChoices):
    PRESENT = "present", "同席"
    PHONE = "phone", "電話"
    VIDEO = "video", "オンライン"


class GenderWish(models.TextChoices):
    ANY = "any", "希望なし"
    FEMALE = "female", "女性を希望"
    MALE = "male", "男性を希望"


class SheetLanguage(models.TextChoices):
    """Languages of the sheets that the client takes home."""

    EASY_JAPANESE = "ja", "やさしい日本語"
    PORTUGUESE = "pt", "ポルトガル語 / Português"


class ListKind(models.TextChoices):
    """Lists with chips, saved views, chosen columns and an export; each has its spec in cases.lists."""

    CASES = "cases", "ケース"
    PLACEMENTS = "placements", "就職と定着"
    APPOINTMENTS = "appointments", "予約"
    EMPLOYERS = "employers", "事業所"
