"""The face sheet (フェイスシート): everything known on one page, and what is missing with the way to enter it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.enums import MUNICIPAL_KINDS, Permission
from accounts.scope import Actor, requires
from cases.actions import assessment
from cases.actions.circumstance import groups_open_to
from cases.actions.moves import CaseError
from cases.actions.sheets import open_recipients
from cases.actions.suppression import require_output
from cases.enums import Availability, CaseState
from cases.independence import Stage, answered, items_of, mean
from cases.models import Case, Interview, Obstacle
from cases.models.work import HIDDEN
from cases.views.access import actor_of, find_case, identity
from cases.views.assessment import histories
from cases.views.overview import circumstances
from core.documents import download, render_pdf
from core.periods import DateStyle, dates_shown, now, today
from core.templatetags.ui import age, jdate, moment, shortdate

OUTSIDE = "(同意の範囲に含まれていません)"
STYLESHEET = "css/print/casework.css"


@dataclass(frozen=True)
class Fact:
    """One line of the sheet. No lines and not hidden: it is missing; `url` is where it is entered, if one may."""

    label: str
    lines: tuple[str, ...]
    url: str = ""
    hidden: str = ""
    is_optional: bool = False

    @property
    def is_missing(self) -> bool:
        return not self.lines and not self.hidden and not self.is_optional


@dataclass(frozen=True)
class Section:
    title: str
    facts: list[Fact]

    @property
    def missing(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.is_missing]


def _lines(*texts: Any) -> tuple[str, ...]:
    return tuple(str(text) for text in texts if text not in (None, "", "なし"))


class FaceSheet:
    """Gathers the facts that this reader sees."""

    def __init__(self, case: Case, actor: Actor, shown: dict[str, Any]) -> None:
        self.case, self.actor, self.shown = case, actor, shown
        self.is_open = case.state != CaseState.CLOSED

    def url(self, name: str, permission: Permission, **kwargs: Any) -> str:
        """Where a fact is entered, for those who may."""
        if not (self.is_open and self.actor.can(permission)):
            return ""
        return reverse(name, kwargs={"pk": self.case.pk, **kwargs})

    def sections(self) -> list[Section]:
        return [
            Section("本人", self._person()),
            Section("支援の体制", self._support()),
            Section("くらしの状況", self._circumstances()),
            Section("アセスメント", self._assessment()),
            Section("職歴・資格", self._history()),
            Section("支援プランと予定", self._plan()),
        ]

    def _person(self) -> list[Fact]:
        person, contact = self.case.person, self.case.person.shown_contact
        edit = self.url("person_edit", Permission.EDIT_PERSON)
        where = self.url("contact_edit", Permission.EDIT_PERSON)
        birth = f"{jdate(person.birth)} {age(person.birth)}" if person.birth else ""
        hidden = HIDDEN if contact is None else ""

        def reach(label: str, name: str, *, is_optional: bool = False) -> Fact:
            return Fact(label, _lines(getattr(contact, name, "")), where, hidden, is_optional)

        language = f"{person.language or '日本語'}" + (f" 通訳: {person.interpreter}" if person.interpreter else "")
        address = _lines(f"{contact.postal_code} {contact.address}".strip()) if contact else ()
        return [
            Fact("氏名", _lines(f"{person.name}({person.name_kana})"), edit),
            Fact("生年月日", _lines(f"{birth} {person.birth_note}".strip()), edit),
            Fact("性別", _lines(person.get_sex_display()), edit),
            Fact("言語・通訳", _lines(language), self.url("interpreter_edit", Permission.LOG_INTERVIEW)),
            Fact("住所", address, where, hidden),
            reach("電話", "phone"),
            reach("メール", "email", is_optional=True),
            reach("連絡の可否・時間帯", "contact_note", is_optional=True),
            reach("家族・緊急連絡先", "family"),
        ]

    def _support(self) -> list[Fact]:
        case, team = self.case, self.shown["team"]
        sides: dict[bool, list[str]] = {True: [], False: []}
        for row in team:
            text = f"{row.organisation.short_name} {row.user.name}({row.get_duty_display()})"
            sides[row.organisation.kind in MUNICIPAL_KINDS].append(text)
        assign = self.url("assignment_new", Permission.ASSIGN)
        statuses = [
            f"{row.get_status_display()}({jdate(row.starts_on)}から{'' if row.is_primary else '、主でない'})"
            for row in case.benefit_periods.filter(ends_on__isnull=True).order_by("-is_primary", "starts_on")
        ]
        consents = [
            f"{row.organisation.name}({jdate(row.consent.given_on)} {row.consent.purpose})"
            for row in open_recipients(case, today())
        ]
        start = f"{jdate(case.support_started_on)}" + (
            f" 目安 {jdate(case.support_goal_on)}まで" if case.support_goal_on else ""
        )
        return [
            Fact("担当機関・番号", _lines(f"{case.organisation.name} {case.number}")),
            Fact("協定", _lines(case.agreement.name)),
            Fact("状態", _lines(case.get_state_display())),
            Fact("支援区分", tuple(statuses), self.url("case_status", Permission.EDIT_PERSON)),
            Fact("相談受付", _lines(jdate(case.opened_on), case.intake_note)),
            Fact("支援開始", _lines(start if case.support_started_on else ""), is_optional=True),
            Fact("担当(市区町村)", tuple(sides[True]), assign),
            Fact("担当(ハローワークほか)", tuple(sides[False]), assign, is_optional=not case.support_started_on),
            Fact("本人の同意", tuple(consents), self.url("consent_new", Permission.REQUEST_SUPPORT)),
        ]

    def _circumstances(self) -> list[Fact]:
        return [
            Fact(
                group.label,
                _lines(fact.body if fact else ""),
                self.url("circumstance_edit", Permission.LOG_INTERVIEW, group=group.value) if is_open else "",
                "" if is_open else OUTSIDE,
            )
            for group, fact, is_open in circumstances(self.case, self.actor)
        ]

    def _assessment(self) -> list[Fact]:
        row = assessment.latest_assessment(self.case)
        log = Permission.LOG_INTERVIEW
        write = self.url("assessment_new", log)
        obstacles = Obstacle.objects.visible_to(self.actor).filter(case=self.case, resolved_on__isnull=True)
        named = [
            f"{o.get_kind_display()}: {o.response or '対応はこれから'}" for o in obstacles.order_by("noted_on", "pk")
        ]
        closed = len(groups_open_to(self.case, self.actor)) < 3
        facts = [
            Fact(
                "作成",
                _lines(
                    f"{row} {jdate(row.assessed_on)} {row.organisation.short_name} {row.written_by.name}" if row else ""
                ),
                write,
            )
        ]
        if row:
            hours = [f"週{row.wish_days}日" if row.wish_days else "", row.wish_hours, row.get_wish_employment_display()]
            wage = f"時給{row.wish_wage_yen:,}円" if row.wish_wage_yen else ""
            place = [row.wish_area, f"片道{row.wish_commute_minutes}分まで" if row.wish_commute_minutes else ""]
            facts += [
                Fact("強み", _quoted(row.strengths_person, row.strengths_worker), write),
                Fact("課題", _quoted(row.issues_person, row.issues_worker), write),
                Fact("希望する仕事", tuple(row.wish_jobs), write),
                Fact("勤務地・通勤", _lines("、".join(filter(None, place))), write),
                Fact("日数・時間・雇用形態", _lines("、".join(filter(None, hours))), write),
                Fact("賃金・支払い", _lines("、".join(filter(None, [wage, row.get_wish_pay_cycle_display()]))), write),
                Fact("始めたい時期", _lines(row.wish_start), write),
                Fact("移動手段", _lines("、".join(row.transport_labels)), write),
                Fact("持っているもの", _means(row), write),
                Fact("最終学歴", _lines(row.education), write),
            ]
        facts.append(
            Fact(
                "課題と対応",
                (*named, *([f"ほかに{OUTSIDE}"] if closed and named else [])),
                self.url("obstacles_edit", log),
            )
        )
        facts.append(Fact("自立度チェック", self._stages(), self.url("checklist_new", log)))
        return facts

    def _stages(self) -> tuple[str, ...]:
        rounds = assessment.rounds_of(self.case)
        if not rounds:
            return ()
        row, answers = rounds[-1]
        told = [
            f"{stage.label} {mean(answers, stage) or '－'}({answered(answers, stage)}/{len(items_of(stage))}項目)"
            for stage in Stage
        ]
        return (f"{jdate(row.checked_on)}(0〜3の平均): {'、'.join(told)}",)

    def _history(self) -> list[Fact]:
        log = Permission.LOG_INTERVIEW
        jobs = [
            " ".join(_lines(row.period, row.employer_name, row.job_title, row.get_employment_type_display()))
            for row in histories(self.case)
        ]
        names = [
            " ".join(_lines(row.name, f"({row.acquired})" if row.acquired else "", row.note))
            for row in self.case.qualifications.order_by("acquired_in", "pk")
        ]
        placed = [
            f"{jdate(row.started_on)} {row.employer_name} {row.job_title}"
            + (f"(離職 {jdate(row.separated_on)})" if row.separated_on else "")
            for row in self.case.placements.select_related("workplace__employer").order_by("-started_on")
        ]
        return [
            Fact("職歴", tuple(jobs), self.url("work_history_new", log)),
            Fact("資格・免許", tuple(names), self.url("qualification_new", log)),
            Fact("支援による就職", tuple(placed), is_optional=True),
        ]

    def _plan(self) -> list[Fact]:
        case = self.case
        plan = case.plans.order_by("-version_number").first()
        edit = self.url("plan_new", Permission.EDIT_PLAN) if case.support_started_on else ""
        menus = (
            [f"{row.menu.name}({row.get_actor_display()})" for row in plan.menus.select_related("menu").order_by("pk")]
            if plan
            else []
        )
        agreed = f"本人の同意 {jdate(plan.person_agreed_on)}" if plan and plan.person_agreed_on else ""
        period = (
            f"第{plan.version_number}版 {jdate(plan.starts_on)}〜{jdate(plan.ends_on)} {agreed}".strip() if plan else ""
        )
        upcoming = self.shown["upcoming"]
        note = (
            Interview.objects.visible_to(self.actor).filter(case=case).exclude(homework="").order_by("-held_at").first()
        )
        due = f"({shortdate(note.homework_due_on)}まで)" if note and note.homework_due_on else ""
        return [
            Fact("目標", _lines(plan.goal if plan else ""), edit, is_optional=not case.support_started_on),
            Fact("支援メニュー", _lines("、".join(menus)), edit, is_optional=not case.support_started_on),
            Fact("期間・同意", _lines(period), edit, is_optional=not case.support_started_on),
            Fact(
                "次の予約",
                _lines(f"{moment(upcoming.starts_at)} {upcoming.place} {upcoming.note}".strip() if upcoming else ""),
                self.url("appointment_new", Permission.LOG_INTERVIEW),
            ),
            Fact("宿題", _lines(f"{note.homework}{due}" if note else ""), is_optional=True),
        ]


def _quoted(said: str, seen: str) -> tuple[str, ...]:
    return _lines(f"本人: {said}" if said else "", f"支援者: {seen}" if seen else "")


def _means(row: Any) -> tuple[str, ...]:
    pairs = [
        ("電話", row.phone),
        ("本人確認書類", row.identity_document),
        ("銀行口座", row.bank_account),
        ("運転免許", row.driving_licence),
    ]
    known = [f"{label} {Availability(value).label}" for label, value in pairs if value != Availability.UNKNOWN]
    return _lines("、".join(known))


def gathered(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What screen and paper show."""
    shown = identity(case)
    sections = FaceSheet(case, actor_of(request), shown).sections()
    return {
        **shown,
        "sections": sections,
        "missing_count": sum(len(section.missing) for section in sections),
        "known_count": sum(len(section.facts) for section in sections),
    }


def printed_by(request: HttpRequest) -> dict[str, Any]:
    """Who took the paper out, and when."""
    actor = actor_of(request)
    return {"printed_at": now(), "printed_by": f"{actor.organisation.name} {actor.user.name}"}


@requires(Permission.VIEW_CASES)
@require_safe
def face_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One page with everything known, within what I may see."""
    case = find_case(request, pk)
    can_print = actor_of(request).can(Permission.LOG_INTERVIEW)
    return render(request, "cases/face_sheet.html", {**gathered(request, case), "can_print": can_print})


@requires(Permission.LOG_INTERVIEW)
@require_safe
def face_sheet_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same on A4."""
    case = find_case(request, pk)
    try:
        require_output(person_id=case.person_id, by=actor_of(request), at=now())
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("face_sheet", pk=case.pk)
    with dates_shown(DateStyle.ERA):
        context = {**gathered(request, case), **printed_by(request)}
    content = render_pdf("cases/print/face_sheet.html", context, stylesheet=STYLESHEET)
    return download(content, f"フェイスシート_{case.number}.pdf")
