"""Keep the heads of the access log outside the database."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.anchors import write_anchor
from core.periods import now


class Command(BaseCommand):
    help = "閲覧の記録の最後の値を、署名をつけてACCESS_LOG_ANCHOR_DIRに控えます(毎日、自動でも動きます)。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = write_anchor(settings.ACCESS_LOG_ANCHOR_DIR, key=settings.ACCESS_LOG_ANCHOR_KEY, at=now())
        except OSError as error:
            folder = settings.ACCESS_LOG_ANCHOR_DIR
            raise CommandError(f"フォルダー「{folder}」に書き出せません: {error.strerror}") from error
        self.stdout.write(f"{path}に控えました。")
