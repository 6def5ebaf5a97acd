"""Check that the access log is as it was written."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from accounts.anchors import first_broken, read_anchors
from accounts.models import AccessChain
from core.templatetags.ui import longmoment


class Command(BaseCommand):
    help = "閲覧の記録が書き換えられていないかを、系列ごとに、外の控えとも合わせて確かめます。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", type=int, help="この機関の記録だけ(0: 機関のない記録)")

    def handle(self, *args: Any, **options: Any) -> None:
        anchors = read_anchors(settings.ACCESS_LOG_ANCHOR_DIR, key=settings.ACCESS_LOG_ANCHOR_KEY)
        heads = dict(AccessChain.objects.values_list("chain", "last_number"))
        # A chain that an anchor knows and the database does not is broken as well.
        chains = sorted({*heads, *anchors.heads})
        if options["organisation"] is not None:
            chains = [options["organisation"]]
        problems = [f"控え{name}: 署名か形が正しくありません。" for name in anchors.bad_files]
        for chain in chains:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
                broken = first_broken(cursor, chain, anchors.heads.get(chain, []))
            if broken is not None:
                problems.append(str(broken))
        if problems:
            raise CommandError("\n".join(["閲覧の記録に異常があります。", *problems]), returncode=1)
        total = sum(number for chain, number in heads.items() if chain in chains)
        counted = f"閲覧の記録{total}件({len(chains)}系列)"
        if anchors.newest_at is None:
            self._say_that_nothing_was_compared(counted, total)
            return
        self.stdout.write(
            f"{counted}に異常はありません。"
            f"控え{anchors.file_count}個(最後は{longmoment(anchors.newest_at)})と一致しました。"
        )

    def _say_that_nothing_was_compared(self, counted: str, total: int) -> None:
        """A chain without an anchor may have lost its tail: that is no good news, unless there is no log yet."""
        folder = settings.ACCESS_LOG_ANCHOR_DIR
        said = f"外の控えがフォルダー「{folder}」に一つもありません。"
        if total:
            raise CommandError(
                f"{counted}のつながりに異常はありませんが、{said}末尾が消されていても分かりません。"
                "フォルダーを確かめてください。はじめての日なら、anchor_access_logを実行してから、もう一度確かめてください。",
                returncode=1,
            )
        self.stdout.write(f"閲覧の記録はまだありません。{said}")
