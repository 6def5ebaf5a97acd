"""Every URL under the settings of a real office: TLS alone, and cookies that stay with this host (security.md A52)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests import servers
from tests.access.worlds import ROUTES
from tests.permission_matrix import MATRIX

# A process of its own on a database of its own: settings.py decides by the environment, once. The one thing that
# differs from an office is the hasher, so that the people are made quickly.
WALKS = """
import json
import django
django.setup()
from django.test import override_settings
from django.urls import reverse
from django.test import Client
from tests.access.worlds import ROUTES, client_of, undone, world
from tests.accounts.people import give_totp
from tests.factories import make_programme
from tests.permission_matrix import POSTS

OPEN = {"invitation": {"token": "x" * 43}, "calendar_feed": {"token": "x" * 43}}
OPEN |= dict.fromkeys(("openid_connect_login", "openid_connect_callback"), {"provider_id": "no-such-one"})
found = []
with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
    people, arguments = world("own", make_programme("okayama", 1007))
    give_totp(people["m"].user)  # an office asks everybody for a second factor
    for who in ("m", ""):
        client = client_of(people["m"]) if who else Client(raise_request_exception=False)
        for name in sorted(ROUTES, key=lambda name: (name == "logout", name)):
            for method in ("get", "post"):
                with undone():
                    answer = getattr(client, method)(
                        reverse(name, kwargs={**arguments, **OPEN}.get(name)),
                        POSTS.get(name) if method == "post" else None,
                        secure=True,
                        headers={"host": "ittai.example"},
                    )
                cookies = [morsel.OutputString() for morsel in answer.cookies.values()]
                found.append([who, method, name, answer.status_code, answer.get("Strict-Transport-Security"), cookies])
print(json.dumps(found))
"""


def test_every_url_speaks_tls_only_and_its_cookies_belong_to_this_host(db: None, tmp_path: Path):
    environment = {
        **servers.environment(servers.copy(servers.template(), f"test_{servers.WORKER}_production")),
        "ITTAI_DEMO": "",
        "ALLOWED_HOSTS": "ittai.example",
        "SECRET_KEY": "k" * 60,
        "STATIC_ROOT": str(tmp_path / "static"),
    }
    for command in (["manage.py", "collectstatic", "--noinput", "-v0"], ["-c", WALKS]):
        done = subprocess.run(
            [sys.executable, *command], cwd=servers.ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) == len(ROUTES) * 2 * 2
    assert sum(status == 200 for _who, _method, _name, status, _tls, _cookies in answers) > len(MATRIX)
    wrong, names = [], set()
    for *what, _status, tls, cookies in answers:
        if tls != "max-age=31536000; includeSubDomains; preload":
            wrong.append((*what, tls))
        for cookie in cookies:
            value, *flags = cookie.split("; ")
            found = re.fullmatch(r"(__Host-session|__Host-csrf)=(.*)", value)
            # What is taken back is empty; nothing reads it.
            wanted = {"Secure", "Path=/", "SameSite=Lax"} | ({"HttpOnly"} if found and found[2].strip('"') else set())
            if not found or not wanted <= set(flags) or any(flag.startswith("Domain") for flag in flags):
                wrong.append((*what, cookie))
            else:
                names.add(found[1])
    assert wrong == []
    assert names == {"__Host-session", "__Host-csrf"}
