"""The list of cases, one case with its timeline, finding a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import MUNICIPAL_KINDS, NATIONAL_KINDS, Permission
from accounts.scope import Actor, requires
from cases.actions.circumstance import groups_open_to
from cases.duplicates import Sought, alike
from cases.enums import CaseState, FieldGroup, ListKind, SearchKind
from cases.finding import find
from cases.forms.attachment import AttachmentForm
from cases.lists import LISTS
from cases.lists.cases import case_rows
from cases.models import Case, Circumstance, Grant
from cases.views.access import actor_of, case_actions, case_moves, find_case, identity
from cases.views.lists import back_to_list, list_context, neighbours
from cases.views.timeline import Records, timeline
from core.forms import SearchForm

SEARCH_SHOWN = 20


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
            "can_refer": actor.can(Permission.VIEW_REFERRALS),
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
    records = Records.of(case, actor)
    entries = timeline(records)
    offices = {str(entry.organisation.pk): entry.organisation for entry in entries if entry.organisation}
    kind, office = request.GET.get("kind", ""), request.GET.get("office", "")
    entries = [
        entry
        for entry in entries
        if (not kind or entry.kind == kind)
        # What has no office of its own, such as a meeting, is of both.
        and (office not in offices or entry.organisation in (None, offices[office]))
    ]
    plan = case.plans.order_by("-version_number").first()
    side_waits = plan is not None and (
        (actor.organisation.kind in MUNICIPAL_KINDS and plan.municipal_confirmed_at is None)
        or (actor.organisation.kind in NATIONAL_KINDS and plan.national_confirmed_at is None)
    )
    return render(
        request,
        "cases/case_detail.html",
        {
            **identity(case, visits=records.visits),
            "back": back_to_list(request, case),
            "neighbours": neighbours(request, case),
            "entries": entries,
            "kind": kind,
            "office": office if office in offices else "",
            "offices": sorted((one.short_name, pk) for pk, one in offices.items()),
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
            "attachments": records.files,
            "own_ids": actor.organisation_ids,
            "attachment_form": AttachmentForm(case=case, actor=actor, notes=records.notes)
            if case.state != CaseState.CLOSED and actor.can(Permission.LOG_INTERVIEW)
            else None,
            "moves": case_moves(case, actor),
            "can_close": case.state != CaseState.CLOSED and actor.can(Permission.MOVE_CASE),
            "plan": plan,
            "plan_menus": plan.menus.select_related("menu").order_by("pk") if plan else [],
            "plan_waits_for_us": side_waits and actor.can(Permission.EDIT_PLAN),
            "incomplete": records.incomplete,
            **before_support(case, records),
            "referrals": records.referrals,
            "homework": records.homework,
            "contact": case.person.shown_contact,
            "circumstances": circumstances(case, actor),
            "introductions": records.introductions,
            "placements": records.placements,
            "due_checks": records.due_checks,
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


def before_support(case: Case, records: Records) -> dict[str, Any]:
    """What the state of a case that is not supported yet waits for."""
    state = case.state
    return {
        "beforehand": next(iter(records.asked), None) if state == CaseState.PRE_CONSULTATION else None,
        "waiting": records.waiting if state == CaseState.REQUESTED else None,
        "deferral": case.deferrals.newest().first() if state == CaseState.NOT_REFERRED else None,
    }


def circumstances(case: Case, actor: Actor) -> list[tuple[FieldGroup, Circumstance | None, bool]]:
    """Health, money, family: the text, and whether my grants include the kind."""
    rows = {row.field_group: row for row in case.circumstances.select_related("written_by", "organisation")}
    mine = groups_open_to(case, actor)
    return [(group, rows.get(group), group in mine) for group in FieldGroup]
