"""Write whole courses of support at once: person, case and everything that hangs on it.

Rows are collected and written in bulk; grants go first, because row security shows the rest through them.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from typing import Any

from django.db import connection, models

from accounts.models import Organisation, User
from agreements.enums import BenefitStatus
from cases.actions.sharing import EVERYTHING, search_rows
from cases.demo import words
from cases.demo.course import Course, Side, at, workday
from cases.demo.diary import Diary
from cases.demo.jobs import add_jobs
from cases.demo.organisations import World
from cases.demo.reviews import EVERY_MONTHS, add_reviews
from cases.enums import (
    AppointmentStatus,
    CaseState,
    ConditionAnswer,
    ConsentMethod,
    ContactMethod,
    Duty,
    GrantPurpose,
    LegalBasis,
    MenuActor,
    RequestStatus,
    Sex,
    Visibility,
)
from cases.models import (
    Appointment,
    Assignment,
    Attachment,
    AttachmentContent,
    BenefitPeriod,
    Case,
    CaseCounter,
    CaseTransition,
    Consent,
    ConsentRecipient,
    Deferral,
    Grant,
    Interview,
    Introduction,
    Person,
    PersonContact,
    Placement,
    PlanMenu,
    PlanReview,
    PlanReviewItem,
    RetentionCheck,
    SearchKey,
    SupportPlan,
    SupportRequest,
    Workplace,
)
from cases.weeks import is_workday, local_day, next_workday
from core.db import new_id
from core.periods import add_months, fiscal_year

# Parents before children, grants before all.
ORDER: tuple[type[models.Model], ...] = (
    Grant,
    Case,
    Person,
    PersonContact,
    BenefitPeriod,
    Consent,
    ConsentRecipient,
    SupportRequest,
    Assignment,
    CaseTransition,
    Deferral,
    SupportPlan,
    PlanMenu,
    PlanReview,
    PlanReviewItem,
    Appointment,
    Interview,
    Introduction,
    Placement,
    Workplace,
    RetentionCheck,
    SearchKey,
    Attachment,
    AttachmentContent,
)


class CaseBook:
    """Collects rows of courses and writes them."""

    def __init__(self, world: World, *, today: dt.date, rng: random.Random) -> None:
        self.world = world
        self.today = today
        self.rng = rng
        self.rows: dict[type[models.Model], list[Any]] = defaultdict(list)
        self.numbers: dict[tuple[int, int], int] = defaultdict(int)
        self.diary = Diary(rng)

    def add(self, row: Any) -> Any:
        self.rows[type(row)].append(row)
        return row

    def write(self) -> None:
        """Everything collected, parents first; the counters go on where the numbers ended."""
        with connection.cursor() as cursor:
            # The tables are new and without statistics: the wall's look-ups must take their index.
            cursor.execute("SET LOCAL enable_seqscan = off")
        for model in ORDER:
            model._default_manager.bulk_create(self.rows[model], batch_size=500)
        CaseCounter.objects.bulk_create(
            CaseCounter(organisation_id=pk, fiscal_year=year, last_number=number)
            for (pk, year), number in self.numbers.items()
        )
        self.rows.clear()

    def person(self, holder: Organisation, *, foreign: bool = False) -> Person:
        rng = self.rng
        birth = dt.date(self.today.year - rng.randint(22, 66), rng.randint(1, 12), rng.randint(1, 28))
        if foreign:
            name, kana = rng.choice(words.FOREIGN)
            sex = Sex.FEMALE if "マリア" in name else Sex.MALE
        else:
            sex = rng.choice((Sex.FEMALE, Sex.MALE))
            family, family_kana = rng.choice(words.FAMILY)
            given, given_kana = rng.choice(words.GIVEN_FEMALE if sex == Sex.FEMALE else words.GIVEN_MALE)
            name, kana = f"{family} {given}", f"{family_kana} {given_kana}"
        person = self.add(
            Person(
                organisation=holder,
                name=name,
                name_kana=kana,
                birth_on=birth,
                sex=sex,
                language="ポルトガル語" if foreign else "",
                needs_interpreter=foreign,
            )
        )
        self.add(
            PersonContact(
                person=person,
                postal_code="700-0000",
                address=f"架空町{rng.randint(1, 9)}丁目{rng.randint(1, 30)}-{rng.randint(1, 20)}",
                phone=f"090-0000-{rng.randint(0, 9999):04d}",
            )
        )
        return person

    def case(
        self, side: Side, status: BenefitStatus, opened_on: dt.date, state: CaseState, **fields: Any
    ) -> tuple[Case, User]:
        """A case with its person, the holder's grant, the first status and the caseworker."""
        holder, worker = self.rng.choice(list(side.holders))
        key = (holder.pk, fiscal_year(opened_on))
        self.numbers[key] += 1
        person = self.person(holder, foreign=status == BenefitStatus.FOREIGN_RESIDENT)
        case = self.add(
            Case(
                id=new_id(),
                organisation=holder,
                agreement=side.agreement,
                site=self.rng.choice(list(side.sites)),
                person=person,
                number=f"R{key[1] - 2018:02d}-{self.numbers[key]:04d}",
                state=state,
                opened_on=opened_on,
                intake_note=self.rng.choice(words.INTAKE),
                created_by=worker,
                **fields,
            )
        )
        touched = fields.get("closed_on") or self.today - dt.timedelta(days=self.rng.randrange(20))
        self.add(
            Grant(
                case=case,
                organisation=holder,
                purpose=GrantPurpose.HOLDER,
                legal_basis=LegalBasis.OWN_DUTY,
                valid_from=opened_on,
                given_by=worker,
                **EVERYTHING,
                touched_at=at(max(opened_on, touched), self.rng.randint(9, 16), self.rng.randrange(60)),
            )
        )
        self.add(BenefitPeriod(case=case, status=status, starts_on=opened_on))
        self.add(
            Assignment(
                case=case,
                user=worker,
                organisation=holder,
                duty=Duty.CASEWORKER,
                starts_on=opened_on,
                ends_on=fields.get("closed_on"),
                end_reason="支援終了" if fields.get("closed_on") else "",
                assigned_by=worker,
            )
        )
        self.move(case, None, CaseState.INTAKE, opened_on, worker, holder)
        self.rows[SearchKey].extend(search_rows(case=case, person=person, organisation_id=holder.pk))
        return case, worker

    def move(
        self,
        case: Case,
        origin: CaseState | None,
        to: CaseState,
        on: dt.date,
        by: User,
        organisation: Organisation,
        note: str = "",
    ) -> None:
        self.add(
            CaseTransition(
                case=case,
                from_state=origin or "",
                to_state=to,
                organisation=organisation,
                by=by,
                at=at(on, 11),
                note=note,
            )
        )

    def request(
        self, case: Case, side: Side, worker: User, on: dt.date, *, status: RequestStatus, **answer: Any
    ) -> SupportRequest:
        """A request with consent; Hello Work sees the case while it waits and after it accepted."""
        consent = self.add(
            Consent(
                case=case,
                purpose="ハローワークとの一体的な就労支援",
                includes_health=self.rng.random() < 0.6,
                includes_family=self.rng.random() < 0.4,
                method=ConsentMethod.PAPER,
                given_on=on,
                taken_by=worker,
                organisation=case.organisation,
            )
        )
        self.add(ConsentRecipient(consent=consent, case=case, organisation=side.hello_work))
        ended = status in (RequestStatus.DECLINED, RequestStatus.WITHDRAWN)
        self.add(
            Grant(
                case=case,
                organisation=side.hello_work,
                purpose=GrantPurpose.SUPPORT_REQUEST,
                legal_basis=LegalBasis.CONSENT,
                consent=consent,
                includes_health=consent.includes_health,
                includes_family=consent.includes_family,
                valid_from=on,
                given_by=worker,
                touched_at=at(max(on, case.closed_on or self.today - dt.timedelta(days=self.rng.randrange(20))), 15),
                withdrawn_at=answer.get("answered_at") if ended else None,
                withdrawn_by=answer.get("answered_by") if ended else None,
                withdrawal_reason="対象外の回答" if ended else "",
            )
        )
        if not ended:
            self.rows[SearchKey].extend(search_rows(case=case, person=case.person, organisation_id=side.hello_work.pk))
        expected = self.rng.random() < 0.3
        return self.add(
            SupportRequest(
                case=case,
                consent=consent,
                from_organisation=case.organisation,
                to_organisation=side.hello_work,
                ability=ConditionAnswer.YES,
                motivation=ConditionAnswer.EXPECTED if expected else ConditionAnswer.YES,
                motivation_note="面談を重ねるうちに意欲が出てきている。" if expected else "",
                no_obstacle=ConditionAnswer.YES,
                agrees=ConditionAnswer.YES,
                message="本人の希望を聞きながら、無理のない求人から始めてほしい。",
                status=status,
                sent_by=worker,
                sent_at=at(on, 14),
                **answer,
            )
        )

    def course(self, course: Course) -> Case:
        """A course from intake to wherever it stands on the day of loading."""
        rng, side = self.rng, course.side
        opened = course.started_on - dt.timedelta(days=rng.randint(6, 24))
        sent = opened + dt.timedelta(days=rng.randint(1, 5))
        navigator = rng.choice(list(side.navigators))
        case, worker = self.case(
            side,
            course.status,
            opened,
            self._state(course),
            support_started_on=course.started_on,
            support_group=course.group,
            support_goal_on=add_months(course.started_on, side.agreement.support_months),
            closed_on=course.closed_on,
            close_reason=course.close_reason if course.closed_on else "",
            close_note="本人と終了を確認した。" if course.closed_on else "",
        )
        answered = {"answered_by": navigator, "answered_at": at(course.started_on, 10)}
        self.request(case, side, worker, sent, status=RequestStatus.ACCEPTED, **answered)
        self.add(
            Assignment(
                case=case,
                user=navigator,
                organisation=side.hello_work,
                duty=Duty.NAVIGATOR,
                starts_on=course.started_on,
                ends_on=course.closed_on,
                end_reason="支援終了" if course.closed_on else "",
                assigned_by=navigator,
            )
        )
        self.move(case, CaseState.INTAKE, CaseState.REQUESTED, sent, worker, case.organisation)
        self.move(case, CaseState.REQUESTED, CaseState.ACCEPTED, course.started_on, navigator, side.hello_work)
        if course.is_planned:
            self._plan(case, course, worker, navigator)
        self._moves(case, course, navigator)
        self._talks(case, course, worker, navigator)
        add_jobs(self, case, course, navigator)
        return case

    def _state(self, course: Course) -> CaseState:
        if course.closed_on:
            return CaseState.CLOSED
        if course.suspended_on:
            return CaseState.SUSPENDED
        if any(job.separated_on is None for job in course.jobs):
            return CaseState.PLACED
        return CaseState.ACTIVE if course.is_planned else CaseState.ACCEPTED

    def _plan(self, case: Case, course: Course, worker: User, navigator: User) -> None:
        on = min(course.started_on + dt.timedelta(days=7), self.today)
        waiting = self.rng.random() < 0.05 and course.closed_on is None and not course.jobs
        plan = self.add(
            SupportPlan(
                case=case,
                goal=self.rng.choice(words.GOALS),
                issues=self.rng.choice(words.ISSUES),
                starts_on=course.started_on,
                ends_on=add_months(course.started_on, course.side.agreement.support_months),
                review_on=add_months(course.started_on, EVERY_MONTHS),
                person_agreed_on=on,
                municipal_confirmed_at=at(on, 16),
                municipal_confirmed_by=worker,
                national_confirmed_at=at(on, 12),  # with the writing, as plan.make_plan does it
                national_confirmed_by=navigator,
                organisation=course.side.hello_work,
                created_by=navigator,
                created_at=at(on, 12),
            )
        )
        if waiting:
            case.state = CaseState.ACCEPTED
            plan.municipal_confirmed_at = plan.municipal_confirmed_by = None
            plan.review_on = None  # nothing to look back on before everybody agrees
            course.is_planned = False
        actors = (MenuActor.HELLO_WORK, MenuActor.PERSON, MenuActor.MUNICIPALITY)
        until_on = add_months(course.started_on, 2)
        menus = [
            self.add(PlanMenu(plan=plan, case=case, menu=menu, actor=actor, until_on=until_on))
            for menu, actor in zip(self.rng.sample(self.world.menus, 3), actors, strict=True)
        ]
        add_reviews(self, case, plan, menus, worker)

    def _moves(self, case: Case, course: Course, navigator: User) -> None:
        state, here = CaseState.ACCEPTED, course.side.hello_work
        events: list[tuple[dt.date, CaseState, str]] = []
        if course.is_planned:
            events.append((min(course.started_on + dt.timedelta(days=7), self.today), CaseState.ACTIVE, "プランに合意"))
        for job in course.jobs:
            events.append((job.started_on, CaseState.PLACED, "就職"))
            if job.separated_on:
                events.append((job.separated_on, CaseState.ACTIVE, "離職"))
        if course.suspended_on:
            events.append((course.suspended_on, CaseState.SUSPENDED, "体調不良のため"))
        if course.closed_on:
            events.append((course.closed_on, CaseState.CLOSED, course.close_reason.label))
        for on, to, note in sorted(events, key=lambda event: event[0]):
            if to != state:
                self.move(case, state, to, on, navigator, here, note)
                state = to

    def _talks(self, case: Case, course: Course, worker: User, navigator: User) -> None:
        rng = self.rng
        end = min(course.closed_on or self.today, self.today)
        if course.jobs:
            end = min(end, course.jobs[0].started_on)
        day, count = workday(course.started_on), 0
        while day <= end and count < 9:
            by_city = rng.random() < 0.35
            author, organisation = (worker, case.organisation) if by_city else (navigator, course.side.hello_work)
            three_way = count == 0 or rng.random() < 0.2
            self.add(
                Interview(
                    case=case,
                    organisation=organisation,
                    held_at=at(day, rng.randint(9, 15), rng.choice((0, 30))),
                    minutes=rng.choice((30, 45, 60)),
                    method=rng.choices(
                        (ContactMethod.VISIT, ContactMethod.PHONE, ContactMethod.HOME_VISIT, ContactMethod.ACCOMPANY),
                        (7, 3, 1, 1),
                    )[0],
                    has_municipality=by_city or three_way,
                    has_hello_work=not by_city or three_way,
                    has_interpreter=case.person.needs_interpreter,
                    body=rng.choice(words.INTERVIEWS),
                    homework=rng.choice(words.HOMEWORK) if rng.random() < 0.4 else "",
                    written_by=author,
                )
            )
            count += 1
            day = workday(day + dt.timedelta(days=rng.randint(7, 24)))
        if rng.random() < 0.25:
            self.add(
                Interview(
                    case=case,
                    organisation=case.organisation,
                    held_at=at(workday(min(course.started_on + dt.timedelta(days=3), end)), 16),
                    method=ContactMethod.PHONE,
                    has_municipality=True,
                    body=rng.choice(words.OWN_NOTES),
                    visibility=Visibility.OWN,
                    written_by=worker,
                )
            )
        if course.closed_on is None and course.has_next and course.suspended_on is None:
            self.appointment(case, course.side.hello_work, navigator, in_days=rng.randint(0, 9))

    def appointment(
        self,
        case: Case,
        organisation: Organisation,
        worker: User,
        *,
        in_days: int,
        status: AppointmentStatus = AppointmentStatus.BOOKED,
    ) -> None:
        day = self.today + dt.timedelta(days=in_days)
        if in_days < 0:
            day = workday(day)
        elif not is_workday(day):
            day = next_workday(day)
        settled = status != AppointmentStatus.BOOKED
        starts_at, desk = self.diary.free(worker, case.site, day)
        self.add(
            Appointment(
                case=case,
                organisation=organisation,
                worker=worker,
                starts_at=starts_at,
                method=self.rng.choices((ContactMethod.VISIT, ContactMethod.PHONE), (5, 1))[0],
                site=case.site,
                desk=desk,
                bring=self.rng.choice(("履歴書、筆記用具", "ハローワークカード", "", "")),
                note=self.rng.choice(("求人の相談", "近況の確認", "応募書類の相談", "")),
                status=status,
                status_at=at(local_day(starts_at), 17) if settled else None,
                status_by=worker if settled else None,
                created_by=worker,
            )
        )
