"""Assessments in the demo: versions, obstacles, work history, checklists over months, hand-over, interpreters."""

from __future__ import annotations

import datetime as dt

from accounts.scope import Actor
from cases.actions import assessment, sheets
from cases.actions.circumstance import groups_open_to
from cases.actions.sheets import open_recipients
from cases.demo.course import at, workday
from cases.demo.organisations import World
from cases.demo.privacy import actor_of
from cases.enums import CaseState, GenderWish, InterpreterManner, ObstacleKind, SheetLanguage
from cases.independence import ITEMS
from cases.models import Case
from core.db import scope

FIRST = {
    "strengths_person": "手先を使う作業は飽きずに続けられる。",
    "strengths_worker": "約束の時間より早く来る。話を最後まで聞ける。",
    "issues_person": "面接で何を話せばよいか分からない。",
    "issues_worker": "履歴書の空白が長く、説明の準備が要る。",
    "wish_job_1": "清掃",
    "wish_job_2": "倉庫内の軽作業",
    "wish_area": "市内、路面電車の沿線",
    "wish_commute_minutes": 40,
    "wish_days": 3,
    "wish_hours": "9時〜14時",
    "wish_employment": "part_time",
    "wish_pay_cycle": "weekly",
    "wish_start": "来月から",
    "transports": ["bicycle", "public"],
    "phone": "has",
    "identity_document": "has",
    "bank_account": "applying",
    "driving_licence": "has_not",
    "education": "高校卒業",
}
LATER = {
    "strengths_person": "手先を使う作業は飽きずに続けられる。職場体験で「丁寧だ」と言われた。",
    "issues_person": "面接は練習して少し慣れた。電話で断られると落ち込む。",
    "wish_job_3": "調理補助",
    "wish_days": 4,
    "wish_hours": "9時〜16時",
    "wish_wage_yen": 1_050,
    "bank_account": "has",
}
OBSTACLES: dict[ObstacleKind, str] = {
    ObstacleKind.BODY: "立ち仕事は4時間まで。主治医の意見を本人が聞いてくる。",
    ObstacleKind.CHILDCARE: "放課後児童クラブの18時までに迎えに行ける仕事を探す。",
    ObstacleKind.GAP: "職場体験2週間で様子を見てから応募する。",
    ObstacleKind.CLOTHES: "面接用スーツの貸出しを利用する。",
}
JOBS = (
    ("(架空)吉備精機", "部品の検査", "contract", "2011-04", "2016-03", "契約の満了"),
    ("(架空)旭川弁当", "調理補助", "part_time", "2017", "2020-02", "店の閉店"),
)


def add_assessments(world: World, *, today: dt.date) -> None:
    """Everything by the same actions as on the screen, before the walls are shown."""
    worker, navigator = actor_of(world, "okayama-cw"), actor_of(world, "okayama-navi")
    told = _active(worker)[0]
    _full(told, worker, today)
    for other in _active(worker)[4:7]:
        _short(other, worker, today)
    with scope(organisations=navigator.organisation_ids, user=navigator.user.pk):
        _check(told, navigator, today - dt.timedelta(days=9), 2)
    _interpreted(actor_of(world, "soja-cw"), today)


def _active(worker: Actor) -> list[Case]:
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        return list(
            Case.objects.filter(state=CaseState.ACTIVE, assignments__user=worker.user)
            .select_related("person", "organisation")
            .order_by("-support_started_on", "number")[:7]
        )


def _full(case: Case, worker: Actor, today: dt.date) -> None:
    """The case on which the walls are shown too: everything is known."""
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        start = today - dt.timedelta(days=70)
        first = {**FIRST, "assessed_on": workday(start)}
        assessment.write_assessment(case=case, by=worker, at=at(start), based_on=0, fields=first)
        for days, level in ((70, 0), (40, 1)):
            _check(case, worker, today - dt.timedelta(days=days), level)
        second = {**first, **LATER, "assessed_on": workday(today - dt.timedelta(days=12))}
        assessment.write_assessment(case=case, by=worker, at=at(today), based_on=1, fields=second)
        _obstacles(case, worker, start, OBSTACLES)
        left: dict[ObstacleKind, str] = {kind: text for kind, text in OBSTACLES.items() if kind != ObstacleKind.CLOTHES}
        _obstacles(case, worker, today - dt.timedelta(days=12), left)
        for employer, job, kind, since, until, why in JOBS:
            assessment.add_history(
                case=case,
                by=worker,
                at=at(start),
                fields={
                    "employer_name": employer,
                    "job_title": job,
                    "employment_type": kind,
                    "started_in": since,
                    "ended_in": until,
                    "leaving_reason": why,
                },
            )
        for name, month in (("普通自動車第一種免許(失効)", "2009-08"), ("食品衛生責任者", "2018")):
            assessment.add_qualification(
                case=case, by=worker, at=at(start), fields={"name": name, "acquired_in": month}
            )
        sheets.hand_over(
            case=case,
            by=worker,
            at=at(today),
            to=open_recipients(case, today)[0],
            section="専門援助部門",
            handed_on=today - dt.timedelta(days=5),
            asked="面接のとき、仕事をしていなかった期間をどう話せばよいか。",
            wanted="応募書類の書き方と、面接の練習を一緒に考えてほしい。",
        )


def _short(case: Case, worker: Actor, today: dt.date) -> None:
    """A case that is only begun: the face sheet shows what is missing."""
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        day = workday(today - dt.timedelta(days=20))
        fields = {"assessed_on": day, "wish_job_1": "事務補助", "strengths_worker": "あいさつがはっきりしている。"}
        assessment.write_assessment(case=case, by=worker, at=at(day), based_on=0, fields=fields)
        _check(case, worker, day, 1)


def _check(case: Case, who: Actor, on: dt.date, level: int) -> None:
    """A round in which things go better by and by; items whose kind is closed are left out."""
    groups = groups_open_to(case, who)
    answers = {
        item.code: min(3, level + (place % 3 == 0) + (item.stage == "daily" and place % 2 == 0))
        for place, item in enumerate(ITEMS)
        if item.group is None or item.group in groups
    }
    fields = {"checked_on": workday(on), "with_person": True, "note": ""}
    assessment.check_independence(case=case, by=who, at=at(on), fields=fields, answers=answers)


def _obstacles(case: Case, worker: Actor, on: dt.date, chosen: dict[ObstacleKind, str]) -> None:
    assessment.write_obstacles(
        case=case,
        by=worker,
        at=at(on),
        on=on,
        chosen=chosen,
        offered=list(ObstacleKind),
        seen=assessment.stamp_of(assessment.obstacles_seen(case, worker)),
    )


def _interpreted(worker: Actor, today: dt.date) -> None:
    """People of Soja who speak Portuguese: how the interpreter takes part, and what they take home."""
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        cases = list(
            Case.objects.in_support()
            .filter(person__needs_interpreter=True)
            .select_related("person")
            .order_by("number")[:6]
        )
        for place, case in enumerate(cases):
            sheets.write_interpreter_need(
                case=case,
                by=worker,
                at=at(today),
                needs_interpreter=True,
                language=case.person.language,
                person_version=case.person.version,
                version=0,
                fields={
                    "manner": (InterpreterManner.PRESENT, InterpreterManner.PHONE)[place % 2],
                    "gender_wish": (GenderWish.FEMALE, GenderWish.ANY)[place % 2],
                    "sheet_language": SheetLanguage.PORTUGUESE,
                    "note": "",
                },
            )
