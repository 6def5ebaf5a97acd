"""Talks with the person: interviews (面談記録) and appointments (予約)."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q

from accounts.models import Organisation, User
from agreements.models import Desk, Site
from cases.enums import APPOINTMENT_TRANSITIONS, AppointmentStatus, ContactMethod, FieldGroup, Visibility
from cases.models.case import Case
from cases.querysets import AppointmentQuerySet, CaseRecordQuerySet, InterviewQuerySet
from core.db import UUIDModel, VersionedModel


class Span(Func):
    """From the start until the end of a booking as tstzrange, the end not included.

    A function of our own, because PostgreSQL takes `timestamptz + interval` for changeable; minutes are not.
    """

    function = "ittai_span"
    output_field = DateTimeRangeField()

    def __init__(self, **extra: Any) -> None:
        super().__init__(F("starts_at"), F("minutes"), **extra)


# Several people at one time with one worker (a seminar) are meant; anything else is a double booking.
ALONE = Q(status=AppointmentStatus.BOOKED, is_group=False)


@pghistory.track()
class Appointment(UUIDModel):
    """A booked talk; a no-show is a fact of its own."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(
        Organisation, verbose_name="予約を受けた機関", on_delete=models.PROTECT, related_name="+"
    )
    worker = models.ForeignKey(User, verbose_name="会う人", on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField("日時")
    minutes = models.PositiveSmallIntegerField(
        "所要時間(分)",
        default=60,
        validators=[
            MinValueValidator(5, "所要時間は5分以上で入力してください。"),
            MaxValueValidator(480, "所要時間は480分(8時間)以内で入力してください。"),
        ],
    )
    method = models.CharField("方法", max_length=20, choices=ContactMethod, default=ContactMethod.VISIT)
    site = models.ForeignKey(
        Site, verbose_name="窓口", on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    desk = models.ForeignKey(
        Desk, verbose_name="席・部屋", on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    is_group = models.BooleanField("セミナーなど同じ時間に何人かと会う", default=False)
    place = models.CharField("場所", max_length=100, blank=True)
    bring = models.CharField("持ち物", max_length=200, blank=True)
    note = models.CharField("用件", max_length=200, blank=True)
    status = models.CharField("状態", max_length=20, choices=AppointmentStatus, default=AppointmentStatus.BOOKED)
    status_at = models.DateTimeField("状態が変わった日時", null=True, blank=True)
    status_by = models.ForeignKey(
        User, verbose_name="状態を記録した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    status_note = models.CharField("状態の補足", max_length=200, blank=True)
    followed_up_at = models.DateTimeField("欠席後に連絡した日時", null=True, blank=True)
    followed_up_by = models.ForeignKey(
        User, verbose_name="欠席後に連絡した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(User, verbose_name="予約した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "予約"
        verbose_name_plural = "予約"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=AppointmentStatus.values), name="appointment_status_known"),
            models.CheckConstraint(
                condition=Q(status=AppointmentStatus.BOOKED)
                | (Q(status_at__isnull=False) & Q(status_by__isnull=False)),
                name="appointment_outcome_complete",
            ),
            models.UniqueConstraint(
                fields=["case", "worker", "starts_at"],
                condition=Q(status=AppointmentStatus.BOOKED),
                name="appointment_once",
                violation_error_message="同じ日時に同じ担当者との予約がすでにあります。",
            ),
            ExclusionConstraint(
                name="appointment_worker_free",
                expressions=[("worker", RangeOperators.EQUAL), (Span(), RangeOperators.OVERLAPS)],
                condition=ALONE,
                violation_error_message="会う人には、重なる時間の予約がすでにあります。",
            ),
            ExclusionConstraint(
                name="appointment_desk_free",
                expressions=[("desk", RangeOperators.EQUAL), (Span(), RangeOperators.OVERLAPS)],
                condition=ALONE & Q(desk__isnull=False),
                violation_error_message="この席には、重なる時間の予約がすでにあります。",
            ),
            models.CheckConstraint(
                condition=Q(desk__isnull=True) | Q(site__isnull=False),
                name="appointment_desk_has_site",
                violation_error_message="席を決めるときは窓口も決めてください。",
            ),
            models.CheckConstraint(
                condition=Q(followed_up_at__isnull=True, followed_up_by__isnull=True)
                | Q(followed_up_at__isnull=False, followed_up_by__isnull=False),
                name="appointment_follow_up_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "starts_at"], name="appointment_by_site"),
            models.Index(fields=["worker", "starts_at"], name="appointment_by_worker"),
            models.Index(fields=["case", "starts_at"], name="appointment_by_case"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.FSM(
                name="appointment_moves_by_table",
                field="status",
                transitions=sorted(
                    (old.value, new.value) for old, news in APPOINTMENT_TRANSITIONS.items() for new in news
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.get_status_display()}"


@pghistory.track()
class Interview(UUIDModel, VersionedModel):
    """A talk that took place (面談記録): when, how, who took part, what was said, homework.

    `visibility` is chosen next to the text; an own note is behind the wall of its organisation.
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="interviews")
    organisation = models.ForeignKey(
        Organisation, verbose_name="記録した機関", on_delete=models.PROTECT, related_name="+"
    )
    appointment = models.OneToOneField(
        Appointment, verbose_name="予約", on_delete=models.PROTECT, null=True, blank=True, related_name="interview"
    )
    held_at = models.DateTimeField("日時")
    minutes = models.PositiveSmallIntegerField("所要時間(分)", null=True, blank=True)
    method = models.CharField("方法", max_length=20, choices=ContactMethod)
    has_person = models.BooleanField("本人", default=True)
    has_municipality = models.BooleanField("市区町村", default=False)
    has_hello_work = models.BooleanField("ハローワーク", default=False)
    has_interpreter = models.BooleanField("通訳", default=False)
    other_participants = models.CharField("その他の参加者", max_length=200, blank=True)
    body = models.TextField("内容")
    homework = models.CharField("宿題", max_length=300, blank=True)
    homework_due_on = models.DateField("宿題の期限", null=True, blank=True)
    visibility = models.CharField("読める人", max_length=20, choices=Visibility, default=Visibility.SHARED)
    field_group = models.CharField(
        "内容の種類",
        max_length=20,
        choices=FieldGroup,
        blank=True,
        help_text="選ぶと、その種類の情報を受け取る同意がある機関だけが読めます。",
    )
    written_by = models.ForeignKey(User, verbose_name="記録した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        verbose_name = "面談記録"
        verbose_name_plural = "面談記録"
        constraints = [
            models.CheckConstraint(
                condition=~Q(body=""),
                name="interview_has_body",
                violation_error_message="面談の内容を入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(homework_due_on__isnull=True) | ~Q(homework=""),
                name="interview_due_needs_homework",
                violation_error_message="期限を入れるときは宿題の内容も入力してください。",
            ),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="interview_visibility_known"),
            models.CheckConstraint(
                condition=Q(field_group__in=["", *FieldGroup.values]), name="interview_field_group_known"
            ),
        ]
        indexes = [models.Index(fields=["case", "held_at"], name="interview_by_case")]

    def __str__(self) -> str:
        return f"{self.get_method_display()}"

    @property
    def shown_source(self) -> NoteSource | None:
        """Who told it, for the writing organisation alone."""
        return getattr(self, "source", None)


@pghistory.track()
class NoteSource(UUIDModel):
    """Who told what a note says, when the source must be protected (domain_reference.md 2.3).

    Read by the organisation that wrote the note alone; in no export and no disclosure copy.
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    interview = models.OneToOneField(
        Interview, verbose_name="面談記録", on_delete=models.PROTECT, related_name="source"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name="記録した機関", on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField("情報の提供元", max_length=100)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "保護する提供元"
        verbose_name_plural = "保護する提供元"

    def __str__(self) -> str:
        return "保護する提供元"
