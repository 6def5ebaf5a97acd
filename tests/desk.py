"""Bookings, covers, handovers and meetings, made by the same actions as on the screen: for tests of who sees what."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.urls import reverse
from pypdf import PdfReader

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.scope import Actor
from cases.actions import contact, handover, meeting, sharing, team
from cases.enums import ConsentMethod, Duty, GrantPurpose, ItemState, LegalBasis, ListKind, MeetingKind, MeetingRepeat
from cases.models import Appointment, Case, CaseMeeting, Cover, Grant, Handover, ListExport, MeetingItem, MeetingTask
from core.periods import now, today
from tests.clients import client_of
from tests.factories import Programme, actor, working_as


def colleague(programme: Programme, name: str = "former", role: Role = Role.NAVIGATOR) -> Actor:
    """Somebody else at the Hello Work office, or at the welfare office for a caseworker; made once."""
    username = f"{programme.code}-{name}"
    place = programme.office if role == Role.CASEWORKER else programme.hello_work
    known = User.objects.filter(username=username).first()
    if known is None:
        return actor(username, place, role)
    membership = known.memberships.get()
    return Actor(user=known, membership=membership, organisation_ids=(place.pk,))


def book(who: Actor, case: Case, starts_at: dt.datetime, **fields: Any) -> Appointment:
    """A talk with whoever books it, or with another worker."""
    with working_as(who):
        wanted = contact.NextAppointment(starts_at, fields.pop("worker", who.user), **fields)
        return contact.book(case=case, by=who, at=now(), appointment=wanted)


def book_in(who: Actor, case: Case, days: float, **fields: Any) -> Appointment:
    """The same so many days from now, or ago."""
    return book(who, case, now() + dt.timedelta(days=days), **fields)


def hold(
    programme: Programme,
    cases: list[Case],
    *,
    starts_at: dt.datetime | None = None,
    by: Actor | None = None,
    **fields: Any,
) -> CaseMeeting:
    """A weekly meeting of the welfare office and Hello Work with these cases on the agenda."""
    who = by or programme.caseworker
    with working_as(who):
        made = meeting.plan_meeting(
            by=who,
            at=now(),
            participants=[programme.caseworker.user, programme.navigator.user],
            fields={
                "kind": MeetingKind.REGULAR,
                "agreement": programme.agreement,
                "site": None,
                "organisation": programme.office,
                "counterpart": programme.hello_work,
                "starts_at": starts_at or now() + dt.timedelta(hours=1),
                "minutes": 30,
                "place": "",
                "chair": who.user,
                "repeats": MeetingRepeat.WEEKLY,
                **fields,
            },
        )
        there = set(made.items.values_list("case", flat=True))
        for case in cases:
            if case.pk not in there:
                meeting.add_item(meeting=made, case=case, reason="話し合いたい", by=who)
    return made


def decide(
    programme: Programme, item: MeetingItem, decision: str = "来週いっしょに求人を選ぶ", by: Actor | None = None
) -> MeetingTask:
    """What was decided, with one task for the navigator."""
    who = by or programme.caseworker
    with working_as(who):
        meeting.record_item(
            item=item,
            version=item.version,
            state=ItemState.DISCUSSED,
            decision=decision,
            tasks=[meeting.TaskLine("求人を3件用意する", user=programme.navigator.user, until_on=today())],
            by=who,
            at=now(),
        )
        return MeetingTask.objects.filter(item=item).latest("made_at")


def meet(programme: Programme, case: Case, number: int) -> CaseMeeting:
    held = hold(programme, [case], starts_at=now() + dt.timedelta(hours=number))
    decide(programme, item_of(programme, held, case))
    return held


def partner() -> Actor:
    """Somebody of a body beside the two sides, as a guest."""
    body = Organisation.objects.create(kind="partner", name="就労準備支援センター", short_name="準備センター")
    return actor("partner", body, Role.SUPPORT_WORKER)


def grant(programme: Programme, case: Case, to: Actor) -> None:
    """The partner gets a grant for this one case."""
    with working_as(programme.caseworker):
        consent = sharing.record_consent(
            case=case,
            by=programme.caseworker,
            recipients=[to.organisation],
            purpose="就労準備",
            method=ConsentMethod.PAPER,
            given_on=today(),
        )
        Grant.objects.create(
            case=case,
            organisation=to.organisation,
            purpose=GrantPurpose.PRE_CONSULTATION,  # opens the case; a referral would not
            legal_basis=LegalBasis.CONSENT,
            consent=consent,
            valid_from=today(),
            given_by=programme.caseworker.user,
            touched_at=now(),
        )


def invite(programme: Programme, held: CaseMeeting, *guests: Actor, outsider: tuple[str, str] | None = None) -> None:
    with working_as(programme.caseworker):
        meeting.add_people(
            meeting=held,
            users=[guest.user for guest in guests],
            guests=[guest.organisation for guest in guests],
            outsider=outsider,
        )


def pack(who: Actor, held: CaseMeeting, query: str = "") -> str:
    """What is printed of the meeting."""
    answer = client_of(who).get(reverse("meeting_pack", kwargs={"pk": held.pk}) + query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.content)).pages)


def item_of(programme: Programme, held: CaseMeeting, case: Case) -> MeetingItem:
    with working_as(programme.caseworker):
        return MeetingItem.objects.select_related("meeting", "case").get(meeting=held, case=case)


def stand_in(programme: Programme, days: int = 3) -> Cover:
    """The navigator is away from today; a colleague stands in."""
    other = colleague(programme)
    with working_as(programme.navigator):
        return team.make_cover(
            worker=programme.navigator.user,
            colleague=other.user,
            organisation=programme.hello_work,
            starts_on=today(),
            ends_on=today() + dt.timedelta(days=days),
            reason="研修",
            by=programme.navigator,
            at=now(),
        )


def pass_on(programme: Programme, case: Case, number: int = 0, note: str = "電話は午後がよい") -> Handover:
    """A former navigator of the case hands it to today's."""
    former = colleague(programme, f"former{number}")
    with working_as(programme.navigator):
        team.assign(
            case=case,
            user=former.user,
            organisation=programme.hello_work,
            duty=Duty.NAVIGATOR,
            on=today(),
            by=programme.navigator,
            at=now(),
        )
        return handover.hand_over(
            worker=former.user,
            organisation=programme.hello_work,
            passings=[handover.Passing(case, programme.navigator.user, note)],
            on=today(),
            by=former,
            at=now(),
            reason="人事異動",
            has_appointments=True,
        )


def arguments(programme: Programme, case: Case) -> dict[str, dict[str, Any]]:
    """One of everything, and what its URLs need."""
    held = hold(programme, [case])
    item = item_of(programme, held, case)
    task = decide(programme, item)
    taken = pass_on(programme, case)
    cover = stand_in(programme)
    with working_as(programme.navigator):
        item_taken = taken.items.get()
    of_meeting = {"pk": held.pk}
    names = ("detail", "edit", "people", "fill", "confirm", "next", "pack", "item_new")
    return {
        **{f"meeting_{name}": of_meeting for name in names},
        "meeting_item": {**of_meeting, "item_pk": item.pk},
        "meeting_task_done": {"pk": task.pk},
        "meeting_task_undo": {"pk": task.pk},
        "cover_withdraw": {"pk": cover.pk},
        "handover_detail": {"pk": taken.pk},
        "handover_open": {"pk": item_taken.pk},
        "handover_receive": {"pk": item_taken.pk},
    }


def export(
    programme: Programme, case: Case, who: Actor | None = None, reason: str = "月例の連絡調整会議の資料"
) -> ListExport:
    """A list that waits for a second person, as if the limit had been passed."""
    asking = who or programme.navigator
    with working_as(asking):
        return ListExport.objects.create(
            kind=ListKind.CASES,
            user=asking.user,
            organisation=asking.organisation,
            reason=reason,
            conditions=["状態:終了以外"],
            columns=["person", "state"],
            row_ids=[case.pk],
            person_ids=[case.person_id],
            needs_second=True,
            requested_at=now(),
        )
