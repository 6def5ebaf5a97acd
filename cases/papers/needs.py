"""The person's strengths, wishes and obstacles as lines of the record: assessment, work history, checklist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from accounts.scope import Actor
from cases.enums import FieldGroup, Visibility
from cases.independence import ITEMS
from cases.models import Case
from cases.papers.line import Line, day_text, parts_of, written_by

# What stands in the head of the line, or is no text of its own.
_NOT_PRINTED = {"id", "version", "version_number", "case", "organisation", "written_by", "created_at", "assessed_on"}


def _assessments(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.assessments.select_related("organisation", "written_by"):
        yield Line(
            key=f"assessment-{row.pk}",
            at=row.assessed_on,
            entered=row.created_at,
            what=f"アセスメント 第{row.version_number}版",
            who=written_by(row.organisation, row.written_by),
            parts=tuple(
                (str(field.verbose_name), _shown(row, field))
                for field in row._meta.concrete_fields
                if field.name not in _NOT_PRINTED and _shown(row, field)
            ),
        )


def _shown(row: Any, field: Any) -> str:
    if field.name == "transports":
        return "、".join(row.transport_labels)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = getattr(row, field.name)
    return "" if value is None else str(value)


def _obstacles(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.obstacles.visible_to(actor).select_related("organisation", "written_by"):
        is_own = row.visibility != Visibility.SHARED
        yield Line(
            key=f"obstacle-{row.pk}",
            at=row.noted_on,
            entered=row.written_at,
            what=f"課題({row.get_kind_display()})",
            who=written_by(row.organisation, row.written_by),
            parts=parts_of(対応=row.response or "あり", 解消した日=day_text(row.resolved_on)),
            marks=(
                *((row.get_visibility_display(),) if is_own else ()),
                *((row.get_field_group_display(),) if row.field_group else ()),
            ),
            is_delicate=is_own or row.field_group == FieldGroup.FAMILY,
        )


def _history(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.work_histories.select_related("organisation", "created_by", "workplace"):
        yield Line(
            key=f"history-{row.pk}",
            at=row.created_at,
            entered=row.created_at,
            what="職歴",
            who=written_by(row.organisation, row.created_by),
            parts=parts_of(
                事業所=row.employer_name,
                仕事=row.job_title,
                雇用形態=row.get_employment_type_display() if row.employment_type else "",
                期間=row.period,
                辞めた理由=row.leaving_reason,
            ),
        )


def _qualifications(case: Case, actor: Actor) -> Iterator[Line]:
    for row in case.qualifications.select_related("organisation", "created_by"):
        yield Line(
            key=f"qualification-{row.pk}",
            at=row.created_at,
            entered=row.created_at,
            what="資格・免許",
            who=written_by(row.organisation, row.created_by),
            parts=parts_of(名称=row.name, 取得=row.acquired, 有効期限=day_text(row.valid_to), 補足=row.note),
        )


def _checklists(case: Case, actor: Actor) -> Iterator[Line]:
    """Items of a kind that is closed to the reader are not among the answers that the wall gives."""
    words = {item.code: item.text for item in ITEMS}
    rounds = case.checklist_rounds.select_related("organisation", "written_by").prefetch_related("answers")
    for row in rounds:
        scores = {answer.item: answer.score for answer in row.answers.all() if answer.score is not None}
        yield Line(
            key=f"checklist-{row.pk}",
            at=row.checked_on,
            entered=row.created_at,
            what="自立度チェック",
            who=written_by(row.organisation, row.written_by),
            parts=parts_of(
                答え="\n".join(f"{words[item.code]}: {scores[item.code]}" for item in ITEMS if item.code in scores),
                本人と確認="はい" if row.with_person else "いいえ",
                気づいたこと=row.note,
            ),
        )


NEEDS: tuple[Callable[[Case, Actor], Iterator[Line]], ...] = (
    _assessments,
    _obstacles,
    _history,
    _qualifications,
    _checklists,
)
