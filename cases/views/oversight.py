"""Who read whom: the log for managers, the readers of one person, readings that stand out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.enums import Permission, Role
from accounts.models import AccessEntry, AccessSubject, Organisation, User
from accounts.scope import requires
from cases.actions import oversight
from cases.actions.moves import CaseError
from cases.enums import OddVerdict
from cases.forms.oversight import AccessFilterForm, OddReviewForm, ReadersForm
from cases.models import Case, Grant, OddReading, Person
from cases.reading_words import act_words, page_words
from cases.views.access import actor_of, blocked_output, find_case, identity
from core.documents import download, render_pdf
from core.pagination import page_of
from core.periods import era_date, now, today

DAYS_SHOWN = 31
REVIEWED_SHOWN = 50
ENTRIES_SHOWN = 100


@requires(Permission.REVIEW_LOGINS)
@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """What my organisations read, newest first; for the administrator, log-ins alone."""
    actor = actor_of(request)
    form = AccessFilterForm(request.GET, actor=actor)
    chosen = form.cleaned_data if form.is_valid() else {}
    day = chosen.get("day")
    first = day or today() - dt.timedelta(days=DAYS_SHOWN)
    entries = AccessEntry.objects.visible_to(actor).filter(at__gte=_start(first))
    if day:
        entries = entries.filter(at__lt=_start(day + dt.timedelta(days=1)))
    if chosen.get("user"):
        entries = entries.filter(user=chosen["user"])
    if chosen.get("act"):
        entries = entries.filter(act=chosen["act"])
    # The cursor stands in the address: a number within the own office's chain, none that counts everybody's entries.
    rows = entries.select_related("user", "organisation")
    page = page_of(rows, at="at", key="number", cursor=request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "cases/access_log.html",
        {
            "form": form,
            "page": page,
            "rows": [(entry, page_words(entry.route)) for entry in page.rows],
            "query": query.urlencode(),
            "days": DAYS_SHOWN,
            "reviews": actor.can(Permission.REVIEW_ACCESS),
            "odd_count": OddReading.objects.visible_to(actor).open().count(),
        },
    )


def _start(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@requires(Permission.REVIEW_ACCESS)
@require_safe
def access_entry(request: HttpRequest, chain: int, number: int) -> HttpResponse:
    """One entry and the people it showed, as far as I may see them."""
    actor = actor_of(request)
    entries = AccessEntry.objects.visible_to(actor).select_related("user", "organisation")
    entry = get_object_or_404(entries, chain=chain, number=number)
    ids = list(AccessSubject.objects.filter(entry=entry).values_list("person_id", flat=True).distinct())
    persons = list(Person.objects.visible_to(actor).filter(pk__in=ids).order_by("name_kana", "pk"))
    return render(
        request,
        "cases/access_entry.html",
        {
            "entry": entry,
            "words": page_words(entry.route),
            "persons": persons,
            "hidden_count": len(ids) - len(persons),
        },
    )


@dataclass(frozen=True)
class ReaderLine:
    """A line of 「この方の記録を見た人」 in plain words."""

    read_on: dt.date
    first_at: dt.datetime
    last_at: dt.datetime
    times: int
    organisation: str
    role: str
    user: str
    did: str
    page: str
    purpose: str


@requires(Permission.REVIEW_ACCESS)
@require_safe
def case_readers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """この方の記録を見た人, of every organisation; for the organisation that holds the case."""
    case = _held_case(request, pk)
    form = ReadersForm(request.GET)
    context = _readers(case, form)
    return render(request, "cases/case_readers.html", {**identity(case), **context, "form": form})


@requires(Permission.REVIEW_ACCESS)
@require_safe
def case_readers_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same on paper for the person, without the names of the staff."""
    case = _held_case(request, pk)
    if (blocked := blocked_output(request, case)) is not None:
        return blocked
    context = {"case": case, **_readers(case, ReadersForm(request.GET)), "made_on": era_date(today())}
    pdf = render_pdf("cases/case_readers_pdf.html", context, stylesheet="css/print/readers.css")
    return download(pdf, f"閲覧の記録_{case.number}.pdf")


def _held_case(request: HttpRequest, pk: UUID) -> Case:
    case = find_case(request, pk)
    if case.organisation_id not in actor_of(request).organisation_ids:
        raise Http404
    return case


def _readers(case: Case, form: ReadersForm) -> dict[str, Any]:
    first, last = form.period(form.cleaned_data if form.is_valid() else {})
    rows = oversight.readers_of(person=case.person_id, first=first, last=last)
    organisations = Organisation.objects.select_related("parent").in_bulk({row.organisation_id for row in rows})
    users = User.objects.in_bulk({row.user_id for row in rows})
    purposes = _purposes(case)
    lines = []
    for row in rows:
        organisation = organisations.get(row.organisation_id)  # type: ignore[call-overload]
        user = users.get(row.user_id)  # type: ignore[call-overload]
        lines.append(
            ReaderLine(
                read_on=row.read_on,
                first_at=row.first_at,
                last_at=row.last_at,
                times=row.times,
                organisation=organisation.name if organisation else "システム",
                role=str(Role(row.role).label) if row.role else "自動処理",
                user=user.name if user else "",
                did=act_words(row.act),
                page=page_words(row.route),
                purpose=row.purpose or _purpose(row, purposes),
            )
        )
    return {
        "lines": lines,
        "first": first,
        "last": last,
        "is_cut": len(lines) == oversight.READERS_LIMIT,
        "organisation_count": len({line.organisation for line in lines}),
    }


def _purposes(case: Case) -> dict[int, str]:
    """Why each organisation may see the person: the grants of all the person's cases, ended ones too."""
    grants = Grant.objects.filter(case__person=case.person_id).select_related("organisation").order_by("valid_from")
    purposes = {
        grant.organisation_id: f"{grant.get_purpose_display()}({grant.get_legal_basis_display()})" for grant in grants
    }
    above = {grant.organisation.parent_id: f"{grant.organisation.name}の上位の機関としての確認" for grant in grants}
    return {**{pk: text for pk, text in above.items() if pk is not None}, **purposes}


def _purpose(row: oversight.ReaderRow, purposes: dict[int, str]) -> str:
    if row.organisation_id is None:
        return "システムの運用"
    return purposes.get(row.organisation_id, "目的の記録がありません")


@requires(Permission.REVIEW_ACCESS)
@require_safe
def odd_reading_list(request: HttpRequest) -> HttpResponse:
    """What stands out: to review first, then what was reviewed lately."""
    rows = OddReading.objects.visible_to(actor_of(request)).select_related(
        "organisation", "user", "person", "reviewed_by"
    )
    return render(
        request,
        "cases/odd_reading_list.html",
        {
            "waiting": rows.open().order_by("read_on", "pk")[: REVIEWED_SHOWN * 2],
            "reviewed": rows.filter(reviewed_at__isnull=False).order_by("-reviewed_at", "pk")[:REVIEWED_SHOWN],
        },
    )


@requires(Permission.REVIEW_ACCESS)
def odd_reading_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One odd reading with its entries, and the manager's word on it."""
    actor = actor_of(request)
    rows = OddReading.objects.visible_to(actor).select_related("organisation", "user", "person", "reviewed_by")
    odd = get_object_or_404(rows, pk=pk)
    form = OddReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            oversight.review_odd_reading(
                odd=odd, by=actor, at=now(), verdict=OddVerdict(data["verdict"]), note=data["note"]
            )
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "点検の結果を記録しました。「今日」の件数から消えます。")
            return redirect("odd_reading_list")
    entries = AccessEntry.objects.visible_to(actor).filter(pk__in=odd.entry_ids).select_related("user")
    return render(
        request,
        "cases/odd_reading_review.html",
        {
            "odd": odd,
            "form": form,
            "entries": [(entry, page_words(entry.route)) for entry in entries.order_by("at", "pk")[:ENTRIES_SHOWN]],
        },
    )
