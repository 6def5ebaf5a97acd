"""Likely the same person, merging two registrations, taking a merge back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import merge as actions
from cases.actions import not_same
from cases.actions.moves import CaseError
from cases.duplicates import Sought, alike
from cases.finding import find
from cases.forms.finding import MergeForm, NotSameForm, shown
from cases.models import Case, NotSame, Person, PersonMerge
from cases.models.person import BIRTH_FIELDS
from cases.views.access import actor_of, find_case, identity
from core.forms import SearchForm
from core.periods import now

OTHERS_SHOWN = 10


@requires(Permission.MERGE_PERSONS)
def person_alike(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Registrations that may be this person, with reasons; others can be looked for; what was merged."""
    case = find_case(request, pk)
    actor = actor_of(request)
    form = SearchForm(request.POST)
    text = form.text()
    found = list(find(text, actor.organisation_ids).kinds)
    others = (
        Case.objects.visible_to(actor)
        .filter(pk__in=found)
        .exclude(person=case.person_id)
        .select_related("person", "organisation")
        .order_by("-opened_on", "pk")[:OTHERS_SHOWN]
    )
    return render(
        request,
        "cases/person_alike.html",
        {
            **identity(case),
            "alike": alike(Sought.of(case.person), actor, other_than=case.person_id, with_weak=True),
            "form": form,
            "text": text,
            "others": others,
            "dismissed": dismissed(case),
            "merges": PersonMerge.objects.filter(kept=case.person_id).select_related("by", "undone_by").order_by("-at"),
        },
    )


def dismissed(case: Case) -> list[tuple[NotSame, Person]]:
    """Whom this person was said not to be, also what was taken back or has lapsed, newest first."""
    rows = NotSame.objects.about(case.person_id).select_related("person", "other", "by", "undone_by", "organisation")
    return [(row, row.other if row.person_id == case.person_id else row.person) for row in rows.order_by("-at", "pk")]


@requires(Permission.MERGE_PERSONS)
def person_not_same(request: HttpRequest, pk: UUID, other_pk: UUID) -> HttpResponse:
    """Say that the two are not the same person, with the reason; then they are no longer shown as alike."""
    case, other = find_case(request, pk), find_case(request, other_pk)
    form = NotSameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            not_same.say_not_same(
                one=case.person, other=other.person, note=form.cleaned_data["note"], by=actor_of(request), at=now()
            )
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"{other.person.name}さん({other.number})は別人と記録しました。似た登録の候補に、もう出ません。",
            )
            return redirect("person_alike", pk=case.pk)
    return render(request, "cases/person_not_same.html", {**identity(case), "other": other, "form": form})


@requires(Permission.MERGE_PERSONS)
@require_POST
def person_not_same_undo(request: HttpRequest, pk: UUID, row_pk: UUID) -> HttpResponse:
    """They may be the same after all: shown as alike again."""
    case = find_case(request, pk)
    row = get_object_or_404(NotSame.objects.about(case.person_id), pk=row_pk)
    try:
        not_same.take_back_not_same(row=row, by=actor_of(request), at=now())
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "別人の確認を取り消しました。似ているときは、また候補に出ます。")
    return redirect("person_alike", pk=case.pk)


@requires(Permission.MERGE_PERSONS)
def person_merge(request: HttpRequest, pk: UUID, other_pk: UUID) -> HttpResponse:
    """Both registrations side by side; for what differs, whose value stays; then one act."""
    case, other = find_case(request, pk), find_case(request, other_pk)
    actor = actor_of(request)
    kept, merged = case.person, other.person
    refusal = ""
    try:
        actions.check_mergeable(kept=kept, merged=merged)
    except actions.MergeRefused as error:
        refusal = str(error)
    mine, theirs = actions.values_of(kept), actions.values_of(merged)
    # What a suppression hides is in neither column; the merge is refused then.
    names = [name for name in actions.MERGED_FIELDS if name in mine and name in theirs and name not in BIRTH_FIELDS[1:]]
    # A birthday is one thing in three columns.
    mine["birth_on"], theirs["birth_on"] = kept.birth, merged.birth
    differing = [(actions.field_of(name), mine[name], theirs[name]) for name in names if mine[name] != theirs[name]]
    readers = actions.newly_seeing(kept=kept, merged=merged)
    form = MergeForm(request.POST or None, differing=differing, newly_seeing=readers)
    if request.method == "POST" and not refusal and form.is_valid():
        try:
            actions.merge_persons(
                kept=kept,
                merged=merged,
                taken=form.taken(),
                note=form.cleaned_data["note"],
                agreed_readers=frozenset(row.pk for row in readers) if form.cleaned_data.get("agrees") else frozenset(),
                by=actor,
                at=now(),
            )
        except actions.MergeRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"{merged.name}さんの登録を統合しました。「同じ人の登録」の画面から取り消せます。",
            )
            return redirect("case_detail", pk=case.pk)
    rows = [
        (field.verbose_name, shown(field, mine[field.name]), shown(field, theirs[field.name]), field.name in changed)
        for changed in [{row[0].name for row in differing}]
        for field in map(actions.field_of, names)
    ]
    return render(
        request,
        "cases/person_merge.html",
        {
            **identity(case),
            "other": other,
            "form": form,
            "refusal": refusal,
            "rows": rows,
            "kept_cases": kept.cases.visible_to(actor).select_related("organisation").order_by("opened_on"),
            "moved_cases": merged.cases.visible_to(actor).select_related("organisation").order_by("opened_on"),
        },
    )


@requires(Permission.MERGE_PERSONS)
def person_merge_undo(request: HttpRequest, pk: UUID, merge_pk: UUID) -> HttpResponse:
    """Take a merge back; says before what goes back and what stays."""
    case = find_case(request, pk)
    actor = actor_of(request)
    merge = get_object_or_404(PersonMerge.objects.select_related("kept", "by"), pk=merge_pk, kept=case.person_id)
    refusal = actions.cannot_undo(merge)
    if request.method == "POST" and not refusal:
        try:
            done = actions.undo_merge(merge=merge, by=actor, at=now())
        except actions.MergeRefused as error:
            refusal = str(error)
        else:
            messages.success(request, f"統合を取り消しました。{done.person.name}さんの登録が元に戻りました。")
            for sentence in done.left:
                messages.warning(request, sentence)
            return redirect("case_detail", pk=done.person.cases.visible_to(actor).order_by("-opened_on")[0].pk)
    moved = Case.objects.visible_to(actor).filter(pk__in=merge.case_ids).select_related("organisation")
    context = {
        **identity(case),
        "merge": merge,
        "refusal": refusal,
        "left": actions.kept_after_undo(merge),
        "moved_cases": moved.order_by("opened_on"),
    }
    return render(request, "cases/person_merge_undo.html", context)
