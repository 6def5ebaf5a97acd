"""What several files here begin with."""

from __future__ import annotations

import pytest

from agreements.models import Site
from cases.models import Case
from tests.factories import Programme


@pytest.fixture
def site(okayama: Programme) -> Site:
    made = Site.objects.create(name="就労支援ルーム", nickname="ルーム", address="架空町1", phone="086-000-0000")
    okayama.agreement.sites.add(made)
    return made


@pytest.fixture
def open_case(okayama: Programme) -> Case:
    return okayama.active()
