"""What people keep of a list: saved views, their columns, and every export with who asked and who approved."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from cases.enums import ListKind
from cases.querysets import ListExportQuerySet, SavedViewQuerySet
from core.db import UUIDModel


def codes(verbose_name: str) -> Any:
    return ArrayField(models.CharField(max_length=40), verbose_name=verbose_name, default=list)


class SavedView(UUIDModel):
    """A list as somebody wants to find it again: conditions, columns, order. Not a record: no history.

    `query` is what the address would hold: choices and numbers of staff, never words typed about a person.
    """

    user = models.ForeignKey(User, verbose_name="保存した人", on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("一覧", max_length=20, choices=ListKind)
    name = models.CharField("名前", max_length=40)
    query = models.CharField("条件", max_length=500, blank=True)
    columns = codes("列")
    sort = models.CharField("並び順", max_length=20, blank=True)
    is_shared = models.BooleanField("機関で共有", default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "一覧の表示"
        verbose_name_plural = "一覧の表示"
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_name"),
            models.UniqueConstraint(fields=["user", "kind", "name"], name="saved_view_once"),
            models.UniqueConstraint(
                fields=["organisation", "kind", "name"], condition=Q(is_shared=True), name="saved_view_shared_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListSetting(models.Model):
    """How one user wants one list: columns, and the view it begins with.

    `first_view` is no foreign key: a shared view may be deleted by its organisation while it stands here.
    """

    user = models.ForeignKey(User, verbose_name="利用者", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("一覧", max_length=20, choices=ListKind)
    columns = codes("列")
    first_view = models.UUIDField("はじめに開く表示", null=True, blank=True)

    class Meta:
        verbose_name = "一覧の設定"
        verbose_name_plural = "一覧の設定"
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="list_setting_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


@pghistory.track()
class ListExport(UUIDModel):
    """A list that left as a file: which rows, why, who asked, and for many persons who approved.

    The rows are fixed when it is asked for, so that an approval never opens more than was shown to it;
    their contents, and who may still see them, are those of the moment the file is made.
    """

    kind = models.CharField("一覧", max_length=20, choices=ListKind)
    user = models.ForeignKey(User, verbose_name="出力した人", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("使う目的", max_length=200)
    conditions = ArrayField(models.CharField(max_length=200), verbose_name="条件", default=list, blank=True)
    columns = codes("列")
    row_ids = ArrayField(models.UUIDField(), verbose_name="行")
    person_ids = ArrayField(models.UUIDField(), verbose_name="支援対象者")
    needs_second = models.BooleanField("もう一人の承認が必要")
    requested_at = models.DateTimeField("求めた日時")
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    approved_by = models.ForeignKey(
        User, verbose_name="承認した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refused_at = models.DateTimeField("却下日時", null=True, blank=True)
    refused_by = models.ForeignKey(
        User, verbose_name="却下した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField("この時刻まで", null=True, blank=True)
    taken_at = models.DateTimeField("取り出した日時", null=True, blank=True)

    objects = ListExportQuerySet.as_manager()

    class Meta:
        verbose_name = "一覧の出力"
        verbose_name_plural = "一覧の出力"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="list_export_has_reason"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("user")),
                name="list_export_by_two_people",
                violation_error_message="求めた人は、自分では承認できません。",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(needs_second=False) | Q(approved_by__isnull=False),
                name="list_export_names_the_second",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, expires_at__isnull=True)
                | Q(approved_at__isnull=False, expires_at__isnull=False),
                name="list_export_expires",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(refused_at__isnull=True), name="list_export_one_answer"
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True) | Q(approved_at__isnull=False), name="list_export_taken_if_approved"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-requested_at"], name="list_export_by_day"),
            models.Index(fields=["user", "requested_at"], name="list_export_by_user"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.ReadOnly(
                name="list_export_as_asked",
                fields=["kind", "user", "organisation", "reason", "conditions", "columns", "row_ids", "person_ids",
                        "needs_second", "requested_at"],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {len(self.person_ids)}人"

    @property
    def person_count(self) -> int:
        return len(self.person_ids)
