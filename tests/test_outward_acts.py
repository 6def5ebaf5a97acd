"""What goes out of the house or cannot be undone is asked for on a page that says whom it concerns and what follows (D35).

The acts are those of the table in docs/design.md; the words are what the person at the counter reads before pressing.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.access.worlds import ROUTES, client_of, world
from tests.factories import make_programme
from tests.permission_matrix import MATRIX
from tests.test_form_errors import Screen

ASKED = "このあとどうなるか"
ACTS = {
    "support_request_new": "見られるようになります",
    "support_request_urgent": "見られるようになります",
    "pre_consultation_new": "見られるようになります",
    "referral_new": "つなぎ先が読めるのは",
    "referral_answer": "つなぎ先は見られなくなります",
    "consent_withdraw": "見られなくなります",
    "case_move": "で戻せます",
    "case_close": "再び支援するときは新しいケースを開きます",
    "case_transfer": "見られなくなります",
    "appointment_cancel": "相手の機関にも見えます",
    "attachment_remove": "だれも開けなくなります",
    "placement_separate": "残りの定着確認は要らなくなり",
    "person_merge": "あとから取り消せます",
    "person_not_same": "また出ます",
    "plan_confirm": ASKED,
    "plan_review_confirm": ASKED,
    "meeting_confirm": ASKED,
    "cover_withdraw": ASKED,
    "release_answer": ASKED,
    "export_answer": ASKED,
    "story_review": ASKED,
    "report_confirm": ASKED,
}


@pytest.fixture
def pages(db: None) -> dict[str, Screen]:
    """Each act's page as the first role of the matrix that may see it."""
    people, arguments = world("own", make_programme("okayama", 1007))
    found = {}
    for name in ACTS:
        answer = client_of(people[MATRIX[name][0]]).get(reverse(name, kwargs=arguments.get(name)))
        assert answer.status_code == 200, name
        found[name] = Screen.of(answer)
    return found


def test_each_act_says_whom_it_concerns_and_what_follows(pages: dict[str, Screen]):
    for name, words in ACTS.items():
        screen = pages[name]
        main = screen.text(next(screen.root.iter("main")))
        assert words in re.sub(r"\s+", "", main), name
        if ROUTES[name].startswith("cases/<"):
            bar = [one for one in screen.root.iter() if "identity-name" in (one.get("class") or "")]
            assert bar, f"{name}: whose case it is"
            assert screen.text(bar[0]).strip(), name


def test_each_page_of_an_act_can_be_left_without_doing_it(pages: dict[str, Screen]):
    for name, screen in pages.items():
        main = next(screen.root.iter("main"))
        assert [one for one in main.iter("a") if screen.text(one).strip() in ("やめる", "戻る")], name
