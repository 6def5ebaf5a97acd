"""A My Number gets in nowhere (security.md A59), and what is none is not refused for one."""

from __future__ import annotations

import inspect
import random
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import get_resolver, reverse

from agreements.models import Desk, Site
from cases.enums import FieldGroup, ObstacleKind
from cases.forms.meeting import people_of
from cases.independence import ITEMS
from cases.models import Appointment, Interview
from cases.papers.record import read_record
from core.forms import (
    BLANKED,
    MY_NUMBER_REFUSED,
    JapaneseDateField,
    JapaneseForm,
    NumberField,
    SearchForm,
    blank_my_numbers,
    find_my_numbers,
    is_my_number,
)
from core.periods import now, today
from tests import desk
from tests.clients import client_of
from tests.factories import Programme, make_plan, working_as

VALID = "123456789018"  # invented; no number of anybody
ROOMS = ("accounts", "agreements", "employers", "cases", "reports")
# Stores nothing of what is typed: a log-in that fails leaves no text.
# A draft has its numbers taken out instead of being refused (accounts.drafts.kept_fields).
# ConsentTaken holds fields that two guarded forms share.
# Codes and passwords are checked, and kept as hashes.
UNGUARDED = {"LoginForm", "DraftForm", "ConsentTaken", "CodeForm", "ActivateTotpForm", "SecurityKeyForm"}
UNGUARDED |= {"PasswordChangeForm"}


def my_number(rng: random.Random) -> str:
    eleven = f"{rng.randrange(10**11):011d}"
    return next(eleven + check for check in "0123456789" if is_my_number(eleven + check))


def test_check_digit_by_hand():
    # 1·6+2·5+3·4+4·3+5·2+6·7+7·6+8·5+9·4+0·3+1·2 = 212; 212 mod 11 = 3; 11 - 3 = 8
    assert is_my_number(VALID)
    assert [check for check in range(10) if is_my_number(f"12345678901{check}")] == [8]
    assert is_my_number("000000000000")  # a rest of 0 gives 0
    assert not is_my_number(VALID[:-1])


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        "１２３４５６７８９０１８",
        "番号は1234-5678-9018です。",
        "1234 5678 9018",
        "1234　5678　9018",
        "1234・5678・9018",
        "1234･5678･9018",
        "１２３４－５６７８－９０１８",
        "1234ー5678ー9018",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "1234\u200b5678\u200b9018",
        "㍻元年 １２３４５６７８９０１８",
        f"id{VALID}x",
        f"5 {VALID} 1",
        "電話086-803-1234 番号1234-5678-9018",
        "١٢٣٤٥٦٧٨٩٠١٨",
    ],
)
def test_every_writing_is_found_and_taken_out(text):
    assert find_my_numbers(text)
    blanked = blank_my_numbers(text)
    assert BLANKED in blanked
    assert not find_my_numbers(blanked)
    for part in ("1234", "5678", "9018", "１２３４", "９０１８"):
        assert part not in blanked.replace("086-803-1234", "")


@pytest.mark.parametrize(
    "text",
    [
        "123456789012",  # wrong check digit
        f"9{VALID}",  # a corporate number
        "9-1234-5678-9018",
        f"{VALID}5",
        "090-1234-5678",
        "086-803-1234 090-1234-5678",
        "33010-12345678",  # a vacancy number
        "1234\n5678\n9018",
        "1234 5678-9018",
        "〒700-0901 1-2-3",
        f"+{VALID}",  # a phone number with its country
        "202312051030.pdf",
        "",
    ],
)
def test_what_is_none_passes(text):
    assert find_my_numbers(text) == []


def samples(rng: random.Random) -> list[str]:
    """10,000 numbers as they stand in notes, names of files and address books."""

    def digits(count: int) -> str:
        return f"{rng.randrange(10**count):0{count}d}"

    def day() -> tuple[int, int, int]:
        return rng.randint(2000, 2030), rng.randint(1, 12), rng.randint(1, 28)

    kinds = [
        lambda: f"0{rng.choice('3456')}-{digits(4)}-{digits(4)}",
        lambda: f"086-{digits(3)}-{digits(4)}",
        lambda: f"0{rng.choice('789')}0-{digits(4)}-{digits(4)}",
        lambda: f"0{rng.choice('789')}0{digits(8)}",
        lambda: f"TEL 086-{digits(3)}-{digits(4)} FAX 086-{digits(3)}-{digits(4)}",
        lambda: f"086-{digits(3)}-{digits(4)} 090-{digits(4)}-{digits(4)}",
        lambda: f"+81-90-{digits(4)}-{digits(4)}",
        lambda: f"R{rng.randint(1, 9):02d}-{digits(4)}",
        lambda: digits(13),
        lambda: f"{digits(1)}-{digits(4)}-{digits(4)}-{digits(4)}",
        lambda: f"{digits(1)} {digits(4)} {digits(4)} {digits(4)}",
        lambda: f"〒{digits(3)}-{digits(4)} 架空町{rng.randint(1, 9)}-{rng.randint(1, 30)}-{rng.randint(1, 20)}",
        lambda: f"{digits(5)}-{digits(8)}",  # vacancy
        lambda: f"{digits(4)}-{digits(6)}-{digits(1)}",  # employment insurance
        lambda: f"{digits(4)}-{digits(6)}",  # pension
        lambda: "{}-{:02d}-{:02d} {}:{:02d}".format(*day(), rng.randint(8, 18), rng.randrange(60)),
        lambda: "{}{:02d}{:02d}{:02d}{:02d}.pdf".format(*day(), rng.randint(8, 18), rng.randrange(60)),
        lambda: "{}{:02d}{:02d}_{}.pdf".format(*day(), digits(6)),
        lambda: "{}/{}/{}〜{}/{}/{}".format(*day(), *day()),
        lambda: f"月{rng.randint(80, 300)},000円 {rng.randint(8, 10)}:00-{rng.randint(15, 19)}:00",
    ]
    return [rng.choice(kinds)() for _ in range(10_000)]


def test_false_refusals_of_realistic_numbers():
    rng = random.Random(20261121)
    refused = [text for text in samples(rng) if find_my_numbers(text)]
    assert len(refused) <= 10, refused[:20]
    missed = [number for number in (my_number(rng) for _ in range(10_000)) if not find_my_numbers(number)]
    assert len(missed) <= 5  # those that read as a time of this century


class Sample(JapaneseForm):
    note = forms.CharField(label="メモ", widget=forms.Textarea)
    on = JapaneseDateField(label="日", required=False)
    count = NumberField(label="数", required=False)
    kind = forms.ChoiceField(label="種類", choices=[("a", "あ")], required=False)
    scan = forms.FileField(label="ファイル", required=False)


def test_the_sentence_does_not_echo_and_the_rest_stays():
    form = Sample(
        {"note": f"面談の要点。番号は１２３４－５６７８－９０１８。続き。{VALID}", "on": VALID, "count": VALID}
    )
    assert form.errors == {name: [MY_NUMBER_REFUSED] for name in ("note", "on", "count")}
    shown = form.as_p()
    assert f"面談の要点。番号は{BLANKED}。続き。{BLANKED}" in shown
    assert VALID not in shown
    assert "９０１８" not in shown
    assert "記録できません" in MY_NUMBER_REFUSED
    assert not any(character.isdigit() for character in MY_NUMBER_REFUSED)


def test_a_querydict_and_a_prefix_and_a_file_name():
    form = Sample(
        QueryDict(f"x-note={VALID}&x-kind=a"), {"x-scan": SimpleUploadedFile(f"通知{VALID}.pdf", b"x")}, prefix="x"
    )
    assert set(form.errors) == {"note", "scan"}
    assert VALID not in form.as_p()
    assert form.files == {}
    assert Sample({"note": "ふつうの文"}).is_valid()


def test_search_refuses_it():
    form = SearchForm({"q": VALID})
    assert form.text() == ""
    assert form.errors == {"q": [MY_NUMBER_REFUSED]}


CHOSEN = (forms.ChoiceField, forms.ModelChoiceField, forms.BooleanField, forms.FileField, forms.UUIDField)


def every_form_class(root: type = forms.BaseForm) -> set[type]:
    _ = get_resolver().url_patterns  # every view and its forms are loaded
    found = set()
    for child in root.__subclasses__():
        found |= every_form_class(child)
        if child.__module__.split(".")[0] in ROOMS and not child.__name__.startswith("_"):
            found.add(child)
    return found


def things_to_fill_in(programme: Programme) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What forms are made with, by the name of the argument; and where one class or room means something else."""
    case = programme.active()
    held = desk.hold(programme, [case])
    referral = programme.refer(case, today())
    with working_as(programme.caseworker):
        sent = case.support_requests.get()
        known: dict[str, Any] = {
            "actor": programme.caseworker,
            "case": case,
            "user": programme.caseworker.user,
            "worker": programme.caseworker.user,
            "organisation": programme.office,
            "cases": [case],
            "appointment": Appointment(
                case=case,
                worker=programme.caseworker.user,
                organisation=programme.office,
                starts_at=now(),
                created_by_id=0,
            ),
            "assignment": case.assignments.first(),
            "meeting": held,
            "item": desk.item_of(programme, held, case),
            "people": people_of(held),
            "plan": case.plans.get(),
            "record": read_record(case, programme.caseworker),
            "referral": referral,
            "is_ours": True,
            "request": sent,
            "returned": sent,
            "need": None,
            "group": FieldGroup.HEALTH,
            "row": None,
            "rows": {},
            "offered": list(ObstacleKind),
            "may_lift": True,
            "is_hidden": False,
            "sites": [],
            "free": [],
            "differing": [],
            "newly_seeing": [],
            "kinds": frozenset({"totp"}),
        }
        others = {
            "agreements": {"plan": make_plan(programme, 2023, {(None, "supported"): (10, None)}), "seen": ""},
            "AddSecurityKeyForm": {"user": programme.caseworker.user},
            "DeskForm": {"instance": Desk(site=Site.objects.create(name="窓口"))},
            "ChecklistForm": {"offered": list(ITEMS), "answers": {}, "before": {}, "before_on": ""},
        }
    return known, others


def test_every_text_field_of_every_form_refuses(okayama: Programme):
    known, others = things_to_fill_in(okayama)
    open_doors, asked = [], 0
    with working_as(okayama.caseworker):
        for form_class in every_form_class():
            if form_class.__name__ in UNGUARDED:
                continue
            own = [c for c in form_class.__mro__ if c.__module__.split(".")[0] in ROOMS and "__init__" in vars(c)]
            taken = {name for c in own for name in inspect.signature(c.__init__).parameters}
            room = others.get(form_class.__module__.split(".")[0], {})
            arguments = {name: value for name, value in {**known, **room}.items() if name in taken}
            arguments |= others.get(form_class.__name__, {})
            names = [name for name, field in form_class(**arguments).fields.items() if not isinstance(field, CHOSEN)]
            form = form_class(data=dict.fromkeys(names, f"番号 {VALID} です"), **arguments)
            for name in names:
                asked += 1
                if list(form.errors.get(name, [])) != [MY_NUMBER_REFUSED] or VALID in str(form[name]):
                    open_doors.append((form_class.__name__, name))
            assert VALID not in str(form.errors), form_class
    assert open_doors == []
    assert asked > 80


def test_over_http_nothing_is_stored_and_nothing_comes_back(okayama: Programme):
    case = okayama.active()
    client = client_of(okayama.navigator)
    body = f"本人から聞いた番号は{VALID}。"
    answer = client.post(
        reverse("interview_new", kwargs={"pk": case.pk}),
        {"held_at": "2023/5/1 9:00", "method": "visit", "visibility": "shared", "body": body},
    )
    assert answer.status_code == 200
    assert VALID not in answer.content.decode()
    assert f"本人から聞いた番号は{BLANKED}。" in answer.content.decode()
    with working_as(okayama.navigator):
        assert Interview.objects.count() == 0


def test_every_search_says_why_it_looked_for_nothing(okayama: Programme):
    case = okayama.active()
    client = client_of(okayama.caseworker)
    alike = reverse("person_alike", kwargs={"pk": case.pk})
    for url in (reverse("case_search"), reverse("employer_search"), alike):
        for typed, sentence, shown in (
            (VALID, MY_NUMBER_REFUSED, BLANKED),
            ("製" * 101, "探す言葉は100文字まで", "製" * 101),
        ):
            page = client.post(url, {"q": typed}).content.decode()
            assert sentence in page, url
            assert VALID not in page
            if url != reverse("case_search"):  # its box is in the page's head, empty on every page
                assert f'value="{shown}"' in page
            assert "当てはまる" not in page
