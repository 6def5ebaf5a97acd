"""Print the logins of the demo."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.demo.logins import PASSWORD, table


class Command(BaseCommand):
    help = "デモの利用者ID一覧を表示します。"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"パスワードはすべて {PASSWORD} (デモ専用)\n")
        for role, username, name, organisation in table():
            self.stdout.write(f"  {username:<20} {organisation} {role} {name}\n")
