"""What one side alone writes is marked as its own, on its form and where the other reads it (D36)."""

from __future__ import annotations

from django.urls import reverse

from tests.access.worlds import DAY, ROUTES, client_of, world
from tests.cases.test_asked_before import planned
from tests.clients import page
from tests.factories import Programme
from tests.permission_matrix import CITY, MATRIX, METHODS, NATIONAL, NOT_MINE
from tests.stages import staged
from tests.test_form_errors import Screen


def forms_of(letters: str) -> list[str]:
    """Forms about a case that, by the matrix, roles of this side alone may open."""
    return [
        name
        for name, allowed in MATRIX.items()
        if ROUTES[name].startswith("cases/")
        and name not in METHODS
        and allowed
        and set(allowed + NOT_MINE.get(name, "")) <= set(letters)
    ]


CITY_WRITES = forms_of(CITY)
HELLO_WORK_WRITES = forms_of(NATIONAL)
MARKS = {"福祉事務所記入", "ハローワーク記入"}


def marks(who, name: str, kwargs: dict | None) -> list[str]:
    """The marks on the page, in their order."""
    answer = client_of(who).get(reverse(name, kwargs=kwargs))
    assert answer.status_code == 200, name
    screen = Screen.of(answer)
    return [screen.text(one).strip() for one in screen.root.iter() if one.get("class") == "whose"]


def test_fields_of_the_other_office_are_marked_and_not_offered(okayama: Programme):
    """Every form of one side: its own mark to whoever writes, 403 to the other side, by GET and by POST."""
    assert {"person_edit", "contact_edit", "case_new", "support_request_complete", "consent_new"} <= set(CITY_WRITES)
    assert set(HELLO_WORK_WRITES) == {"support_request_answer", "pre_consultation_answer"}
    people, arguments = world("own", okayama)
    arguments |= {name: {"pk": case.pk} for name, case in staged(okayama).items()}
    for name in (*CITY_WRITES, *HELLO_WORK_WRITES):
        own, mark, stranger = ("c", "福祉事務所記入", "n") if name in CITY_WRITES else ("n", "ハローワーク記入", "c")
        found = marks(people[own], name, arguments.get(name))
        assert found[:1] == [mark], (name, found)
        url = reverse(name, kwargs=arguments.get(name))
        client = client_of(people[stranger])
        assert (client.get(url).status_code, client.post(url, {"name": "上書き"}).status_code) == (403, 403), name


def test_what_the_other_office_wrote_is_marked_where_it_is_read(okayama: Programme):
    case = okayama.active(DAY)
    ours, theirs = (page(who, "case_detail", pk=case.pk) for who in (okayama.caseworker, okayama.navigator))
    for name in ("person_edit", "contact_edit", "case_status"):
        url = reverse(name, kwargs={"pk": case.pk})
        assert url in ours and url not in theirs, name
    assert "福祉事務所記入" in theirs and "ハローワーク記入" in ours
    review = okayama.review(case, DAY)
    stages = staged(okayama)
    for name, kwargs, expected in (
        ("support_request_answer", {"pk": stages["support_request_answer"].pk}, MARKS),
        ("plan_list", {"pk": case.pk}, MARKS),
    ):
        assert set(marks(okayama.navigator, name, kwargs)) == expected, name
    fresh = okayama.supported(DAY)
    planned(okayama, fresh, "週3日から働きたい")
    for name, kwargs in (
        ("plan_confirm", {"pk": fresh.pk}),
        ("plan_review_confirm", {"pk": case.pk, "review_pk": review.pk}),
    ):
        assert marks(okayama.caseworker, name, kwargs) == ["ハローワーク記入"], name
        assert marks(okayama.navigator, name, kwargs) == ["福祉事務所記入"], name
