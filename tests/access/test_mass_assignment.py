"""What a form does not show cannot be posted: extra names change nothing outside the form's own list."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from cases.forms.person import IntakeForm
from cases.models import Case, Person
from core.db import scope
from tests.access.rows import delta, everything, planted, tables
from tests.access.valid import PAGE, SENDER, VALID, body_of, fresh, posts
from tests.access.worlds import client_of, undone, world
from tests.factories import Programme, make_programme
from tests.permission_matrix import MATRIX, METHODS, POSTS

LETTERS = "cnmhba"
# Columns that any request may set.
EVERY_TIME = {"touched_at", "seen_at", "last_login"}
# Posts that leave no row of the product's tables behind, and why. They too are sent with every extra name, and a row
# that was written because of one would show.
WRITES_NOTHING: dict[str, str] = {
    **dict.fromkeys(("case_search", "employer_search", "person_alike"), "a search"),
    "case_disclosure": "answers with a paper; what it leaves is in the access log",
    **dict.fromkeys(
        ("account_reauthenticate", "choose_organisation", "session_extend"), "keeps its answer in the session"
    ),
    **dict.fromkeys(
        ("account_sign_on", "sign_on_unlink", "session_list"), "links and sessions are rows of packages, not of ours"
    ),
    **dict.fromkeys(
        ("mfa_activate_totp", "mfa_add_webauthn", "recovery_codes"),
        "a device answers with a code made for this moment; without one there are no recovery codes either",
    ),
}


def foreign_rows(foreign: Programme) -> dict[str, str]:
    """Model → the key of a row of somebody else's, which exists, so that a pointer to it would be stored."""
    rows = {
        "Organisation": foreign.office,
        "User": foreign.caseworker.user,
        "Agreement": foreign.agreement,
        "Employer": foreign.employer,
        "SupportMenu": foreign.menu,
        "TargetGroup": foreign.groups["livelihood"],
    }
    case = foreign.open_case(name="よその 人")
    return {name: str(row.pk) for name, row in rows.items()} | {"Case": str(case.pk), "Person": str(case.person_id)}


def marks_of(posted: dict[str, str], existing: dict[str, str]) -> dict[str, set[str]]:
    """What would be seen of the planted values, by the model that a column points to ("" for all columns)."""
    plain = {"1999-09-09", "1999-09-09T09:09:00", "1999-09-09T00:09:00", "MASS-ASSIGNED", "29999"}
    assert plain & set(posted.values()) == {"1999-09-09", "MASS-ASSIGNED", "29999"}
    return {"": plain | {"0190a000-0000-7000-8000-00000000dead"}, **{name: {key} for name, key in existing.items()}}


def extra(existing: dict[str, str]) -> dict[str, str]:
    """Every column of every model under its own name, with a value that would be seen afterwards."""
    posted = {}
    for model in tables().values():
        for field in model._meta.get_fields():
            if getattr(field, "column", None):
                kind = field.get_internal_type()
                related = getattr(field.related_model, "__name__", "")
                value = existing.get(related) or {
                    "DateField": "1999-09-09",
                    "DateTimeField": "1999-09-09 09:09",
                    "BooleanField": "on",
                    "UUIDField": "0190a000-0000-7000-8000-00000000dead",
                    "PositiveSmallIntegerField": "29999",
                    "PositiveIntegerField": "29999",
                    "ForeignKey": "29999",
                }.get(kind, "MASS-ASSIGNED")
                posted |= {field.name: value, field.column: value}
    return posted


def changed(before: Any, after: Any) -> bool:
    """Whether a row came, went or holds another value; clocks count, those that every request sets do not."""
    for table, rows in after.items():
        if rows.keys() != before[table].keys():
            return True
        for key, row in rows.items():
            if any(before[table][key][column] != value for column, value in row.items() if column not in EVERY_TIME):
                return True
    return False


def test_extra_names_change_nothing(programme: Programme):
    """Post each form twice, with and without every other name there is: the rows written are the same."""
    people, arguments = world("own", programme)
    foreign = make_programme("soja", 2089)
    existing = foreign_rows(foreign)
    everywhere = extra(existing)
    assert len(everywhere) > 200
    marks = marks_of(everywhere, existing)
    differences, written, stored = [], set(), []
    senders = [name for name in MATRIX if "post" in METHODS.get(name, "get post") and set(MATRIX[name]) & set(LETTERS)]
    at_hand = posts(programme, people, arguments)
    clients = {letter: client_of(who) for letter, who in people.items() if letter in LETTERS}
    # Every post is taken back, so what stood before stays true.
    untouched = {letter: everything(people[letter].user.pk) for letter in clients}
    for name in senders:
        who = SENDER.get(name) or next(letter for letter in LETTERS if letter in MATRIX[name])
        client, before = clients[who], untouched[who]
        url = reverse(name, kwargs=at_hand.arguments.get(name)) + at_hand.query.get(name, "")
        typed = {**POSTS.get(name, {}), **VALID.get(name, {}), **at_hand.typed.get(name, {})}
        cookies = client.cookies.copy()  # a new password gives a new session, which is taken back as well
        base, known = typed, set(typed)
        if name == "case_new":  # the whole form, without the search step
            known |= {*IntakeForm.base_fields, "act", "is_other_person"}
        elif name in PAGE or "get" in METHODS.get(name, "get post"):
            page = reverse(PAGE[name], kwargs=at_hand.arguments[name]) if name in PAGE else url
            with undone():
                base, known = body_of(client, page, url, typed)
        more = {key: value for key, value in everywhere.items() if key not in known and key not in base}
        results = []
        for data in (base, {**more, **base}):
            with undone():
                client.post(url, fresh(data))
                after = everything(people[who].user.pk)
                results.append(delta(before, after))
                if data is base and changed(before, after):
                    written.add(name)
            client.cookies = cookies.copy()
            if data is not base:
                stored += [(name, *row) for row in planted(before, after, marks)]
        if results[0] != results[1]:
            differences.append((name, results))
    assert not differences, "\n".join(f"{name}: {set(map(str, a)) ^ set(map(str, b))}" for name, (a, b) in differences)
    assert not stored, "\n".join(map(str, stored))
    assert set(senders) - written == set(WRITES_NOTHING), (set(senders) - written) ^ set(WRITES_NOTHING)


@pytest.mark.parametrize("field", ["state", "organisation", "support_started_on", "number", "person"])
def test_a_case_is_not_moved_by_an_extra_name(field: str, programme: Programme):
    people, arguments = world("own", programme)
    foreign = make_programme("soja", 2089)
    values = {
        "state": "closed",
        "organisation": foreign.office.pk,
        "support_started_on": "1999-09-09",
        "number": "R99-9999",
        "person": str(foreign.open_case().person_id),
    }
    with scope(organisations=people["c"].organisation_ids):
        before = Case.objects.filter(pk=arguments["case_detail"]["pk"]).values().get()
        person = Person.objects.get(pk=before["person_id"])
    data = {
        "name": person.name,
        "name_kana": person.name_kana,
        "sex": "female",
        "version": "1",
        field: values[field],
        f"{field}_id": values[field],
    }
    answer = client_of(people["c"]).post(reverse("person_edit", kwargs=arguments["person_edit"]), data)
    assert answer.status_code == 302
    with scope(organisations=people["c"].organisation_ids):
        assert Case.objects.filter(pk=arguments["case_detail"]["pk"]).values().get() == before
        assert Person.objects.get(pk=person.pk).organisation_id == person.organisation_id
