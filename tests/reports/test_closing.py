"""From a request to a closed month that no longer moves."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import subprocess

import openpyxl
import pypdf
import pytest
from django.db import DatabaseError, transaction

from accounts.scope import Actor, ScopeMissing
from core.periods import Month
from reports import actions
from reports.changes import changes_since
from reports.enums import REPORT_TRANSITIONS, FileKind, ReportStatus
from reports.figures import from_json
from reports.models import CountedFact, MonthlyReport, ReportFile
from reports.tasks import count_report, render_again, request_monthly_reports, sweep_reports
from tests.factories import Programme, at, working_as

DAY = dt.date(2024, 1, 5)
MONTH = Month(2023, 12)


def requested(programme: Programme) -> MonthlyReport:
    return actions.request_report(
        agreement=programme.agreement, month=MONTH, by=programme.manager.user, at=at(DAY), today=DAY
    )


def counted(programme: Programme) -> MonthlyReport:
    report = requested(programme)
    count_report(report_id=str(report.pk))
    report.refresh_from_db()
    return report


def confirm(report: MonthlyReport, who: Actor) -> MonthlyReport:
    with working_as(who):
        return actions.confirm(report=report, by=who, at=at(DAY))


def closed(programme: Programme) -> MonthlyReport:
    report = counted(programme)
    confirm(report, programme.manager)
    return confirm(report, programme.bureau_manager)


def test_the_worker_counts_and_renders(okayama: Programme):
    okayama.place(okayama.active(dt.date(2023, 5, 1)), dt.date(2023, 6, 1))
    report = counted(okayama)
    assert report.status == ReportStatus.COUNTED
    figures = from_json(report.figures)
    assert (figures.total.supported.actual, figures.total.placed.actual) == (1, 1)
    files = {file.kind: bytes(file.content) for file in report.files.all()}
    assert set(files) == set(FileKind.values)
    for file in report.files.all():
        assert file.sha256 == hashlib.sha256(bytes(file.content)).hexdigest()
    reader = pypdf.PdfReader(io.BytesIO(files["pdf"]))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = "".join(page.extract_text() for page in reader.pages)
    assert "令和5年12月末時点" in text
    fonts = subprocess.run(["pdffonts", "-"], input=files["pdf"], capture_output=True, check=True).stdout.decode()
    rows = [line.split() for line in fonts.splitlines()[2:]]
    assert rows
    assert all("BIZ" in row[0] and row[-5:-2] == ["yes", "yes", "yes"] for row in rows), fonts
    sheets = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    assert sheets.sheetnames == ["実績", "月別", "定義"]


def test_a_second_ring_does_nothing(okayama: Programme):
    report = counted(okayama)
    before = report.counted_at
    count_report(report_id=str(report.pk))
    report.refresh_from_db()
    assert (report.counted_at, report.attempt_count) == (before, 1)
    assert not actions.claim(report_id=str(report.pk), at=at(DAY))


def test_it_closes_with_the_last_party(okayama: Programme):
    report = counted(okayama)
    report = confirm(report, okayama.manager)
    assert report.status == ReportStatus.COUNTED
    with pytest.raises(actions.ReportError, match="すでに確認"):
        confirm(report, okayama.manager)
    report = confirm(report, okayama.bureau_manager)
    assert report.status == ReportStatus.CLOSED
    assert report.closed_at is not None


def pdf_text(report: MonthlyReport) -> str:
    reader = pypdf.PdfReader(io.BytesIO(bytes(report.files.get(kind="pdf").content)))
    return "".join(page.extract_text() for page in reader.pages)


def test_what_is_frozen_says_so_and_carries_the_last_comment(okayama: Programme):
    report = counted(okayama)
    assert "未確定 第1版" in pdf_text(report)
    confirm(report, okayama.manager)
    with working_as(okayama.bureau_manager):
        actions.comment(report=report, by=okayama.bureau_manager, at=at(DAY), text="最後のコメント")
    report = confirm(report, okayama.bureau_manager)
    assert "未確定" not in pdf_text(report)
    assert "最後のコメント" in pdf_text(report)


def test_a_strangers_manager_decides_nothing(okayama: Programme, soja: Programme):
    with pytest.raises(actions.NotOurParty):
        confirm(counted(okayama), soja.manager)


def test_a_return_asks_for_a_new_count_and_both_confirm_again(okayama: Programme):
    report = counted(okayama)
    confirm(report, okayama.manager)
    with working_as(okayama.bureau_manager):
        report = actions.return_report(report=report, by=okayama.bureau_manager, at=at(DAY), note="1件足りません")
    assert report.status == ReportStatus.RETURNED
    before = {file.kind: file.sha256 for file in report.files.all()}
    okayama.active(dt.date(2023, 6, 1))
    requested(okayama)
    count_report(report_id=str(report.pk))
    report.refresh_from_db()
    assert report.status == ReportStatus.COUNTED
    assert from_json(report.figures).total.supported.actual == 1
    after = {file.kind: file.sha256 for file in report.files.all()}
    assert all(before[kind] != after[kind] for kind in before), "the files are those of the new count"
    assert report.decisions_on_count().count() == 0


def test_a_closed_month_does_not_move(okayama: Programme):
    case = okayama.active(dt.date(2023, 5, 1))
    report = closed(okayama)
    figures, files = report.figures, {file.kind: file.sha256 for file in report.files.all()}
    okayama.place(case, dt.date(2023, 12, 20))
    with pytest.raises(actions.AlreadyClosed):
        requested(okayama)
    render_again(report_id=str(report.pk))
    report = MonthlyReport.objects.get(pk=report.pk)
    assert report.figures == figures
    assert {file.kind: file.sha256 for file in report.files.all()} == files
    with okayama.everybody():
        changes = changes_since(report)
    assert [(change.kind, change.on, change.case_id) for change in changes] == [
        ("追加", dt.date(2023, 12, 20), case.pk)
    ]
    revision = actions.revise(report=report, by=okayama.manager.user, at=at(DAY), reason="就職の入力が遅れたため")
    count_report(report_id=str(revision.pk))
    revision.refresh_from_db()
    assert revision.revision == 2
    assert from_json(revision.figures).total.placed.actual == 1
    assert from_json(MonthlyReport.objects.get(pk=report.pk).figures).total.placed.actual == 0


def test_the_database_freezes_a_closed_report(okayama: Programme):
    okayama.active(dt.date(2023, 5, 1))
    report = closed(okayama)
    for change in (
        lambda: MonthlyReport.objects.filter(pk=report.pk).update(figures={}),
        lambda: MonthlyReport.objects.filter(pk=report.pk).update(status=ReportStatus.QUEUED, closed_at=None),
        lambda: ReportFile.objects.filter(report=report).update(sha256="x"),
        lambda: ReportFile.objects.filter(report=report).delete(),
        lambda: CountedFact.objects.filter(report=report).delete(),
    ):
        with okayama.everybody(), pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_people_behind_numbers_are_behind_the_wall(okayama: Programme, soja: Programme):
    okayama.active(dt.date(2023, 5, 1))
    report = counted(okayama)
    with working_as(okayama.caseworker):
        assert CountedFact.objects.filter(report=report).exists()
    with working_as(soja.caseworker):
        assert not CountedFact.objects.exists()


def test_a_dead_worker_is_taken_over_and_given_up_after_three(okayama: Programme):
    report = requested(okayama)
    pk = str(report.pk)
    for attempt in range(1, actions.MAX_ATTEMPTS + 1):
        assert actions.claim(report_id=pk, at=at(DAY))  # and then the worker dies
        sweep_reports()
        report.refresh_from_db()
        expected = ReportStatus.QUEUED if attempt < actions.MAX_ATTEMPTS else ReportStatus.FAILED
        assert report.status == expected
    assert "もう一度" in report.failure
    assert requested(okayama).status == ReportStatus.QUEUED


def test_future_months_are_refused(okayama: Programme):
    with pytest.raises(actions.MonthNotOver, match="まだ来ていません"):
        actions.request_report(agreement=okayama.agreement, month=Month(2024, 2), by=None, at=at(DAY), today=DAY)


def test_beat_asks_once_a_month(okayama: Programme):
    request_monthly_reports()
    request_monthly_reports()
    assert MonthlyReport.objects.filter(agreement=okayama.agreement).count() == 1


def test_tasks_take_named_ids_only(okayama: Programme):
    with pytest.raises(ScopeMissing):
        count_report("x")
    with working_as(okayama.caseworker), pytest.raises(ScopeMissing):
        count_report(report_id="x")


@pytest.mark.parametrize("origin", list(ReportStatus))
def test_moves_follow_the_table(okayama: Programme, origin):
    report = requested(okayama)
    for target in ReportStatus:
        if target == origin:
            continue
        moment = at(DAY)
        row = MonthlyReport(
            agreement=okayama.agreement,
            month=dt.date(2022, 4, 1),
            status=origin,
            requested_at=moment,
            counted_at=moment,
            figures={},
            closed_at=moment if origin == ReportStatus.CLOSED else None,
        )
        closed_at = moment if target == ReportStatus.CLOSED else None
        allowed = target in REPORT_TRANSITIONS[origin]
        sid = transaction.savepoint()
        row.save(force_insert=True)
        try:
            with transaction.atomic():
                MonthlyReport.objects.filter(pk=row.pk).update(status=target, closed_at=closed_at)
            assert allowed, f"{origin} → {target}"
        except DatabaseError:
            assert not allowed, f"{origin} → {target}"
        transaction.savepoint_rollback(sid)
    assert report.status == ReportStatus.QUEUED
