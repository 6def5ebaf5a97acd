"""Meetings about cases (ケース会議, 支援調整会議, 定例ミーティング): agenda, decisions, tasks."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from agreements.models import Agreement, Site
from cases.enums import ItemState, MeetingKind, MeetingRepeat
from cases.models.case import Case
from cases.querysets import CaseRecordQuerySet, MeetingQuerySet, MeetingTaskQuerySet, OfMeetingQuerySet
from core.db import UUIDModel, VersionedModel

_FROZEN = """
    IF ittai_meeting_confirmed({row}.meeting_id) THEN
        RAISE EXCEPTION 'ittai: confirmed minutes do not change';
    END IF;
    RETURN NEW;
"""


def frozen_with_minutes(name: str, *, condition: pgtrigger.Condition | None = None) -> list[pgtrigger.Trigger]:
    """Triggers that refuse to add to or change what hangs on confirmed minutes."""
    return [
        pgtrigger.Trigger(
            name=f"{name}_not_added",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=_FROZEN.format(row="NEW"),
        ),
        pgtrigger.Trigger(
            name=f"{name}_stay",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=condition,
            func=_FROZEN.format(row="OLD"),
        ),
    ]


@pghistory.track()
class CaseMeeting(UUIDModel, VersionedModel):
    """A meeting of two organising sides; no personal data of its own, and visible to who takes part alone.

    `organisation` and `counterpart` hold it together and write; guests read what their own grants show them.
    """

    kind = models.CharField("会議の種類", max_length=20, choices=MeetingKind, default=MeetingKind.REGULAR)
    agreement = models.ForeignKey(Agreement, verbose_name="協定", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, verbose_name="窓口", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name="主催する機関", on_delete=models.PROTECT, related_name="+"
    )
    counterpart = models.ForeignKey(
        Organisation, verbose_name="いっしょに開く機関", on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField("日時")
    minutes = models.PositiveSmallIntegerField(
        "所要時間(分)",
        default=30,
        validators=[
            MinValueValidator(5, "所要時間は5分以上で入力してください。"),
            MaxValueValidator(480, "所要時間は480分(8時間)以内で入力してください。"),
        ],
    )
    place = models.CharField("場所", max_length=100, blank=True)
    chair = models.ForeignKey(User, verbose_name="司会", on_delete=models.PROTECT, related_name="+")
    repeats = models.CharField("繰り返し", max_length=20, choices=MeetingRepeat, default=MeetingRepeat.NONE)
    previous = models.OneToOneField(
        "self", verbose_name="前回", on_delete=models.PROTECT, null=True, blank=True, related_name="following"
    )
    made_by = models.ForeignKey(User, verbose_name="作成した人", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("作成日時")
    confirmed_at = models.DateTimeField("会議録の確定日時", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, verbose_name="会議録を確定した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "会議"
        verbose_name_plural = "会議"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MeetingKind.values), name="meeting_kind_known"),
            models.CheckConstraint(condition=Q(repeats__in=MeetingRepeat.values), name="meeting_repeats_known"),
            models.CheckConstraint(
                condition=~Q(organisation=F("counterpart")),
                name="meeting_has_two_sides",
                violation_error_message="いっしょに開く機関には、主催する機関とは別の機関を選んでください。",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="meeting_confirmation_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-starts_at"], name="meeting_by_organisation"),
            models.Index(fields=["counterpart", "-starts_at"], name="meeting_by_counterpart"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(
                name="confirmed_minutes_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@pghistory.track()
class MeetingGuest(UUIDModel):
    """An organisation beside the two sides that takes part and reads what its own grants show."""

    meeting = models.ForeignKey(CaseMeeting, verbose_name="会議", on_delete=models.PROTECT, related_name="guests")
    organisation = models.ForeignKey(
        Organisation, verbose_name="招いた機関", on_delete=models.PROTECT, related_name="+"
    )

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "招いた機関"
        verbose_name_plural = "招いた機関"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "organisation"],
                name="meeting_guest_once",
                violation_error_message="この機関はすでに招いています。",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = frozen_with_minutes("meeting_guests")

    def __str__(self) -> str:
        return str(self.organisation)


@pghistory.track()
class MeetingParticipant(UUIDModel):
    """Who sits at the table: a user, or somebody from outside by name and body (no grant, so no case)."""

    meeting = models.ForeignKey(CaseMeeting, verbose_name="会議", on_delete=models.PROTECT, related_name="participants")
    user = models.ForeignKey(
        User, verbose_name="利用者", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name="機関", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outsider_name = models.CharField("部外の方の氏名", max_length=100, blank=True)
    outsider_body = models.CharField("部外の方の所属", max_length=100, blank=True)

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "会議の参加者"
        verbose_name_plural = "会議の参加者"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"],
                name="meeting_participant_once",
                violation_error_message="この方はすでに参加者に入っています。",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, organisation__isnull=False, outsider_name="", outsider_body="")
                | (Q(user__isnull=True, organisation__isnull=True) & ~Q(outsider_name="") & ~Q(outsider_body="")),
                name="meeting_participant_is_one",
                violation_error_message="部外の方は、氏名と所属の両方を入力してください。",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = frozen_with_minutes("meeting_participants")

    def __str__(self) -> str:
        return self.user.name if self.user else self.outsider_name


@pghistory.track()
class MeetingItem(UUIDModel, VersionedModel):
    """A case on the agenda: why, and what was decided. Seen by whoever sees the case.

    `held_at` and `kind` repeat the meeting's, because a reader of the case need not see the meeting.
    """

    meeting = models.ForeignKey(CaseMeeting, verbose_name="会議", on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="meeting_items")
    kind = models.CharField("会議の種類", max_length=20, choices=MeetingKind)
    held_at = models.DateTimeField("日時")
    position = models.PositiveSmallIntegerField("順番")
    reason = models.CharField("議題にする理由", max_length=300)
    state = models.CharField("協議", max_length=20, choices=ItemState, default=ItemState.PLANNED)
    decision = models.TextField("決まったこと", blank=True)
    decided_at = models.DateTimeField("記録日時", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name="記録した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "会議の議題"
        verbose_name_plural = "会議の議題"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "case"],
                name="meeting_case_once",
                violation_error_message="このケースはすでに議題に入っています。",
            ),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="meeting_item_state_known"),
            models.CheckConstraint(
                condition=(Q(state=ItemState.DISCUSSED) & ~Q(decision=""))
                | (~Q(state=ItemState.DISCUSSED) & Q(decision="")),
                name="meeting_discussed_has_decision",
                violation_error_message="「協議した」とするときは、決まったことを入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(state=ItemState.PLANNED, decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state=ItemState.PLANNED) & Q(decided_at__isnull=False) & Q(decided_by__isnull=False)),
                name="meeting_item_record_complete",
            ),
        ]
        indexes = [models.Index(fields=["case", "held_at"], name="meeting_item_by_case")]
        triggers: ClassVar[list[pgtrigger.Trigger]] = frozen_with_minutes("meeting_items")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.position}"


@pghistory.track()
class MeetingTask(UUIDModel):
    """What somebody does until when; open ones stay on the case's agenda until they are done."""

    item = models.ForeignKey(MeetingItem, verbose_name="議題", on_delete=models.PROTECT, related_name="tasks")
    meeting = models.ForeignKey(CaseMeeting, verbose_name="会議", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="meeting_tasks")
    what = models.CharField("すること", max_length=200)
    user = models.ForeignKey(
        User, verbose_name="する人", on_delete=models.PROTECT, null=True, blank=True, related_name="meeting_tasks"
    )
    somebody = models.CharField("利用者でない、する人", max_length=60, blank=True)
    until_on = models.DateField("期限", null=True, blank=True)
    made_by = models.ForeignKey(User, verbose_name="記録した人", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("記録日時")
    done_at = models.DateTimeField("済んだ日時", null=True, blank=True)
    done_by = models.ForeignKey(
        User, verbose_name="済みにした人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MeetingTaskQuerySet.as_manager()

    class Meta:
        verbose_name = "会議で決めたこと"
        verbose_name_plural = "会議で決めたこと"
        constraints = [
            models.CheckConstraint(
                condition=(Q(user__isnull=False) & Q(somebody="")) | (Q(user__isnull=True) & ~Q(somebody="")),
                name="meeting_task_has_one_doer",
                violation_error_message="する人を1人選んでください。",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="meeting_task_done_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["case"], condition=Q(done_at__isnull=True), name="meeting_task_open_by_case"),
            models.Index(
                fields=["user", "until_on"], condition=Q(done_at__isnull=True), name="meeting_task_open_by_user"
            ),
            models.Index(fields=["item"], name="meeting_task_by_item"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = frozen_with_minutes(
            "meeting_tasks", condition=pgtrigger.AnyChange(exclude=["done_at", "done_by"])
        )

    def __str__(self) -> str:
        return self.what

    @property
    def doer(self) -> str:
        return self.user.name if self.user else self.somebody
