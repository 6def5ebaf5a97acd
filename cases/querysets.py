"""Reading cases. Who sees what is decided by live grants and by nothing else.

`visible_to` is the fast path; the row security of the database stands behind it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.enums import Permission
from cases.enums import (
    REFERRALS_OPEN,
    STATES_IN_SUPPORT,
    STATES_OPEN,
    AppointmentStatus,
    CaseState,
    Duty,
    GrantPurpose,
    ReferralStatus,
    RequestStatus,
    RetentionState,
    StoryStatus,
    Visibility,
)
from core.periods import now, today

if TYPE_CHECKING:
    from accounts.scope import Actor

LONGEST = dt.timedelta(minutes=480)
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

    def open_now(self) -> GrantQuerySet:
        """Live ones; what break-glass opened to one user, until its time is over."""
        return self.live(today()).filter(Q(user__isnull=True) | Q(expires_at__gt=now()))

    def usable_by(self, actor: Actor) -> GrantQuerySet:
        """Open ones that are not for another user; whose organisation they are for is not asked."""
        return self.open_now().filter(Q(user__isnull=True) | Q(user=actor.user.pk))

    def opening(self) -> GrantQuerySet:
        """Those that open the case; a partner's opens what was referred to it alone."""
        return self.exclude(purpose=GrantPurpose.REFERRAL)

    def for_list(self, actor: Actor) -> GrantQuerySet:
        """My cases, last touched first: a list is driven from grants, not from cases."""
        return self.usable_by(actor).filter(organisation__in=actor.organisation_ids)

    def branches(self, actor: Actor) -> list[Q]:
        """My organisations, one condition for each, for pages that read each from its own place of the index."""
        return [Q(organisation=pk) for pk in actor.organisation_ids] or [Q(pk__in=[])]

    def last_touched(self, case_ids: list[UUID]) -> dict[UUID, dt.datetime]:
        """When each of these cases last changed for its readers; cases without such a grant are left out."""
        touched: dict[UUID, dt.datetime] = {}
        for pk, at in self.filter(case__in=case_ids).values_list("case_id", "touched_at"):
            touched[pk] = max(at, touched.get(pk, at))
        return touched


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


class PersonMergeQuerySet(models.QuerySet[Any]):
    def standing(self) -> PersonMergeQuerySet:
        """Merges that nobody took back."""
        return self.filter(undone_at__isnull=True)


class NotSameQuerySet(models.QuerySet[Any]):
    def standing(self) -> NotSameQuerySet:
        """Neither taken back nor overtaken by a change of either registration."""
        return self.filter(undone_at__isnull=True, lapsed_at__isnull=True)

    def about(self, person_id: UUID) -> NotSameQuerySet:
        return self.filter(Q(person=person_id) | Q(other=person_id))


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

    def expired(self, at: dt.datetime) -> EmergencyQuerySet:
        """What ended by the clock and is not marked as ended yet."""
        return self.filter(case__isnull=False, ended_at__isnull=True, expires_at__lte=at)

    def to_review(self, actor: Actor) -> EmergencyQuerySet:
        """What others looked at of ours and nobody has answered for yet."""
        return self.filter(holder__in=actor.organisation_ids, case__isnull=False, reviewed_at__isnull=True)


def readable(actor: Actor, author: str) -> Q:
    """Shared, own of my organisations, or the team's while I am on it; `author` names the writer's field.

    Kinds of facts that my grants leave out are the database's to hide: its policy reads the grant.
    """
    team = apps.get_model("cases", "Assignment").objects.on_desk_of(actor.user.pk, today())
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

    def by_staff(self, day: dt.date) -> AssignmentQuerySet:
        """Of people who work there on that day and may log in; an interpreter helps and is not in charge."""
        memberships = apps.get_model("accounts", "Membership").objects.current(day)
        works_there = memberships.filter(user=OuterRef("user"), organisation=OuterRef("organisation"))
        return self.exclude(duty=Duty.INTERPRETER).filter(Exists(works_there))

    def in_charge(self, day: dt.date) -> AssignmentQuerySet:
        """Who looks after the case on that day; without any the case is one of nobody (担当のいないケース)."""
        return self.current(day).by_staff(day)

    def covered_by(self, user_id: int, day: dt.date) -> AssignmentQuerySet:
        """Current assignments of absent workers for whom this user stands in today."""
        return self.current(day).filter(_stands_in(user_id, day))

    def on_desk_of(self, user_id: int, day: dt.date) -> AssignmentQuerySet:
        """The user's own current assignments, and those the user stands in for."""
        return self.current(day).filter(Q(user=user_id) | Q(_stands_in(user_id, day)))


def _stands_in(user_id: int, day: dt.date) -> Exists:
    covers = apps.get_model("cases", "Cover").objects.running(day).filter(colleague=user_id)
    return Exists(covers.filter(worker=OuterRef("user"), organisation=OuterRef("organisation")))


class SupportRequestQuerySet(CaseRecordQuerySet[Any]):
    def waiting(self) -> SupportRequestQuerySet:
        return self.filter(status=RequestStatus.SENT)

    def declined(self) -> SupportRequestQuerySet:
        """The answer 対象外 of cases that nobody has moved on or referred to somebody else since."""
        later = self.model._default_manager.filter(case=OuterRef("case_id"), sent_at__gt=OuterRef("sent_at"))
        referrals = apps.get_model("cases", "Referral").objects
        elsewhere = referrals.filter(case=OuterRef("case_id"), sent_at__gt=OuterRef("answered_at"))
        return self.filter(
            ~Exists(later), ~Exists(elsewhere), status=RequestStatus.DECLINED, case__state=CaseState.DECLINED
        )

    def unplanned(self) -> SupportRequestQuerySet:
        """Accepted, and nobody has made a plan since."""
        plans = apps.get_model("cases", "SupportPlan").objects.filter(case=OuterRef("case_id"))
        return self.filter(~Exists(plans), status=RequestStatus.ACCEPTED, case__state=CaseState.ACCEPTED)

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


class ReferralAnswerQuerySet(CaseRecordQuerySet[Any]):
    def news(self, since: dt.datetime, shown_to: Iterable[int]) -> ReferralAnswerQuerySet:
        """What partners said themselves: the newest of each referral, until one of these organisations talks after it.

        Or somebody refers on: a talk of the partner or of the other side tells nobody of the answer.
        """
        later = self.model._default_manager.filter(
            referral=OuterRef("referral_id"), answered_at__gt=OuterRef("answered_at")
        )
        talks = apps.get_model("cases", "Interview").objects.filter(organisation__in=shown_to)
        referrals = apps.get_model("cases", "Referral").objects
        return self.filter(
            ~Exists(later),
            ~Exists(talks.filter(case=OuterRef("case_id"), held_at__gt=OuterRef("answered_at"))),
            ~Exists(referrals.filter(case=OuterRef("case_id"), sent_at__gt=OuterRef("answered_at"))),
            organisation=F("referral__to_organisation"),
            answered_at__gt=since,
        )


class DeferralQuerySet(CaseRecordQuerySet[Any]):
    def newest(self) -> DeferralQuerySet:
        """The last entry of each case that is not referred now."""
        later = self.model._default_manager.filter(case=OuterRef("case_id"), recorded_at__gt=OuterRef("recorded_at"))
        return self.filter(~Exists(later), case__state=CaseState.NOT_REFERRED)


class AppointmentQuerySet(CaseRecordQuerySet[Any]):
    def booked(self) -> AppointmentQuerySet:
        return self.filter(status=AppointmentStatus.BOOKED)

    def overlapping(self, first: dt.datetime, until: dt.datetime) -> AppointmentQuerySet:
        """Bookings that share a moment with [first, until); none is longer than LONGEST."""
        ends = models.ExpressionWrapper(
            models.F("starts_at") + models.F("minutes") * dt.timedelta(minutes=1),
            output_field=models.DateTimeField(),
        )
        return (
            self.filter(starts_at__lt=until, starts_at__gt=first - LONGEST)
            .alias(ends_at=ends)
            .filter(ends_at__gt=first)
        )

    def missed(self) -> AppointmentQuerySet:
        """No-shows of open cases after which nobody has met, booked again or said that it is dealt with."""
        later = self.model.objects.filter(case=OuterRef("case"), starts_at__gt=OuterRef("starts_at"))
        return self.filter(
            ~Exists(later.exclude(status=AppointmentStatus.CANCELLED)),
            status=AppointmentStatus.NO_SHOW,
            followed_up_at__isnull=True,
            case__state__in=STATES_OPEN,
        )

    def concerning(self, user: Any, day: dt.date) -> AppointmentQuerySet:
        """Bookings with the user, and those of cases the user is in charge of – also when the other side booked."""
        mine = apps.get_model("cases", "Assignment").objects.filter(user=user, case=OuterRef("case")).current(day)
        return self.filter(Q(worker=user) | Exists(mine))

    def own(self, actor: Actor, day: dt.date, covered: Iterable[int] = ()) -> AppointmentQuerySet:
        """The actor's own, and of the workers stood in for; an interpreter's are those of whom they interpret for."""
        if actor.assigned_only:
            return self.concerning(actor.user, day)
        return self.filter(worker__in=[actor.user.pk, *covered])


class WorkerSlotQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> WorkerSlotQuerySet:
        """Those of my organisations; the wall also shows who is at a counter that we serve."""
        return self.filter(organisation__in=actor.organisation_ids)

    def valid_between(self, first: dt.date, last: dt.date) -> WorkerSlotQuerySet:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first), valid_from__lte=last)


class OwnQuerySet(models.QuerySet[Any]):
    """Rows of my organisations' own business."""

    def visible_to(self, actor: Actor) -> Any:
        return self.filter(organisation__in=actor.organisation_ids)


class CoverQuerySet(OwnQuerySet):
    def running(self, day: dt.date) -> CoverQuerySet:
        return self.filter(withdrawn_at__isnull=True, starts_on__lte=day, ends_on__gte=day)

    def ahead(self, day: dt.date) -> CoverQuerySet:
        """Running or still to come."""
        return self.filter(withdrawn_at__isnull=True, ends_on__gte=day)


class HandoverItemQuerySet(CaseRecordQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Any:
        return super().visible_to(actor).filter(organisation__in=actor.organisation_ids)

    def waiting_for(self, actor: Actor) -> Any:
        """What I took over and have not confirmed yet."""
        return self.visible_to(actor).filter(successor=actor.user.pk, received_at__isnull=True)


def takes_part(actor: Actor, prefix: str = "") -> Q:
    """Meetings that my organisations hold or are invited to."""
    ids = actor.organisation_ids
    guests = apps.get_model("cases", "MeetingGuest").objects.filter(organisation__in=ids).values("meeting")
    return (
        Q(**{f"{prefix}organisation__in": ids})
        | Q(**{f"{prefix}counterpart__in": ids})
        | Q(**{f"{prefix}pk__in": guests})
    )


class MeetingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> MeetingQuerySet:
        return self.filter(takes_part(actor))

    def held_by(self, actor: Actor) -> MeetingQuerySet:
        """Meetings that my organisations hold: they write; guests read."""
        ids = actor.organisation_ids
        return self.filter(Q(organisation__in=ids) | Q(counterpart__in=ids))


class OfMeetingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> OfMeetingQuerySet:
        return self.filter(takes_part(actor, "meeting__"))


class SupportPlanQuerySet(CaseRecordQuerySet[Any]):
    def newest(self) -> SupportPlanQuerySet:
        """The version of each case that counts; earlier ones are history."""
        later = self.model._default_manager.filter(
            case=OuterRef("case_id"), version_number__gt=OuterRef("version_number")
        )
        return self.filter(~Exists(later))

    def to_review(self) -> SupportPlanQuerySet:
        """Newest versions with a day for looking back; a review moves the day or takes it away (write_review)."""
        return self.newest().filter(review_on__isnull=False)


class MeetingTaskQuerySet(CaseRecordQuerySet[Any]):
    def open(self) -> MeetingTaskQuerySet:
        return self.filter(done_at__isnull=True)


class RetentionCheckQuerySet(CaseRecordQuerySet[Any]):
    def due(self, day: dt.date) -> RetentionCheckQuerySet:
        return self.filter(state=RetentionState.PENDING, due_on__lte=day)


class OddReadingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> OddReadingQuerySet:
        return self.filter(organisation__in=actor.organisation_ids)

    def open(self) -> OddReadingQuerySet:
        return self.filter(reviewed_at__isnull=True)


class FormTemplateQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> FormTemplateQuerySet:
        """Layouts of my organisations and of those above them: a city's form is its welfare offices' too."""
        return self.filter(organisation__in=actor.lineage_ids)

    def in_force(self, organisation_id: int, kind: str, day: dt.date) -> Any:
        """The newest version of the organisation that has begun; None when it never replaced the form."""
        begun = self.filter(organisation=organisation_id, kind=kind, valid_from__lte=day)
        return begun.order_by("-valid_from", "-version_number").first()


class SuccessStoryQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> SuccessStoryQuerySet:
        """Shared stories of my agreements; before that, those of my organisations, for casework alone."""
        agreements = apps.get_model("agreements", "Agreement").objects.visible_to(actor)
        shared = Q(status=StoryStatus.SHARED, agreement__in=agreements)
        if actor.can(Permission.EDIT_PLAN):
            return self.filter(shared | Q(organisation__in=actor.organisation_ids))
        return self.filter(shared)


class ObstacleQuerySet(CaseRecordQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Any:
        """Kinds that my grants leave out are the database's to hide; own ones are of my organisations."""
        own = Q(visibility=Visibility.OWN, organisation__in=actor.organisation_ids)
        return super().visible_to(actor).filter(own | Q(visibility=Visibility.SHARED))


class SavedViewQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> SavedViewQuerySet:
        """My own, and what my organisations or the one above them share."""
        above = apps.get_model("accounts", "Organisation").objects.filter(children__in=actor.organisation_ids)
        ours = Q(organisation__in=actor.organisation_ids) | Q(organisation__in=above)
        return self.filter(Q(user=actor.user.pk) | (Q(is_shared=True) & ours))

    def in_hand_of(self, actor: Actor) -> SavedViewQuerySet:
        """Those that the actor may delete: the own ones; shared ones of my organisations for who may share."""
        mine = Q(user=actor.user.pk)
        if actor.can(Permission.SHARE_VIEWS):
            return self.filter(mine | Q(is_shared=True, organisation__in=actor.organisation_ids))
        return self.filter(mine)


class ListExportQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> ListExportQuerySet:
        """My own; for who approves, all of my organisations."""
        own = self.filter(organisation__in=actor.organisation_ids)
        return own if actor.can(Permission.APPROVE_EXPORT) else own.filter(user=actor.user.pk)

    def waiting(self) -> ListExportQuerySet:
        return self.filter(approved_at__isnull=True, refused_at__isnull=True)

    def live(self, at: dt.datetime) -> ListExportQuerySet:
        """Approved by a second person and not yet taken."""
        return self.filter(approved_by__isnull=False, taken_at__isnull=True, expires_at__gt=at)
