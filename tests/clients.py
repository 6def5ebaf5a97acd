"""Who asks, and what the page says: for tests."""

from __future__ import annotations

import time
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.confirm import CONFIRMED_KEY
from accounts.scope import Actor


def client_of(who: Actor) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def confirmed(who: Actor) -> Client:
    """A client whose user gave the password just now (step-up)."""
    client = client_of(who)
    session = client.session
    session[CONFIRMED_KEY] = time.time()
    session.save()
    return client


def page(who: Actor, name: str, query: str = "", **kwargs: Any) -> str:
    """What somebody who gave the password just now reads there."""
    answer = confirmed(who).get(reverse(name, kwargs=kwargs or None) + query)
    assert answer.status_code == 200, answer
    return answer.content.decode()
