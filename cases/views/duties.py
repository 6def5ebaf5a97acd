"""Duties of 住居確保給付金: the table month by month, and the sheet of one month."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions.moves import CaseError
from cases.actions.suppression import require_output
from cases.duties import months_of
from cases.views.access import actor_of, find_case, identity
from core.documents import download, render_pdf
from core.periods import MalformedMonth, Month, now, today


@requires(Permission.LOG_INTERVIEW)
@require_safe
def duty_table(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was asked and what was done, newest month first."""
    case = find_case(request, pk)
    return render(
        request,
        "cases/duty_table.html",
        {
            **identity(case),
            "months": months_of(case, actor_of(request), today()),
            "this_month": Month.of(today()),
            "month_end": Month.of(today()).last_day,
        },
    )


@requires(Permission.LOG_INTERVIEW)
@require_safe
def duty_sheet(request: HttpRequest, pk: UUID, month: str) -> HttpResponse:
    """求職活動等の状況 of one month as PDF."""
    case = find_case(request, pk)
    try:
        wanted = Month.parse(month)
    except MalformedMonth as error:
        raise Http404 from error
    found = next((row for row in months_of(case, actor_of(request), today()) if row.month == wanted), None)
    if found is None:
        raise Http404
    try:
        require_output(person_id=case.person_id, by=actor_of(request), at=now())
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("suppression", pk=pk)
    context = {"case": case, "duties": found, "printed_at": now(), "printed_by": actor_of(request)}
    return download(
        render_pdf("cases/duty_pdf.html", context, stylesheet="css/print/sheet.css"),
        f"求職活動等の状況_{case.number}_{wanted}.pdf",
    )
