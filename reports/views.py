"""Screens of monthly reports."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from accounts.scope import Actor, requires
from agreements.enums import IndicatorCode
from agreements.models import Agreement, Party
from cases.models import Case
from core.documents import XLSX_TYPE
from core.periods import MalformedMonth, Month, now, today
from reports import actions, published
from reports.changes import changes_since
from reports.documents import view_context
from reports.enums import PUBLISHED_KINDS, STATUSES_RUNNING, STEPS, FileKind, ReportStatus
from reports.figures import TOTAL, MonthFigures, from_json
from reports.forms import CommentForm, RequestForm, ReturnForm, ReviseForm
from reports.indicators import BY_CODE
from reports.models import CountedFact, MonthlyReport
from reports.tasks import count_report, render_again

CONTENT_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: XLSX_TYPE,
    FileKind.CSV: "text/csv; charset=utf-8",
}
RECENT = 60


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _agreement(request: HttpRequest, code: str) -> Agreement:
    return get_object_or_404(Agreement.objects.visible_to(_actor(request)), code=code)


def _report(request: HttpRequest, code: str, month: str, revision: int | None = None) -> MonthlyReport:
    agreement = _agreement(request, code)
    try:
        first_day = Month.parse(month).first_day
    except MalformedMonth as error:
        raise Http404 from error
    reports = MonthlyReport.objects.select_related("agreement", "requested_by").filter(
        agreement=agreement, month=first_day
    )
    report = (reports.filter(revision=revision) if revision else reports).order_by("-revision").first()
    if report is None:
        raise Http404
    return report


@requires(Permission.VIEW_REPORTS)
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """The agreements I take part in and their newest reports."""
    actor = _actor(request)
    agreements = list(Agreement.objects.visible_to(actor).order_by("name"))
    reports = (
        MonthlyReport.objects.filter(agreement__in=agreements)
        .select_related("agreement")
        .defer("figures")
        .order_by("-month", "agreement__name", "-revision")[:RECENT]
    )
    return render(
        request,
        "reports/report_list.html",
        {
            "agreements": agreements,
            "reports": reports,
            "form": RequestForm(),
            "can_request": actor.can(Permission.REQUEST_REPORT),
        },
    )


@requires(Permission.REQUEST_REPORT)
@require_POST
def report_request(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the worker to count a month."""
    agreement = _agreement(request, code)
    form = RequestForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect("report_list")
    month: Month = form.cleaned_data["month"]
    try:
        report = actions.request_report(
            agreement=agreement, month=month, by=_actor(request).user, at=now(), today=today()
        )
    except actions.ReportError as error:
        messages.error(request, str(error))
        return redirect("report_list")
    count_report.delay_on_commit(report_id=str(report.pk))
    return redirect("report_detail", code=code, month=str(month))


@requires(Permission.VIEW_REPORTS)
@never_cache
@require_safe
def report_detail(request: HttpRequest, code: str, month: str, revision: int | None = None) -> HttpResponse:
    """The month as the paper shows it: targets, actuals, chart, states, and what to do next."""
    report = _report(request, code, month, revision)
    context = _context(request, report)
    if request.headers.get("HX-Request"):
        # Read out only what is new: the page says which step it has shown.
        has_news = not context["running"] or request.GET.get("seen") != str(report.step)
        return render(request, "reports/_progress.html", {**context, "has_news": has_news})
    return render(request, "reports/report_detail.html", context)


def _context(request: HttpRequest, report: MonthlyReport) -> dict[str, Any]:
    actor = _actor(request)
    parties = list(Party.objects.filter(agreement=report.agreement).select_related("organisation").order_by("position"))
    decisions = {decision.party_id: decision for decision in report.decisions_on_count().select_related("by")}
    party = actions.party_of(actor, report.agreement)
    decides = (
        report.status == ReportStatus.COUNTED
        and party is not None
        and party.pk not in decisions
        and actor.can(Permission.CONFIRM_REPORT)
    )
    sees_all = actor.can(Permission.VIEW_EXACT_FIGURES)
    is_closed = report.status == ReportStatus.CLOSED
    is_counted = is_closed if not sees_all else report.status not in STATUSES_RUNNING
    figures = from_json(report.figures) if report.figures and is_counted else None
    least = report.agreement.publish_minimum
    if figures is not None and not sees_all:
        figures = published.publish(figures, least=least)
    context: dict[str, Any] = {
        "report": report,
        "period": report.period,
        "running": report.status in STATUSES_RUNNING,
        "steps": STEPS,
        "step_count": len(STEPS),
        "parties": [(row, decisions.get(row.pk)) for row in parties],
        "own_party": party,
        "decides": decides,
        "can_request": actor.can(Permission.REQUEST_REPORT),
        "comments": report.comments.select_related("party__organisation", "by").order_by("party__position"),
        "may_comment": party is not None
        and actor.can(Permission.CONFIRM_REPORT)
        and report.status in (ReportStatus.COUNTED, ReportStatus.RETURNED),
        "return_form": ReturnForm(),
        "comment_form": CommentForm(),
        "revise_form": ReviseForm(),
        "revisions": MonthlyReport.objects.filter(agreement=report.agreement, month=report.month)
        .defer("figures")
        .order_by("-revision"),
        "sees_all": sees_all,
        "legend": published.legend(least),
        "files": report.files.defer("content").order_by("kind") if figures and sees_all else [],
        "published_kinds": PUBLISHED_KINDS if is_closed else [],
    }
    if figures is not None:
        context |= view_context(figures)
        context["pace"] = pace_sentences(figures)
        if is_closed and sees_all:
            context["changes"] = changes_since(report)
            context["case_names"] = _visible_cases(actor, {change.case_id for change in context["changes"]})
    return context


def pace_sentences(figures: MonthFigures) -> list[str]:
    """Where the year ends at this pace, and what is left a month; 実績 ÷ 経過月 × 12, half up."""
    sentences = []
    elapsed = len(figures.month.months_to_date())
    for series in figures.series:
        if series.target is None:
            continue
        indicator = BY_CODE[series.indicator]
        cell = figures.total.cell(series.indicator)
        projected = (cell.actual * 12 * 2 + elapsed) // (2 * elapsed)
        unit = indicator.unit
        sentence = f"{indicator.name}: このままなら年度末{projected}{unit}(目標{series.target}{unit})"
        left = series.target - cell.actual
        if left > 0 and elapsed < 12:
            sentence += f"、目標まで月{-(-left // (12 - elapsed))}{unit}必要"
        sentences.append(f"{sentence}。")
    return sentences


def _visible_cases(actor: Actor, ids: set[Any]) -> dict[Any, Case]:
    if not actor.can(Permission.VIEW_CASES):
        return {}
    cases = Case.objects.visible_to(actor).filter(pk__in=ids).select_related("person")
    return {case.pk: case for case in cases}


@requires(Permission.VIEW_EXACT_FIGURES)
@require_safe
def report_file(request: HttpRequest, code: str, month: str, revision: int, kind: str) -> HttpResponse:
    """A stored file, byte for byte as it was made."""
    report = _report(request, code, month, revision)
    if kind not in FileKind.values:
        raise Http404
    stored = get_object_or_404(report.files, kind=kind)
    return _download(bytes(stored.content), FileKind(kind), f"{code}-{month}-r{report.revision}")


@requires(Permission.VIEW_REPORTS)
@require_safe
def report_public(request: HttpRequest, code: str, month: str, revision: int, kind: str) -> HttpResponse:
    """The closed report with its small cells withheld, for whoever is outside of the parties."""
    report = _report(request, code, month, revision)
    if kind not in PUBLISHED_KINDS:
        raise Http404
    if report.status != ReportStatus.CLOSED or report.closed_at is None or report.figures is None:
        messages.error(request, "公表用の報告は、当事者すべてが確認して確定した後に取り出せます。")
        return redirect("report_revision", code=code, month=month, revision=revision)
    content = published.file(
        from_json(report.figures),
        FileKind(kind),
        least=report.agreement.publish_minimum,
        revision=report.revision,
        at=report.closed_at,
    )
    return _download(content, FileKind(kind), f"{code}-{month}-r{report.revision}-public")


def _download(content: bytes, kind: FileKind, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


@requires(Permission.CONFIRM_REPORT)
@require_POST
def report_confirm(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """My party confirms the count."""
    report = _report(request, code, month)
    try:
        report = actions.confirm(report=report, by=_actor(request), at=now())
    except actions.ReportError as error:
        messages.error(request, str(error))
    else:
        closed = report.status == ReportStatus.CLOSED
        messages.success(
            request, "確認しました。すべての当事者が確認したので、確定しました。" if closed else "確認しました。"
        )
    return redirect("report_detail", code=code, month=month)


@requires(Permission.CONFIRM_REPORT)
@require_POST
def report_return(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """My party sends the count back."""
    report = _report(request, code, month)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, "差し戻す理由を入力してください。")
        return redirect("report_detail", code=code, month=month)
    try:
        actions.return_report(report=report, by=_actor(request), at=now(), note=form.cleaned_data["note"])
    except actions.ReportError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "差し戻しました。直したあとで「数え直す」を押してください。")
    return redirect("report_detail", code=code, month=month)


@requires(Permission.CONFIRM_REPORT)
@require_POST
def report_comment(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """My party's comment; the files are made anew with it."""
    report = _report(request, code, month)
    form = CommentForm(request.POST)
    if not form.is_valid():
        messages.error(request, "コメントを2000字以内で入力してください。")
        return redirect("report_detail", code=code, month=month)
    try:
        actions.comment(report=report, by=_actor(request), at=now(), text=form.cleaned_data["text"])
    except actions.ReportError as error:
        messages.error(request, str(error))
    else:
        render_again.delay_on_commit(report_id=str(report.pk))
        messages.success(request, "コメントを保存しました。まもなくPDFなどにも入ります。")
    return redirect("report_detail", code=code, month=month)


@requires(Permission.REQUEST_REPORT)
@require_POST
def report_revise(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """A new revision of a closed month."""
    report = _report(request, code, month)
    form = ReviseForm(request.POST)
    if not form.is_valid():
        messages.error(request, "訂正の理由を300字以内で入力してください。")
        return redirect("report_detail", code=code, month=month)
    try:
        revision = actions.revise(report=report, by=_actor(request).user, at=now(), reason=form.cleaned_data["reason"])
    except actions.ReportError as error:
        messages.error(request, str(error))
    else:
        count_report.delay_on_commit(report_id=str(revision.pk))
    return redirect("report_detail", code=code, month=month)


@requires(Permission.VIEW_EXACT_FIGURES)
@require_safe
def report_people(
    request: HttpRequest, code: str, month: str, revision: int, indicator: str, group: str
) -> HttpResponse:
    """The people behind a number as of the count, as far as my organisation may see them."""
    report = _report(request, code, month, revision)
    if indicator not in IndicatorCode.values or report.figures is None:
        raise Http404
    figures = from_json(report.figures)
    row = next((row for row in figures.groups if row.code == group), None)
    if row is None:
        raise Http404
    facts = CountedFact.objects.filter(report=report, source=BY_CODE[IndicatorCode(indicator)].source)
    if group != TOTAL:
        facts = facts.filter(group__code=group)
    actor = _actor(request)
    shown = []
    if actor.can(Permission.VIEW_CASES):
        listed = list(facts.order_by("counted_on", "pk"))
        cases = _visible_cases(actor, {fact.case_id for fact in listed})
        shown = [(fact, cases[fact.case_id]) for fact in listed if fact.case_id in cases]
    count = row.cell(IndicatorCode(indicator)).actual
    return render(
        request,
        "reports/report_people.html",
        {
            "report": report,
            "period": report.period,
            "indicator": BY_CODE[IndicatorCode(indicator)],
            "group": row,
            "count": count,
            "shown": shown,
            "hidden_count": count - len(shown),
        },
    )
