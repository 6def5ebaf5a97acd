"""What a suppression hides is written into no text of any form (A30): all forms pass one place, core.forms.refusal.

Once by class: whatever form somebody adds is asked. Once over HTTP: every form of every page, sent with the hidden
address in every line that takes text.
"""

from __future__ import annotations

import datetime as dt
import inspect
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AccessEntry, AccessSubject
from cases.actions import suppression
from cases.enums import ReleaseKind
from cases.models import ReferralAnswer, Suppression
from cases.views.suppression import REFUSED_WORDS
from core.forms import JapaneseForm, JapaneseModelForm, refusing
from core.periods import now, today
from tests import walls
from tests.access.test_suppressed import WHEREABOUTS
from tests.access.worlds import client_of, undone
from tests.core.test_my_number import CHOSEN, ROOMS, every_form_class, things_to_fill_in
from tests.desk import hold
from tests.factories import Programme, working_as
from tests.permission_matrix import MATRIX, METHODS
from tests.test_access import everyone, things
from tests.test_form_errors import ELSEWHERE, Screen, Sheet
from tests.uploads import pdf

ADDRESS = WHEREABOUTS["address"]
REFUSED = "いけません"
# Pages of people from whom nothing is hidden; the person's own copy, where the words are typed to be blacked;
# what is searched or drawn and kept nowhere. Names of one's own keys (mfa_) are no words about people.
ABOUT_OTHERS = {"person_not_same", "person_merge"}
KEPT_NOWHERE = {"case_disclosure", "person_alike", "employer_search", "case_new"}


def test_every_text_field_of_every_form_asks_the_rule(okayama: Programme):
    known, others = things_to_fill_in(okayama)
    open_doors, asked = [], 0
    with (
        working_as(okayama.caseworker),
        refusing(lambda texts: REFUSED if any("アイコトバ" in t for t in texts) else ""),
    ):
        for form_class in every_form_class():
            if not issubclass(form_class, (JapaneseForm, JapaneseModelForm)):
                continue
            own = [c for c in form_class.__mro__ if c.__module__.split(".")[0] in ROOMS and "__init__" in vars(c)]
            taken = {name for c in own for name in inspect.signature(c.__init__).parameters}
            room = others.get(form_class.__module__.split(".")[0], {})
            arguments: dict[str, Any] = {name: value for name, value in {**known, **room}.items() if name in taken}
            arguments |= others.get(form_class.__name__, {})
            fields = form_class(**arguments).fields
            names = [
                name
                for name, field in fields.items()
                if isinstance(field, forms.CharField) and not isinstance(field, CHOSEN)
                and not isinstance(field.widget, (forms.PasswordInput, forms.HiddenInput))
                and name not in form_class.proper_places and name != "phrases"
            ]  # fmt: skip
            form = form_class(data=dict.fromkeys(names, "アイコトバ"), **arguments)
            for name in names:
                asked += 1
                if not form.errors.get(name):  # kana, numbers and the like are refused for what they are
                    open_doors.append((form_class.__name__, name))
    assert open_doors == []
    assert asked > 80


def texts_of(sheet: Sheet) -> list[str]:
    return [
        one.get("name", "")
        for one in sheet.elements
        if sheet.is_text(one) and not {"field-date", "field-number"} & set(one.get("class", "").split())
    ]


def test_every_form_of_every_page_refuses_the_hidden_address(programme: Programme):
    """As the worker of the city and the one of Hello Work; a form that is accepted would have kept the words."""
    arguments, people = things(programme, whereabouts=WHEREABOUTS), everyone(programme)
    seen: set[Any] = set()
    accepted, refused = [], set()
    for letter in "cn":
        client = client_of(people[letter])
        for name in sorted(MATRIX):
            if letter not in MATRIX[name] or "get" not in METHODS.get(name, "get post"):
                continue
            url = reverse(name, kwargs=arguments.get(name))
            answer = client.get(url)
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                continue
            for sheet in Screen.of(answer).forms(url):
                if (
                    sheet.route.startswith("mfa_")
                    or sheet.route in ELSEWHERE | KEPT_NOWHERE | ABOUT_OTHERS
                    or sheet.kind in seen
                    or not texts_of(sheet)
                ):
                    continue
                seen.add(sheet.kind)
                for body in sheet.bodies(wrong=False):
                    with undone():
                        reply = client.post(sheet.url, {**body, **dict.fromkeys(texts_of(sheet), ADDRESS)})
                        if suppression.HIDDEN_IN_TEXT in reply.content.decode():
                            refused.add(sheet.route)
                        else:
                            accepted.append((sheet.route, reply.status_code, reply.get("Location", "")))
    assert accepted == []
    assert refused >= {
        "appointment_new", "appointment_move", "appointment_cancel", "case_again", "person_edit", "meeting_new",
        "meeting_edit", "meeting_people", "meeting_item_new", "meeting_item", "suppression", "interview_new",
        "circumstance_edit", "plan_new", "consent_new", "assessment_new", "attachment_remove",
    }  # fmt: skip
    assert len(refused) > 40, refused


def test_the_answer_to_a_request_and_the_name_of_a_file(programme: Programme):
    case = programme.open_case(contact=WHEREABOUTS)
    programme.send(case, dt.date(2023, 4, 10))
    walls.hide(programme, case)
    client = client_of(programme.navigator)
    for act, field in (("accept", "note"), ("return", "reason"), ("decline", "offered_instead")):
        body = {"answer": act, f"{act}-{field}": f"いまは{ADDRESS}"}
        answer = client.post(reverse("support_request_answer", kwargs={"pk": case.pk}), body)
        assert suppression.HIDDEN_IN_TEXT in answer.content.decode(), act
    file = SimpleUploadedFile(f"{ADDRESS}の賃貸契約書.pdf", pdf())
    answer = client.post(reverse("attachment_new", kwargs={"pk": case.pk}), {"file": file, "kind": "other"})
    assert suppression.HIDDEN_IN_TEXT in answer.content.decode()


def test_the_answer_of_a_partner(programme: Programme):
    """Nobody can change it afterwards. What a refusal tells who guesses, the holder finds among the readers."""
    case = programme.open_case(contact=WHEREABOUTS)
    row = programme.refer(case, today())
    walls.hide(programme, case)
    client = client_of(programme.partner_worker)
    url = reverse("referral_answer", kwargs={"pk": case.pk, "referral_pk": row.pk})
    body = {"status": "received", "on": f"{today():%Y/%m/%d}"}
    answer = client.post(url, {**body, "outcome": f"いまは{ADDRESS}にいる"})
    assert answer.context["form"].errors == {"outcome": [suppression.HIDDEN_IN_TEXT]}
    with working_as(programme.manager):
        assert not ReferralAnswer.objects.exists()
    readers = client_of(programme.manager).get(reverse("case_readers", kwargs={"pk": case.pk})).content.decode()
    assert programme.partner_worker.user.name in readers and REFUSED_WORDS in readers
    assert client.post(url, {**body, "outcome": "見学した"}).status_code == 302


def test_the_reason_of_a_suppression_does_not_tell_what_it_hides(programme: Programme):
    case = programme.active(contact=WHEREABOUTS)
    url = reverse("suppression", kwargs={"pk": case.pk})
    body = {"act": "suppress", "suppress-reason": f"{ADDRESS}へ転居", "suppress-valid_to": f"{now().year + 1}/1/1"}
    answer = client_of(programme.caseworker).post(url, body)
    assert answer.context["form"].errors == {"reason": [suppression.HIDDEN_IN_TEXT]}
    with working_as(programme.caseworker):
        assert not Suppression.objects.exists()


def test_the_right_place_for_an_address_stays_open(programme: Programme):
    """Whoever may see it again writes it where it belongs, and a note about somebody else is none of this."""
    case, other = programme.active(contact=WHEREABOUTS), programme.active(name="別の 人")
    walls.hide(programme, case)
    with working_as(programme.caseworker):
        suppression.ask_release(
            person=case.person, kind=ReleaseKind.VIEW, by=programme.caseworker, at=now(), reason="連絡先の確認"
        )
    client = client_of(programme.caseworker)
    url = reverse("contact_edit", kwargs={"pk": case.pk})
    body = {**WHEREABOUTS, "address": f"{ADDRESS} 101号", "version": 1}
    assert client.post(url, body)["Location"] == reverse("case_detail", kwargs={"pk": case.pk})
    note = {"held_at": "R5.4.11 9:00", "method": "visit", "visibility": "shared", "body": ADDRESS}
    assert client.post(reverse("interview_new", kwargs={"pk": other.pk}), note).status_code == 302


def test_a_form_of_nobody_refuses_numbers_and_no_ordinary_words(programme: Programme):
    """A meeting's place belongs to no one: there a city's name is a city's name, and a guess leaves its trace."""
    vague = {"住所不定": "ウエ", "岡山市北区": "シタ", "三鷹市下連雀": "ミギ"}
    exact = {"止まり木市五丁目": "ヒダリ", "かくれ町９番地": "マエ", "枝川市一の二": "ウシロ"}
    cases = {}
    for address, kana in {**vague, **exact}.items():
        cases[address] = programme.open_case(name=f"{kana} 子", kana=f"{kana} コ", contact={"address": address})
        walls.hide(programme, cases[address])
    held = hold(programme, [])
    client = client_of(programme.caseworker)
    url = reverse("meeting_edit", kwargs={"pk": held.pk})
    body = {"starts_at": "2030/6/1 9:00", "minutes": "45", "chair": programme.caseworker.user.pk, "repeats": "none"}

    def refused(place: str) -> bool:
        with undone():
            answer = client.post(url, {**body, "version": held.version, "place": place})
            return suppression.HIDDEN_IN_TEXT in answer.content.decode()

    assert [place for place in vague if refused(f"{place}の会議室")] == []
    assert [place for place in exact if not refused(f"{place}の会議室")] == []
    note = {"held_at": "R5.4.11 9:00", "method": "visit", "visibility": "shared"}
    for address, case in cases.items():  # about the person every address counts
        with undone():
            answer = client.post(reverse("interview_new", kwargs={"pk": case.pk}), {**note, "body": f"{address}にいる"})
            assert suppression.HIDDEN_IN_TEXT in answer.content.decode(), address
    client.post(url, {**body, "version": held.version, "place": "枝川市一の二"})
    with working_as(programme.manager):
        entry = AccessEntry.objects.filter(route="meeting_edit").latest("number")
        seen = set(AccessSubject.objects.filter(entry=entry).values_list("person_id", "case_id"))
    assert entry.purpose == REFUSED_WORDS
    assert seen == {(cases["枝川市一の二"].person_id, cases["枝川市一の二"].pk)}
