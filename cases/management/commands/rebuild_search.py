"""Write the search keys anew: after the folding of names changed, or when somebody is not found."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.scope import ScopedCommand
from cases.actions.sharing import index_case
from cases.models import Case, Grant
from core.periods import today


class Command(ScopedCommand):
    help = "検索語を作り直します。氏名のならし方を変えたとき、または見つかるはずの人が見つからないときに使います。"

    def handle_scoped(self, *args: Any, **options: Any) -> None:
        count = 0
        for case in Case.objects.select_related("person__contact").order_by("pk").iterator(chunk_size=500):
            with transaction.atomic():
                shared = Grant.objects.filter(case=case, user__isnull=True).live(today())
                readers = shared.values_list("organisation", flat=True)
                index_case(case=case, person=case.person, organisation_ids=list(readers))
            count += 1
        self.stdout.write(f"{count}件のケースの検索語を作り直しました。")
