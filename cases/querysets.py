"""Reading cases. Who sees what is decided by live grants and by nothing else.

`visible_to` is the fast path; the row security of the database stands behind it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cases.enums import (
    REFERRALS_OPEN,
    STATES_IN_SUPPORT,
    STATES_OPEN,
    AppointmentStatus,
    CaseState,
    GrantPurpose,
    ReferralStatus,
    RequestStatus,
    RetentionState,
    Visibility,
)
from core.periods import now, today

if TYPE_CHECKING:
    from accounts.scope import Actor

M = TypeVar("M", bound=models.Model)


def live_grants(actor: Actor) -> GrantQuerySet:
    """Grants of the actor's organisations, and of the actor alone, that hold now."""
    grants: GrantQuerySet = apps.get_model("cases", "Grant").objects.all()
    return grants.for_list(actor)


def opening_grants(actor: Actor) -> GrantQuerySet:
    """Those that open the case itself: a partner reads what was referred to it, and no case."""
    return live_grants(actor).opening()


class GrantQuerySet(models.QuerySet[Any]):
    def live(self, day: dt.date) -> GrantQuerySet:
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day), withdrawn_at__isnull=True, valid_from__lte=day
        )

    def opening(self) -> GrantQuerySet:
        return self.exclude(purpose=GrantPurpose.REFERRAL)

    def for_list(self, actor: Actor) -> GrantQuerySet:
        """My cases, last touched first: a list is driven from grants, not from cases."""
        return self.live(today()).filter(
            Q(user__isnull=True) | Q(user=actor.user.pk, expires_at__gt=now()),
            organisation__in=actor.organisation_ids,
        )


class CaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> CaseQuerySet:
        return self.filter(Exists(opening_grants(actor).filter(case=OuterRef("pk"))))

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
        return self.filter(Exists(opening_grants(actor).filter(case=OuterRef("case_id"))))


class ContactQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> ContactQuerySet:
        cases = apps.get_model("cases", "Case").objects.visible_to(actor).filter(person=OuterRef("person_id"))
        return self.filter(Exists(cases))


class PersonRecordQuerySet(models.QuerySet[M], Generic[M]):
    """Rows that hang on a person and are seen with it."""

    def visible_to(self, actor: Actor) -> Any:
        cases = apps.get_model("cases", "Case").objects.visible_to(actor).filter(person=OuterRef("person_id"))
        return self.filter(Exists(cases))

    def standing(self) -> Any:
        return self.filter(lifted_at__isnull=True)


class ReleaseQuerySet(PersonRecordQuerySet[Any]):
    def live(self, at: dt.datetime) -> ReleaseQuerySet:
        return self.filter(approved_at__isnull=False, expires_at__gt=at, suppression__lifted_at__isnull=True)

    def waiting(self) -> ReleaseQuerySet:
        return self.filter(
            approved_at__isnull=True,
            refused_at__isnull=True,
            suppression__lifted_at__isnull=True,
            requested_at__gte=F("suppression__confirmed_at"),
        )


class EmergencyQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> EmergencyQuerySet:
        return self.filter(Q(holder__in=actor.organisation_ids) | Q(organisation__in=actor.organisation_ids))

    def running(self, user_id: int, at: dt.datetime) -> EmergencyQuerySet:
        return self.filter(user=user_id, case__isnull=False, ended_at__isnull=True, expires_at__gt=at)

    def to_review(self, actor: Actor) -> EmergencyQuerySet:
        """What others looked at of ours and nobody has answered for yet."""
        return self.filter(holder__in=actor.organisation_ids, case__isnull=False, reviewed_at__isnull=True)


def readable(actor: Actor, author: str) -> Q:
    """Shared, own of my organisations, or the team's while I am on it; `author` names the writer's field.

    Kinds of facts that my grants leave out are the database's to hide: its policy reads the grant.
    """
    team = apps.get_model("cases", "Assignment").objects.current(today()).filter(user=actor.user.pk)
    return (
        Q(visibility=Visibility.SHARED)
        | Q(visibility=Visibility.OWN, organisation__in=actor.organisation_ids)
        | Q(visibility=Visibility.TEAM, **{author: actor.user.pk})
        | Q(Exists(team.filter(case=OuterRef("case_id"))), visibility=Visibility.TEAM)
    )


class InterviewQuerySet(CaseRecordQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Any:
        return super().visible_to(actor).filter(readable(actor, "written_by"))


class AttachmentQuerySet(CaseRecordQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Any:
        """Files I may read; never those of an interview note that I may not."""
        notes = apps.get_model("cases", "Interview").objects.visible_to(actor).filter(pk=OuterRef("interview_id"))
        return (
            super()
            .visible_to(actor)
            .filter(readable(actor, "uploaded_by"))
            .filter(Q(interview__isnull=True) | Exists(notes))
        )

    def kept(self) -> AttachmentQuerySet:
        return self.filter(removed_at__isnull=True)


class AssignmentQuerySet(CaseRecordQuerySet[Any]):
    def current(self, day: dt.date) -> AssignmentQuerySet:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class SupportRequestQuerySet(CaseRecordQuerySet[Any]):
    def waiting(self) -> SupportRequestQuerySet:
        return self.filter(status=RequestStatus.SENT)

    def incomplete(self) -> SupportRequestQuerySet:
        """Sent in a hurry, waiting or accepted, and not completed yet."""
        return self.filter(
            is_urgent=True, completed_at__isnull=True, status__in=[RequestStatus.SENT, RequestStatus.ACCEPTED]
        )


class ReferralQuerySet(CaseRecordQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Any:
        """Through the case; who sees it as a partner sees what came to the own organisation alone."""
        grants = live_grants(actor).filter(case=OuterRef("case_id"))
        return self.filter(Exists(grants.opening()) | Q(Exists(grants), to_organisation__in=actor.organisation_ids))

    def open(self) -> ReferralQuerySet:
        return self.filter(status__in=REFERRALS_OPEN)

    def unanswered(self) -> ReferralQuerySet:
        return self.filter(status=ReferralStatus.SENT)


class DeferralQuerySet(CaseRecordQuerySet[Any]):
    def newest(self) -> DeferralQuerySet:
        """The last entry of each case that is not referred now."""
        later = self.model._default_manager.filter(case=OuterRef("case_id"), recorded_at__gt=OuterRef("recorded_at"))
        return self.filter(~Exists(later), case__state=CaseState.NOT_REFERRED)


class AppointmentQuerySet(CaseRecordQuerySet[Any]):
    def booked(self) -> AppointmentQuerySet:
        return self.filter(status=AppointmentStatus.BOOKED)


class RetentionCheckQuerySet(CaseRecordQuerySet[Any]):
    def due(self, day: dt.date) -> RetentionCheckQuerySet:
        return self.filter(state=RetentionState.PENDING, due_on__lte=day)
