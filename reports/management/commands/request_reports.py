"""Ask for last month's reports now; the beat does it every day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reports.tasks import request_monthly_reports


class Command(BaseCommand):
    help = "先月の報告がまだない協定について、集計をいま求めます(ふだんは毎日自動で行います)。"

    def handle(self, *args: Any, **options: Any) -> None:
        request_monthly_reports()
