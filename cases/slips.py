"""The slip (予約票) that the person takes home: when, where, whom to ask for, what to bring. Nothing else.

No benefit, no case number, no purpose of the talk: whoever finds the slip learns only that there is a talk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from agreements.models import Site
from cases.enums import ContactMethod
from cases.models import Appointment
from core.documents import render_pdf
from core.periods import era_date, weekday_label

PORTUGUESE = "pt"
PT_WEEKDAYS = (
    "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo",
)  # fmt: skip
PT_MONTHS = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho",
    "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
)  # fmt: skip
# What people are often asked to bring; other words stay in Japanese.
PT_THINGS = {
    "履歴書": "currículo (Rirekisho)",
    "筆記用具": "caneta e lápis",
    "印鑑": "carimbo (Inkan)",
    "在留カード": "cartão de residência (Zairyu Card)",
    "ハローワークカード": "cartão da Hello Work",
    "本人確認書類": "documento de identidade",
    "写真": "foto",
    "職務経歴書": "histórico profissional",
    "この紙": "este papel",
}
HOW = {
    ContactMethod.VISIT: ("窓口に来てください。", "Venha ao balcão."),
    ContactMethod.PHONE: ("担当者から電話をかけます。", "Vamos telefonar para você."),
    ContactMethod.HOME_VISIT: ("担当者があなたの家に行きます。", "Vamos à sua casa."),
    ContactMethod.ACCOMPANY: ("担当者と一緒に行きます。", "Vamos juntos com você."),
    ContactMethod.ONLINE: ("インターネットで話します。", "A conversa será on-line."),
    ContactMethod.OUTREACH: ("出張相談の場所に来てください。", "Venha ao local da consulta."),
}


@dataclass(frozen=True)
class Line:
    """A heading with its content, in Japanese and, where wanted, in Portuguese."""

    label: str
    label_pt: str
    text: str
    text_pt: str = ""
    is_big: bool = False


@dataclass(frozen=True)
class Slip:
    """What is printed."""

    name: str
    lines: list[Line]
    is_bilingual: bool
    size: str


def slip_of(appointment: Appointment, *, language: str = "", size: str = "") -> Slip:
    """The slip of a booking; Portuguese when asked for or spoken by the person, A5 unless A4 is asked for."""
    person = appointment.case.person
    bilingual = language == PORTUGUESE or (language != "ja" and "ポルトガル" in person.language)
    start = timezone.localtime(appointment.starts_at)
    day = start.date()
    how, how_pt = HOW[ContactMethod(appointment.method)]
    site = appointment.site
    place = " ".join(
        filter(None, (_site_label(site), appointment.desk.name if appointment.desk else "", appointment.place))
    )
    half = "午前" if start.hour < 12 else "午後"
    bring = appointment.bring
    things = _things(bring)
    bring_pt = ", ".join(PT_THINGS.get(thing, thing) for thing in things) if PT_THINGS.keys() & set(things) else ""
    lines = [
        Line(
            "日",
            "Data",
            f"{era_date(day)}({weekday_label(day)}曜日)",
            f"{PT_WEEKDAYS[day.weekday()]}, {day.day} de {PT_MONTHS[day.month - 1]} de {day.year}",
            True,
        ),
        Line(
            "時間",
            "Hora",
            f"{half}{start.hour % 12}時{f'{start.minute}分' if start.minute else ''}({appointment.minutes}分くらい)",
            f"{start.hour}:{start.minute:02d} (cerca de {appointment.minutes} minutos)",
            True,
        ),
        Line("方法", "Como", how, how_pt),
        Line("場所", "Local", place or appointment.organisation.name),
        Line("住所", "Endereço", site.address if site else ""),
        Line("会う人", "Com quem", f"{appointment.worker.name}", "Diga este nome no balcão."),
        Line("持ってくるもの", "O que trazer", bring, bring_pt),
        Line(
            "通訳",
            "Intérprete",
            f"{person.language or '外国語'}の通訳がいます。" if person.needs_interpreter else "",
            "Haverá intérprete." if person.needs_interpreter else "",
        ),
        Line("電話", "Telefone", site.phone if site else ""),
    ]
    return Slip(person.name, [line for line in lines if line.text], bilingual, "a4" if size == "a4" else "a5")


def _site_label(site: Site | None) -> str:
    if site is None:
        return ""
    return f"{site.name}({site.host_facility})" if site.host_facility else site.name


def _things(bring: str) -> list[str]:
    return [thing.strip() for thing in bring.replace(",", "、").split("、") if thing.strip()]


def pdf(slip: Slip) -> bytes:
    context: dict[str, Any] = {"slip": slip}
    return render_pdf("cases/slip.html", context, stylesheet="css/print/slip.css")
