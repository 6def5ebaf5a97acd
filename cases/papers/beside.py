"""What happens before and beside the support as lines of the record: talks beforehand, ledger, referrals, meetings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from accounts.scope import Actor
from cases.enums import ItemState
from cases.models import AppointmentMove, Case, HandoverItem
from cases.papers.line import Line, day_text, moment_text, parts_of, written_by


def _beforehand(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.pre_consultations.select_related("from_organisation", "to_organisation", "sent_by", "answered_by"):
        yield Line(
            key=f"beforehand-{row.pk}",
            at=row.sent_at,
            entered=row.sent_at,
            what="プレ相談",
            who=written_by(row.from_organisation, row.sent_by),
            parts=parts_of(
                相談先=row.to_organisation.name,
                相談したいこと=row.question,
                三者で話した日=day_text(row.talked_on),
                意見=row.get_opinion_display() if row.opinion else "",
                意見の理由=row.opinion_note,
                意見を書いた人=row.answered_by.name if row.answered_by else "",
                意見の日時=moment_text(row.answered_at),
            ),
        )


def _deferrals(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.deferrals.select_related("organisation", "recorded_by"):
        yield Line(
            key=f"deferral-{row.pk}",
            at=row.recorded_at,
            entered=row.recorded_at,
            what=f"見送り({row.get_reason_kind_display()})",
            who=written_by(row.organisation, row.recorded_by),
            parts=parts_of(理由_様子=row.reason, 次に確かめる日=day_text(row.next_check_on)),
        )


def _referrals(case: Case, actor: Actor) -> Iterator[Line]:
    rows = case.referrals.visible_to(actor).select_related("from_organisation", "to_organisation", "sent_by")
    for row in rows.prefetch_related("answers__organisation", "answers__answered_by"):
        kinds = row.group_labels
        yield Line(
            key=f"referral-{row.pk}",
            at=row.sent_at,
            entered=row.sent_at,
            what="つなぎ",
            who=written_by(row.from_organisation, row.sent_by),
            parts=parts_of(
                つなぎ先=row.to_organisation.name,
                目的=row.purpose,
                引き継いだ内容=row.handed_over,
                含む情報="、".join(["基本情報", *kinds]),
                渡し方="紙" if row.is_on_paper else "",
                返事の期限=day_text(row.answer_due_on),
            ),
            marks=tuple(kinds),
            is_delicate=row.includes_family,
        )
        for answer in row.answers.all():
            yield Line(
                key=f"referral-answer-{answer.pk}",
                at=answer.answered_on,
                entered=answer.answered_at,
                what=f"つなぎの返事: {answer.get_status_display()}",
                who=written_by(answer.organisation, answer.answered_by),
                parts=parts_of(結果_様子=answer.outcome),
                is_delicate=row.includes_family,
            )


def _transfers(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.transfers.select_related("from_organisation", "to_organisation", "transferred_by"):
        yield Line(
            key=f"transfer-{row.pk}",
            at=row.transferred_on,
            entered=row.transferred_at,
            what="担当機関の引継ぎ",
            who=written_by(row.from_organisation, row.transferred_by),
            parts=parts_of(
                新しい担当機関=row.to_organisation.name,
                前の番号=row.former_number,
                新しい番号=row.new_number,
                根拠=row.get_legal_basis_display(),
                理由_申し送り=row.reason,
                前の機関が見られる最後の日=day_text(row.overlap_until),
            ),
        )


def _sheets(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.handover_sheets.select_related("recipient", "organisation", "written_by"):
        yield Line(
            key=f"sheet-{row.pk}",
            at=row.handed_on,
            entered=row.created_at,
            what="相談つなぎシート",
            who=written_by(row.organisation, row.written_by),
            parts=parts_of(
                つなぎ先=f"{row.recipient.name} {row.section}".strip(), 相談されたこと=row.asked, お願い=row.wanted
            ),
        )


def _meetings(case: Case, actor: Actor) -> Iterator[Line]:
    rows = case.meeting_items.select_related("decided_by").prefetch_related("tasks__user", "tasks__done_by")
    for row in rows:
        tasks = [
            f"{task.what}({task.doer}{f'、{day_text(task.until_on)}まで' if task.until_on else ''})"
            f"{f' 済 {moment_text(task.done_at)}' if task.done_at else ''}"
            for task in row.tasks.all()
        ]
        yield Line(
            key=f"meeting-{row.pk}",
            at=row.held_at,
            entered=row.decided_at,
            what=f"{row.get_kind_display()}: {ItemState(row.state).label}",
            who=row.decided_by.name if row.decided_by else "",
            parts=parts_of(議題にした理由=row.reason, 決まったこと=row.decision, すること="\n".join(tasks)),
        )


def _changes(case: Case, actor: Actor) -> Iterator[Line]:
    """Bookings that moved, and who took the case over from whom."""
    moves = AppointmentMove.objects.visible_to(actor).filter(case=case)
    for row in moves.select_related("organisation", "moved_by"):
        yield Line(
            key=f"appointment-move-{row.pk}",
            at=row.moved_at,
            entered=row.moved_at,
            what="予約の日時の変更",
            who=written_by(row.organisation, row.moved_by),
            parts=parts_of(
                前の日時=moment_text(row.from_starts_at), 後の日時=moment_text(row.to_starts_at), 理由=row.reason
            ),
        )
    items = HandoverItem.objects.filter(case=case)
    for item in items.select_related("organisation", "successor", "handover__worker", "handover__made_by"):
        yield Line(
            key=f"handover-{item.pk}",
            at=item.handover.on,
            entered=item.handover.made_at,
            what="担当の引継ぎ",
            who=written_by(item.organisation, item.handover.made_by),
            parts=parts_of(
                前の担当者=item.handover.worker.name,
                後任=item.successor.name,
                理由=item.handover.reason,
                メモ=item.note,
                受領=moment_text(item.received_at),
            ),
            marks=("自機関のみ",),
            is_delicate=True,
        )


BESIDE: tuple[Callable[[Case, Actor], Iterator[Line]], ...] = (
    _beforehand,
    _deferrals,
    _referrals,
    _transfers,
    _sheets,
    _meetings,
    _changes,
)
