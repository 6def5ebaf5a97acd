"""A small programme to test with: two cities, two Hello Work offices, workers, cases by real actions."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone
from PIL import Image

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from accounts.scope import Actor, covered_ids
from agreements.enums import BenefitStatus, IndicatorCode, PartySide, PlanStatus
from agreements.models import (
    Agreement,
    BusinessPlan,
    CountingRules,
    Party,
    SupportMenu,
    Target,
    TargetGroup,
    TargetGroupStatus,
)
from cases.actions import attachment, contact, intake, plan, referral, request, review, sharing, story, work
from cases.enums import (
    AttachmentKind,
    ConditionAnswer,
    ConsentMethod,
    MenuActor,
    MenuResult,
    ReviewKind,
    ReviewOutcome,
    StoryStatus,
    Visibility,
)
from cases.files.check import check_file
from cases.models import (
    Attachment,
    Case,
    Consent,
    Introduction,
    Placement,
    PlanReview,
    Referral,
    SuccessStory,
    SupportRequest,
)
from core.db import scope
from employers.models import Employer

SINCE = dt.date(2020, 4, 1)
YES = request.Conditions(*[ConditionAnswer.YES] * 4)


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def actor(username: str, organisation: Organisation, role: Role) -> Actor:
    user = User.objects.create_user(username, "long-enough-password", name=f"{username}さん")
    membership = Membership.objects.create(user=user, organisation=organisation, role=role, valid_from=SINCE)
    return Actor(user=user, membership=membership, organisation_ids=covered_ids(organisation))


@contextmanager
def working_as(who: Actor) -> Iterator[None]:
    """The database works for this actor, as in a request."""
    with scope(organisations=who.organisation_ids, user=who.user.pk, assigned_only=who.assigned_only):
        yield


@dataclass
class Programme:
    """One agreement with its people."""

    code: str
    city: Organisation
    office: Organisation
    bureau: Organisation
    hello_work: Organisation
    agreement: Agreement
    groups: dict[str, TargetGroup]
    caseworker: Actor
    navigator: Actor
    manager: Actor
    bureau_manager: Actor
    employer: Employer
    menu: SupportMenu
    people: dict[str, Actor] = field(default_factory=dict)
    shades: Iterator[int] = field(default_factory=lambda: iter(range(256)))

    @cached_property
    def partner_worker(self) -> Actor:
        """Somebody of a partner that uses the system."""
        partner = Organisation.objects.create(
            kind=OrganisationKind.PARTNER, name=f"{self.code}就労準備支援センター", short_name=f"{self.code}準備"
        )
        return actor(f"{self.code}-partner", partner, Role.PARTNER_WORKER)

    def refer(self, case: Case, on: dt.date, to: Organisation | None = None, **fields: Any) -> Referral:
        """Handed on to the partner, with an answer asked within two weeks."""
        with working_as(self.caseworker):
            return referral.refer(
                case=case,
                by=self.caseworker,
                at=at(on),
                on=on,
                **{
                    "to": to or self.partner_worker.organisation,
                    "purpose": "就労準備支援の利用",
                    "handed_over": "朝の生活リズムから整えたい。",
                    "answer_due_on": on + dt.timedelta(days=14),
                    "method": ConsentMethod.PAPER,
                    "given_on": on,
                    **fields,
                },
            )

    def everybody(self) -> Any:
        """The scope in which figures are counted."""
        return scope(
            organisations=Organisation.objects.descendant_ids([self.city.pk, self.bureau.pk, self.hello_work.pk])
        )

    def open_case(
        self,
        on: dt.date = dt.date(2023, 4, 10),
        status: BenefitStatus = BenefitStatus.LIVELIHOOD_PROTECTION,
        name: str = "試験 花子",
        kana: str = "シケン ハナコ",
        contact: dict[str, str] | None = None,
        **person: Any,
    ) -> Case:
        with working_as(self.caseworker):
            return intake.open_case(
                by=self.caseworker,
                at=at(on),
                holder=self.office,
                agreement=self.agreement,
                site=None,
                status=status,
                opened_on=on,
                person_fields={"name": name, "name_kana": kana, "birth_on": dt.date(1980, 5, 5), **person},
                contact_fields=contact,
            )

    def consent(self, case: Case, on: dt.date) -> Consent:
        with working_as(self.caseworker):
            return sharing.record_consent(
                case=case,
                by=self.caseworker,
                recipients=[self.hello_work],
                purpose="就労支援",
                method=ConsentMethod.PAPER,
                given_on=on,
                includes_health=True,
            )

    def send(self, case: Case, on: dt.date) -> SupportRequest:
        consent = self.consent(case, on)
        with working_as(self.caseworker):
            return request.send_request(
                case=case,
                by=self.caseworker,
                at=at(on),
                on=on,
                to=self.hello_work,
                consent=consent,
                conditions=YES,
            )

    def supported(
        self,
        started_on: dt.date = dt.date(2023, 4, 10),
        status: BenefitStatus = BenefitStatus.LIVELIHOOD_PROTECTION,
        **person: Any,
    ) -> Case:
        """A case taken on by Hello Work on that day."""
        case = self.open_case(on=started_on, status=status, **person)
        sent = self.send(case, started_on)
        with working_as(self.navigator):
            return request.accept_request(
                request=SupportRequest.objects.get(pk=sent.pk),
                by=self.navigator,
                at=at(started_on),
                started_on=started_on,
                navigator=self.navigator.user,
            )

    def active(self, started_on: dt.date = dt.date(2023, 4, 10), **person: Any) -> Case:
        """A case with a plan that everybody agreed to."""
        case = self.supported(started_on, **person)
        with working_as(self.navigator):
            made = plan.make_plan(
                case=case,
                after=None,
                by=self.navigator,
                at=at(started_on),
                goal="週3日から働きたい",
                issues="",
                starts_on=started_on,
                ends_on=started_on + dt.timedelta(days=180),
                review_on=None,
                person_agreed_on=started_on,
                menus=[plan.MenuChoice(self.menu, MenuActor.PERSON)],
            )
        with working_as(self.caseworker):
            plan.confirm_plan(plan=made, by=self.caseworker, at=at(started_on))
            return Case.objects.get(pk=case.pk)

    def place(self, case: Case, on: dt.date, **fields: Any) -> Placement:
        with working_as(self.navigator):
            return work.place(
                case=case,
                by=self.navigator,
                at=at(on),
                fields={
                    "employer": fields.pop("employer", self.employer),
                    "job_title": "清掃",
                    "employment_type": "part_time",
                    "started_on": on,
                    **fields,
                },
            )

    def introduce(self, case: Case, on: dt.date) -> Introduction:
        with working_as(self.navigator):
            return work.introduce(
                case=case,
                by=self.navigator,
                at=at(on),
                fields={"employer": self.employer, "job_title": "清掃", "introduced_on": on},
            )

    def interview(self, case: Case, on: dt.date, who: Actor | None = None, **fields: Any) -> Any:
        writer = who or self.navigator
        with working_as(writer):
            return contact.log_interview(
                case=case,
                by=writer,
                at=at(on),
                fields={"held_at": at(on), "method": "visit", "body": "話した内容", **fields},
            )

    def attach(
        self,
        case: Case,
        who: Actor | None = None,
        *,
        name: str = "同意書の写し",
        visibility: Visibility = Visibility.SHARED,
        **links: Any,
    ) -> Attachment:
        """A small picture on the case."""
        writer = who or self.navigator
        buffer = io.BytesIO()
        Image.new("L", (8, 8), next(self.shades)).save(buffer, "PNG")
        with working_as(writer):
            return attachment.attach(
                case=case,
                by=writer,
                at=timezone.now(),
                file=check_file(f"{name}.png", buffer.getvalue()),
                kind=AttachmentKind.CONSENT,
                visibility=visibility,
                **links,
            )

    def review(
        self, case: Case, on: dt.date, who: Actor | None = None, again_on: dt.date | None = None, **fields: Any
    ) -> PlanReview:
        """The navigator looks back on the newest plan."""
        writer = who or self.navigator
        with working_as(writer):
            newest = case.plans.order_by("-version_number").first()
            return review.write_review(
                plan=newest,
                by=writer,
                at=at(on),
                fields={
                    "kind": ReviewKind.MONITORING,
                    "reviewed_on": on,
                    "reached": "週2日の実習に通えた",
                    "person_said": "",
                    "outcome": ReviewOutcome.CONTINUE,
                    "next_step": "",
                    **fields,
                },
                results=dict.fromkeys(newest.menus.all(), (MenuResult.PARTLY, "")),
                next_review_on=again_on,
            )

    def story(self, case: Case, *, is_shared: bool = True) -> SuccessStory:
        """An anonymous story by the caseworker; shared after the manager read it."""
        fields = {
            "title": "清掃の仕事に就職",
            "sex": "female",
            "challenges": "課題",
            "support": "支援",
            "result": "結果",
        }
        with working_as(self.caseworker):
            row = story.write_story(case=case, by=self.caseworker, at=timezone.now(), fields=fields)
        if is_shared:
            with working_as(self.manager):
                story.answer_story(story=row, to=StoryStatus.SHARED, by=self.manager, at=timezone.now())
        return row


def make_programme(code: str, number: int) -> Programme:
    """A city with a welfare office, a bureau with a Hello Work office, an agreement with two groups."""
    city = Organisation.objects.create(
        kind=OrganisationKind.MUNICIPALITY, name=f"{code}市", short_name=code, municipality_code=f"33{number:04d}"
    )
    office = Organisation.objects.create(
        kind=OrganisationKind.WELFARE_OFFICE, name=f"{code}福祉事務所", short_name=f"{code}福祉", parent=city
    )
    bureau = Organisation.objects.create(
        kind=OrganisationKind.LABOUR_BUREAU, name=f"{code}労働局", short_name=f"{code}局"
    )
    hello_work = Organisation.objects.create(
        kind=OrganisationKind.HELLO_WORK, name=f"ハローワーク{code}", short_name=f"HW{code}", parent=bureau
    )
    agreement = Agreement.objects.create(code=code, name=f"{code}協定", valid_from=SINCE)
    agreement.participants.set([office, hello_work])
    Party.objects.create(agreement=agreement, organisation=city, side=PartySide.MUNICIPAL, signatory="市長")
    Party.objects.create(
        agreement=agreement, organisation=bureau, side=PartySide.NATIONAL, signatory="労働局長", position=2
    )
    groups = {}
    for position, (group_code, name, status) in enumerate(
        (
            ("livelihood", "生活保護受給者", BenefitStatus.LIVELIHOOD_PROTECTION),
            ("child-rearing", "児童扶養手当受給者", BenefitStatus.CHILD_REARING),
        ),
        start=1,
    ):
        group = TargetGroup.objects.create(agreement=agreement, code=group_code, name=name, position=position)
        TargetGroupStatus.objects.create(group=group, agreement=agreement, status=status)
        groups[group_code] = group
    CountingRules.objects.create(agreement=agreement, fiscal_year=2020, decided_on=SINCE)
    caseworker = actor(f"{code}-cw", office, Role.CASEWORKER)
    navigator = actor(f"{code}-navi", hello_work, Role.NAVIGATOR)
    return Programme(
        code=code,
        city=city,
        office=office,
        bureau=bureau,
        hello_work=hello_work,
        agreement=agreement,
        groups=groups,
        caseworker=caseworker,
        navigator=navigator,
        manager=actor(f"{code}-manager", city, Role.MANAGER),
        bureau_manager=actor(f"{code}-bureau", bureau, Role.HEADQUARTERS),
        employer=Employer.objects.create(name=f"(架空){code}清掃", registered_by=hello_work),
        menu=SupportMenu.objects.create(name=f"{code}の職業相談"),
    )


def make_plan(
    programme: Programme, year: int, targets: dict[tuple[str | None, IndicatorCode], tuple[int | None, Any]]
) -> BusinessPlan:
    """An agreed plan with these targets: (group code or None for the total, indicator) → (count, rate)."""
    plan_row = BusinessPlan.objects.create(agreement=programme.agreement, fiscal_year=year)
    for (group, indicator), (count, rate) in targets.items():
        Target.objects.create(
            plan=plan_row,
            agreement=programme.agreement,
            group=programme.groups[group] if group else None,
            indicator=indicator,
            count=count,
            rate=rate,
        )
    plan_row.status = PlanStatus.AGREED
    plan_row.agreed_on = dt.date(year, 3, 25)
    plan_row.save()
    return plan_row
