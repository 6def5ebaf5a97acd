"""The programme whose records are asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.factories import Programme, make_programme


@pytest.fixture
def programme(db: None) -> Programme:
    return make_programme("okayama", 1007)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are wanted here; their log lines would hide the one that matters."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)
