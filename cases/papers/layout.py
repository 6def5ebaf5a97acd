"""Layouts of forms: the office's own or the standard one, checked, filled and printed.

A layout is text from outside. It is rendered by an engine that has no loaders, no tags but if and for and no
objects, only texts; its HTML is a short list of tags, and nothing in it fetches anything.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.base import FilterExpression, Node, Origin, Variable, VariableNode
from django.template.defaulttags import ForNode, IfNode
from django.template.loader import get_template

from accounts.models import Organisation
from accounts.scope import Actor
from cases.enums import FormKind
from cases.models import Case, FormTemplate
from cases.papers.dictionary import NAMES, Value, case_values, sample_values
from cases.papers.stamp import Stamp
from core.documents import render_pdf

STANDARD = {
    FormKind.SUPPORT_REQUEST: "cases/forms/support_request.html",
    FormKind.PERSONAL_SHEET: "cases/forms/personal_sheet.html",
    FormKind.CHECK_SHEET: "cases/forms/check_sheet.html",
    FormKind.CONSENT: "cases/forms/consent.html",
}
STYLESHEET = "css/print/papers.css"
LONGEST = 60_000
DEEPEST = 2
_TAG_WORDS = (
    "h1 h2 h3 h4 p div span section header footer table caption colgroup col thead tbody tfoot tr th td"
    " ul ol li dl dt dd br hr strong b em small sup sub u ruby rt rp style"
)
TAGS = frozenset(_TAG_WORDS.split())
ATTRIBUTES = frozenset({"class", "id", "lang", "colspan", "rowspan", "scope", "span", "style"})
# Whatever could fetch something, or spell such a thing in another way.
_FETCHES = re.compile(r"url\s*\(|src\s*\(|@import|@font-face|image-set|image\s*\(|\\|attr\s*\(", re.IGNORECASE)
_COUNTERS = {("forloop", name) for name in ("counter", "first", "last")}


class LayoutError(ValueError):
    """The layout cannot be used; `reasons` are sentences for the screen."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


class _Engine(Engine):
    default_builtins = ["cases.papers.tags"]


# No folders, no loaders, no libraries: a layout can name no other template.
ENGINE = _Engine(dirs=[], app_dirs=False, loaders=[], libraries={}, autoescape=True, debug=False)


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reasons: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        if tag not in TAGS:
            self.reasons.append(f"{line}行目: <{tag}>は使えません。表や文章のタグだけにしてください。")
        self._in_style = tag == "style"
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.reasons.append(f"{line}行目: <{tag}>の{name}は使えません。外してください。")
            elif name == "style":
                self._check_css(value or "", line)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._in_style = False

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._check_css(data, self.getpos()[0])

    def _check_css(self, text: str, line: int) -> None:
        if _FETCHES.search(text):
            self.reasons.append(
                f"{line}行目: 見た目の指定から、ほかのファイルや画像は読み込めません。url( )や@importを外してください。"
            )

    def unknown_decl(self, data: str) -> None:
        self.reasons.append(f"{self.getpos()[0]}行目: この書き方は使えません。")


class _Names:
    """Walks the parsed layout: every name must stand in the dictionary."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def nodes(self, nodes: Iterable[Any], rows: dict[str, dict[str, str]], depth: int = 0) -> None:
        for node in nodes:
            if isinstance(node, VariableNode):
                self._expression(node.filter_expression, rows, node)
            elif isinstance(node, IfNode):
                for condition, inner in node.conditions_nodelists:
                    self._condition(condition, rows, node)
                    self.nodes(inner, rows, depth)
            elif isinstance(node, ForNode):
                self._loop(node, rows, depth)

    def _loop(self, node: ForNode, rows: dict[str, dict[str, str]], depth: int) -> None:
        sequence: Any = node.sequence
        name = str(getattr(sequence.var, "var", ""))
        entry = NAMES.get(name)
        if entry is None or not entry.columns or sequence.filters or len(node.loopvars) != 1:
            lists = "、".join(known.name for known in NAMES.values() if known.columns)
            self._fault(node, f"{{% for %}}で繰り返せるのは、次の一覧だけです: {lists}。「{name}」を確かめてください。")
            return
        if depth >= DEEPEST:
            self._fault(node, f"{{% for %}}を重ねられるのは{DEEPEST}段までです。")
            return
        inner = {**rows, node.loopvars[0]: dict(entry.columns)}
        self.nodes(node.nodelist_loop, inner, depth + 1)
        self.nodes(node.nodelist_empty, rows, depth + 1)

    def _condition(self, part: Any, rows: dict[str, dict[str, str]], node: Node) -> None:
        if part is None:
            return
        if isinstance(getattr(part, "value", None), FilterExpression):
            self._expression(part.value, rows, node)
        for name in ("first", "second"):
            self._condition(getattr(part, name, None), rows, node)

    def _expression(self, expression: FilterExpression, rows: dict[str, dict[str, str]], node: Node) -> None:
        self._variable(expression.var, rows, node)
        for _function, arguments in expression.filters:
            for _is_variable, argument in arguments:
                self._variable(argument, rows, node)

    def _variable(self, variable: Any, rows: dict[str, dict[str, str]], node: Node) -> None:
        literal = variable.literal if isinstance(variable, Variable) else variable
        if isinstance(literal, str) and set(literal) & set("<>&"):
            # Django takes a quoted text of the layout for safe HTML; pieces of tags must not come together from it.
            self._fault(node, "引用符の中に < > & は使えません。")
        if not isinstance(variable, Variable) or variable.literal is not None or variable.lookups is None:
            return
        path = tuple(variable.lookups)
        known = (
            (len(path) == 1 and path[0] in NAMES)
            or (len(path) == 2 and path[1] in rows.get(path[0], {}))
            or (path in _COUNTERS and bool(rows))
        )
        if not known:
            self._fault(node, f"「{variable.var}」という項目はありません。下の「使える項目」から選んでください。")

    def _fault(self, node: Node, sentence: str) -> None:
        line = node.token.lineno if node.token else 0
        self.reasons.append(f"{line}行目: {sentence}")


def parse(body: str) -> Template:
    """The layout ready to be filled. Raises LayoutError with every reason against it."""
    if len(body) > LONGEST:
        raise LayoutError([f"様式は{LONGEST:,}字までです。短くしてください。"])
    html = _Html()
    html.feed(body)
    html.close()
    try:
        template = Template(body, Origin("様式"), "様式", ENGINE)
    except TemplateSyntaxError as error:
        line = getattr(getattr(error, "token", None), "lineno", None)
        where = f"{line}行目: " if line else ""
        raise LayoutError(
            [
                *html.reasons,
                f"{where}命令の書き方が正しくありません。使えるのは {{{{ 項目 }}}}、{{% if %}}〜{{% endif %}}、"
                "{% for %}〜{% endfor %} と、|default、|linebreaksbr だけです。",
            ]
        ) from error
    names = _Names()
    names.nodes(template.nodelist, {})
    if html.reasons or names.reasons:
        raise LayoutError([*html.reasons, *names.reasons])
    return template


def standard_body(kind: FormKind) -> str:
    """The layout that comes with the system; a start for one's own."""
    source: str = get_template(STANDARD[kind]).template.source  # type: ignore[attr-defined]
    return source


def body_in_force(kind: FormKind, *, actor: Actor, day: dt.date) -> tuple[str, FormTemplate | None]:
    """What this actor prints: the own organisation's layout, else that of the one above, else the standard one."""
    place: Organisation | None = actor.organisation
    while place is not None:
        own = FormTemplate.objects.in_force(place.pk, kind, day)
        if own is not None:
            return (own.body or standard_body(kind)), own
        place = place.parent
    return standard_body(kind), None


def _print(body: str, kind: FormKind, values: dict[str, Value], stamp: Stamp) -> bytes:
    filled = parse(body).render(Context(values, autoescape=True))
    return render_pdf(
        "cases/papers/form.html", {"title": kind.label, "body": filled, "stamp": stamp}, stylesheet=STYLESHEET
    )


def print_form(case: Case, kind: FormKind, *, by: Actor, at: dt.datetime, stamp: Stamp) -> bytes:
    """The filled form as PDF. Raises LayoutError when the office's layout no longer fits the dictionary."""
    day = at.date()
    body, _own = body_in_force(kind, actor=by, day=day)
    return _print(body, kind, case_values(case, form_name=kind.label, by=by, day=day), stamp)


def print_sample(body: str, kind: FormKind, stamp: Stamp) -> bytes:
    """The layout with an invented person's data. Raises LayoutError."""
    return _print(body, kind, sample_values(kind.label), stamp)
