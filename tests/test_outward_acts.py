"""What goes out of the house or cannot be undone is asked for on a page that says whom it concerns and what follows (D35).

The acts are the rows of the table in docs/design.md, every one of them: a new row fails here until its pages are named.
Acts of one press (ONE_PRESS) have no page before; that they can be taken back is tested in cases/test_asked_before.py.
What is carried out after the page, and that looking does nothing, is tested there, in cases/test_handover.py, and for
drafts in accounts/test_drafts.py. Where an act is not about one person (a month, a list, an account, an address), NAMES
says what the page must name instead.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from cases.actions import feed
from cases.models import Assignment, SavedView
from core.periods import now
from reports.models import MonthlyReport
from tests.access.worlds import ROUTES, client_of, world
from tests.factories import Programme, make_programme, working_as
from tests.permission_matrix import MATRIX
from tests.stages import staged
from tests.test_form_errors import Screen

ASKED = "このあとどうなるか"
# Row of the table (its first words) → page → what it says follows. After a colon: which of several questions of the page.
ROWS: dict[str, dict[str, str]] = {
    "支援要請を送る": {
        "support_request_new": "見られるようになります",
        "support_request_urgent": "見られるようになります",
        "support_request_complete": "ハローワークにも見えます",
        "pre_consultation_new": "見られるようになります",
        "referral_new": "つなぎ先が読めるのは",
    },
    "支援要請に答える": {
        "support_request_answer": "支援が始まります",
        "pre_consultation_answer": "市区町村の「今日」に出ます",
        "referral_answer": "つなぎ先は見られなくなります",
    },
    "支援要請を取り下げる": {
        "support_request_withdraw": "見られなくなります",
        "consent_withdraw": "見られなくなります",
        "case_move": "で戻せます",
        "case_close": "再び支援するときは新しいケースを開きます",
        "case_transfer": "見られなくなります",
        "appointment_cancel": "相手の機関にも見えます",
        "attachment_remove": "だれも開けなくなります",
        "placement_separate": "残りの定着確認は要らなくなり",
    },
    "プランの確認": {"plan_confirm": ASKED, "plan_review_confirm": ASKED},
    "会議録の確定": {"meeting_confirm": ASKED},
    "会議で決めたことを": {},
    "無断欠席": {},
    "担当を終わりにする": {"assignment_new": ASKED, "handover_new": "すべて一度に記録され", "cover_withdraw": ASKED},
    "登録の統合": {
        "person_merge": "あとから取り消せます",
        "person_merge_undo": "元に戻します",
        "person_not_same": "また出ます",
    },
    "支援措置の解除": {"release_answer": ASKED, "export_answer": ASKED},
    "成功例を": {"story_review": ASKED},
    "月の報告を": {
        "report_confirm": ASKED,
        "report_request": ASKED,
        "report_return": "数え直すまで確定しません",
        "report_revise": "確定した版は残ります",
    },
    "事業計画の合意": {"plan_detail": "合意"},
    "利用を止める": {
        "account_detail:disable": "ログインできなくなり",
        "account_detail:end": "見えなくなります",
        "account_detail:end_sessions": "ログインし直し",
        "account_detail:reset_second_factor": "設定し直します",
    },
    "下書きを捨てる": {
        "draft_discard": "戻せません",
        "list_views:delete": "戻せません",
        "notice_settings:renew": ASKED,
        "notice_settings:end": ASKED,
    },
}
ONE_PRESS = {"会議で決めたことを", "無断欠席"}
ACTS = {name: words for row in ROWS.values() for name, words in row.items()}
# Whom the page names where it is not a person of the programme: an organisation, a worker, a month, a thing.
NAMES = {
    "meeting_confirm": "okayama福祉事務所",
    "cover_withdraw": "okayama-naviさん",
    "export_answer": "okayama-naviさん",
    "story_review": "清掃の仕事に就職",
    **dict.fromkeys(("report_confirm", "report_request", "report_return", "report_revise"), "12月"),
    "plan_detail": "令和5年度",
    **{f"account_detail:{act}": "okayama-cwさん" for act in ("disable", "end", "end_sessions", "reset_second_factor")},
    "draft_discard": "まで書いていたもの",
    "list_views:delete": "わたしの表示",
    **{f"notice_settings:{act}": "に作ったもの" for act in ("renew", "end")},
}


def test_the_rows_are_those_of_the_table():
    text = (Path(settings.BASE_DIR) / "docs/design.md").read_text(encoding="utf-8")
    table = text.split("## 取り消せない操作・外に届く操作")[1].split("\n## ")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    rows = [row for row in rows if not row.startswith("---")]
    unnamed = [row for row in rows if not any(row.startswith(start) for start in ROWS)]
    assert not unnamed
    assert len(rows) == len(ROWS)
    assert {start for start, acts in ROWS.items() if not acts} == ONE_PRESS


def open_page(programme: Programme, people: dict[str, Any], name: str, kwargs: dict[str, Any] | None) -> HttpResponse:
    """The page that asks, as the first role of the matrix that may see it."""
    name, _, act = name.partition(":")
    own = {
        "assignment_new": "n",
        "handover_new": "n",
        "report_request": "m",
        "report_return": "m",
        "report_revise": "m",
    }
    people["draft_discard"] = programme.bureau_manager
    client = client_of(people[own.get(name) or (MATRIX[name] or [name])[0]])
    match name:
        case "assignment_new":
            with working_as(programme.navigator):
                mine = Assignment.objects.filter(case=kwargs["pk"], user=programme.navigator.user, ends_on=None).get()
            return client.post(reverse(name, kwargs=kwargs), {"end": mine.pk})
        case "handover_new":
            return client.get(reverse(name), {"worker": f"{programme.navigator.user.pk}-{programme.hello_work.pk}"})
        case "report_request":
            return client.get(reverse(name, kwargs=kwargs), {"month": "2023-12"})
        case "report_return":
            return client.get(reverse("report_detail", kwargs=kwargs))
        case "report_revise":
            MonthlyReport.objects.update(status="closed", closed_at=now())
            return client.get(reverse("report_detail", kwargs=kwargs))
        case "account_detail":
            return client.get(
                reverse(name, kwargs=kwargs), {"act": act, "membership": programme.caseworker.membership.pk}
            )
        case "list_views":
            with working_as(people["c"]):
                view = SavedView.objects.get(name="わたしの表示")
            return client.get(reverse(name, kwargs=kwargs), {act: view.pk})
        case "notice_settings":
            with working_as(people["c"]):
                feed.renew_feed(user=people["c"].user, at=now())
            return client.get(reverse(name), {"act": act})
    return client.get(reverse(name, kwargs=kwargs))


@pytest.fixture
def pages(db: None) -> dict[str, Screen]:
    """Each act's page."""
    programme = make_programme("okayama", 1007)
    people, arguments = world("own", programme)
    stages = staged(programme)
    arguments |= {name: {"pk": case.pk} for name, case in stages.items()}
    with working_as(people["c"]):
        SavedView.objects.create(
            kind="cases", name="わたしの表示", user=people["c"].user, organisation=people["c"].organisation, query=""
        )
    found = {}
    for name in ACTS:
        answer = open_page(programme, people, name, arguments.get(name.partition(":")[0]))
        assert answer.status_code == 200, (name, answer)
        found[name] = Screen.of(answer)
    return found


def persons(name: str, screen: Screen) -> list[str]:
    """Whom the page is about: the person of the identity bar where there is one."""
    if name in NAMES:
        return [NAMES[name]]
    bar = [one for one in screen.root.iter() if "identity-name" in (one.get("class") or "")]
    if bar:
        return [screen.text(next(bar[0].iter("a"))).strip()]
    return ["試験 花子"]


def test_each_act_says_whom_it_concerns_and_what_follows(pages: dict[str, Screen]):
    """The name stands in the page itself, beside what follows; the bar above has it as well on pages of a case."""
    faults = []
    for name, words in ACTS.items():
        screen = pages[name]
        main = screen.text(next(screen.root.iter("main")))
        if words not in re.sub(r"\s+", "", main):
            faults.append(f"{name}: {words}")
        faults += [f"{name}: does not name {person}" for person in persons(name, screen) if person not in main]
        if ROUTES[name.partition(":")[0]].startswith("cases/<"):
            bar = [one for one in screen.root.iter() if "identity-name" in (one.get("class") or "")]
            assert bar, f"{name}: whose case it is"
    assert not faults, "\n".join(faults)


def test_each_page_of_an_act_can_be_left_without_doing_it(pages: dict[str, Screen]):
    """By a link beside the button; a form that is folded into a page of figures is left by folding it."""
    for name, screen in pages.items():
        main = next(screen.root.iter("main"))
        assert name in ("plan_detail", "report_return", "report_revise", "support_request_answer") or [
            one for one in main.iter("a") if screen.text(one).strip() in ("やめる", "戻る")
        ], name
