"""The programme whose records are asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.factories import Programme, make_programme


@pytest.fixture
def programme(db: None, quick_and_quiet: None) -> Programme:
    return make_programme("okayama", 1007)


@pytest.fixture(autouse=True)
def quick_and_quiet() -> Iterator[None]:
    """Thousands of refusals are wanted here: no log lines for them, and passwords that are cheap to hash."""
    logging.disable(logging.WARNING)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
    logging.disable(logging.NOTSET)
