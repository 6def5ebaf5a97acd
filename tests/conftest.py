"""Strict ground for every test: application role, no network, plain static files."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.template import engines
from django.test import override_settings

from tests import servers
from tests.factories import Programme, make_programme

_connect = socket.socket.connect


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """This worker's copy of the migrated template; tests run as the application's role."""
    servers.copy(servers.template(), f"test_{servers.WORKER}")
    with django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True, scope="session")
def plain_static_files() -> Iterator[None]:
    storages = {
        **django_settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Cheap hashes: hundreds of people are made, and their passwords guard nothing.
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher", *django_settings.PASSWORD_HASHERS]
    with override_settings(STORAGES=storages, PASSWORD_HASHERS=hashers):
        yield


class Undefined(str):
    """Django's `string_if_invalid`, which fails the test that shows a variable nobody gave the template.

    Optional values stay possible where the template says so: `{% if x %}`, `{{ x|default:"…" }}`. Templates
    of packages are not ours to judge.
    """

    def __new__(cls) -> Undefined:
        return super().__new__(cls, "%s")

    def __mod__(self, variable: Any) -> str:
        frame = sys._getframe(1)
        expression, context = frame.f_locals["self"], frame.f_locals["context"]
        names = {function.__name__ for function, _arguments in expression.filters}
        origin = str(context.render_context.template.origin)
        if names & {"default", "default_if_none"} or not origin.startswith(str(django_settings.BASE_DIR / "templates")):
            engine = context.template.engine
            engine.string_if_invalid = ""
            try:
                return expression.resolve(context)
            finally:
                engine.string_if_invalid = self
        raise AssertionError(f"{origin}: {{{{ {variable} }}}} is not in the context")


@pytest.fixture(autouse=True, scope="session")
def undefined_template_variables_fail() -> Iterator[None]:
    engine = engines["django"].engine
    engine.string_if_invalid = Undefined()
    yield
    engine.string_if_invalid = ""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine answers."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and str(address[0]) not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"network access to {address}")
        _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def okayama(db: None) -> Programme:
    return make_programme("okayama", 1007)


@pytest.fixture
def soja(db: None) -> Programme:
    return make_programme("soja", 2089)
