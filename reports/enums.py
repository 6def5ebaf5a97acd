"""States and choices of monthly reports."""

from django.db import models


class ReportStatus(models.TextChoices):
    QUEUED = "queued", "受付済み"
    COUNTING = "counting", "集計中"
    COUNTED = "counted", "確認待ち"
    RETURNED = "returned", "差戻し"
    CLOSED = "closed", "確定"
    FAILED = "failed", "失敗"


REPORT_TRANSITIONS: dict[ReportStatus, frozenset[ReportStatus]] = {
    ReportStatus.QUEUED: frozenset({ReportStatus.COUNTING}),
    ReportStatus.COUNTING: frozenset({ReportStatus.COUNTED, ReportStatus.QUEUED, ReportStatus.FAILED}),
    ReportStatus.COUNTED: frozenset({ReportStatus.CLOSED, ReportStatus.RETURNED, ReportStatus.QUEUED}),
    ReportStatus.RETURNED: frozenset({ReportStatus.QUEUED}),
    ReportStatus.CLOSED: frozenset(),
    ReportStatus.FAILED: frozenset({ReportStatus.QUEUED}),
}

# The worker is at it or will be.
STATUSES_RUNNING = frozenset({ReportStatus.QUEUED, ReportStatus.COUNTING})

# What the worker does, in order; the screen shows how far it got.
STEPS = ("受付", "集計", "PDF作成", "Excel作成", "CSV作成")


class FileKind(models.TextChoices):
    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"


# What may leave the parties: the kinds that carry their legend with them.
PUBLISHED_KINDS = (FileKind.PDF, FileKind.XLSX)


class Verdict(models.TextChoices):
    CONFIRMED = "confirmed", "確認"
    RETURNED = "returned", "差戻し"


class Source(models.TextChoices):
    """Where the facts of an indicator come from."""

    SUPPORT_STARTS = "support_starts", "支援開始"
    FIRST_PLACEMENTS = "first_placements", "年度内の最初の就職"
    PLACEMENTS = "placements", "就職"
    INTRODUCTIONS = "introductions", "紹介・応募"
    INTERVIEWS = "interviews", "面談"
    DEVELOPED_VACANCIES = "developed_vacancies", "開拓求人"
