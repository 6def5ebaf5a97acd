"""How days, rates and states are written on every screen; and the main navigation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms, template
from django.forms import BaseForm
from django.template.context import Context
from django.utils import timezone

from core import periods
from core.forms import Difference

register = template.Library()


@register.filter
def jdate(day: dt.date | dt.datetime | periods.KnownDate | None) -> str:
    """令和5年12月31日(日), in the calendar that the user has chosen; a birthday only as far as it is known."""
    if day is None:
        return ""
    if isinstance(day, periods.KnownDate):
        return str(day)
    if isinstance(day, dt.datetime):
        day = timezone.localtime(day).date()
    return f"{periods.shown_date(day)}({periods.weekday_label(day)})"


@register.filter
def shortdate(day: dt.date | dt.datetime | None) -> str:
    """12/31(日); the year only when it is not this one: R7/12/31(水)."""
    if day is None:
        return ""
    if isinstance(day, dt.datetime):
        day = timezone.localtime(day).date()
    text = f"{day.month}/{day.day}({periods.weekday_label(day)})"
    return text if day.year == periods.today().year else f"{periods.short_year(day)}{text}"


@register.filter
def clock(moment: dt.datetime | None) -> str:
    """9:05."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local.hour}:{local.minute:02d}"


@register.filter
def moment(value: dt.datetime | None) -> str:
    """12/31(日) 9:05."""
    return "" if value is None else f"{shortdate(value)} {clock(value)}"


@register.filter
def longmoment(value: dt.datetime) -> str:
    """8月3日 10:23; the year only when it is not this one."""
    local = timezone.localtime(value)
    day = f"{local.month}月{local.day}日"
    return f"{day if local.year == periods.today().year else periods.shown_date(local.date())} {clock(value)}"


@register.filter
def fiscal(year: int) -> str:
    """令和5年度."""
    return periods.fiscal_year_label(year)


@register.filter
def age(birth: periods.KnownDate | None) -> str:
    """42歳; 41〜42歳 when the birthday is not known."""
    return "" if birth is None else birth.age_on(periods.today())


@register.filter
def lateness(day: dt.date) -> str:
    """'3日超過', '今日', 'あと2日' – words, not colour alone."""
    days = (periods.today() - day).days
    if days > 0:
        return f"{days}日超過"
    return "今日" if days == 0 else f"あと{-days}日"


@register.filter
def unit(number: int | str | None, name: str) -> str:
    """12人; － for no number, and a sign that stands for a number as it is."""
    if number is None:
        return "－"
    return number if isinstance(number, str) else f"{number}{name}"


@register.filter
def since(day: dt.date | dt.datetime) -> int:
    """Days from that day until today."""
    if isinstance(day, dt.datetime):
        day = timezone.localtime(day).date()
    return (periods.today() - day).days


@register.filter
def ago(day: dt.date | dt.datetime) -> str:
    """How long ago in words: 今日, 昨日, 5日前."""
    days = since(day)
    return {0: "今日", 1: "昨日"}.get(days, f"{days}日前")


@register.filter
def error_links(form: BaseForm) -> list[tuple[str, str, str]]:
    """(id of the field, its label, the sentence) for the summary above a form."""
    links = []
    for field in form:
        # A group of radio buttons has no id of its own: its first button is where one goes.
        target = field.id_for_label or f"{field.auto_id}_0"
        links += [(target, str(field.label), str(error)) for error in field.errors]
    return links


@register.simple_tag(takes_context=True)
def is_refused(context: Context) -> bool:
    """Whether what was sent to this page was not taken: a form of it has errors, or somebody saved before."""
    values: list[Any] = list(context.flatten().values())
    several: list[Any] = [one for value in values if isinstance(value, dict) for one in value.values()]
    forms = [value for value in (*values, *several) if isinstance(value, BaseForm)]
    return context.get("conflict") is not None or any(form.is_bound and form.errors for form in forms)


@register.filter
def overlaps(differences: list[Difference]) -> bool:
    """Whether two people changed the same field."""
    return any(difference.changed_by == "both" for difference in differences)


@register.simple_tag(takes_context=True)
def is_here(context: Context, url: str) -> bool:
    """Whether the current page lies below the URL."""
    path: str = context["request"].path
    return path == url or (url != "/" and path.startswith(url))


@register.inclusion_tag("components/badge.html")
def badge(label: str, tone: str = "plain") -> dict[str, Any]:
    """A state as a word with a sign: plain, good, wait, alert or off."""
    signs = {"plain": "○", "good": "✓", "wait": "…", "alert": "!", "off": "－"}
    return {"label": label, "tone": tone, "sign": signs[tone]}


@register.inclusion_tag("components/chips.html")
def chips(form: BaseForm, url: str) -> dict[str, Any]:
    """What a list asked by GET is narrowed by: (label, words, query without it), and how to take all of it off."""
    found: list[tuple[str, str, str]] = []
    given: Any = getattr(form, "given", form.data)  # a form may stand there with usual values filled in
    for field in form if form.is_valid() else ():
        value = form.cleaned_data[field.name]
        if not value or not given.get(field.name):
            continue
        rest = given.copy()
        for name in (field.name, "page"):
            rest.pop(name, None)
        found.append((str(field.label), _words(field.field, value), rest.urlencode()))
    return {"chips": found, "url": url}


def _words(field: forms.Field, value: Any) -> str:
    """A chosen value as the person saw it."""
    if isinstance(value, dt.date):
        return periods.shown_date(value)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return "はい" if value is True else str(value)
