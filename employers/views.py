"""Screens of employers and vacancies."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import Actor, requires
from core.forms import Difference, EditConflict, SearchForm
from core.periods import today
from employers.forms import EmployerEditForm, EmployerForm, VacancyForm
from employers.models import Employer, Vacancy
from employers.querysets import LIST_SEEN

LIMIT = 200
FOUND = 50


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@requires(Permission.VIEW_EMPLOYERS)
def employer_search(request: HttpRequest) -> HttpResponse:
    """Find by words. By POST: whoever types a person's name here by mistake leaves it in no address.

    The list itself, with its conditions and pages, is cases.views.lists.employer_list.
    """
    form = SearchForm(request.POST)
    text = form.text()
    found = Employer.objects.matching(text) if text else Employer.objects.none()
    rows = list(found.order_by("name", "pk")[: FOUND + 1])
    counts = Vacancy.objects.open_on(today()).count_by_employer(rows[:FOUND])
    return render(
        request,
        "employers/employer_search.html",
        {
            "rows": [(employer, counts.get(employer.pk, 0)) for employer in rows[:FOUND]],
            "has_more": len(rows) > FOUND,
            "form": form,
            "text": text,
            "can_edit": _actor(request).can(Permission.EDIT_EMPLOYERS),
        },
    )


@requires(Permission.EDIT_EMPLOYERS)
def employer_new(request: HttpRequest) -> HttpResponse:
    form = EmployerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.registered_by = _actor(request).organisation
        employer = form.save()
        messages.success(
            request, f"{employer.name}を登録しました。紹介・応募と就職の記録で選べます。続けて求人を登録できます。"
        )
        return redirect("employer_detail", pk=employer.pk)
    context = {"form": form, "title": "事業所を登録する", "back": _list_seen(request) or reverse("employer_list")}
    return render(request, "employers/employer_form.html", context)


@requires(Permission.VIEW_EMPLOYERS)
@require_safe
def employer_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    employer = get_object_or_404(Employer.objects.select_related("registered_by"), pk=pk)
    return render(
        request,
        "employers/employer_detail.html",
        {
            "employer": employer,
            "back": f"{seen}#row-{pk}" if (seen := _list_seen(request)) else "",
            "vacancies": employer.vacancies.select_related("organisation").order_by("-found_on", "pk")[:LIMIT],
            "can_edit": _actor(request).can(Permission.EDIT_EMPLOYERS),
        },
    )


def _detail(employer: Employer) -> str:
    return reverse("employer_detail", kwargs={"pk": employer.pk})


def _list_seen(request: HttpRequest) -> str:
    """The list as it was last open: conditions, order and page; '' when there was none."""
    kind_and_query = request.session.get(LIST_SEEN)
    return f"{reverse('employer_list')}?{kind_and_query[1]}" if kind_and_query else ""


@requires(Permission.EDIT_EMPLOYERS)
def employer_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    employer = get_object_or_404(Employer, pk=pk)
    form = EmployerEditForm(request.POST or None, instance=employer)
    conflict: list[Difference] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            form.save()
        except EditConflict:
            conflict = form.conflict_with(Employer.objects.get(pk=pk))
        else:
            messages.success(request, f"{employer.name}の情報を保存しました。協定のほかの機関も同じ内容を見ます。")
            return redirect("employer_detail", pk=pk)
    return render(
        request,
        "employers/employer_form.html",
        {"form": form, "title": "事業所を直す", "employer": employer, "conflict": conflict, "back": _detail(employer)},
        status=200 if conflict is None else 409,
    )


@requires(Permission.EDIT_EMPLOYERS)
def vacancy_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    employer = get_object_or_404(Employer, pk=pk)
    form = VacancyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.employer = employer
        form.instance.organisation = _actor(request).organisation
        form.instance.created_by = _actor(request).user
        form.save()
        messages.success(request, "求人を登録しました。紹介・応募を記録するときに選べます。")
        return redirect("employer_detail", pk=pk)
    context = {"form": form, "title": "求人を登録する", "employer": employer, "back": _detail(employer)}
    return render(request, "employers/employer_form.html", context)
