"""Write the report of an agreement and month to a folder; closes and stores nothing."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agreements.models import Agreement
from core.periods import MalformedMonth, Month, now, today
from reports import documents
from reports.counting import NoCountingRules, count_month
from reports.figures import from_json
from reports.models import MonthlyReport
from reports.tasks import snapshot


class Command(BaseCommand):
    help = "協定と月の目標・実績報告を、PDF・Excel・CSV・JSONで書き出します。確定はしません。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--agreement", required=True, help="協定のコード(例: okayama)")
        parser.add_argument("--month", required=True, help="月(例: 2023-12)")
        parser.add_argument("--output", required=True, type=Path, help="書き出すフォルダー")

    def handle(self, *args: Any, **options: Any) -> None:
        """A closed month gives its stored figures, any other month is counted now."""
        agreement = Agreement.objects.filter(code=options["agreement"]).first()
        if agreement is None:
            codes = "、".join(Agreement.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"協定「{options['agreement']}」はありません。次の中から指定してください: {codes}")
        try:
            month = Month.parse(options["month"])
        except MalformedMonth as error:
            raise CommandError(str(error)) from error
        if month.first_day > today():
            raise CommandError(f"{month.label}はまだ来ていません。今月以前の月を指定してください。")
        closed = MonthlyReport.objects.newest_closed(agreement, month.first_day)
        at = now()
        try:
            if closed is not None and closed.figures is not None:
                figures = from_json(closed.figures)
            else:
                # The scope is the agreement's own parties and what is below them, as for the worker.
                with snapshot(Agreement.objects.organisation_ids(agreement)):
                    figures = count_month(agreement, month, counted_at=at)
        except NoCountingRules as error:
            raise CommandError(str(error)) from error
        cover = documents.Cover(
            revision=closed.revision if closed else 1,
            reason=closed.reason if closed else "",
            is_closed=closed is not None,
            generated_at=at,
            generated_by="コマンド",
        )
        folder: Path = options["output"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / "report.pdf", documents.pdf(figures, cover))
            _write(folder / "report.xlsx", documents.xlsx(figures, cover))
            _write(folder / "report.csv", documents.csv(figures))
            text = json.dumps(documents.json_report(figures), ensure_ascii=False, indent=2)
            _write(folder / "report.json", f"{text}\n".encode())
        except OSError as error:
            raise CommandError(f"フォルダー「{folder}」に書き出せません: {error.strerror}") from error
        self.stdout.write(f"{agreement.name} {month.label}の報告を{folder}に書き出しました。")


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a reader never sees half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)
