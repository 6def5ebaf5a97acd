"""Where a suppressed person can be found stands on no page, in no file and in no answer to a form (A26).

Every URL of the matrix is asked, by everybody who may: a new way of output cannot be forgotten. The same walk
meets the same texts while nothing hides them, or it would prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from accounts.scope import Actor
from cases.actions import attachment
from cases.enums import AttachmentKind, Visibility
from cases.files.check import check_file
from cases.models import Case, Suppression
from core.documents import Workbook
from core.periods import now
from tests.access.worlds import ROUTES, Arguments, ask, client_of
from tests.crawler import readable
from tests.factories import Programme, working_as
from tests.permission_matrix import MATRIX, METHODS, behind
from tests.test_access import everyone, things

WHEREABOUTS = {
    "postal_code": "7019999",
    "address": "かくれ市止まり木町9-9-9",
    "phone": "086-977-4321",
    "email": "tomarigi@hidden.example",
    "contact_note": "止まり木の姉を通して",
    "school": "止まり木小学校",
    "route": "止まり木駅から徒歩",
    "family": "止まり木の母と同居",
}
IN_A_FILE = "止まり木アパートの契約書の写し"
# The partner meets on its つなぎ where the person can be reached; the interpreter, who is in charge of nobody here, nothing.
OF_THE_REFERRAL = {"postal_code", "address", "phone", "contact_note"}
# Forms that offer every employer to choose from.
OFFERS_EMPLOYERS = {"introduction_new", "placement_new", "introduction_edit"}


def filled(programme: Programme) -> Arguments:
    """One of everything of a suppressed person; the file that is asked for says where the person is."""
    arguments = things(programme, whereabouts=WHEREABOUTS)
    book = Workbook()
    book.sheet("写し", title=IN_A_FILE, notes=[], header=("項目",), rows=[("契約",)], widths=(20,))
    with working_as(programme.navigator):
        scan = attachment.attach(
            case=Case.objects.get(pk=arguments["attachment_download"]["pk"]),
            by=programme.navigator,
            at=now(),
            file=check_file("写し.xlsx", book.to_bytes()),
            kind=AttachmentKind.OTHER,
            visibility=Visibility.SHARED,
        )
    arguments["attachment_download"]["attachment_pk"] = scan.pk
    return arguments


def shown_to(
    who: Actor, programme: Programme, arguments: Arguments, names: Iterable[str] = MATRIX
) -> dict[str, set[str]]:
    """Whereabouts → the URLs, of these names, whose answer holds them."""
    texts = {**WHEREABOUTS, "employer": programme.employer.name, "file": IN_A_FILE}
    found: dict[str, set[str]] = {kind: set() for kind in texts}
    client = client_of(who)
    for name in names:
        for method in METHODS.get(name, "get post").split():
            answer = ask(client, method, name, arguments.get(name))
            assert answer.status_code < 500, (method, name)  # a page that broke would show nothing
            text = readable(answer)
            for kind, value in texts.items():
                if value not in text or (kind == "employer" and behind(name, ROUTES[name]) != "case"):
                    continue
                if kind != "employer" or name not in OFFERS_EMPLOYERS:
                    found[kind].add(name)
    return found


@pytest.mark.parametrize("letter", "csnmhip")
def test_no_output_tells_where_a_suppressed_person_is(letter: str, programme: Programme):
    found = shown_to(everyone(programme)[letter], programme, filled(programme))
    assert found == {kind: set() for kind in found}


def test_the_same_walk_meets_them_while_nothing_hides_them(programme: Programme):
    """Everybody meets what the role would see, on the pages that show it to the caseworker."""
    arguments = filled(programme)
    with working_as(programme.caseworker):
        lifted = {"lifted_at": now(), "lifted_by": programme.manager.user}
        assert Suppression.objects.filter(lifted_at=None).update(**lifted) >= 1
    people = everyone(programme)
    found = {"c": shown_to(people["c"], programme, arguments)}
    showing = sorted(set().union(*found["c"].values()))
    for letter in "snmhip":
        found[letter] = shown_to(people[letter], programme, arguments, showing)
    every = set(found["c"])
    expected = {**dict.fromkeys("csnmh", every), "i": set(), "p": OF_THE_REFERRAL}
    assert {letter: {kind for kind, names in kinds.items() if names} for letter, kinds in found.items()} == expected
