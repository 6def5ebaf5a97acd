"""What the page asks for while a report is counted: words to read out only when something is new."""

from __future__ import annotations

import datetime as dt

import pytest

from core.periods import Month
from reports import actions
from reports.tasks import count_report
from tests.clients import client_of
from tests.factories import Programme, at, make_programme

DAY = dt.date(2024, 1, 5)
ADDRESS = "/reports/okayama/2023-12/r1/"


@pytest.fixture
def okayama(db: None) -> Programme:
    return make_programme("okayama", 1007)


def test_news_is_read_out_once(okayama: Programme):
    report = actions.request_report(
        agreement=okayama.agreement, month=Month(2023, 12), by=okayama.manager.user, at=at(DAY), today=DAY
    )
    client = client_of(okayama.manager)

    def part(query: str) -> str:
        return client.get(f"{ADDRESS}{query}", headers={"HX-Request": "true"}).content.decode()

    whole = client.get(ADDRESS).content.decode()
    assert 'role="status" id="progress-said"></p>' in whole
    assert "hx-swap-oob" not in whole
    assert 'aria-busy="true"' in part("?seen=0")
    assert "hx-swap-oob" not in part("?seen=0")
    assert "hx-swap-oob" in part("")
    count_report(report_id=str(report.pk))
    done = part("?seen=0")
    assert "aria-busy" not in done
    assert "集計が終わりました" in done
