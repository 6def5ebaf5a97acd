"""The beginning of a new system: the first administrators, two or more, who invite everybody else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.actions import AccountError, Newcomer, begin
from core.periods import now


class Command(BaseCommand):
    help = "はじめのシステム管理者(二人以上)を登録し、招待リンクを出します。ログインできる管理者がいると断ります。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", required=True, help="このシステムのアドレス。例: https://ittai.example.jp")
        parser.add_argument("--operator", required=True, help="運用する機関の名称。例: ○○市情報政策課")
        parser.add_argument(
            "--administrator",
            required=True,
            nargs=3,
            action="append",
            metavar=("利用者ID", "氏名", "メールアドレス"),
            help="一人に一つ。メールアドレスがないときは空の文字列",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        address = urlsplit(options["url"])
        if address.scheme not in ("https", "http") or not address.hostname:
            raise CommandError("--url には https:// から始まるアドレスを指定してください。リンクの前に付きます。")
        newcomers = [Newcomer(*given) for given in options["administrator"]]
        if len({newcomer.username for newcomer in newcomers}) < max(2, len(newcomers)):
            raise CommandError(
                "システム管理者は二人以上必要です。--administrator を人数分、別の利用者IDで指定してください。"
            )
        try:
            tokens = begin(operator_name=options["operator"], newcomers=newcomers, at=now())
        except AccountError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write("招待リンクです。いまだけ表示されます。それぞれの本人に安全な方法で渡してください。")
        for newcomer, token in zip(newcomers, tokens, strict=True):
            url = urljoin(options["url"], reverse("invitation", kwargs={"token": token}))
            self.stdout.write(f"{newcomer.name}({newcomer.username}): {url}")
