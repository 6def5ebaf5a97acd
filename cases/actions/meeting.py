"""Meetings about cases: the agenda that fills itself, decisions and tasks, minutes that freeze, the next one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.scope import Actor, covered_ids
from cases.actions.moves import CaseError, lock, touch
from cases.enums import ItemState, MeetingRepeat
from cases.models import Case, CaseMeeting, Grant, MeetingGuest, MeetingItem, MeetingParticipant, MeetingTask
from cases.needs import needs_of
from core.forms import EditConflict
from core.periods import add_months

# So long a case takes; a meeting of 30 minutes gets ten (chosen, after the weekly meeting of 高槻: domain.md §6).
MINUTES_PER_CASE = 3


class MinutesConfirmed(CaseError):
    def __init__(self) -> None:
        super().__init__("この会議の会議録は確定しているため、変更できません。続きは次回の会議に書いてください。")


class StillToDiscuss(CaseError):
    def __init__(self, count: int) -> None:
        super().__init__(
            f"まだ協議していない議題が{count}件あります。決まったことを書くか、「今回は見送り」にしてから確定してください。"
        )


class MinutesChanged(CaseError):
    def __init__(self, last: str = "") -> None:
        """`last`: what was recorded last, in words."""
        super().__init__(
            f"このページを開いたあとに、会議録が変わりました{f'({last})' if last else ''}。"
            "会議の画面で今の内容を読んでから、もう一度押してください。まだ確定していません。"
        )


class NextAlreadyMade(CaseError):
    def __init__(self) -> None:
        super().__init__("次回の会議はすでに作られています。")


class NotShared(CaseError):
    def __init__(self, meeting: CaseMeeting) -> None:
        super().__init__(
            f"このケースは、{meeting.organisation.name}と{meeting.counterpart.name}の両方には見えません。"
            "両方に見えるケースだけを議題にできます(本人の同意と支援要請が必要です)。"
        )


class AlreadyOnAgenda(CaseError):
    def __init__(self) -> None:
        super().__init__("このケースはすでに議題に入っています。")


@dataclass(frozen=True)
class TaskLine:
    """One line of what was decided: what, by a user or by somebody named, until when."""

    what: str
    user: User | None = None
    somebody: str = ""
    until_on: dt.date | None = None


def granted_to(organisation: Organisation, day: dt.date) -> Exists:
    """Cases that members of the organisation see by a grant of the organisation's."""
    live = Grant.objects.filter(user__isnull=True, organisation__in=covered_ids(organisation)).live(day).opening()
    return Exists(live.filter(case=OuterRef("pk")))


def shared_cases(meeting: CaseMeeting, by: Actor, day: dt.date) -> QuerySet[Case]:
    """Open cases of the agreement that I see and that both sides of the meeting hold a grant for."""
    return (
        Case.objects.visible_to(by)
        .open()
        .filter(agreement=meeting.agreement_id)
        .filter(granted_to(meeting.organisation, day))
        .filter(granted_to(meeting.counterpart, day))
    )


def _open(meeting: CaseMeeting) -> CaseMeeting:
    """The meeting, held until the end of the transaction. Raises MinutesConfirmed."""
    current: CaseMeeting = (
        CaseMeeting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "counterpart")
        .get(pk=meeting.pk)
    )
    if current.confirmed_at is not None:
        raise MinutesConfirmed
    return current


@transaction.atomic
def plan_meeting(
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    participants: Iterable[User] = (),
    previous: CaseMeeting | None = None,
) -> CaseMeeting:
    """A new meeting with its agenda; the chair takes part."""
    meeting = CaseMeeting.objects.create(made_by=by.user, made_at=at, previous=previous, **fields)
    for user in dict.fromkeys([meeting.chair, *participants]):
        add_participant(meeting=meeting, user=user)
    fill_agenda(meeting=meeting, by=by)
    return meeting


def add_participant(*, meeting: CaseMeeting, user: User) -> None:
    """A user of one of the sides, or of a guest; who is there already changes nothing."""
    here = [meeting.organisation, meeting.counterpart, *(guest.organisation for guest in _guests(meeting))]
    memberships = user.memberships.current(timezone.localtime(meeting.made_at).date()).values_list(
        "organisation", flat=True
    )
    belongs = {*memberships}
    place = next((row for row in here if belongs & {row.pk}), None) or next(
        (row for row in here if belongs & set(covered_ids(row))), here[0]
    )
    MeetingParticipant.objects.get_or_create(meeting=meeting, user=user, defaults={"organisation": place})


def _guests(meeting: CaseMeeting) -> QuerySet[MeetingGuest]:
    return MeetingGuest.objects.filter(meeting=meeting).select_related("organisation")


@transaction.atomic
def add_people(
    *, meeting: CaseMeeting, users: Iterable[User], guests: Iterable[Organisation], outsider: tuple[str, str] | None
) -> None:
    """Users, organisations that are invited, and somebody from outside: (name, body). Raises MinutesConfirmed."""
    current = _open(meeting)
    for organisation in guests:
        MeetingGuest.objects.get_or_create(meeting=current, organisation=organisation)
    for user in users:
        add_participant(meeting=current, user=user)
    if outsider:
        MeetingParticipant.objects.create(meeting=current, outsider_name=outsider[0], outsider_body=outsider[1])


@transaction.atomic
def change_meeting(*, meeting: CaseMeeting, version: int, fields: dict[str, Any]) -> None:
    """Another time, place or chair. Raises MinutesConfirmed, EditConflict."""
    current = _open(meeting)
    if not CaseMeeting.objects.filter(pk=current.pk, version=version).update(version=version + 1, **fields):
        raise EditConflict
    MeetingItem.objects.filter(meeting=current.pk).exclude(held_at=fields["starts_at"]).update(
        held_at=fields["starts_at"]
    )


@dataclass(frozen=True)
class Filled:
    """How many cases came onto the agenda, and how many wait because the time is full."""

    added: int
    left: int


@transaction.atomic
def fill_agenda(*, meeting: CaseMeeting, by: Actor) -> Filled:
    """Add the shared cases that need it and are not on the agenda yet. Raises MinutesConfirmed.

    All with open tasks, and of the others as many as the meeting has time for; asked again, the next ones.
    """
    current = _open(meeting)
    day = timezone.localtime(current.starts_at).date()
    present = set(MeetingItem.objects.filter(meeting=current).values_list("case", flat=True))
    cases = [case for case in shared_cases(current, by, day) if case.pk not in present]
    needs = needs_of(cases, by, day)
    # Most reasons first; within them in the order of numbers, so that the same day gives the same agenda.
    waiting = sorted(
        (case for case in cases if needs.get(case.pk)), key=lambda case: (-len(needs[case.pk]), case.number)
    )
    carried = set(
        MeetingTask.objects.open().filter(case__in=[case.pk for case in waiting]).values_list("case", flat=True)
    )
    first = [case for case in waiting if case.pk in carried]
    others = [case for case in waiting if case.pk not in carried]
    wanted = [*first, *others[: max(current.minutes // MINUTES_PER_CASE, 1)]]
    start = _last_position(current)
    MeetingItem.objects.bulk_create(
        MeetingItem(
            meeting=current,
            case=case,
            kind=current.kind,
            held_at=current.starts_at,
            position=start + number,
            reason="、".join(needs[case.pk])[:300],
        )
        for number, case in enumerate(wanted, start=1)
    )
    return Filled(added=len(wanted), left=len(waiting) - len(wanted))


def _last_position(meeting: CaseMeeting) -> int:
    last: int | None = MeetingItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
    return last or 0


@transaction.atomic
def add_item(*, meeting: CaseMeeting, case: Case, reason: str, by: Actor) -> MeetingItem:
    """A case by hand. Raises MinutesConfirmed, NotShared, AlreadyOnAgenda."""
    current = _open(meeting)
    lock(case)
    day = timezone.localtime(current.starts_at).date()
    if not shared_cases(current, by, day).filter(pk=case.pk).exists():
        raise NotShared(current)
    if MeetingItem.objects.filter(meeting=current, case=case).exists():
        raise AlreadyOnAgenda
    return MeetingItem.objects.create(
        meeting=current,
        case=case,
        kind=current.kind,
        held_at=current.starts_at,
        position=_last_position(current) + 1,
        reason=reason,
    )


@transaction.atomic
def record_item(
    *,
    item: MeetingItem,
    version: int,
    state: ItemState,
    decision: str,
    tasks: Sequence[TaskLine],
    by: Actor,
    at: dt.datetime,
) -> None:
    """What was decided on a case, and who does what. Raises MinutesConfirmed, EditConflict."""
    current = _open(item.meeting)
    changed = MeetingItem.objects.filter(pk=item.pk, version=version).update(
        version=version + 1,
        state=state,
        decision=decision if state == ItemState.DISCUSSED else "",
        decided_at=None if state == ItemState.PLANNED else at,
        decided_by=None if state == ItemState.PLANNED else by.user,
    )
    if not changed:
        raise EditConflict
    MeetingTask.objects.bulk_create(
        MeetingTask(
            item=item,
            meeting=current,
            case_id=item.case_id,
            what=line.what,
            user=line.user,
            somebody="" if line.user else line.somebody,
            until_on=line.until_on,
            made_by=by.user,
            made_at=at,
        )
        for line in tasks
    )
    touch(case=item.case, at=at)


@transaction.atomic
def finish_task(*, task: MeetingTask, by: Actor, at: dt.datetime) -> None:
    """Done; it leaves the agenda and the first screen."""
    if not MeetingTask.objects.filter(pk=task.pk, done_at__isnull=True).update(done_at=at, done_by=by.user):
        raise CaseError("これはすでに済みになっています。")


@transaction.atomic
def reopen_task(*, task: MeetingTask) -> None:
    """Marked as done by mistake; it is back on the agenda and the first screen. The history keeps who and when."""
    if not MeetingTask.objects.filter(pk=task.pk, done_at__isnull=False).update(done_at=None, done_by=None):
        raise CaseError("これはいま、済みになっていません。画面を開き直して確かめてください。")


def agenda_size(meeting: CaseMeeting, *, only_planned: bool = False) -> int:
    """How many cases are on the agenda, those included that this reader may not see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ittai_agenda_size(%s, %s)", [meeting.pk, only_planned])
        (count,) = cursor.fetchone()
    return int(count)


def minutes_version(meeting: CaseMeeting) -> str:
    """Another one after every change of the meeting, of who takes part, and of the cases this reader sees."""
    changes = MeetingItem.objects.filter(meeting=meeting).aggregate(sum=Sum("version"))["sum"]
    return f"{meeting.version}.{changes or 0}.{meeting.guests.count()}.{meeting.participants.count()}"


@transaction.atomic
def confirm_minutes(*, meeting: CaseMeeting, by: Actor, at: dt.datetime, read: str) -> None:
    """The minutes no longer change; `read` is the version that was read.

    Raises MinutesConfirmed, MinutesChanged, StillToDiscuss.
    """
    current = _open(meeting)
    if read != minutes_version(current):
        raise MinutesChanged
    waiting = agenda_size(current, only_planned=True)
    if waiting:
        raise StillToDiscuss(waiting)
    CaseMeeting.objects.filter(pk=current.pk).update(confirmed_at=at, confirmed_by=by.user)


def next_start(meeting: CaseMeeting) -> dt.datetime:
    """A week on, or the same day of the next month, at the same time of day."""
    local = timezone.localtime(meeting.starts_at)
    day = local.date()
    following = add_months(day, 1) if meeting.repeats == MeetingRepeat.MONTHLY else day + dt.timedelta(days=7)
    return timezone.make_aware(dt.datetime.combine(following, local.time()))


@transaction.atomic
def make_next(*, meeting: CaseMeeting, by: Actor, at: dt.datetime) -> CaseMeeting:
    """The next meeting of a series, with the same people; cases with open tasks are on its agenda at once.

    Tasks are not copied: an open one belongs to its case and shows on every later agenda until it is done.
    Raises NextAlreadyMade.
    """
    CaseMeeting.objects.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
    if CaseMeeting.objects.filter(previous=meeting).exists():
        raise NextAlreadyMade
    same = ("kind", "agreement", "site", "organisation", "counterpart", "minutes", "place", "chair", "repeats")
    following = CaseMeeting.objects.create(
        starts_at=next_start(meeting),
        made_by=by.user,
        made_at=at,
        previous=meeting,
        **{name: getattr(meeting, name) for name in same},
    )
    for guest in MeetingGuest.objects.filter(meeting=meeting):
        MeetingGuest.objects.create(meeting=following, organisation_id=guest.organisation_id)
    for person in MeetingParticipant.objects.filter(meeting=meeting).order_by("pk"):
        MeetingParticipant.objects.create(
            meeting=following,
            user_id=person.user_id,
            organisation_id=person.organisation_id,
            outsider_name=person.outsider_name,
            outsider_body=person.outsider_body,
        )
    fill_agenda(meeting=following, by=by)
    return following


def seen_by(organisations: Sequence[Organisation], items: Sequence[MeetingItem], day: dt.date) -> dict[int, set[Any]]:
    """Organisation id → cases of the items that its members see by a grant; two queries per organisation."""
    ids = [item.case_id for item in items]
    found: dict[int, set[Any]] = {}
    for organisation in organisations:
        live = (
            Grant.objects.filter(Q(case__in=ids), user__isnull=True, organisation__in=covered_ids(organisation))
            .live(day)
            .opening()
        )
        found[organisation.pk] = set(live.values_list("case", flat=True))
    return found
