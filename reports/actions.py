"""Asking for a report, counting it, confirming it, correcting it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.scope import Actor
from agreements.models import Agreement, BusinessPlan, CountingRules, Party
from core.periods import Month
from core.templatetags.ui import moment
from reports.enums import STEPS, FileKind, ReportStatus, Source, Verdict
from reports.figures import MonthFigures, from_json, to_json
from reports.indicators import facts
from reports.models import CountedFact, MonthlyReport, ReportComment, ReportDecision, ReportFile
from reports.printing import render

MAX_ATTEMPTS = 3
FACT_SOURCES = (
    Source.SUPPORT_STARTS,
    Source.FIRST_PLACEMENTS,
    Source.PLACEMENTS,
    Source.INTRODUCTIONS,
    Source.INTERVIEWS,
)


class ReportError(Exception):
    """What a report does not allow now; the message is for the screen."""


class MonthNotOver(ReportError):
    def __init__(self, month: Month) -> None:
        super().__init__(f"{month.label}はまだ来ていません。今月以前の月を選んでください。")


class AlreadyClosed(ReportError):
    def __init__(self) -> None:
        super().__init__("この月の報告は確定しています。直すときは、理由を添えて訂正版を作ってください。")


class NotCounted(ReportError):
    def __init__(self) -> None:
        super().__init__("この報告はまだ確認できる状態ではありません。画面を開き直して確かめてください。")


class CountedAgain(ReportError):
    def __init__(self, counted_at: dt.datetime | None) -> None:
        at = f"({moment(counted_at)} 集計)" if counted_at else ""
        super().__init__(
            f"このページを開いたあとに、数え直されました{at}。いまの数字を読んでから、もう一度押してください。"
            "まだ何も記録していません。"
        )


class NotOurParty(ReportError):
    def __init__(self) -> None:
        super().__init__("この協定の当事者の管理者だけが確認・差戻しをできます。")


def _lock(report: MonthlyReport) -> MonthlyReport:
    return MonthlyReport.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)


@transaction.atomic
def request_report(
    *, agreement: Agreement, month: Month, by: User | None, at: dt.datetime, today: dt.date
) -> MonthlyReport:
    """Ask for the month's report, or for a fresh count of one that is not closed.

    Raises MonthNotOver for a future month, AlreadyClosed when the newest revision is closed.
    The worker is rung after the commit by the caller's task module.
    """
    if month.first_day > today:
        raise MonthNotOver(month)
    latest = MonthlyReport.objects.newest(agreement, month.first_day)
    if latest is None:
        try:
            with transaction.atomic():
                return MonthlyReport.objects.create(
                    agreement=agreement, month=month.first_day, requested_by=by, requested_at=at
                )
        except IntegrityError:
            # Somebody asked at the same moment; theirs is the report.
            latest = MonthlyReport.objects.newest(agreement, month.first_day)
    if latest is None or latest.status == ReportStatus.CLOSED:
        raise AlreadyClosed
    return requeue(report=latest, by=by, at=at)


@transaction.atomic
def requeue(*, report: MonthlyReport, by: User | None, at: dt.datetime) -> MonthlyReport:
    """Count again; a report that is waiting or being counted stays as it is."""
    MonthlyReport.objects.filter(
        pk=report.pk, status__in=[ReportStatus.COUNTED, ReportStatus.RETURNED, ReportStatus.FAILED]
    ).update(
        status=ReportStatus.QUEUED,
        requested_by=by,
        requested_at=at,
        attempt_count=0,
        step=0,
        failure="",
        claimed_at=None,
    )
    report.refresh_from_db()
    return report


@transaction.atomic
def revise(*, report: MonthlyReport, by: User, at: dt.datetime, reason: str) -> MonthlyReport:
    """A new revision of a closed month, counted from today's records; the closed one stays."""
    latest = MonthlyReport.objects.newest(report.agreement, report.month)
    if latest is None or latest.status != ReportStatus.CLOSED:
        raise ReportError("この月には、まだ確定していない版があります。その版を確定してから訂正版を作ってください。")
    return MonthlyReport.objects.create(
        agreement=report.agreement,
        month=report.month,
        revision=latest.revision + 1,
        reason=reason,
        requested_by=by,
        requested_at=at,
    )


@transaction.atomic
def claim(*, report_id: str, at: dt.datetime) -> bool:
    """Take a waiting report; False when another worker has it."""
    report = MonthlyReport.objects.filter(pk=report_id, status=ReportStatus.QUEUED).first()
    if report is None:
        return False
    return bool(
        MonthlyReport.objects.filter(pk=report_id, status=ReportStatus.QUEUED).update(
            status=ReportStatus.COUNTING, claimed_at=at, attempt_count=report.attempt_count + 1, step=1, failure=""
        )
    )


@transaction.atomic
def advance(*, report_id: str, step: int) -> None:
    """Tell the screen how far the worker got."""
    MonthlyReport.objects.filter(pk=report_id, status=ReportStatus.COUNTING).update(step=step)


def store_figures(*, report: MonthlyReport, figures: MonthFigures) -> None:
    """Keep what was counted, by which plan and rules, and every fact behind it; in the counting snapshot."""
    month, agreement = report.period, report.agreement
    MonthlyReport.objects.filter(pk=report.pk, status=ReportStatus.COUNTING).update(
        figures=to_json(figures),
        counted_at=figures.counted_at,
        plan=BusinessPlan.objects.in_force(agreement, month.fiscal_year),
        rules=CountingRules.objects.in_force(agreement, month.fiscal_year),
    )
    CountedFact.objects.filter(report=report).delete()
    for source in FACT_SOURCES:
        CountedFact.objects.bulk_create(
            (
                CountedFact(
                    report=report,
                    source=source,
                    case_id=row["of_case"],
                    fact_id=row["fact"],
                    group_id=row["row"],
                    counted_on=row["on"],
                )
                for row in facts(source, [agreement], month.fiscal_start, month.last_day)
            ),
            batch_size=1000,
        )


@transaction.atomic
def store_files(*, report_id: str, files: Mapping[FileKind, bytes]) -> None:
    """Keep rendered files; an earlier count's file of the same kind is replaced."""
    for kind, content in files.items():
        ReportFile.objects.update_or_create(
            report_id=UUID(report_id),
            kind=kind,
            defaults={"content": content, "sha256": hashlib.sha256(content).hexdigest()},
        )


@transaction.atomic
def finish(*, report_id: str) -> None:
    """Counted and rendered: the parties may confirm."""
    MonthlyReport.objects.filter(pk=report_id, status=ReportStatus.COUNTING).update(
        status=ReportStatus.COUNTED, step=len(STEPS)
    )


@transaction.atomic
def give_up(*, report_id: str, reason: str) -> None:
    """The count failed for a reason people can mend."""
    MonthlyReport.objects.filter(pk=report_id, status=ReportStatus.COUNTING).update(
        status=ReportStatus.FAILED, failure=reason[:300]
    )


@transaction.atomic
def release_stale(*, reports: Iterable[MonthlyReport], at: dt.datetime) -> list[MonthlyReport]:
    """Reports whose worker is gone go back to the queue, or fail after too many attempts."""
    waiting = []
    for report in reports:
        if report.status == ReportStatus.COUNTING:
            if report.attempt_count >= MAX_ATTEMPTS:
                give_up(report_id=str(report.pk), reason="集計が途中で止まりました。もう一度作成してください。")
                continue
            MonthlyReport.objects.filter(
                pk=report.pk, status=ReportStatus.COUNTING, claimed_at=report.claimed_at
            ).update(status=ReportStatus.QUEUED, claimed_at=None, step=0, requested_at=at)
        waiting.append(report)
    return waiting


def party_of(actor: Actor, agreement: Agreement) -> Party | None:
    """The party for which the actor decides: the nearest one at or above the actor's organisation."""
    return Party.objects.filter(agreement=agreement, organisation__in=actor.lineage_ids).order_by("position").first()


@transaction.atomic
def confirm(*, report: MonthlyReport, by: Actor, at: dt.datetime) -> MonthlyReport:
    """The actor's party confirms this count, as `report` was read; with the last party the report is closed.

    Raises NotOurParty, NotCounted, CountedAgain.
    """
    report = _decide(report=report, verdict=Verdict.CONFIRMED, by=by, at=at, note="")
    parties = Party.objects.filter(agreement=report.agreement).count()
    confirmed = report.decisions_on_count().filter(verdict=Verdict.CONFIRMED).count()
    if confirmed >= parties and report.figures is not None:
        # What is frozen says that it is, and carries the last comments.
        files = dict(render(report, from_json(report.figures), at=at, is_closed=True))
        store_files(report_id=str(report.pk), files=files)
        report.status = ReportStatus.CLOSED
        report.closed_at = at
        report.save(update_fields=["status", "closed_at"])
    return report


@transaction.atomic
def return_report(*, report: MonthlyReport, by: Actor, at: dt.datetime, note: str) -> MonthlyReport:
    """The actor's party sends the count back, as `report` was read, with a comment.

    Raises NotOurParty, NotCounted, CountedAgain.
    """
    report = _decide(report=report, verdict=Verdict.RETURNED, by=by, at=at, note=note)
    report.status = ReportStatus.RETURNED
    report.save(update_fields=["status"])
    return report


def _decide(*, report: MonthlyReport, verdict: Verdict, by: Actor, at: dt.datetime, note: str) -> MonthlyReport:
    read_at = report.counted_at
    report = _lock(report)
    party = party_of(by, report.agreement)
    if party is None:
        raise NotOurParty
    if report.status != ReportStatus.COUNTED or report.counted_at is None:
        raise NotCounted
    if report.counted_at != read_at:
        raise CountedAgain(report.counted_at)
    if report.decisions.filter(party=party, counted_at=report.counted_at).exists():
        raise ReportError(f"{party.organisation.name}としては、この集計をすでに確認しています。")
    ReportDecision.objects.create(
        report=report, party=party, verdict=verdict, counted_at=report.counted_at, by=by.user, at=at, note=note
    )
    return report


@transaction.atomic
def comment(*, report: MonthlyReport, by: Actor, at: dt.datetime, text: str) -> None:
    """The party's comment under the figures; the files are made anew with it before closing."""
    report = _lock(report)
    party = party_of(by, report.agreement)
    if party is None:
        raise NotOurParty
    if report.status == ReportStatus.CLOSED:
        raise AlreadyClosed
    ReportComment.objects.update_or_create(report=report, party=party, defaults={"text": text, "by": by.user, "at": at})
