"""What narrows a list is shown, can be taken off one by one and all at once, and is never free text (D33)."""

from __future__ import annotations

import datetime as dt
import re

from django import forms
from django.http import QueryDict

from cases.forms.oversight import ReadersForm
from cases.forms.referral import ReferralFilterForm
from cases.forms.screening import LedgerFilterForm, PeriodForm
from core.forms import JapaneseDateField
from core.periods import DateStyle, dates_shown
from core.templatetags.ui import chips
from tests.servers import ROOT

# GET forms that narrow nothing: they choose what is shown, or search the register of employers.
CHOOSE = {
    "cases/appointment_form.html",
    "cases/appointment_list.html",
    "cases/handover_choose.html",
    "cases/next_steps.html",
}


def shown(form: forms.Form) -> list[tuple[str, str, str]]:
    return chips(form, "/ledger/")["chips"]


def test_each_condition_has_a_chip_that_takes_it_off():
    form = LedgerFilterForm(QueryDict("reason_kind=motivation&due=on&page=abc"))
    found = shown(form)
    assert [label for label, _, _ in found] == ["見送りの理由", "確かめる日が来たものだけ"]
    assert found[1][1] == "はい"
    assert found[1][2].startswith("reason_kind=")
    assert found[0][2] == "due=on"  # and the page is the first again


def test_days_and_choices_read_as_people_wrote_them():
    assert shown(PeriodForm(QueryDict("first=R7.4.1")))[0][1] == "令和7年4月1日"
    assert shown(ReferralFilterForm(QueryDict("show=late")))[0][1] == "返事の期限を過ぎたもの"


def test_usual_days_stand_in_the_fields_without_being_a_condition():
    form = PeriodForm(QueryDict("first=&last=R6.3.31"))
    assert form["first"].value() == "令和5年4月1日"
    assert form.days() == (dt.date(2023, 4, 1), dt.date(2024, 3, 31))
    assert [(label, rest) for label, _words, rest in shown(form)] == [("相談受付日(まで)", "")]
    assert shown(PeriodForm(QueryDict(""))) == []


def test_chips_show_days_as_the_user_chose():
    with dates_shown(DateStyle.WESTERN):
        assert shown(PeriodForm(QueryDict("first=R7.4.1")))[0][1] == "2025年4月1日"


def test_nothing_chosen_and_nonsense_give_no_chip():
    for query in ("", "show=", "show=x", "first=x"):
        assert shown(ReferralFilterForm(QueryDict(query))) == []
    assert shown(ReadersForm(None)) == []


def test_every_narrowing_form_has_chips():
    found = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if re.search(r'<form[^>]*method="get"', text):
            name = str(path.relative_to(ROOT / "templates"))
            has = "{% chips " in text or 'class="chips"' in text
            assert has or name in CHOOSE, name
            found.add(name)
    assert found > CHOOSE


def test_no_address_of_a_list_carries_typed_words():
    """Only days and choices: what is narrowed by can be shared."""
    for form in (LedgerFilterForm(), PeriodForm(), ReferralFilterForm(), ReadersForm()):
        for field in form.fields.values():
            assert isinstance(field, forms.ChoiceField | forms.BooleanField | JapaneseDateField)
