"""Reading reports."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from agreements.models import Agreement
from reports.enums import ReportStatus

if TYPE_CHECKING:
    from accounts.scope import Actor
    from reports.models import MonthlyReport


class MonthlyReportQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> MonthlyReportQuerySet:
        return self.filter(agreement__in=Agreement.objects.visible_to(actor))

    def newest(self, agreement: Agreement, month: dt.date) -> MonthlyReport | None:
        return self.filter(agreement=agreement, month=month).order_by("-revision").first()

    def newest_closed(self, agreement: Agreement, month: dt.date) -> MonthlyReport | None:
        return self.filter(agreement=agreement, month=month, status=ReportStatus.CLOSED).order_by("-revision").first()

    def unserved(self, *, queued_before: dt.datetime, claimed_before: dt.datetime) -> MonthlyReportQuerySet:
        """Waiting longer than a ring should take, or claimed by a worker that is gone."""
        return self.filter(
            Q(status=ReportStatus.QUEUED, requested_at__lt=queued_before)
            | Q(status=ReportStatus.COUNTING, claimed_at__lt=claimed_before)
        )
