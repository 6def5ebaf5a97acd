"""Pages by key: every row once, whatever the cursor says."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import signing

from cases.models import Case, CaseTransition, Interview
from core.pagination import page_of
from tests.factories import Programme, working_as

DAY = dt.date(2023, 5, 1)


@pytest.fixture
def notes(okayama: Programme) -> Programme:
    """Seven notes; three share a moment."""
    case = okayama.active()
    for offset in (0, 1, 2, 2, 2, 3, 4):
        okayama.interview(case, DAY + dt.timedelta(days=offset))
    return okayama


def walk(size: int) -> list[list[Interview]]:
    pages, cursor = [], None
    while True:
        page = page_of(Interview.objects.all(), at="held_at", key="pk", cursor=cursor, size=size)
        assert page.is_first == (cursor is None)
        pages.append(page.rows)
        cursor = page.older
        if cursor is None:
            return pages


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
def test_every_row_once_newest_first(notes: Programme, size):
    with working_as(notes.navigator):
        pages = walk(size)
        rows = [row for page in pages for row in page]
        assert rows == list(Interview.objects.order_by("-held_at", "-pk"))
        assert all(len(page) == size for page in pages[:-1])
        assert 1 <= len(pages[-1]) <= size


def test_an_empty_list_is_one_empty_first_page(okayama: Programme):
    with working_as(okayama.navigator):
        page = page_of(Interview.objects.all(), at="held_at", key="pk", cursor=None)
    assert (page.rows, page.older, page.is_first) == ([], None, True)


@pytest.mark.parametrize("cursor", ["", "x", "a:b:c", "signed elsewhere"])
def test_a_broken_cursor_gives_the_first_page(notes: Programme, cursor):
    if cursor == "signed elsewhere":
        cursor = signing.dumps(["2023-05-01", "x"], salt="elsewhere")
    with working_as(notes.navigator):
        page = page_of(Interview.objects.all(), at="held_at", key="pk", cursor=cursor, size=2)
    assert page.is_first
    assert len(page.rows) == 2


def test_a_cursor_belongs_to_its_list(notes: Programme):
    with working_as(notes.navigator):
        cursor = page_of(Interview.objects.all(), at="held_at", key="pk", cursor=None, size=2).older
        for other, at, name in (
            (CaseTransition.objects.all(), "at", ""),
            (Interview.objects.all(), "created_at", ""),
            (Interview.objects.all(), "held_at", "mine"),
        ):
            assert page_of(other, at=at, key="pk", cursor=cursor, size=2, name=name).is_first
        assert not page_of(Interview.objects.all(), at="held_at", key="pk", cursor=cursor, size=2).is_first


def test_a_new_row_does_not_shift_the_next_page(notes: Programme):
    with working_as(notes.navigator):
        before = walk(3)
        first = page_of(Interview.objects.all(), at="held_at", key="pk", cursor=None, size=3)
        case = Case.objects.get()
    notes.interview(case, DAY + dt.timedelta(days=9))
    with working_as(notes.navigator):
        second = page_of(Interview.objects.all(), at="held_at", key="pk", cursor=first.older, size=3)
    assert second.rows == before[1]
