"""The calendar around bookings: when workers are at a counter, moved bookings, notices and feeds of a user."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from agreements.models import Site
from cases.enums import NoticeKind, Weekday
from cases.models.case import Case
from cases.models.contact import Appointment
from cases.querysets import CaseRecordQuerySet, WorkerSlotQuerySet
from core.db import UUIDModel, VersionedModel


@pghistory.track()
class WorkerSlot(UUIDModel, VersionedModel):
    """A worker is at a counter every week from one time to another (常設・巡回); both days of validity included.

    Holds no person; seen by the own organisation and by everybody who serves the site.
    """

    worker = models.ForeignKey(User, verbose_name="担当者", on_delete=models.PROTECT, related_name="worker_slots")
    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, verbose_name="窓口", on_delete=models.PROTECT, null=True, blank=True, related_name="worker_slots"
    )
    weekday = models.PositiveSmallIntegerField("曜日", choices=Weekday)
    start_time = models.TimeField("開始時刻")
    end_time = models.TimeField("終了時刻")
    valid_from = models.DateField("この日から")
    valid_to = models.DateField("この日まで", null=True, blank=True)
    note = models.CharField("補足", max_length=100, blank=True)

    objects = WorkerSlotQuerySet.as_manager()

    class Meta:
        verbose_name = "窓口にいる時間"
        verbose_name_plural = "窓口にいる時間"
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="slot_weekday_known"),
            models.CheckConstraint(
                condition=Q(end_time__gt=F("start_time")),
                name="slot_times_in_order",
                violation_error_message="終了時刻は開始時刻より後にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="slot_period_in_order",
                violation_error_message="「この日まで」は「この日から」以降の日にしてください。",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "weekday"], name="slot_by_worker"),
            models.Index(fields=["site", "weekday"], name="slot_by_site"),
        ]

    def __str__(self) -> str:
        return f"{self.worker} {self.get_weekday_display()}"


class AppointmentMove(UUIDModel):
    """A booking got another day or time; written once and never changed."""

    appointment = models.ForeignKey(Appointment, verbose_name="予約", on_delete=models.PROTECT, related_name="moves")
    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    from_starts_at = models.DateTimeField("前の日時")
    to_starts_at = models.DateTimeField("後の日時")
    reason = models.CharField("理由", max_length=200, blank=True)
    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    moved_by = models.ForeignKey(User, verbose_name="変えた人", on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField("変えた日時")

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "予約の日時の変更"
        verbose_name_plural = "予約の日時の変更"
        indexes = [models.Index(fields=["appointment", "moved_at"], name="move_by_appointment")]

    def __str__(self) -> str:
        return f"{self.from_starts_at} → {self.to_starts_at}"


@pghistory.track()
class NoticeSetting(models.Model):
    """Which mails a user wants; without a row the one in the morning alone. Seen by the user alone."""

    user = models.OneToOneField(User, verbose_name="利用者", on_delete=models.PROTECT, related_name="+")
    has_morning = models.BooleanField("朝のまとめを受け取る", default=True)
    has_reminder = models.BooleanField("次の仕事日の予約の件数を受け取る", default=False)

    class Meta:
        verbose_name = "お知らせの設定"
        verbose_name_plural = "お知らせの設定"

    def __str__(self) -> str:
        return f"{self.user}"


class NoticeSent(models.Model):
    """A user got this mail for this day: the row that keeps a second run from sending it again."""

    user = models.ForeignKey(User, verbose_name="利用者", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("種類", max_length=20, choices=NoticeKind)
    day_on = models.DateField("どの日の分か")
    sent_at = models.DateTimeField("送信日時")

    class Meta:
        verbose_name = "送ったお知らせ"
        verbose_name_plural = "送ったお知らせ"
        constraints = [models.UniqueConstraint(fields=["user", "kind", "day_on"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.get_kind_display()} {self.day_on}"


@pghistory.track(exclude=["token_digest"])
class CalendarFeed(models.Model):
    """A secret address under which a user's bookings can be read without persons; only its digest is stored."""

    user = models.ForeignKey(User, verbose_name="利用者", on_delete=models.PROTECT, related_name="+")
    token_digest = models.CharField("合言葉のSHA-256", max_length=64, unique=True)
    created_at = models.DateTimeField("発行日時")
    ended_at = models.DateTimeField("終了日時", null=True, blank=True)

    class Meta:
        verbose_name = "カレンダーの公開"
        verbose_name_plural = "カレンダーの公開"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_at__isnull=True),
                name="feed_one_open",
                violation_error_message="使えるアドレスは一人に一つです。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.created_at}"
