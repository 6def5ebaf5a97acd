"""What leaves as a file or on paper, each with its entry: which act, which persons, whose (A33, A35)."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.enums import AccessAct
from accounts.models import AccessEntry, Organisation
from accounts.scope import Actor
from cases.actions import listing
from cases.models import Case, ListExport, Suppression
from core.db import scope
from core.periods import now
from tests.access.worlds import Arguments, client_of
from tests.accounts.test_access_log import log_refused
from tests.crawler import readable
from tests.e2e.screens import FILES
from tests.factories import Programme, working_as
from tests.test_access import everyone, things

PRINT, DOWNLOAD = AccessAct.PRINT, AccessAct.DOWNLOAD
# Output → how it is logged, whose data it carries (the case's person, everybody in the list, nobody), who takes it.
OUTPUTS: dict[str, tuple[AccessAct, str, str]] = {
    "attachment_download": (DOWNLOAD, "person", "cnm"),
    **dict.fromkeys(("appointment_slip", "case_paper", "face_sheet_pdf"), (PRINT, "person", "cn")),
    **dict.fromkeys(("case_record", "case_disclosure", "duty_sheet", "referral_sheet"), (PRINT, "person", "c")),
    **dict.fromkeys(("linking_pdf", "meeting_pack", "next_steps_pdf", "plan_paper"), (PRINT, "person", "n")),
    "plan_review_paper": (PRINT, "person", "n"),
    "case_readers_pdf": (PRINT, "person", "m"),
    "list_export": (DOWNLOAD, "list", "cnm"),
    "export_file": (DOWNLOAD, "list", "n"),
    "story_paper": (PRINT, "nobody", "c"),
    "report_file": (PRINT, "nobody", "m"),
}
# Once a month is closed, and with the same figures: tests/reports/test_published.py.
ELSEWHERE = {"report_public"}
POSTED: dict[str, dict[str, Any]] = {
    "case_disclosure": {"volume": 1},
    "list_export": {"reason": "会議の資料"},
    "export_file": {},
}
# A picture, and a paper on which the person signs without being named.
WITHOUT_NAME = {"attachment_download", "appointment_slip"}


def entries_of(answer: HttpResponse) -> list[tuple[AccessEntry, list[tuple[uuid.UUID, uuid.UUID | None]]]]:
    """What was logged of this one request, by the number it carries, in whatever chain."""
    number = uuid.uuid5(uuid.NAMESPACE_OID, answer["X-Request-ID"])
    with scope(organisations=list(Organisation.objects.values_list("pk", flat=True))):
        found = AccessEntry.objects.filter(request_id=number)
        return [(entry, list(entry.subjects.values_list("person_id", "case_id"))) for entry in found]


def test_every_output_is_in_the_table():
    """FILES are the URLs that tests/e2e cannot open as a screen; the others answer a form with a file."""
    assert set(OUTPUTS) == (FILES - ELSEWHERE) | set(POSTED)


def ready(okayama: Programme) -> tuple[dict[str, Actor], Arguments, Case]:
    """Who takes what, while nothing hides the person and a second one said yes to the list."""
    arguments = things(okayama)
    with working_as(okayama.caseworker):
        lifted = {"lifted_at": now(), "lifted_by": okayama.manager.user}
        assert Suppression.objects.filter(lifted_at=None).update(**lifted) >= 1
        case = Case.objects.select_related("person").get(pk=arguments["case_detail"]["pk"])
    answering = everyone(okayama)["h"]
    with working_as(answering):
        export = ListExport.objects.get(pk=arguments["export_file"]["pk"])
        listing.answer_export(export=export, by=answering, at=now(), is_approved=True)
    return {"c": okayama.caseworker, "n": okayama.navigator, "m": okayama.manager}, arguments, case


def test_each_output_is_logged_with_its_persons(okayama: Programme):
    """Over HTTP, while nothing hides the person, from three organisations' sides."""
    people, arguments, case = ready(okayama)
    clients = {letter: client_of(who) for letter, who in people.items()}
    for name, (act, whose, takers) in OUTPUTS.items():
        for letter in takers:
            who = people[letter]
            answer = taken(clients[letter], name, arguments)
            ((entry, subjects),) = entries_of(answer)
            assert (entry.act, entry.route) == (act, name)
            assert (entry.user, entry.organisation, entry.role) == (who.user, who.organisation, who.role)
            assert set(subjects) == expected(whose, who, case), (letter, name)
            assert entry.result_count == len({person for person, _case in subjects})
            if name not in WITHOUT_NAME:
                assert (case.person.name in readable(answer)) == (whose != "nobody"), (letter, name)


def test_without_the_log_no_output_leaves(okayama: Programme):
    """A34: paper, attachment and list alike; the first who may take each of them."""
    people, arguments, case = ready(okayama)
    clients = {letter: client_of(who) for letter, who in people.items()}
    with log_refused():
        for name, (_act, _whose, takers) in OUTPUTS.items():
            answer = asked(clients[takers[0]], name, arguments)
            assert (answer.status_code, answer["Content-Type"]) == (503, "text/html; charset=utf-8"), name
            assert "記録を残せない" in answer.content.decode(), name
            assert case.person.name not in answer.content.decode(), name


def asked(client: Client, name: str, arguments: Arguments) -> HttpResponse:
    url = reverse(name, kwargs=arguments.get(name))
    return client.post(url + "?state=all", POSTED[name]) if name in POSTED else client.get(url)


def taken(client: Client, name: str, arguments: Arguments) -> HttpResponse:
    answer = asked(client, name, arguments)
    assert (answer.status_code, "html" in answer["Content-Type"]) == (200, False), name
    return answer


def expected(whose: str, who: Actor, case: Case) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Persons and cases that the entry has to name."""
    if whose != "list":
        return {(case.person_id, case.pk)} if whose == "person" else set()
    with working_as(who):
        left = ListExport.objects.filter(user=who.user, taken_at__isnull=False).latest("taken_at")
        held = set(Case.objects.filter(pk__in=left.row_ids).values_list("person_id", "pk"))
    assert (case.person_id, case.pk) in held
    return held
