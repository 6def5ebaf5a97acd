"""Taking people in and keeping their data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.enums import Permission, Role
from accounts.scope import requires
from agreements.enums import BenefitStatus
from cases.actions import intake
from cases.duplicates import Sought, alike
from cases.enums import Duty
from cases.forms.finding import SameForm
from cases.forms.person import AgainForm, ContactForm, IntakeForm, PersonForm, StatusForm
from cases.models import Person, PersonContact
from cases.views.access import act_on, actor_of, find_case, identity
from core.forms import Difference, EditConflict
from core.periods import now, today

# Who takes a person in is in charge, unless a manager does it for others.
OWN_DUTY = {Role.CASEWORKER: Duty.CASEWORKER, Role.SUPPORT_WORKER: Duty.SUPPORT_WORKER}


@requires(Permission.OPEN_CASE)
def case_new(request: HttpRequest) -> HttpResponse:
    """Search first, register then: likely the same people are shown before the form and before anything is written.

    By POST throughout, because names do not stand in URLs. `act` is `find`, `form` or, with the whole form, nothing.
    """
    actor = actor_of(request)
    if request.method == "GET" and "draft" in request.GET:
        # The draft is of the form, and was searched for when it was begun; sending asks again.
        return render(request, "cases/case_new.html", {"form": IntakeForm(actor=actor)})
    acts = request.POST.getlist("act") if request.method == "POST" else ["start"]
    if acts:
        known = SameForm(request.POST or None)
        if not known.is_valid():
            return render(request, "cases/case_new_search.html", {"form": known})
        data = known.cleaned_data
        same = alike(Sought(name_kana=data["name_kana"], birth=data["birth_on"]), actor, with_weak=True)
        if same and "form" not in acts:
            return render(request, "cases/case_new_search.html", {"form": known, "alike": same, "is_found": True})
        birth = data["birth_on"]
        guess = {"is_birth_estimated": birth is not None and birth.is_estimated}
        form = IntakeForm(actor=actor, initial={**data, **guess})
        return render(request, "cases/case_new.html", {"form": form, "is_searched": True})
    form = IntakeForm(request.POST, actor=actor)
    if "fill" in request.POST:
        return _with_address(request, form, "cases/case_new.html", {})
    same = []
    if form.is_valid():
        data = form.cleaned_data
        sought = Sought(data["name"], data["name_kana"], form.birth(), data["phone"])
        same = alike(sought, actor, with_weak=True)
        if not same or request.POST.get("is_other_person"):
            case = intake.open_case(
                by=actor,
                at=now(),
                holder=data["holder"],
                agreement=data["agreement"],
                site=data["site"],
                status=BenefitStatus(data["status"]),
                opened_on=data["opened_on"],
                intake_note=data["intake_note"],
                person_fields=form.person_fields(),
                contact_fields=form.contact_fields(),
                duty=OWN_DUTY.get(actor.role),
            )
            messages.success(
                request,
                f"{case.person.name}さんの相談を受け付けました(ケース番号 {case.number})。"
                "担当を上の帯で確かめ、次は面談を記録しましょう。",
            )
            _say_doubt(request, form)
            return redirect("case_detail", pk=case.pk)
    return render(request, "cases/case_new.html", {"form": form, "alike": same})


def _with_address(
    request: HttpRequest, form: IntakeForm | ContactForm, template: str, context: dict[str, Any]
) -> HttpResponse:
    """The same form with the postcode's address in it, nothing saved; for htmx the address alone."""
    said = form.fill_address()
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "cases/_address.html", {"form": form, "said": said})
    return render(request, template, {**context, "form": form})


def _say_doubt(request: HttpRequest, form: IntakeForm | PersonForm) -> None:
    """Name and reading that do not seem to belong together are saved, and pointed out."""
    if doubt := form.doubt():
        messages.warning(request, f"{doubt}このまま保存しました。違っていれば「基本情報を直す」で直してください。")


@requires(Permission.OPEN_CASE)
def case_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new case for the same person, linked to the earlier one (再支援)."""
    earlier = find_case(request, pk)
    actor = actor_of(request)
    form = AgainForm(request.POST or None, actor=actor, initial={"agreement": earlier.agreement})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        case = intake.open_case(
            by=actor,
            at=now(),
            holder=earlier.organisation,
            agreement=data["agreement"],
            site=None,
            status=BenefitStatus(data["status"]),
            opened_on=data["opened_on"],
            intake_note=data["intake_note"],
            person=earlier.person,
            previous_case=earlier,
            duty=OWN_DUTY.get(actor.role),
        )
        messages.success(
            request,
            f"{case.person.name}さんの再支援のケースを開きました(ケース番号 {case.number})。"
            "前のケースは「ほかのケース」から見られます。",
        )
        return redirect("case_detail", pk=case.pk)
    return render(
        request,
        "cases/case_form.html",
        {**identity(earlier), "form": form, "title": "再支援のケースを開く", "submit": "開く", "lead": ""},
    )


@requires(Permission.EDIT_PERSON)
def person_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person's own data; two savers see each other's text."""
    case = find_case(request, pk)
    person = Person.objects.get(pk=case.person_id)
    form = PersonForm(request.POST or None, instance=person)
    conflict: list[Difference] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save()
        except EditConflict:
            conflict = form.conflict_with(Person.objects.get(pk=person.pk))
        else:
            intake.reindex_person(person=saved, at=now())
            messages.success(
                request, f"{case.person.name}さんの基本情報を保存しました。見える範囲の機関すべての画面が変わります。"
            )
            _say_doubt(request, form)
            return redirect("case_detail", pk=case.pk)
    return render(
        request,
        "cases/conflict_form.html",
        {**identity(case), "form": form, "title": "基本情報を直す", "submit": "保存する", "conflict": conflict},
        status=200 if conflict is None else 409,
    )


@requires(Permission.EDIT_PERSON)
def contact_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the person can be found; while it is hidden, the way to ask for it."""
    case = find_case(request, pk)
    contact = PersonContact.objects.filter(person=case.person_id).first()
    if contact is None:
        messages.warning(request, "支援措置のため、連絡先は表示していません。必要なときは理由を書いて求めてください。")
        return redirect("suppression", pk=case.pk)
    form = ContactForm(request.POST or None, instance=contact)
    conflict: list[Difference] | None = None
    if "fill" in request.POST:
        context = {**identity(case), "title": "連絡先を直す", "submit": "保存する", "conflict": None}
        return _with_address(request, form, "cases/conflict_form.html", context)
    if request.method == "POST" and form.is_valid():
        try:
            form.save()
        except EditConflict:
            conflict = form.conflict_with(PersonContact.objects.get(pk=contact.pk))
        else:
            intake.reindex_person(person=case.person, at=now())
            messages.success(request, f"{case.person.name}さんの連絡先を保存しました。前の内容は履歴に残ります。")
            return redirect("case_detail", pk=case.pk)
    return render(
        request,
        "cases/conflict_form.html",
        {**identity(case), "form": form, "title": "連絡先を直す", "submit": "保存する", "conflict": conflict},
        status=200 if conflict is None else 409,
    )


@requires(Permission.EDIT_PERSON)
def case_status(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another primary benefit status from a day on."""
    case = find_case(request, pk)
    form = StatusForm(request.POST or None, initial={"on": today()})
    return act_on(
        request,
        case,
        form,
        lambda: intake.change_primary_status(
            case=case,
            by=actor_of(request),
            at=now(),
            status=BenefitStatus(form.cleaned_data["status"]),
            on=form.cleaned_data["on"],
        ),
        title="支援区分を変える",
        lead="支援開始時の区分で数えるため、支援開始後に変えても、報告の数字は変わりません。",
        submit="変更する",
        done=f"{case.person.name}さんの支援区分を変えました。変えた日からの報告の区分に使われます。",
    )
