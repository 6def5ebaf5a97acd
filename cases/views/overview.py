"""The list of cases, one case with its timeline, finding a person."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.enums import MUNICIPAL_KINDS, NATIONAL_KINDS, Permission
from accounts.scope import Actor, requires
from cases.actions.circumstance import groups_open_to
from cases.duties import housing_periods
from cases.enums import STATES_OPEN, CaseState, FieldGroup, RetentionState, SearchKind
from cases.forms.attachment import AttachmentForm
from cases.forms.person import CaseFilterForm
from cases.models import Assignment, Attachment, Case, Circumstance, Grant, Interview, SearchKey
from cases.search import fold_digits, fold_kana, fold_name, fold_number
from cases.views.access import TONES, actor_of, case_actions, case_moves, find_case, identity
from core.forms import SearchForm
from core.pagination import page_of
from core.periods import UnreadableDate, parse_date, today

SEARCH_LIMIT = 50


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
    form = CaseFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    grants = (
        Grant.objects.for_list(actor)
        .opening()
        .select_related("case__person", "case__organisation", "case__support_group")
    )
    state = chosen.get("state")
    if state in CaseState.values:
        grants = grants.filter(case__state=state)
    elif state != "all":
        grants = grants.filter(case__state__in=STATES_OPEN)
    if chosen.get("mine"):
        mine = Assignment.objects.filter(user=actor.user).current(today()).values("case")
        grants = grants.filter(case__in=mine)
    page = page_of(grants, at="touched_at", key="case_id", cursor=request.GET.get("page"))
    rows = _rows([grant.case for grant in page.rows], {grant.case_id: grant.touched_at for grant in page.rows})
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "cases/case_list.html",
        {
            "form": form,
            "rows": rows,
            "page": page,
            "query": query.urlencode(),
            "can_open": actor.can(Permission.OPEN_CASE),
            "can_defer": actor.can(Permission.REQUEST_SUPPORT),
            "can_count": actor.can(Permission.LOG_INTERVIEW),
        },
    )


def _rows(cases: list[Case], touched: dict[UUID, Any]) -> list[dict[str, Any]]:
    """List rows with the people in charge; two queries whatever the number of cases."""
    ids = [case.pk for case in cases]
    team: dict[UUID, list[str]] = {}
    current = Assignment.objects.filter(case__in=ids).current(today()).select_related("user").order_by("duty", "pk")
    for assignment in current:
        team.setdefault(assignment.case_id, []).append(assignment.user.name)
    return [
        {
            "case": case,
            "tone": TONES.get(CaseState(case.state), "plain"),
            "team": team.get(case.pk, []),
            "touched_at": touched.get(case.pk),
        }
        for case in cases
    ]


@requires(Permission.VIEW_CASES)
def case_search(request: HttpRequest) -> HttpResponse:
    """Find by reading, name, number, birthday or phone. By POST: names do not stand in URLs."""
    form = SearchForm(request.POST)
    text = form.text()
    rows: list[dict[str, Any]] = []
    if text:
        keys = matching_keys(text, actor_of(request).organisation_ids)
        ids = list(keys.order_by("key", "case").values_list("case", flat=True)[: SEARCH_LIMIT + 1])
        found = (
            Case.objects.visible_to(actor_of(request))
            .filter(pk__in=ids)
            .select_related("person", "organisation", "support_group")
            .order_by("person__name_kana", "-opened_on")
        )
        rows = _rows(list(found), {})
        if len(rows) == 1:
            return redirect("case_detail", pk=rows[0]["case"].pk)
    return render(
        request,
        "cases/case_search.html",
        {"form": form, "text": text, "rows": rows[:SEARCH_LIMIT], "has_more": len(rows) > SEARCH_LIMIT},
    )


def matching_keys(text: str, organisation_ids: tuple[int, ...]) -> QuerySet[SearchKey]:
    """Search keys of my organisations that begin with the text, read as whatever it looks like."""
    keys = SearchKey.objects.filter(organisation__in=organisation_ids)
    try:
        birth = parse_date(text)
    except UnreadableDate:
        pass
    else:
        return keys.filter(kind=SearchKind.BIRTH, key=birth.strftime("%Y%m%d"))
    plain = unicodedata.normalize("NFKC", text)
    digits = fold_digits(text)
    if digits and len(digits) >= 6 and not plain.strip("0123456789-() +"):
        return _prefix(keys, SearchKind.PHONE, digits)
    if plain[0].isascii() and any(char.isdigit() for char in plain):
        return _prefix(keys, SearchKind.NUMBER, fold_number(text))
    kana = fold_kana(text)
    if kana and all("ァ" <= char <= "ヺ" for char in kana):
        return _prefix(keys, SearchKind.KANA, kana)
    return _prefix(keys, SearchKind.NAME, fold_name(text))


def _prefix(keys: QuerySet[SearchKey], kind: SearchKind, key: str) -> QuerySet[SearchKey]:
    # A range of the index; LIKE is not leakproof and would not use it behind the wall.
    return keys.filter(kind=kind, key__gte=key, key__lt=f"{key}\U0010ffff")


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
    waiting = case.support_requests.waiting().select_related("to_organisation").first()
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
            "entries": entries,
            "kind": kind,
            "kinds": (
                ("面談", "面談"),
                ("予約", "予約"),
                ("紹介", "紹介・応募"),
                ("就職", "就職・定着"),
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
            "waiting": waiting,
            "incomplete": case.support_requests.incomplete().select_related("case__person").first(),
            "beforehand": case.pre_consultations.select_related("to_organisation").order_by("-sent_at").first(),
            "deferral": case.deferrals.newest().first(),
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
            "other_cases": case.person.cases.visible_to(actor).exclude(pk=case.pk).order_by("-opened_on"),
        },
    )


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
