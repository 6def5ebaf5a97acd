"""The list of cases, one case with its timeline, finding a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.enums import MUNICIPAL_KINDS, NATIONAL_KINDS, Permission
from accounts.scope import Actor, requires
from cases.actions.circumstance import groups_open_to
from cases.duplicates import Sought, alike
from cases.duties import housing_periods
from cases.enums import CaseState, FieldGroup, ItemState, ListKind, RetentionState, SearchKind
from cases.finding import find
from cases.forms.attachment import AttachmentForm
from cases.lists import LISTS
from cases.lists.cases import case_rows
from cases.models import Attachment, Case, Circumstance, Grant, HandoverItem, Interview
from cases.views.access import actor_of, case_actions, case_moves, find_case, identity
from cases.views.lists import back_to_list, list_context, neighbours
from core.forms import SearchForm

SEARCH_SHOWN = 20


@dataclass(frozen=True)
class Entry:
    """One thing that happened, for the timeline."""

    at: Any
    kind: str
    what: str
    who: str
    template: str
    row: Any
    is_quiet: bool = False


@requires(Permission.VIEW_CASES)
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """My organisations' cases, last touched first; driven from the grants."""
    actor = actor_of(request)
    return render(
        request,
        "cases/case_list.html",
        {
            **list_context(request, LISTS[ListKind.CASES]),
            "can_open": actor.can(Permission.OPEN_CASE),
            "can_assign": actor.can(Permission.ASSIGN),
            "can_defer": actor.can(Permission.REQUEST_SUPPORT),
            "can_count": actor.can(Permission.LOG_INTERVIEW),
        },
    )


@requires(Permission.VIEW_CASES)
def case_search(request: HttpRequest) -> HttpResponse:
    """Find by reading, name, number, birthday or phone. By POST: names do not stand in URLs."""
    actor = actor_of(request)
    form = SearchForm(request.POST)
    text = form.text()
    hits = find(text, actor.organisation_ids)
    touched = Grant.objects.for_list(actor).opening().last_touched(list(hits.kinds))
    recent = sorted(touched, key=lambda pk: (touched[pk], pk), reverse=True)
    shown = recent[:SEARCH_SHOWN]
    found = Case.objects.visible_to(actor).filter(pk__in=shown)
    cases = {case.pk: case for case in found.select_related("person", "organisation", "support_group")}
    rows = case_rows([cases[pk] for pk in shown if pk in cases], touched)
    for row in rows:
        row["why"] = [kind.label for kind in SearchKind if kind in hits.kinds[row["case"].pk]]
    if len(rows) == 1:
        return redirect("case_detail", pk=rows[0]["case"].pk)
    context = {
        "form": form,
        "text": text,
        "title": "探した結果",
        "columns": LISTS[ListKind.CASES].columns_by(()),
        "rows": rows,
        "found_count": len(recent),
        "has_more": len(recent) > len(shown),
        "is_cut": hits.is_cut,
        "can_open": actor.can(Permission.OPEN_CASE),
    }
    return render(request, "cases/case_search.html", context)


@requires(Permission.VIEW_CASES)
@require_safe
def case_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One person, one course of support: the timeline is the case."""
    case = find_case(request, pk)
    actor = actor_of(request)
    kind = request.GET.get("kind", "")
    files = list(
        Attachment.objects.visible_to(actor)
        .filter(case=case)
        .select_related("uploaded_by", "organisation", "removed_by")
        .order_by("-uploaded_at", "-pk")
    )
    entries = [entry for entry in timeline(case, actor, files) if not kind or entry.kind == kind]
    plan = case.plans.order_by("-version_number").first()
    side_waits = plan is not None and (
        (actor.organisation.kind in MUNICIPAL_KINDS and plan.municipal_confirmed_at is None)
        or (actor.organisation.kind in NATIONAL_KINDS and plan.national_confirmed_at is None)
    )
    homework = Interview.objects.visible_to(actor).filter(case=case).exclude(homework="").order_by("-held_at").first()
    return render(
        request,
        "cases/case_detail.html",
        {
            **identity(case),
            "back": back_to_list(request, case),
            "neighbours": neighbours(request, case),
            "entries": entries,
            "kind": kind,
            "kinds": (
                ("面談", "面談"),
                ("予約", "予約"),
                ("紹介", "紹介・応募"),
                ("就職", "就職・定着"),
                ("会議", "会議"),
                ("状態", "状態・要請"),
                ("つなぎ", "つなぎ"),
                ("添付", "添付"),
            ),
            "actions": case_actions(case, actor),
            "attachments": files,
            "own_ids": actor.organisation_ids,
            "attachment_form": AttachmentForm(case=case, actor=actor)
            if case.state != CaseState.CLOSED and actor.can(Permission.LOG_INTERVIEW)
            else None,
            "moves": case_moves(case, actor),
            "can_close": case.state != CaseState.CLOSED and actor.can(Permission.MOVE_CASE),
            "plan": plan,
            "plan_menus": plan.menus.select_related("menu").order_by("pk") if plan else [],
            "plan_waits_for_us": side_waits and actor.can(Permission.EDIT_PLAN),
            "incomplete": case.support_requests.incomplete().select_related("case__person").first(),
            **before_support(case),
            "referrals": case.referrals.visible_to(actor).select_related("to_organisation").order_by("-sent_at"),
            "has_duties": housing_periods([case.pk]).exists(),
            "homework": homework,
            "contact": case.person.shown_contact,
            "circumstances": circumstances(case, actor),
            "introductions": case.introductions.select_related("workplace__employer").order_by("-introduced_on"),
            "placements": case.placements.select_related("workplace__employer").order_by("-started_on"),
            "due_checks": case.retention_checks.filter(state=RetentionState.PENDING)
            .select_related("placement__workplace__employer")
            .order_by("due_on"),
            "can": {
                "merge": actor.can(Permission.MERGE_PERSONS),
                "edit_person": actor.can(Permission.EDIT_PERSON),
                "request": actor.can(Permission.REQUEST_SUPPORT),
                "assign": actor.can(Permission.ASSIGN),
                "transfer": actor.can(Permission.TRANSFER) and case.organisation_id in actor.organisation_ids,
                "see_referrals": actor.can(Permission.VIEW_REFERRALS),
                "log": actor.can(Permission.LOG_INTERVIEW),
                "place": actor.can(Permission.RECORD_PLACEMENT),
                "reveal": actor.can(Permission.REVEAL),
                "introduce": actor.can(Permission.INTRODUCE),
                "plan": actor.can(Permission.EDIT_PLAN),
            },
            "alike": alike(Sought.of(case.person), actor, other_than=case.person_id)
            if actor.can(Permission.MERGE_PERSONS)
            else [],
            "other_cases": case.person.cases.visible_to(actor).exclude(pk=case.pk).order_by("-opened_on"),
        },
    )


def before_support(case: Case) -> dict[str, Any]:
    """What the state of a case that is not supported yet waits for; asked in that state alone."""
    state = case.state
    asked, sent, deferred = case.pre_consultations, case.support_requests.waiting(), case.deferrals.newest()
    return {
        "beforehand": asked.select_related("to_organisation").order_by("-sent_at").first()
        if state == CaseState.PRE_CONSULTATION
        else None,
        "waiting": sent.select_related("to_organisation").first() if state == CaseState.REQUESTED else None,
        "deferral": deferred.first() if state == CaseState.NOT_REFERRED else None,
    }


def circumstances(case: Case, actor: Actor) -> list[tuple[FieldGroup, Circumstance | None, bool]]:
    """Health, money, family: the text, and whether my grants include the kind."""
    rows = {row.field_group: row for row in case.circumstances.select_related("written_by", "organisation")}
    mine = groups_open_to(case, actor)
    return [(group, rows.get(group), group in mine) for group in FieldGroup]


def timeline(case: Case, actor: Any, files: list[Attachment]) -> list[Entry]:
    """Whatever either side did, within its visibility, newest first; one query per kind of record."""
    entries: list[Entry] = []
    notes = Interview.objects.visible_to(actor).filter(case=case)
    for note in notes.select_related("written_by", "organisation", "source"):
        entries.append(
            Entry(
                note.held_at,
                "面談",
                f"面談({note.get_method_display()})",
                f"{note.organisation.short_name} {note.written_by.name}",
                "interview",
                note,
            )
        )
    for visit in case.appointments.exclude(status="booked").select_related("worker", "organisation"):
        if visit.status != "kept":
            entries.append(
                Entry(
                    visit.starts_at,
                    "予約",
                    f"予約: {visit.get_status_display()}",
                    f"{visit.organisation.short_name} {visit.worker.name}",
                    "appointment",
                    visit,
                    True,
                )
            )
    for move in case.transitions.select_related("by", "organisation"):
        entries.append(
            Entry(
                move.at,
                "状態",
                move.get_to_state_display(),
                f"{move.organisation.short_name} {move.by.name}",
                "transition",
                move,
                True,
            )
        )
    for request in case.support_requests.select_related("to_organisation", "from_organisation", "sent_by"):
        entries.append(
            Entry(
                request.sent_at,
                "状態",
                f"支援要請 → {request.to_organisation.short_name}",
                f"{request.from_organisation.short_name} {request.sent_by.name}",
                "request",
                request,
            )
        )
    entries += before_and_beside(case, actor)
    for job in case.introductions.select_related("workplace__employer", "organisation", "created_by"):
        entries.append(
            Entry(
                job.introduced_on,
                "紹介",
                "紹介・応募",
                f"{job.organisation.short_name} {job.created_by.name}",
                "introduction",
                job,
            )
        )
    for placed in case.placements.select_related("workplace__employer", "organisation", "created_by"):
        entries.append(
            Entry(
                placed.started_on,
                "就職",
                "就職",
                f"{placed.organisation.short_name} {placed.created_by.name}",
                "placement",
                placed,
            )
        )
    for check in case.retention_checks.exclude(
        state__in=[RetentionState.PENDING, RetentionState.NOT_NEEDED]
    ).select_related("checked_by"):
        entries.append(
            Entry(
                check.checked_on,
                "就職",
                f"定着確認 {check.month_mark}か月",
                check.checked_by.name if check.checked_by else "",
                "check",
                check,
            )
        )
    for item in (
        case.meeting_items.filter(state=ItemState.DISCUSSED)
        .select_related("decided_by")
        .prefetch_related("tasks__user")
    ):
        entries.append(
            Entry(
                item.held_at,
                "会議",
                f"会議({item.get_kind_display()})",
                f"{item.decided_by.name}" if item.decided_by else "",
                "meeting",
                item,
            )
        )
    taken = HandoverItem.objects.visible_to(actor).filter(case=case)
    for passed in taken.select_related("handover__worker", "successor"):
        entries.append(
            Entry(
                passed.handover.made_at,
                "状態",
                f"担当の引継ぎ {passed.handover.worker.name} → {passed.successor.name}",
                "自機関のみ",
                "handover",
                passed,
                True,
            )
        )
    for file in files:
        entries.append(
            Entry(
                file.uploaded_at,
                "添付",
                f"添付: {file.get_kind_display()}",
                f"{file.organisation.short_name} {file.uploaded_by.name}",
                "attachment",
                file,
                file.removed_at is not None,
            )
        )
    return sorted(entries, key=_when, reverse=True)


def before_and_beside(case: Case, actor: Any) -> list[Entry]:
    """Talks beforehand, handing over between offices, referrals to partners."""
    asked = case.pre_consultations.select_related("to_organisation", "from_organisation", "sent_by")
    handed = case.transfers.select_related("from_organisation", "to_organisation", "transferred_by")
    referred = case.referrals.visible_to(actor).select_related("to_organisation", "from_organisation", "sent_by")
    rows = [
        *((row, row.sent_at, row.sent_by, "状態", f"プレ相談 → {row.to_organisation.short_name}") for row in asked),
        *((row, row.transferred_at, row.transferred_by, "状態", "担当機関の引継ぎ") for row in handed),
        *((row, row.sent_at, row.sent_by, "つなぎ", f"つなぎ → {row.to_organisation.short_name}") for row in referred),
    ]
    return [
        Entry(at, kind, what, f"{row.from_organisation.short_name} {who.name}", row._meta.model_name, row)
        for row, at, who, kind, what in rows
    ]


def _when(entry: Entry) -> tuple[dt.date, float]:
    """Newest first; a fact known by its day alone stands where it was entered, if that was the same day."""
    if isinstance(entry.at, dt.datetime):
        return (timezone.localtime(entry.at).date(), entry.at.timestamp())
    entered: dt.datetime | None = getattr(entry.row, "created_at", None)
    if entered is not None and timezone.localtime(entered).date() == entry.at:
        return (entry.at, entered.timestamp())
    return (entry.at, 0.0)
