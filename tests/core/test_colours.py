"""Contrast, computed: every text colour on every ground, every line that has a meaning, every badge (D5, D7)."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from core.templatetags.ui import badge
from tests.servers import ROOT

CSS = ROOT / "static" / "css"
# Any of these words may stand on any of these grounds: a panel, a notice and a table row nest freely.
TEXTS = {"ink", "ink-soft", "primary", "primary-hover", "primary-active", "good", "wait", "alert", "visited"}
GROUNDS = {"ground", "ground-soft", "primary-soft", "good-soft", "wait-soft", "alert-soft"}
# Lines that say something: the edge of a field, the selected entry, the focus.
LINES = {"line-strong", "primary", "good", "wait", "alert", "ink", "focus-line"}
# White words on these: buttons.
FILLED = {"primary", "primary-hover", "primary-active"}
# Set apart by space and heading as well; only to please the eye (1.4.11 does not ask for it).
ORNAMENT = {"line", "focus-ring"}
# Filled with a colour, without words on it: the dot of the timeline, a quiet dot, a ticked box, the veil behind a dialog.
WORDLESS = {".timeline > li::before", ".timeline > li.quiet::before", ".form-check-input:checked", "::backdrop"}
ORNAMENTED = r"panel|timeline|site-|user-|table|tasks|identity|agenda|obstacles|facts|list-views|bar-room|steps|focus|form-check|desk"


def declared() -> dict[str, str]:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules() -> list[tuple[str, str, str]]:
    """(selector, property, value) of every declaration of our style sheet."""
    text = re.sub(r"/\*.*?\*/", "", (CSS / "ittai.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    found = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        for line in body.split(";"):
            name, colon, value = line.partition(":")
            if colon:
                found.append((" ".join(selector.split()), name.strip(), value.strip()))
    return found


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ffffff", "#ffffff") == 1


def test_words_can_be_read_on_every_ground():
    colours = declared()
    weak = [
        f"{text} on {ground}: {contrast(colours[text], colours[ground]):.2f}"
        for text, ground in itertools.product(sorted(TEXTS), sorted(GROUNDS))
        if contrast(colours[text], colours[ground]) < 4.5
    ]
    weak += [f"white on {name}" for name in sorted(FILLED) if contrast("#ffffff", colours[name]) < 4.5]
    assert weak == []


def test_lines_that_mean_something_can_be_seen():
    colours = declared()
    weak = [
        f"{line} on {ground}: {contrast(colours[line], colours[ground]):.2f}"
        for line, ground in itertools.product(sorted(LINES), sorted(GROUNDS))
        if contrast(colours[line], colours[ground]) < 3
    ]
    assert weak == []
    # A bar against the room it could fill, the ring of the focus against its line.
    assert contrast(colours["primary"], colours["line"]) >= 3
    assert contrast(colours["focus-line"], colours["focus-ring"]) >= 3


def test_every_token_in_use_is_in_one_of_the_lists():
    """A new colour or a new use of one comes here first: as a word, a ground, a line or an ornament."""
    wrong = []
    for selector, name, value in rules():
        for token in re.findall(r"var\(--([\w-]+)\)", value):
            if token.startswith("bs-"):
                continue
            if name == "color" or (name.endswith("-color") and name.startswith("--bs-btn") and "border" not in name):
                fits = token in TEXTS
            elif name.startswith("background") or name.endswith("-bg"):
                fits = (
                    token in GROUNDS
                    or (selector.startswith(".btn") and token in FILLED)
                    or any(part in selector for part in WORDLESS)
                )
            else:
                fits = token in LINES | FILLED or (token in ORNAMENT and re.search(ORNAMENTED, selector))
            if not fits:
                wrong.append(f"{selector} {{ {name}: {value} }}")
    assert wrong == []
    assert set(declared()) == TEXTS | GROUNDS | LINES | FILLED | ORNAMENT


def test_the_ring_of_the_focus_is_wide_enough():
    """D3: at least 2 px and 3:1; one rule for all, and nothing takes it away but the jump to the main part."""
    outlines = {(selector, value) for selector, name, value in rules() if name == "outline"}
    assert {(selector, value) for selector, value in outlines if "none" in value} == {
        ("main:focus, main:focus-visible", "none")
    }
    [(selector, value)] = [found for found in outlines if "none" not in found[1]]
    assert ":focus-visible" in selector.split(", ")
    assert int(re.match(r"(\d+)px solid", value)[1]) >= 2


@pytest.mark.parametrize("tone", ["plain", "good", "wait", "alert", "off"])
def test_a_badge_is_a_word_and_a_sign_of_its_own(tone: str):
    """D7: without colours the states still differ."""
    signs = {badge("状態", other)["sign"] for other in ("plain", "good", "wait", "alert", "off")}
    assert len(signs) == 5
    shown = badge("支援中", tone)
    assert shown["label"] == "支援中"
    assert shown["sign"].strip()


def test_every_sign_of_state_has_a_word():
    """No status in the templates but by the badge component; its label is never empty."""
    for path in Path(ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if path.name != "badge.html":
            assert not re.search(r'class="[^"]*\bstatus status-', text), path
        for label in re.findall(r"{% badge (\S+)", text):
            assert label not in ('""', "''"), path
