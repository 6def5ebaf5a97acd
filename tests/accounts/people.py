"""Log-ins over HTTP for the tests of accounts."""

from __future__ import annotations

import time

import pyotp
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from accounts.models import User

PASSWORD = "long-enough-password"  # what tests.factories.actor sets
ADDRESS = "192.0.2.10"


def log_in(
    username: str, password: str = PASSWORD, *, address: str = ADDRESS, client: Client | None = None
) -> tuple[Client, HttpResponse]:
    client = client or Client()
    answer = client.post("/login/", {"username": username, "password": password}, REMOTE_ADDR=address)
    return client, answer


def give_totp(user: User) -> pyotp.TOTP:
    """An authenticator app of the user, as if set up before."""
    secret = pyotp.random_base32()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
    return pyotp.TOTP(secret)


def age(client: Client, **seconds: float) -> None:
    """Turn the session's clocks back: age(client, seen_at=900)."""
    session = client.session
    for key, value in seconds.items():
        session[key] = session[key] - value
    session.save()


def is_in(client: Client) -> bool:
    return client.get("/help/").status_code == 200


def cookie(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def wait_for_fresh_code() -> None:
    """Not in the last seconds of a 30-second step, where a code may be too late."""
    left = 30 - time.time() % 30
    if left < 3:
        time.sleep(left + 0.1)
