"""Screens of monthly reports."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from accounts.scope import Actor, requires
from agreements.enums import IndicatorCode
from agreements.models import Agreement, Party
from cases.models import Case
from core.documents import PDF_TYPE, XLSX_TYPE, download
from core.forms import ConfirmForm, Read, only_as_read
from core.periods import MalformedMonth, Month, now, today
from core.templatetags.ui import moment
from reports import actions, published
from reports.changes import changes_since
from reports.documents import pace_sentences, view_context
from reports.enums import PUBLISHED_KINDS, STATUSES_RUNNING, STEPS, FileKind, ReportStatus
from reports.figures import TOTAL, from_json
from reports.forms import CommentForm, RequestForm, ReturnForm, ReviseForm
from reports.indicators import BY_CODE
from reports.models import CountedFact, MonthlyReport
from reports.tasks import count_report, render_again

CONTENT_TYPES = {
    FileKind.PDF: PDF_TYPE,
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
    return _list(request)


def _list(request: HttpRequest, refused: RequestForm | None = None) -> HttpResponse:
    """With what was asked for and refused in its place."""
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
            "agreements": [
                (row, refused if refused and refused.auto_id == _id_of(row) else RequestForm(auto_id=_id_of(row)))
                for row in agreements
            ],
            "reports": reports,
            "form": refused,
            "can_request": actor.can(Permission.REQUEST_REPORT),
        },
    )


def _id_of(agreement: Agreement) -> str:
    """One form for each agreement on one page: their fields' ids differ."""
    return f"%s-{agreement.code}"


@requires(Permission.REQUEST_REPORT)
def report_request(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the worker to count a month; a fresh count is asked about before, because it undoes confirmations."""
    agreement = _agreement(request, code)
    if request.method != "POST" and "month" not in request.GET:
        return redirect("report_list")
    form = RequestForm(request.POST if request.method == "POST" else request.GET, auto_id=_id_of(agreement))
    if not form.is_valid():
        return _list(request, form)
    month: Month = form.cleaned_data["month"]
    if request.method != "POST":
        return _ask(
            request,
            title="数え直す",
            facts=[("報告", f"{agreement.name} {month.label}末")],
            lead="いまの記録からもう一度数えます。前の集計への確認は無効になり、すべての当事者がもう一度確かめます。",
            submit="数え直す",
            form=ConfirmForm(request, month=str(month)),
            back=reverse("report_detail", kwargs={"code": code, "month": str(month)}),
        )
    try:
        report = actions.request_report(
            agreement=agreement, month=month, by=_actor(request).user, at=now(), today=today()
        )
    except actions.ReportError as error:
        form.add_error("month", str(error))
        return _list(request, form)
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
    return render(request, "reports/report_detail.html", {**context, "form": None})


def _again(request: HttpRequest, report: MonthlyReport, name: str, form: BaseForm) -> HttpResponse:
    """The report with a form of it that was refused."""
    return render(request, "reports/report_detail.html", {**_context(request, report), name: form, "form": form})


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
        "return_form": only_as_read(ReturnForm(), _as_read(report)),
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
    name = f"月次報告_{code}_{month}_第{report.revision}版.{kind}"
    return download(bytes(stored.content), name, kind=CONTENT_TYPES[FileKind(kind)])


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
    name = f"月次報告_公表用_{code}_{month}_第{report.revision}版.{kind}"
    return download(content, name, kind=CONTENT_TYPES[FileKind(kind)])


@requires(Permission.CONFIRM_REPORT)
def report_confirm(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """My party confirms the count; the last one closes the month, so it is asked before."""
    report = _report(request, code, month)
    form = only_as_read(ConfirmForm(request), _as_read(report))
    if request.method != "POST" or not form.is_valid():
        return _ask_to_confirm(request, report, form)
    try:
        report = actions.confirm(report=report, by=_actor(request), at=now())
    except actions.ReportError as error:
        messages.error(request, str(error))
    else:
        label = f"{report.period.label}の報告"
        messages.success(
            request,
            f"{label}を確認しました。すべての当事者が確認したので、確定しました。数字はもう動きません。"
            if report.status == ReportStatus.CLOSED
            else f"{label}を確認しました。ほかの当事者が確認すると確定します。",
        )
    return redirect("report_detail", code=code, month=month)


def _as_read(report: MonthlyReport) -> Read:
    """The count that stands on the page, which is what is confirmed or sent back."""
    return Read(f"{report.revision} {report.counted_at}", str(actions.CountedAgain(report.counted_at)))


def _ask_to_confirm(request: HttpRequest, report: MonthlyReport, form: BaseForm) -> HttpResponse:
    """Which month, the total of it, who is still to confirm, and whether this closes it."""
    party = actions.party_of(_actor(request), report.agreement)
    decided = set(report.decisions_on_count().values_list("party", flat=True))
    others = Party.objects.filter(agreement=report.agreement).exclude(pk__in=decided).select_related("organisation")
    waiting = [row.organisation.name for row in others if party is None or row.pk != party.pk]
    total = from_json(report.figures).total if report.figures else None
    return _ask(
        request,
        title=f"{party.organisation.name}として確認する" if party else "確認する",
        facts=[
            ("報告", f"{report.agreement.name} {report.period.label}末 第{report.revision}版"),
            ("集計", moment(report.counted_at) or "－"),
            (
                "合計",
                f"支援対象者 {total.supported.actual}人、就職者 {total.placed.actual}人(4月からの累計)"
                if total
                else "－",
            ),
            ("ほかの当事者", "、".join(f"{name}: 未確認" for name in waiting) or "すべて確認済み"),
        ],
        lead="確認した人と日時が残ります。取り消せません。ほかの当事者も確認すると確定します。直すところがあるときは、戻って「差し戻す」を使います。"
        if waiting
        else "これで月が確定します。数字とファイルはもう変わりません。直すときは理由を書いて訂正版を作ります。",
        submit="確認する",
        form=form,
        back=reverse("report_detail", kwargs={"code": report.agreement.code, "month": str(report.period)}),
    )


def _ask(request: HttpRequest, **context: Any) -> HttpResponse:
    """The page before an act that others notice (D35)."""
    return render(request, "confirm.html", context)


@requires(Permission.CONFIRM_REPORT)
@require_POST
def report_return(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """My party sends the count back."""
    report = _report(request, code, month)
    form = only_as_read(ReturnForm(request.POST), _as_read(report))
    if not form.is_valid():
        return _again(request, report, "return_form", form)
    try:
        actions.return_report(report=report, by=_actor(request), at=now(), note=form.cleaned_data["note"])
    except actions.ReportError as error:
        form.add_error(None, str(error))
        return _again(request, report, "return_form", form)
    else:
        messages.success(
            request,
            f"{report.period.label}の報告を差し戻しました。理由は当事者すべてに見えます。記録を直したあとで「数え直す」を押してください。",
        )
    return redirect("report_detail", code=code, month=month)


@requires(Permission.CONFIRM_REPORT)
@require_POST
def report_comment(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """My party's comment; the files are made anew with it."""
    report = _report(request, code, month)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _again(request, report, "comment_form", form)
    try:
        actions.comment(report=report, by=_actor(request), at=now(), text=form.cleaned_data["text"])
    except actions.ReportError as error:
        form.add_error(None, str(error))
        return _again(request, report, "comment_form", form)
    else:
        render_again.delay_on_commit(report_id=str(report.pk))
        messages.success(request, f"{report.period.label}の報告のコメントを保存しました。まもなくPDFなどにも入ります。")
    return redirect("report_detail", code=code, month=month)


@requires(Permission.REQUEST_REPORT)
@require_POST
def report_revise(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """A new revision of a closed month."""
    report = _report(request, code, month)
    form = ReviseForm(request.POST)
    if not form.is_valid():
        return _again(request, report, "revise_form", form)
    try:
        revision = actions.revise(report=report, by=_actor(request).user, at=now(), reason=form.cleaned_data["reason"])
    except actions.ReportError as error:
        form.add_error(None, str(error))
        return _again(request, report, "revise_form", form)
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
