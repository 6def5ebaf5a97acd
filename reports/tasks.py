"""Counting in the background: PostgreSQL is the truth, the queue only rings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.db import OperationalError, connection, transaction

from accounts.scope import ScopedTask
from agreements.models import Agreement
from core.db import scope
from core.periods import Month, now, today
from reports import actions
from reports.counting import NoCountingRules, count_month
from reports.enums import ReportStatus
from reports.figures import from_json
from reports.models import MonthlyReport
from reports.printing import render

RING_AFTER = dt.timedelta(seconds=30)
STALE_AFTER = dt.timedelta(minutes=6)


@contextmanager
def snapshot(organisations: list[int]) -> Iterator[None]:
    """One REPEATABLE READ transaction with a scope: every count in it sees the same state."""
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                # Must come before any query of the transaction, the scope's set_config included.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with scope(organisations=organisations):
            yield


@shared_task(base=ScopedTask, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def count_report(*, report_id: str) -> None:
    """Count a waiting report and render it; a second ring for the same report does nothing."""
    if not actions.claim(report_id=report_id, at=now()):
        return
    report = MonthlyReport.objects.select_related("agreement", "requested_by").get(pk=report_id)
    organisations = Agreement.objects.organisation_ids(report.agreement)
    try:
        with snapshot(organisations):
            figures = count_month(report.agreement, report.period, counted_at=now())
            actions.store_figures(report=report, figures=figures)
    except NoCountingRules as error:
        actions.give_up(report_id=report_id, reason=str(error))
        return
    for step, (kind, content) in enumerate(render(report, figures, at=now()), start=2):
        actions.advance(report_id=report_id, step=step)
        actions.store_files(report_id=report_id, files={kind: content})
    actions.finish(report_id=report_id)


@shared_task(base=ScopedTask)
def render_again(*, report_id: str) -> None:
    """Make the files anew from the stored figures, after a comment; figures do not change."""
    report = MonthlyReport.objects.select_related("agreement", "requested_by").get(pk=report_id)
    if report.status != ReportStatus.COUNTED or report.figures is None:
        return
    files = dict(render(report, from_json(report.figures), at=now()))
    with transaction.atomic():
        if (
            MonthlyReport.objects.select_for_update(no_key=True)
            .filter(pk=report_id, status=ReportStatus.COUNTED)
            .exists()
        ):
            actions.store_files(report_id=report_id, files=files)


@shared_task(base=ScopedTask)
def sweep_reports() -> None:
    """Ring again for reports that nobody served, and take back those of a dead worker."""
    at = now()
    unserved = MonthlyReport.objects.unserved(queued_before=at - RING_AFTER, claimed_before=at - STALE_AFTER)
    for report in actions.release_stale(reports=list(unserved), at=at):
        count_report.delay_on_commit(report_id=str(report.pk))


@shared_task(base=ScopedTask)
def request_monthly_reports() -> None:
    """Every day: last month's report of every agreement in force, once."""
    month = Month.of(today()).plus(-1)
    for agreement in Agreement.objects.valid_on(month.last_day).order_by("pk"):
        with transaction.atomic():
            if MonthlyReport.objects.newest(agreement, month.first_day) is None:
                report = actions.request_report(agreement=agreement, month=month, by=None, at=now(), today=today())
                count_report.delay_on_commit(report_id=str(report.pk))
