"""Interpreter need, 相談つなぎシート, and the sheet that the client takes home (つぎに すること)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import sheets
from cases.actions.circumstance import groups_open_to
from cases.actions.moves import CaseError
from cases.actions.suppression import require_output
from cases.enums import SheetLanguage
from cases.forms.sheets import HandoverForm, InterpreterForm, NextStepsForm
from cases.models import Case, HandoverSheet, InterpreterNeed, Interview
from cases.phrases import BRING, PHRASES, STEPS, Piece, Sentence, day_text, moment_text, pieces
from cases.views.access import actor_of, find_case, identity
from cases.views.assessment import save_on
from cases.views.face import STYLESHEET, printed_by
from core.documents import download, render_pdf
from core.forms import Difference
from core.periods import now, today


@requires(Permission.LOG_INTERVIEW)
def interpreter_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which language, how, by whom."""
    case = find_case(request, pk)
    need = InterpreterNeed.objects.filter(person=case.person_id).first()
    form = InterpreterForm(request.POST or None, case=case, need=need)

    def beside() -> list[Difference]:
        return form.beside(find_case(request, pk), InterpreterNeed.objects.filter(person=case.person_id).first())

    return save_on(
        request,
        case,
        form,
        lambda: sheets.write_interpreter_need(case=case, by=actor_of(request), at=now(), **form.content()),
        beside,
        title="言語と通訳",
        done="言語と通訳の希望を保存しました。どの画面でも上の帯に出ます。",
        back="case_detail",
    )


@requires(Permission.LOG_INTERVIEW)
def handover_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a hand-over sheet to somebody the person named."""
    case = find_case(request, pk)
    form = HandoverForm(request.POST or None, case=case)
    has_recipients = sheets.open_recipients(case, today()).exists()
    lead = (
        "庁内やハローワークの課・窓口に渡す紙です。連携機関へは、ケースの「つなぐ」を使います。"
        "本人が同意した提供先だけを選べます。同意に含まれない種類の情報は、シートに載りません。"
        if has_recipients
        else "提供先を選べる同意がありません。連携機関へは、ケースの「つなぐ」を使います。"
        "ほかの課・窓口へは、先に「見える範囲」で、本人の同意を記録してください。"
    )

    def act() -> None:
        data = form.cleaned_data
        sheets.hand_over(case=case, by=actor_of(request), at=now(), **data)

    return save_on(
        request,
        case,
        form,
        act,
        list,
        title="相談つなぎシートを作る",
        done="相談つなぎシートを作りました。下の一覧から開いて印刷できます。",
        lead=lead,
        submit="作る",
    )


def _sheet(request: HttpRequest, case: Case, sheet_pk: UUID) -> HandoverSheet:
    rows = HandoverSheet.objects.visible_to(actor_of(request)).filter(case=case)
    return get_object_or_404(rows.select_related("consent", "recipient", "organisation", "written_by"), pk=sheet_pk)


def _handed(request: HttpRequest, case: Case, sheet: HandoverSheet) -> dict[str, Any]:
    """What stands on the sheet: the consent decides, then what this reader may see."""
    is_live = sheets.holds(sheet.consent, today())
    facts = sheets.facts_on(sheet, groups_open_to(case, actor_of(request))) if is_live else []
    return {**identity(case), "sheet": sheet, "is_live": is_live, "facts": facts, "contact": case.person.shown_contact}


@requires(Permission.VIEW_CASES)
@require_safe
def handover(request: HttpRequest, pk: UUID, sheet_pk: UUID) -> HttpResponse:
    """The hand-over sheet on the screen."""
    case = find_case(request, pk)
    sheet = _sheet(request, case, sheet_pk)
    can_print = actor_of(request).can(Permission.LOG_INTERVIEW)
    return render(request, "cases/handover.html", {**_handed(request, case, sheet), "can_print": can_print})


@requires(Permission.LOG_INTERVIEW)
@require_safe
def handover_pdf(request: HttpRequest, pk: UUID, sheet_pk: UUID) -> HttpResponse:
    """The hand-over sheet on A4, as long as the consent holds."""
    case = find_case(request, pk)
    sheet = _sheet(request, case, sheet_pk)
    try:
        require_output(person_id=case.person_id, by=actor_of(request), at=now())
        sheets.require_consent(sheet=sheet, on=today())
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("linking", pk=case.pk, sheet_pk=sheet.pk)
    context = {**_handed(request, case, sheet), **printed_by(request)}
    content = render_pdf("cases/print/handover.html", context, stylesheet=STYLESHEET)
    return download(content, f"相談つなぎシート_{case.number}.pdf")


@dataclass(frozen=True)
class Told:
    """A line of the client's sheet; what the staff typed in Japanese is marked as such."""

    said: Sentence
    is_typed: bool = False


class NextSteps:
    """The sheet in one language: fixed sentences from cases.phrases, and what the staff typed."""

    def __init__(self, case: Case, form: NextStepsForm, homework: Interview | None, upcoming: Any) -> None:
        # Of a form with a mistake in it the rest still counts: a wrong phone number does not change the language.
        form.full_clean()
        chosen = form.cleaned_data if form.is_bound else form.initial
        self.language = SheetLanguage(chosen.get("language") or form.initial["language"])
        self.furigana = chosen.get("furigana") != "off"
        self.case, self.homework, self.upcoming = case, homework, upcoming
        self.phone: str = chosen.get("phone", "")
        self.todo_codes, self.bring_codes = chosen.get("todo", []), chosen.get("bring", [])

    def say(self, key: str, **values: str) -> Sentence:
        return self._pieces(PHRASES[key][self.language].format(**values))

    def _pieces(self, text: str) -> Sentence:
        return pieces(text, furigana=self.furigana)

    def _when(self) -> list[tuple[Sentence, Told]]:
        row = self.upcoming
        typed = [("where", row.place), ("who", f"{row.organisation.name} {row.worker.name}"), ("about", row.note)]
        lines = [(self.say("when"), Told(self._pieces(moment_text(row.starts_at, self.language))))]
        lines += [(self.say(key), Told((Piece(text),), True)) for key, text in typed if text]
        return lines

    def context(self) -> dict[str, Any]:
        person, row = self.case.person, self.upcoming
        need = getattr(person, "interpreter_need", None)
        todo = [Told(self._pieces(STEPS[code][self.language])) for code in self.todo_codes]
        if self.homework:
            todo.insert(0, Told((Piece(self.homework.homework),), True))
        until: Sentence = ()
        if self.homework and self.homework.homework_due_on:
            until = self.say("until", date=day_text(self.homework.homework_due_on, self.language))
        notes = [self.say(f"how_{row.method}")] if row else [self.say("no_meet")]
        if row and person.needs_interpreter:
            notes.append(self.say(f"interpreter_{need.manner if need else 'present'}"))
        return {
            "language": self.language.value,
            "title": self.say("title"),
            "title_text": PHRASES["title"][SheetLanguage.PORTUGUESE] if self.language == "pt" else "つぎに すること",
            "for_whom": self.say("for", name=person.name),
            "made_on": self.say("made_on", date=day_text(today(), self.language)),
            "heads": {
                key: self.say(key) for key in ("meet", "todo", "bring", "call", "call_who", "phone", "staff_text")
            },
            "when": self._when() if row else [],
            "notes": notes,
            "todo": todo or [Told(self.say("no_todo"))],
            "until": until,
            "bring": [self._pieces(BRING[code][self.language]) for code in self.bring_codes] or [self.say("no_bring")],
            "late": self.say("late") if row else (),
            "call_who": f"{row.organisation.name} {row.worker.name}" if row else self.case.organisation.name,
            "phone": self.phone,
        }


def _next_steps(request: HttpRequest, case: Case) -> tuple[dict[str, Any], NextStepsForm]:
    need = getattr(case.person, "interpreter_need", None)
    booked = case.appointments.booked().filter(starts_at__gte=now()).select_related("worker", "organisation", "site")
    upcoming = booked.order_by("starts_at").first()
    site = upcoming.site if upcoming else case.site
    initial = {
        "language": need.sheet_language if need else _spoken(case.person.language),
        "furigana": "on",
        "phone": site.phone if site else "",
    }
    form = NextStepsForm(request.GET if "language" in request.GET else None, initial=initial)
    notes = Interview.objects.visible_to(actor_of(request)).filter(case=case)
    homework = notes.exclude(homework="").order_by("-held_at").first()
    return NextSteps(case, form, homework, upcoming).context(), form


def _spoken(language: str) -> SheetLanguage:
    """Of whom no language of the sheet was noted: Portuguese where that is spoken."""
    return SheetLanguage.PORTUGUESE if "ポルトガル" in language else SheetLanguage.EASY_JAPANESE


@requires(Permission.VIEW_CASES)
@require_safe
def next_steps(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The client's sheet on the screen, with the choices beside it."""
    case = find_case(request, pk)
    steps, form = _next_steps(request, case)
    return render(request, "cases/next_steps.html", {**identity(case), "steps": steps, "form": form})


@requires(Permission.VIEW_CASES)
@require_safe
def next_steps_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The client's sheet on A4, large letters."""
    case = find_case(request, pk)
    try:
        require_output(person_id=case.person_id, by=actor_of(request), at=now())
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("next_steps", pk=case.pk)
    steps, form = _next_steps(request, case)
    if form.errors:
        return render(request, "cases/next_steps.html", {**identity(case), "steps": steps, "form": form})
    content = render_pdf("cases/print/next_steps.html", {"steps": steps}, stylesheet="css/print/next_steps.css")
    return download(content, f"次にすること_{case.number}.pdf")
