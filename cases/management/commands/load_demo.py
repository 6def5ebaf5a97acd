"""Load the demo into an empty database."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from accounts.models import Organisation
from cases.demo.assessments import add_assessments
from cases.demo.beside import add_beside
from cases.demo.casebook import CaseBook
from cases.demo.courses import add_all
from cases.demo.diary import add_slots
from cases.demo.lists import add_lists
from cases.demo.logins import programmes
from cases.demo.meetings import add_meetings
from cases.demo.organisations import build_world
from cases.demo.papers import add_papers
from cases.demo.privacy import add_privacy
from cases.demo.readings import add_readings
from cases.demo.same import add_same
from cases.demo.scans import add_scans
from cases.demo.told import add_told
from core.db import scope
from core.periods import now, today


class Command(BaseCommand):
    help = "空のデータベースにデモのデータを入れます(デモ専用)。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", type=dt.date.fromisoformat, help="この日に読み込んだものとして作る(YYYY-MM-DD)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("デモのデータは、デモ用の環境(ITTAI_DEMO=1)にしか入れられません。")
        if Organisation.objects.exists():
            self.stdout.write("データがすでにあるため、デモのデータは入れませんでした。")
            return
        day = options["today"] or today()
        # The same day gives the same demo.
        rng = random.Random(day.isoformat())  # noqa: S311 - invented data, no secret
        data = programmes()
        with scope(organisations=[]):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")  # a busy machine may take its time
            world = build_world(data, today=day, rng=rng)
            with scope(organisations=[organisation.pk for organisation in world.organisations.values()]):
                add_slots(world, today=day)
                book = CaseBook(world, today=day, rng=rng)
                add_all(book, data)
                add_scans(book)
                book.write()
                add_readings(world, today=day, at=now())
                add_same(world, day)
            add_assessments(world, today=day)
            add_privacy(world, today=day)
            add_papers(world, today=day)
            add_meetings(world, today=day)
            add_beside(world, today=day)
            add_told(world, today=day)
            add_lists(world)
        self.stdout.write("デモのデータを入れました。")
