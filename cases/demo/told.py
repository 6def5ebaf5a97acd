"""The four published placement stories (stories.yaml), told by the same actions as on the screen."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from accounts.scope import Actor
from agreements.enums import BenefitStatus
from agreements.models import SupportMenu
from cases.actions import assessment, contact, intake, plan, request, story, work
from cases.demo.course import at, workday
from cases.demo.organisations import World
from cases.demo.privacy import actor_of
from cases.enums import (
    ConditionAnswer,
    ConsentMethod,
    ContactMethod,
    IntroductionResult,
    JobRoute,
    MenuActor,
    ObstacleKind,
    RetentionState,
    StoryStatus,
)
from cases.models import Case, Introduction
from core.db import scope
from employers.models import Employer

YES = request.Conditions(
    ability=ConditionAnswer.YES,
    motivation=ConditionAnswer.YES,
    no_obstacle=ConditionAnswer.YES,
    agrees=ConditionAnswer.YES,
)


def stories() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("stories.yaml").read_text(encoding="utf-8"))
    return rows


def add_told(world: World, *, today: dt.date) -> None:
    for row in stories():
        Telling(world, row, today).tell()


class Telling:
    """One story: who works on it, and the days counted back from the day of loading."""

    def __init__(self, world: World, row: dict[str, Any], today: dt.date) -> None:
        self.world, self.row, self.today = world, row, today
        self.worker, self.navigator, self.manager = (
            actor_of(world, row[role]) for role in ("worker", "navigator", "manager")
        )

    def tell(self) -> None:
        case = self._taken_on()
        self._assessed(case)
        self._planned(case)
        self._talked(case)
        self._worked(case)
        self._published(case)

    def day(self, back: int) -> dt.date:
        return workday(self.today - dt.timedelta(days=back))

    def as_(self, who: Actor) -> Any:
        return scope(organisations=who.organisation_ids, user=who.user.pk)

    def _taken_on(self) -> Case:
        """相談受付, 支援要請 with consent, 受理."""
        row, worker, navigator = self.row, self.worker, self.navigator
        person = dict(row["person"])
        person["birth_on"] = dt.date(self.today.year - person.pop("born"), 2, 3)
        opened, started = self.day(row["opened"]), self.day(row["started"])
        with self.as_(worker):
            case = intake.open_case(
                by=worker,
                at=at(opened),
                holder=worker.organisation,
                agreement=self.world.agreements[row["agreement"]],
                site=self.world.sites[row["agreement"]][0],
                status=BenefitStatus(row["status"]),
                opened_on=opened,
                intake_note=row["intake"],
                person_fields=person,
                contact_fields=row["contact"],
            )
            kinds: dict[str, Any] = {
                f"includes_{kind}": kind in row["kinds"] for kind in ("health", "finance", "family")
            }
            asked = self.day(row["started"] + 3)
            sent = request.send_with_consent(
                case=case,
                by=worker,
                at=at(asked),
                on=asked,
                to=navigator.organisation,
                conditions=YES,
                message=row["message"],
                method=ConsentMethod.PAPER,
                given_on=asked,
                **kinds,
            )
        with self.as_(navigator):
            return request.accept_request(
                request=sent, by=navigator, at=at(started), started_on=started, navigator=navigator.user
            )

    def _assessed(self, case: Case) -> None:
        row, worker, on = self.row, self.worker, self.day(self.row["started"] - 3)
        with self.as_(worker):
            fields = {**row["assessment"], "assessed_on": on}
            assessment.write_assessment(case=case, by=worker, at=at(on, 11), based_on=0, fields=fields)
            assessment.write_obstacles(
                case=case,
                by=worker,
                at=at(on, 11),
                on=on,
                chosen={ObstacleKind(kind): text for kind, text in row["obstacles"].items()},
                offered=list(ObstacleKind),
                seen=assessment.stamp_of({}),
            )
            names = ("employer_name", "job_title", "employment_type", "started_in", "ended_in", "leaving_reason")
            for history in row["histories"]:
                assessment.add_history(
                    case=case, by=worker, at=at(on, 11), fields=dict(zip(names, history, strict=True))
                )
            for name, month in row["qualifications"]:
                assessment.add_qualification(
                    case=case, by=worker, at=at(on, 11), fields={"name": name, "acquired_in": month}
                )

    def _planned(self, case: Case) -> None:
        """The plan that both sides and the person agree to, and its extensions."""
        row, worker, navigator, on = self.row, self.worker, self.navigator, self.day(self.row["started"] - 5)
        menus = {menu.name: menu for menu in SupportMenu.objects.all()}
        until = self.day(row["until"])
        with self.as_(navigator):
            newest = plan.make_plan(
                case=case,
                after=None,
                by=navigator,
                at=at(on),
                goal=row["goal"],
                issues=row["issues"],
                starts_on=on,
                ends_on=until,
                review_on=self.day((row["started"] + row["until"]) // 2),
                person_agreed_on=on,
                menus=[plan.MenuChoice(menus[name], MenuActor(who), what) for name, who, what in row["menus"]],
            )
        with self.as_(worker):
            plan.confirm_plan(plan=newest, by=worker, at=at(on, 15))
        for back, ends, reason in row["extensions"]:
            met = self.day(back)
            with self.as_(worker):
                newest = plan.extend_plan(
                    plan=newest,
                    by=worker,
                    at=at(met),
                    ends_on=self.day(ends),
                    review_on=None,
                    reason=reason,
                    conference_on=met,
                )
                plan.record_agreement(plan=newest, by=worker, at=at(met, 11), on=met)
            with self.as_(navigator):
                plan.confirm_plan(plan=newest, by=navigator, at=at(met, 15))

    def _talked(self, case: Case) -> None:
        for back, side, present, method, body, homework in self.row["notes"]:
            who = self.worker if side == "worker" else self.navigator
            with self.as_(who):
                contact.log_interview(
                    case=case,
                    by=who,
                    at=at(self.day(back), 14),
                    fields={
                        "held_at": at(self.day(back), 13),
                        "minutes": 40,
                        "method": ContactMethod(method),
                        "body": body,
                        "homework": homework,
                        **{f"has_{party}": True for party in present},
                    },
                )

    def _worked(self, case: Case) -> None:
        """Applications one after the other, and what came of them."""
        navigator, row = self.navigator, self.row
        jobs = {job["application"]: job for job in row["jobs"]}
        with self.as_(navigator):
            for number, (back, title, where, result, reason) in enumerate(row["applications"], start=1):
                on = self.day(back)
                job = jobs.get(number)
                route = JobRoute(job.get("route", JobRoute.HELLO_WORK)) if job else JobRoute.HELLO_WORK
                employer = self._employer(where)
                applied = work.introduce(
                    case=case,
                    by=navigator,
                    at=at(on),
                    fields={"employer": employer, "job_title": title, "introduced_on": on, "route": route},
                )
                if job is not None:
                    self._placed(case, applied, employer, job)
                else:
                    heard = workday(on + dt.timedelta(days=9))
                    work.record_result(
                        introduction=applied,
                        by=navigator,
                        at=at(heard),
                        result=IntroductionResult(result),
                        on=heard,
                        reason=reason,
                    )
            for mark, back, note in row["retention"]:
                check = case.placements.latest("started_on").retention_checks.get(month_mark=mark)
                work.check_retention(
                    check=check,
                    by=navigator,
                    at=at(self.day(back)),
                    state=RetentionState.EMPLOYED,
                    on=max(self.day(back), check.due_on),
                    method=ContactMethod.PHONE,
                    note=note,
                )

    def _placed(self, case: Case, applied: Introduction, employer: Employer, job: dict[str, Any]) -> None:
        started = self.day(job["day"])
        placement = work.place(
            case=case,
            by=self.navigator,
            at=at(started),
            introduction=applied,
            fields={
                "employer": employer,
                "job_title": applied.job_title,
                "employment_type": job["type"],
                "weekly_hours": job["hours"],
                "monthly_wage_yen": job["wage"],
                "route": applied.route,
                "started_on": started,
                **({"benefit_effect": job["effect"]} if "effect" in job else {}),
            },
        )
        if "left" in job:
            back, reason = job["left"]
            on = self.day(back)
            work.separate(placement=placement, by=self.navigator, at=at(on), on=on, reason=reason)

    def _employer(self, where: int | str) -> Employer:
        """One of the demo's employers by its place in their list, or a new one by name."""
        if isinstance(where, int):
            return self.world.employers[where - 1]
        found: Employer = Employer.objects.get_or_create(
            name=where, defaults={"registered_by": self.navigator.organisation, "address": "架空町1丁目1-1"}
        )[0]
        return found

    def _published(self, case: Case) -> None:
        """The anonymous sheet in five parts, shared once the manager has read it."""
        told = dict(self.row["story"])
        fields = {
            "sex": self.row["person"]["sex"],
            "support_months": told.pop("months"),
            "application_count": told.pop("applied"),
            **told,
        }
        with self.as_(self.worker):
            written = story.write_story(case=case, by=self.worker, at=at(self.day(3)), fields=fields)
        with self.as_(self.manager):
            story.answer_story(story=written, to=StoryStatus.SHARED, by=self.manager, at=at(self.day(2)))
