"""The whole case on paper (支援経過記録): everything the actor may read, oldest first, nothing left out.

Protected sources are never read here. Takes rows through the wall and `visible_to`; gives plain texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils import timezone

from accounts.scope import Actor
from cases.enums import AppointmentStatus, FieldGroup, RetentionState, Visibility
from cases.models import Attachment, Case, InterpreterNeed, Interview, NoteSource, Suppression
from cases.models.work import HIDDEN
from cases.papers.beside import BESIDE
from cases.papers.dictionary import conditions
from cases.papers.line import Line, birth_text, day_text, moment_text, parts_of, written_by
from cases.papers.needs import NEEDS

# Lines of one volume: a print is made while somebody waits, and a thicker one is hard to bind.
VOLUME = 300


@dataclass(frozen=True)
class Record:
    """The head of the case and its lines."""

    number: str
    name: str
    head: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]

    @property
    def volume_count(self) -> int:
        return max(1, -(-len(self.lines) // VOLUME))

    def volume(self, number: int) -> tuple[Line, ...]:
        return self.lines[(number - 1) * VOLUME : number * VOLUME]


def read_record(case: Case, actor: Actor) -> Record:
    """Everything of the case that the actor may read, oldest first."""
    lines = [line for reader in _READERS for line in reader(case, actor)]
    return Record(number=case.number, name=case.person.name, head=_head(case), lines=tuple(sorted(lines, key=_order)))


def _order(line: Line) -> tuple[dt.date, float, str]:
    """Oldest first; a fact known by its day alone stands where it was entered, if that was the same day."""
    if isinstance(line.at, dt.datetime):
        return (timezone.localtime(line.at).date(), line.at.timestamp(), line.key)
    if line.entered is not None and timezone.localtime(line.entered).date() == line.at:
        return (line.at, line.entered.timestamp(), line.key)
    return (line.at, 0.0, line.key)


def _wishes(case: Case) -> str:
    """How an interpreter should take part, as far as anybody asked."""
    need = InterpreterNeed.objects.filter(person=case.person_id).first()
    if need is None:
        return ""
    return "、".join(filter(None, (need.get_manner_display(), need.get_gender_wish_display(), need.note)))


def _head(case: Case) -> tuple[tuple[str, str], ...]:
    person, contact = case.person, case.person.shown_contact
    birth = person.birth
    age = f"({birth.age_on(timezone.localdate())})" if birth else ""
    others = person.cases.exclude(pk=case.pk).order_by("opened_on").values_list("number", flat=True)
    return parts_of(
        氏名=person.name,
        フリガナ=person.name_kana,
        生年月日=f"{birth_text(birth)}{age} {person.birth_note}".strip(),
        性別=person.get_sex_display(),
        住所=f"{contact.postal_code} {contact.address}".strip() if contact else HIDDEN,
        電話番号=contact.phone if contact else HIDDEN,
        メールアドレス=contact.email if contact else "",
        連絡の可否=contact.contact_note if contact else "",
        学校_保育所=contact.school if contact else "",
        通う経路=contact.route if contact else "",
        家族_緊急連絡先=contact.family if contact else "",
        言語=(person.language or "日本語") + ("(通訳が必要)" if person.needs_interpreter else ""),
        通訳の希望=_wishes(case),
        ケース番号=case.number,
        状態=case.get_state_display(),
        担当機関=case.organisation.name,
        協定=case.agreement.name,
        窓口=case.site.name if case.site else "",
        相談受付日=day_text(case.opened_on),
        相談の内容=case.intake_note,
        支援開始日=day_text(case.support_started_on),
        対象区分=case.support_group.name if case.support_group else "",
        支援終了予定日=day_text(case.support_goal_on),
        支援終了日=day_text(case.closed_on),
        終了理由=case.get_close_reason_display() if case.close_reason else "",
        終了時の状況=case.close_note,
        ほかのケース="、".join(others),
    )


def _interviews(case: Case, actor: Actor) -> Iterator[Line]:
    notes = Interview.objects.visible_to(actor).filter(case=case).select_related("organisation", "written_by")
    # Whether there is a source, never who it is.
    protected = set(NoteSource.objects.filter(case=case).values_list("interview_id", flat=True))
    for note in notes:
        took_part = [
            label
            for has, label in (
                (note.has_person, "本人"),
                (note.has_municipality, "市区町村"),
                (note.has_hello_work, "ハローワーク"),
                (note.has_interpreter, "通訳"),
                (bool(note.other_participants), note.other_participants),
            )
            if has
        ]
        is_own = note.visibility != Visibility.SHARED
        marks = (
            *((note.get_visibility_display(),) if is_own else ()),
            *((note.get_field_group_display(),) if note.field_group else ()),
            *(("あとから修正あり",) if note.version > 1 else ()),
        )
        yield Line(
            key=f"interview-{note.pk}",
            at=note.held_at,
            entered=note.created_at,
            what=f"面談({note.get_method_display()})",
            who=written_by(note.organisation, note.written_by),
            parts=parts_of(
                参加者="、".join(took_part),
                所要時間=f"{note.minutes}分" if note.minutes else "",
                内容=note.body,
                宿題=note.homework + (f"({day_text(note.homework_due_on)}まで)" if note.homework_due_on else ""),
            ),
            marks=marks,
            is_delicate=is_own or note.field_group == FieldGroup.FAMILY or note.pk in protected,
        )


def _appointments(case: Case, actor: Actor) -> Iterator[Line]:
    for visit in case.appointments.select_related("organisation", "worker"):
        yield Line(
            key=f"appointment-{visit.pk}",
            at=visit.starts_at,
            entered=visit.created_at,
            what=f"予約: {visit.get_status_display()}",
            who=written_by(visit.organisation, visit.worker),
            parts=parts_of(
                方法=visit.get_method_display(),
                場所=visit.place,
                用件=visit.note,
                補足=visit.status_note,
                記録=moment_text(visit.status_at) if visit.status != AppointmentStatus.BOOKED else "",
            ),
        )


def _moves(case: Case, actor: Actor) -> Iterator[Line]:
    for move in case.transitions.select_related("organisation", "by"):
        yield Line(
            key=f"transition-{move.pk}",
            at=move.at,
            entered=move.at,
            what=f"状態: {move.get_to_state_display()}",
            who=written_by(move.organisation, move.by),
            parts=parts_of(前の状態=move.get_from_state_display() if move.from_state else "", 理由_補足=move.note),
        )


def _benefits(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.benefit_periods.all():
        yield Line(
            key=f"benefit-{row.pk}",
            at=row.starts_on,
            entered=None,
            what="支援区分",
            who="",
            parts=parts_of(
                区分=row.get_status_display() + ("" if row.is_primary else "(主でない)"), 終了日=day_text(row.ends_on)
            ),
        )


def _team(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.assignments.select_related("organisation", "user"):
        yield Line(
            key=f"assignment-{row.pk}",
            at=row.starts_on,
            entered=row.created_at,
            what="担当の開始",
            who=written_by(row.organisation, row.user),
            parts=parts_of(担当=row.get_duty_display(), 理由=row.reason),
        )
        if row.ends_on:
            yield Line(
                key=f"assignment-end-{row.pk}",
                at=row.ends_on,
                entered=None,
                what="担当の終了",
                who=written_by(row.organisation, row.user),
                parts=parts_of(担当=row.get_duty_display(), 理由=row.end_reason),
            )


def _consents(case: Case, actor: Actor) -> Iterator[Line]:
    rows = case.consents.select_related("organisation", "taken_by", "withdrawn_by")
    for row in rows.prefetch_related("recipients__organisation"):
        kinds = row.group_labels
        yield Line(
            key=f"consent-{row.pk}",
            at=row.given_on,
            entered=row.created_at,
            what="同意",
            who=written_by(row.organisation, row.taken_by),
            parts=parts_of(
                目的=row.purpose,
                提供先="、".join(recipient.organisation.name for recipient in row.recipients.all()),
                含む情報="、".join(["支援の記録", *kinds]),
                方法=row.get_method_display(),
                有効期限=day_text(row.valid_to),
            ),
        )
        if row.withdrawn_at:
            yield Line(
                key=f"consent-end-{row.pk}",
                at=row.withdrawn_at,
                entered=row.withdrawn_at,
                what="同意の撤回",
                who=row.withdrawn_by.name if row.withdrawn_by else "",
                parts=parts_of(方法=row.get_withdrawal_method_display(), 理由=row.withdrawal_note),
            )


def _grants(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.grants.select_related("organisation", "given_by", "user"):
        until = row.withdrawn_at and f"{moment_text(row.withdrawn_at)} {row.withdrawal_reason}"
        yield Line(
            key=f"grant-{row.pk}",
            at=row.valid_from,
            entered=row.created_at,
            what="見える範囲",
            who=row.given_by.name,
            parts=parts_of(
                機関=row.organisation.name + (f" {row.user.name}だけ" if row.user else ""),
                目的=row.get_purpose_display(),
                根拠=row.get_legal_basis_display(),
                含む情報="、".join(["支援の記録", *row.group_labels]),
                終わり=until or moment_text(row.expires_at) or day_text(row.valid_to),
            ),
        )


def _requests(case: Case, actor: Actor) -> Iterator[Line]:
    rows = case.support_requests.select_related("from_organisation", "to_organisation", "sent_by", "answered_by")
    for row in rows:
        yield Line(
            key=f"request-{row.pk}",
            at=row.sent_at,
            entered=row.sent_at,
            what="支援要請",
            who=written_by(row.from_organisation, row.sent_by),
            parts=(
                ("要請先", row.to_organisation.name),
                *((each["名前"], f"{each['判定']} {each['根拠']}".strip()) for each in conditions(row)),
                *parts_of(弾力的に扱う理由=row.flexibility_reason, 内容=row.message),
            ),
        )
        if row.answered_at:
            yield Line(
                key=f"answer-{row.pk}",
                at=row.answered_at,
                entered=row.answered_at,
                what=f"支援要請への回答: {row.get_status_display()}",
                who=written_by(row.to_organisation, row.answered_by),
                parts=parts_of(理由_補足=row.answer_note, 代わりに案内したこと=row.offered_instead),
            )


def _plans(case: Case, actor: Actor) -> Iterator[Line]:
    plans = case.plans.select_related("organisation", "created_by").prefetch_related("menus__menu")
    for plan in plans:
        menus = [
            f"{row.menu.name}({row.get_actor_display()}{f'、{day_text(row.until_on)}まで' if row.until_on else ''})"
            f"{f' {row.content}' if row.content else ''}"
            for row in plan.menus.all()
        ]
        yield Line(
            key=f"plan-{plan.pk}",
            at=plan.created_at,
            entered=plan.created_at,
            what=f"支援プラン 第{plan.version_number}版",
            who=written_by(plan.organisation, plan.created_by),
            parts=parts_of(
                目標=plan.goal,
                課題_配慮=plan.issues,
                期間=f"{day_text(plan.starts_on)}〜{day_text(plan.ends_on)}",
                見直し予定日=day_text(plan.review_on),
                延長の理由=plan.extension_reason,
                ケース会議=day_text(plan.conference_on),
                支援メニュー="\n".join(menus),
                本人の同意=day_text(plan.person_agreed_on),
                市区町村の確認=moment_text(plan.municipal_confirmed_at),
                ハローワークの確認=moment_text(plan.national_confirmed_at),
            ),
        )
    reviews = case.plan_reviews.select_related("organisation", "written_by", "plan")
    for review in reviews.prefetch_related("items__plan_menu__menu"):
        items = [f"{row.plan_menu.menu.name}: {row.get_result_display()} {row.note}" for row in review.items.all()]
        yield Line(
            key=f"review-{review.pk}",
            at=review.reviewed_on,
            entered=review.created_at,
            what=f"{review.get_kind_display()} 第{review.plan.version_number}版",
            who=written_by(review.organisation, review.written_by),
            parts=parts_of(
                目標への近づき=review.reached,
                メニューごと="\n".join(items),
                本人の感想=review.person_said,
                これから=review.get_outcome_display(),
                次に行うこと=review.next_step,
                市区町村の確認=moment_text(review.municipal_confirmed_at),
                ハローワークの確認=moment_text(review.national_confirmed_at),
            ),
        )


def _jobs(case: Case, actor: Actor) -> Iterator[Line]:
    for job in case.introductions.select_related("workplace__employer", "organisation", "created_by"):
        yield Line(
            key=f"introduction-{job.pk}",
            at=job.introduced_on,
            entered=job.created_at,
            what="紹介・応募",
            who=written_by(job.organisation, job.created_by),
            parts=parts_of(
                応募先=job.employer_name,
                職種=job.job_title,
                経路=job.get_route_display(),
                開示=job.get_disclosure_display(),
                面接日=day_text(job.interview_on),
                結果=f"{job.get_result_display()} {day_text(job.result_on)}".strip(),
                理由=job.result_reason,
            ),
        )
    for placed in case.placements.select_related("workplace__employer", "organisation", "created_by"):
        who = written_by(placed.organisation, placed.created_by)
        yield Line(
            key=f"placement-{placed.pk}",
            at=placed.started_on,
            entered=placed.created_at,
            what="就職",
            who=who,
            parts=parts_of(
                就職先=placed.employer_name,
                職種=placed.job_title,
                雇用形態=placed.get_employment_type_display(),
                週の労働時間=f"{placed.weekly_hours}時間" if placed.weekly_hours else "",
                賃金=f"月{placed.monthly_wage_yen:,}円 {placed.get_pay_cycle_display()}"
                if placed.monthly_wage_yen
                else placed.get_pay_cycle_display(),
                経路=placed.get_route_display(),
                開示=placed.get_disclosure_display(),
                給付への影響=placed.get_benefit_effect_display(),
            ),
        )
        if placed.separated_on:
            yield Line(
                key=f"separation-{placed.pk}",
                at=placed.separated_on,
                entered=None,
                what="離職",
                who=who,
                parts=parts_of(勤め先=placed.employer_name, 理由=placed.separation_reason),
            )
    for check in case.retention_checks.select_related("checked_by", "placement"):
        if check.state == RetentionState.PENDING:
            continue
        yield Line(
            key=f"check-{check.pk}",
            at=check.checked_on or check.due_on,
            entered=None,
            what=f"定着確認 {check.month_mark}か月",
            who=check.checked_by.name if check.checked_by else "",
            parts=parts_of(
                結果=check.get_state_display(),
                方法=check.get_method_display() if check.method else "",
                様子_困りごと=check.note,
            ),
        )


def _facts(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.circumstances.select_related("organisation", "written_by"):
        yield Line(
            key=f"circumstance-{row.pk}",
            at=row.written_at,
            entered=row.written_at,
            what=f"くらしの状況({row.get_field_group_display()})",
            who=written_by(row.organisation, row.written_by),
            parts=parts_of(内容=row.body),
            marks=(row.get_field_group_display(),),
            is_delicate=row.field_group == FieldGroup.FAMILY,
        )


def _files(case: Case, actor: Actor) -> Iterator[Line]:
    files = Attachment.objects.visible_to(actor).filter(case=case)
    for file in files.select_related("organisation", "uploaded_by", "removed_by"):
        is_own = file.visibility != Visibility.SHARED
        yield Line(
            key=f"attachment-{file.pk}",
            at=file.uploaded_at,
            entered=file.uploaded_at,
            what=f"添付ファイル({file.get_kind_display()})",
            who=written_by(file.organisation, file.uploaded_by),
            parts=parts_of(
                ファイル名=file.name,
                ページ数=f"{file.page_count}ページ" if file.page_count else "",
                取下げ=f"{moment_text(file.removed_at)} {file.removal_reason}" if file.removed_at else "",
            ),
            marks=(file.get_visibility_display(),) if is_own else (),
            is_delicate=is_own,
        )


def _suppressions(case: Case, actor: Actor) -> Iterator[Line]:
    rows = Suppression.objects.filter(person=case.person_id).select_related("organisation", "started_by", "lifted_by")
    for row in rows:
        yield Line(
            key=f"suppression-{row.pk}",
            at=row.started_at,
            entered=row.started_at,
            what="支援措置の設定",
            who=written_by(row.organisation, row.started_by),
            parts=parts_of(申出_根拠=row.reason, 期限=day_text(row.valid_to), 解除=moment_text(row.lifted_at)),
        )


_READERS: tuple[Callable[[Case, Actor], Iterator[Line]], ...] = (
    _benefits,
    _moves,
    _team,
    _consents,
    _grants,
    _requests,
    _plans,
    _interviews,
    _appointments,
    _facts,
    _jobs,
    _files,
    _suppressions,
    *NEEDS,
    *BESIDE,
)
