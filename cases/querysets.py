"""Reading cases. Who sees what is decided by live grants and by nothing else.

`visible_to` is the fast path; the row security of the database stands behind it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.enums import (
    STATES_IN_SUPPORT,
    STATES_OPEN,
    AppointmentStatus,
    RequestStatus,
    RetentionState,
    Visibility,
)
from core.periods import today

if TYPE_CHECKING:
    from accounts.scope import Actor

M = TypeVar("M", bound=models.Model)


def live_grants(organisation_ids: tuple[int, ...], day: dt.date) -> GrantQuerySet:
    """Grants of these organisations that hold on the day."""
    grants: GrantQuerySet = apps.get_model("cases", "Grant").objects.all()
    return grants.live(day).filter(organisation__in=organisation_ids)


class GrantQuerySet(models.QuerySet[Any]):
    def live(self, day: dt.date) -> GrantQuerySet:
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day), withdrawn_at__isnull=True, valid_from__lte=day
        )

    def for_list(self, actor: Actor) -> GrantQuerySet:
        """My cases, last touched first: a list is driven from grants, not from cases."""
        return self.live(today()).filter(organisation__in=actor.organisation_ids)


class CaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> CaseQuerySet:
        return self.filter(Exists(live_grants(actor.organisation_ids, today()).filter(case=OuterRef("pk"))))

    def open(self) -> CaseQuerySet:
        return self.filter(state__in=STATES_OPEN)

    def in_support(self) -> CaseQuerySet:
        return self.filter(state__in=STATES_IN_SUPPORT)

    def started_between(self, first: dt.date, last: dt.date) -> CaseQuerySet:
        return self.filter(support_started_on__range=(first, last))


class PersonQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> PersonQuerySet:
        cases = apps.get_model("cases", "Case").objects.visible_to(actor).filter(person=OuterRef("pk"))
        return self.filter(Exists(cases))


class CaseRecordQuerySet(models.QuerySet[M], Generic[M]):
    """Rows that hang on a case and are seen with it."""

    def visible_to(self, actor: Actor) -> Any:
        return self.filter(Exists(live_grants(actor.organisation_ids, today()).filter(case=OuterRef("case_id"))))


class InterviewQuerySet(CaseRecordQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Any:
        """Shared notes, and own ones of my organisations."""
        return (
            super()
            .visible_to(actor)
            .filter(Q(visibility=Visibility.SHARED) | Q(organisation__in=actor.organisation_ids))
        )


class AssignmentQuerySet(CaseRecordQuerySet[Any]):
    def current(self, day: dt.date) -> AssignmentQuerySet:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class SupportRequestQuerySet(CaseRecordQuerySet[Any]):
    def waiting(self) -> SupportRequestQuerySet:
        return self.filter(status=RequestStatus.SENT)


class AppointmentQuerySet(CaseRecordQuerySet[Any]):
    def booked(self) -> AppointmentQuerySet:
        return self.filter(status=AppointmentStatus.BOOKED)


class RetentionCheckQuerySet(CaseRecordQuerySet[Any]):
    def due(self, day: dt.date) -> RetentionCheckQuerySet:
        return self.filter(state=RetentionState.PENDING, due_on__lte=day)


class OddReadingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> OddReadingQuerySet:
        return self.filter(organisation__in=actor.organisation_ids)

    def open(self) -> OddReadingQuerySet:
        return self.filter(reviewed_at__isnull=True)
