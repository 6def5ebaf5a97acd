"""The data dictionary of printed forms: which names a layout may use, what they mean, what stands in a sample.

One source: the values of a case, the check of an office's layout, the sample print and the help all read ENTRIES.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.scope import Actor
from cases.actions.assessment import latest_assessment, obstacle_kinds
from cases.actions.circumstance import groups_open_to
from cases.enums import OWN_OBSTACLES, ConditionAnswer, FieldGroup, ObstacleKind, Visibility
from cases.models import Case, Circumstance, Consent, Obstacle, SupportPlan, SupportRequest
from cases.models.work import HIDDEN
from cases.papers.line import birth_text
from core.periods import era_date

Value = str | list[dict[str, str]]
CONDITIONS = (
    ("ability", "① 稼働能力を有する者"),
    ("motivation", "② 就労意欲が一定程度ある者(働きかけで見込まれる者を含む)"),
    ("no_obstacle", "③ 就労に当たって著しい阻害要因がない者"),
    ("agrees", "④ 事業への参加等に同意している者"),
)
MARKED, UNMARKED = "■", "□"
# A form goes to another office and lies on a table at home: justice and violence stay on the screen.
LISTED_OBSTACLES = tuple(kind for kind in ObstacleKind if kind not in OWN_OBSTACLES and kind != ObstacleKind.VIOLENCE)


@dataclass(frozen=True)
class Entry:
    """A name a layout may use. With `columns` it is a list: one row per record, each with these names."""

    group: str
    name: str
    meaning: str
    sample: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    sample_rows: tuple[tuple[str, ...], ...] = ()


ENTRIES = (
    Entry("印刷", "様式名", "様式の名前", "支援要請書"),
    Entry("印刷", "印刷日", "印刷した日(和暦)", "令和8年4月1日"),
    Entry("印刷", "印刷した機関", "印刷した人の機関", "見本福祉事務所"),
    Entry("印刷", "印刷した人", "印刷した人の氏名", "見本 太郎"),
    Entry("本人", "氏名", "本人の氏名", "見本 花子"),
    Entry("本人", "フリガナ", "氏名のフリガナ", "ミホン ハナコ"),
    Entry("本人", "生年月日", "生年月日(和暦)と補足", "昭和55年5月5日"),
    Entry("本人", "年齢", "印刷日の年齢", "45歳"),
    Entry("本人", "性別", "性別", "女性"),
    Entry("本人", "郵便番号", "郵便番号", "700-0000"),
    Entry("本人", "住所", "住所。支援措置の間は出ない", "見本市中央1丁目2-3"),
    Entry("本人", "電話番号", "電話番号。支援措置の間は出ない", "090-0000-0000"),
    Entry("本人", "メールアドレス", "メールアドレス。支援措置の間は出ない", "mihon@example.jp"),
    Entry("本人", "連絡の可否", "連絡してよい時間帯など", "平日の夕方"),
    Entry("本人", "話す言語", "話す言語。空欄は日本語", "日本語"),
    Entry("本人", "通訳", "通訳が必要か", "不要"),
    Entry("ケース", "ケース番号", "ケース番号", "R08-0001"),
    Entry("ケース", "協定", "協定の名前", "見本市一体的実施協定"),
    Entry("ケース", "担当機関", "ケースを担当する機関", "見本福祉事務所"),
    Entry("ケース", "窓口", "支援を行う窓口", "見本就労支援ルーム"),
    Entry("ケース", "相談受付日", "相談を受け付けた日(和暦)", "令和8年3月2日"),
    Entry("ケース", "相談の内容", "受付のときの相談の内容", "仕事を離れて1年。週3日から働きたい。"),
    Entry("ケース", "支援区分", "いまの主な支援区分", "生活保護受給者"),
    Entry("ケース", "区分の開始日", "その区分になった日(和暦)", "令和7年10月1日"),
    Entry("ケース", "支援開始日", "支援開始日(和暦)。受理の前は空欄", "令和8年4月1日"),
    Entry("ケース", "支援終了予定日", "支援終了予定日(和暦)", "令和8年9月30日"),
    Entry(
        "ケース",
        "担当者",
        "いまの担当者",
        columns=(
            ("役割", "ケースワーカーなど"),
            ("機関", "機関の名前"),
            ("氏名", "担当者の氏名"),
            ("開始日", "担当を始めた日"),
        ),
        sample_rows=(
            ("ケースワーカー", "見本福祉事務所", "見本 太郎", "令和8年3月2日"),
            ("就職支援ナビゲーター", "ハローワーク見本", "見本 次郎", "令和8年4月1日"),
        ),
    ),
    Entry("ケース", "支援目標", "新しい支援プランの目標", "週3日、午前中の仕事から始めたい"),
    Entry("ケース", "課題", "新しい支援プランの課題・配慮", "腰痛のため立ち仕事は4時間まで"),
    Entry("支援要請", "要請元", "要請した機関", "見本福祉事務所"),
    Entry("支援要請", "要請した人", "要請した人の氏名", "見本 太郎"),
    Entry("支援要請", "要請先", "要請先のハローワーク", "ハローワーク見本"),
    Entry("支援要請", "要請日", "要請した日(和暦)", "令和8年3月10日"),
    Entry("支援要請", "要請の内容", "要請の内容・配慮してほしいこと", "無理のない求人から始めてほしい。"),
    Entry("支援要請", "弾力的に扱う理由", "「該当しない」を弾力的に扱う理由", ""),
    Entry("支援要請", "回答", "要請への回答(回答待ち、受理など)", "受理"),
    Entry("支援要請", "回答日", "回答した日(和暦)", "令和8年4月1日"),
    Entry("支援要請", "回答した人", "回答した人の氏名", "見本 次郎"),
    Entry("支援要請", "回答の補足", "回答の理由・補足", ""),
    Entry(
        "支援要請",
        "要件",
        "チェックシートの4つの要件(要請の前は判定が空欄)",
        columns=(("名前", "要件の文"), ("判定", "該当する、見込まれるなど"), ("根拠", "判定の根拠")),
        sample_rows=tuple((label, "該当する", "面談で確かめた") for _field, label in CONDITIONS),
    ),
    Entry("同意", "同意日", "同意した日(和暦)", "令和8年3月10日"),
    Entry("同意", "同意の方法", "書面または口頭", "書面"),
    Entry("同意", "同意の目的", "情報を提供する目的", "ハローワークとの一体的な就労支援"),
    Entry("同意", "同意の有効期限", "有効期限(和暦)。空欄は支援が続く間", ""),
    Entry("同意", "同意を受けた機関", "同意を受けた機関", "見本福祉事務所"),
    Entry("同意", "同意を受けた人", "同意を受けた人の氏名", "見本 太郎"),
    Entry("同意", "健康の情報", "健康・障害の情報を「含む」「含まない」", "含む"),
    Entry("同意", "家計の情報", "家計の情報を「含む」「含まない」", "含まない"),
    Entry("同意", "家族の情報", "家族の情報を「含む」「含まない」", "含まない"),
    Entry("同意", "撤回日", "同意を撤回した日(和暦)。撤回していなければ空欄", ""),
    Entry(
        "同意",
        "提供先",
        "情報を提供する相手",
        columns=(("名称", "機関の名前"),),
        sample_rows=(("ハローワーク見本",),),
    ),
    Entry("くらしの状況", "健康の状況", "健康。支援要請の同意に含むときだけ出る", "月1回通院。服薬で落ち着いている。"),
    Entry("くらしの状況", "家計の状況", "家計。支援要請の同意に含むときだけ出る", ""),
    Entry("くらしの状況", "家族の状況", "家族。支援要請の同意に含むときだけ出る", "小学生の子が1人。"),
    Entry("学歴・職歴・資格", "最終学歴", "新しいアセスメントの最終学歴", "高校卒業"),
    Entry(
        "学歴・職歴・資格",
        "職歴",
        "これまでの仕事(新しい順)。事業所は支援措置の間は出ない",
        columns=(
            ("期間", "始めた年月と辞めた年月"),
            ("事業所", "事業所の名前"),
            ("職種", "職種・仕事の内容"),
            ("雇用形態", "正社員など"),
            ("退職の理由", "辞めた理由"),
        ),
        sample_rows=(
            ("令和2年4月〜令和7年3月", "(架空)見本食品", "製造", "パート・アルバイト", "契約の満了"),
            ("平成11年4月〜平成27年", "(架空)見本縫製", "縫製", "正社員", "会社の閉鎖"),
        ),
    ),
    Entry(
        "学歴・職歴・資格",
        "資格",
        "資格・免許",
        columns=(
            ("名称", "資格・免許の名前"),
            ("取得", "取得した年月"),
            ("有効期限", "有効期限(和暦)"),
            ("補足", "補足"),
        ),
        sample_rows=(("普通自動車第一種免許", "平成12年8月", "令和9年6月5日", ""),),
    ),
    Entry("希望", "希望職種", "希望する仕事(3つまで)", "①清掃 ②製造"),
    Entry("希望", "希望勤務地", "希望する勤務地と通勤時間", "市内 片道30分まで"),
    Entry("希望", "希望日数", "週に働きたい日数", "週3日"),
    Entry("希望", "希望時間帯", "働きたい時間帯", "9時〜15時"),
    Entry("希望", "希望賃金", "希望する時給", "時給1,100円"),
    Entry("希望", "希望の支払い", "賃金の支払い(月払・週払・日払)", "週払"),
    Entry("希望", "希望雇用形態", "希望する雇用形態", "パート・アルバイト"),
    Entry("希望", "希望の開始時期", "働き始めたい時期", "来月から"),
    Entry("希望", "移動手段", "移動手段", "自転車、バス・電車"),
    Entry(
        "阻害要因",
        "阻害要因",
        "いま就労を妨げていること(解消したもの、DV、刑余・司法は出ない)。"
        "健康・家計・家族の種類は、支援要請の同意に含むときだけ出る",
        columns=(("種類", "健康(身体)など"), ("対応", "何をするか")),
        sample_rows=(("健康(身体)", "立ち仕事は4時間まで"), ("就労ブランク", "短い時間から始める")),
    ),
    Entry(
        "阻害要因",
        "阻害要因の一覧",
        "就労を妨げることの種類と印(DV、刑余・司法のほかすべて)。手で印を付ける欄に使う。"
        "健康・家計・家族の種類は、支援要請の同意に含まなければ出ず、要請の前は印が付かない",
        columns=(("印", f"あてはまれば{MARKED}、ほかは{UNMARKED}"), ("種類", "健康(身体)など")),
        sample_rows=tuple(
            (MARKED if kind in (ObstacleKind.BODY, ObstacleKind.GAP) else UNMARKED, kind.label)
            for kind in LISTED_OBSTACLES
        ),
    ),
    Entry(
        "応募と就職",
        "応募",
        "紹介・応募とその結果(古い順)",
        columns=(("日", "紹介日"), ("応募先", "事業所の名前"), ("職種", "職種"), ("結果", "選考の結果")),
        sample_rows=(("令和8年4月20日", "(架空)見本清掃", "清掃", "選考中"),),
    ),
)
NAMES: dict[str, Entry] = {entry.name: entry for entry in ENTRIES}


def grouped() -> list[tuple[str, list[Entry]]]:
    """For the help beside the editor."""
    groups: dict[str, list[Entry]] = {}
    for entry in ENTRIES:
        groups.setdefault(entry.group, []).append(entry)
    return list(groups.items())


def sample_values(form_name: str) -> dict[str, Value]:
    """What a preview shows: an invented person."""
    values: dict[str, Value] = {
        entry.name: [dict(zip((name for name, _ in entry.columns), row, strict=True)) for row in entry.sample_rows]
        if entry.columns
        else entry.sample
        for entry in ENTRIES
    }
    return values | {"様式名": form_name}


def _day(day: dt.date | None) -> str:
    return era_date(day) if day else ""


def _local(at: dt.datetime | None) -> str:
    return era_date(timezone.localtime(at).date()) if at else ""


def case_values(case: Case, *, form_name: str, by: Actor, day: dt.date) -> dict[str, Value]:
    """The values of a case as this actor may read them: texts and lists of texts, never rows of the database."""
    sent = case.support_requests.select_related("from_organisation", "to_organisation", "sent_by", "answered_by")
    request = sent.order_by("-sent_at").first()
    consents = case.consents.select_related("organisation", "taken_by").prefetch_related("recipients__organisation")
    consent = consents.order_by("-given_on", "-created_at").first()
    agreed = _agreed(request)
    plan = case.plans.order_by("-version_number").first()
    values: dict[str, Value] = {
        "様式名": form_name,
        "印刷日": era_date(day),
        "印刷した機関": by.organisation.name,
        "印刷した人": by.user.name,
    }
    for part in (
        _person(case, day),
        _course(case, plan, day),
        _request(request),
        _consent(consent),
        _circumstances(case, agreed),
        _history(case),
        _wishes(case),
        _obstacles(case, by, agreed, is_sent=request is not None),
        _jobs(case),
    ):
        values |= dict(part)
    return values


def _person(case: Case, day: dt.date) -> Iterator[tuple[str, Value]]:
    person = case.person
    contact = person.shown_contact
    yield "氏名", person.name
    yield "フリガナ", person.name_kana
    yield "生年月日", " ".join(part for part in (birth_text(person.birth), person.birth_note) if part)
    yield "年齢", person.birth.age_on(day) if person.birth else ""
    yield "性別", person.get_sex_display()
    yield "郵便番号", contact.postal_code if contact else HIDDEN
    yield "住所", contact.address if contact else HIDDEN
    yield "電話番号", contact.phone if contact else HIDDEN
    yield "メールアドレス", contact.email if contact else HIDDEN
    yield "連絡の可否", contact.contact_note if contact else HIDDEN
    yield "話す言語", person.language or "日本語"
    yield "通訳", "必要" if person.needs_interpreter else "不要"


def _course(case: Case, plan: SupportPlan | None, day: dt.date) -> Iterator[tuple[str, Value]]:
    benefit = case.benefit_periods.filter(is_primary=True).order_by("-starts_on").first()
    yield "ケース番号", case.number
    yield "協定", case.agreement.name
    yield "担当機関", case.organisation.name
    yield "窓口", case.site.name if case.site else ""
    yield "相談受付日", era_date(case.opened_on)
    yield "相談の内容", case.intake_note
    yield "支援区分", benefit.get_status_display() if benefit else ""
    yield "区分の開始日", _day(benefit.starts_on) if benefit else ""
    yield "支援開始日", _day(case.support_started_on)
    yield "支援終了予定日", _day(case.support_goal_on)
    team = case.assignments.current(day).select_related("user", "organisation").order_by("starts_on", "pk")
    yield (
        "担当者",
        [
            {
                "役割": row.get_duty_display(),
                "機関": row.organisation.name,
                "氏名": row.user.name,
                "開始日": era_date(row.starts_on),
            }
            for row in team
        ],
    )
    yield "支援目標", plan.goal if plan else ""
    yield "課題", plan.issues if plan else ""


def _request(request: SupportRequest | None) -> Iterator[tuple[str, Value]]:
    yield "要請元", request.from_organisation.name if request else ""
    yield "要請した人", request.sent_by.name if request else ""
    yield "要請先", request.to_organisation.name if request else ""
    yield "要請日", _local(request.sent_at) if request else ""
    yield "要請の内容", request.message if request else ""
    yield "弾力的に扱う理由", request.flexibility_reason if request else ""
    yield "回答", request.get_status_display() if request else ""
    yield "回答日", _local(request.answered_at) if request else ""
    yield "回答した人", request.answered_by.name if request and request.answered_by else ""
    yield "回答の補足", request.answer_note if request else ""
    yield "要件", conditions(request)


def conditions(request: SupportRequest | None) -> list[dict[str, str]]:
    """The four conditions with answer and grounds, in order; without a request to be filled in by hand."""
    return [
        {
            "名前": label,
            "判定": ConditionAnswer(getattr(request, field)).label if request else "",
            "根拠": getattr(request, f"{field}_note") if request else "",
        }
        for field, label in CONDITIONS
    ]


def _consent(consent: Consent | None) -> Iterator[tuple[str, Value]]:
    def included(group: FieldGroup) -> str:
        if consent is None:
            return ""
        return "含む" if group in consent.field_groups else "含まない"

    yield "同意日", _day(consent.given_on) if consent else ""
    yield "同意の方法", consent.get_method_display() if consent else ""
    yield "同意の目的", consent.purpose if consent else ""
    yield "同意の有効期限", _day(consent.valid_to) if consent else ""
    yield "同意を受けた機関", consent.organisation.name if consent else ""
    yield "同意を受けた人", consent.taken_by.name if consent else ""
    yield "健康の情報", included(FieldGroup.HEALTH)
    yield "家計の情報", included(FieldGroup.FINANCE)
    yield "家族の情報", included(FieldGroup.FAMILY)
    yield "撤回日", _local(consent.withdrawn_at) if consent else ""
    recipients: list[Any] = list(consent.recipients.all()) if consent else []
    yield "提供先", [{"名称": row.organisation.name} for row in recipients]


def _agreed(request: SupportRequest | None) -> list[FieldGroup]:
    """The kinds of facts that whom the paper goes to may read: those of the request's consent, while it stands."""
    if request is None or request.consent.withdrawn_at:
        return []
    return request.consent.field_groups


def _circumstances(case: Case, agreed: list[FieldGroup]) -> Iterator[tuple[str, Value]]:
    told = case.circumstances.filter(field_group__in=agreed)
    rows: dict[str, Circumstance] = {row.field_group: row for row in told}
    for name, group in (
        ("健康の状況", FieldGroup.HEALTH),
        ("家計の状況", FieldGroup.FINANCE),
        ("家族の状況", FieldGroup.FAMILY),
    ):
        row = rows.get(group)
        yield name, row.body if row else ""


def _history(case: Case) -> Iterator[tuple[str, Value]]:
    histories = case.work_histories.select_related("workplace")
    yield (
        "職歴",
        [
            {
                "期間": row.period,
                "事業所": row.employer_name,
                "職種": row.job_title,
                "雇用形態": row.get_employment_type_display(),
                "退職の理由": row.leaving_reason,
            }
            for row in histories.order_by("-is_current", "-ended_in", "-started_in", "pk")
        ],
    )
    yield (
        "資格",
        [
            {"名称": row.name, "取得": row.acquired, "有効期限": _day(row.valid_to), "補足": row.note}
            for row in case.qualifications.order_by("acquired_in", "pk")
        ],
    )


def _wishes(case: Case) -> Iterator[tuple[str, Value]]:
    """Of the newest assessment; what nobody asked yet is empty, to be written by hand."""
    row = latest_assessment(case)
    jobs = [f"{number}{job}" for number, job in zip("①②③", row.wish_jobs, strict=False)] if row else []
    commute = f"片道{row.wish_commute_minutes}分まで" if row and row.wish_commute_minutes else ""
    yield "最終学歴", row.education if row else ""
    yield "希望職種", " ".join(jobs)
    yield "希望勤務地", f"{row.wish_area} {commute}".strip() if row else ""
    yield "希望日数", f"週{row.wish_days}日" if row and row.wish_days else ""
    yield "希望時間帯", row.wish_hours if row else ""
    yield "希望賃金", f"時給{row.wish_wage_yen:,}円" if row and row.wish_wage_yen else ""
    yield "希望の支払い", row.get_wish_pay_cycle_display() if row else ""
    yield "希望雇用形態", row.get_wish_employment_display() if row else ""
    yield "希望の開始時期", row.wish_start if row else ""
    yield "移動手段", "、".join(row.transport_labels) if row else ""


def _obstacles(case: Case, by: Actor, agreed: list[FieldGroup], *, is_sent: bool) -> Iterator[tuple[str, Value]]:
    """What stands in the way today. A form goes to the other side, so what an office keeps to itself stays out,
    and so does a kind of facts that the consent does not name, whoever prints.

    A kind that is closed to the reader has no box either: an empty one would say that there is nothing. Before a
    request nobody reads the paper yet: its boxes are there, to be marked by hand.
    """
    told = obstacle_kinds(agreed)
    rows = Obstacle.objects.visible_to(by).filter(case=case, visibility=Visibility.SHARED, resolved_on__isnull=True)
    found = {ObstacleKind(row.kind): row for row in rows if row.kind in told}
    yield (
        "阻害要因",
        [{"種類": kind.label, "対応": found[kind].response} for kind in LISTED_OBSTACLES if kind in found],
    )
    open_kinds = obstacle_kinds(groups_open_to(case, by))
    yield (
        "阻害要因の一覧",
        [
            {"印": MARKED if kind in found else UNMARKED, "種類": kind.label}
            for kind in LISTED_OBSTACLES
            if kind in open_kinds and (kind in told or not is_sent)
        ],
    )


def _jobs(case: Case) -> Iterator[tuple[str, Value]]:
    jobs = case.introductions.select_related("workplace__employer").order_by("introduced_on", "pk")
    yield (
        "応募",
        [
            {
                "日": era_date(job.introduced_on),
                "応募先": job.employer_name,
                "職種": job.job_title,
                "結果": job.get_result_display(),
            }
            for job in jobs
        ],
    )
