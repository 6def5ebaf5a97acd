"""What every answer tells the browser: policy, caching, cookies, request id; and the pages for errors."""

from __future__ import annotations

import re

from django.test import Client

REQUEST_ID = re.compile(r"([2-9A-HJKMNP-TW-Z]{4}-){2}[2-9A-HJKMNP-TW-Z]{4}")


def test_every_answer_carries_its_own_request_id(db: None):
    client = Client(headers={"X-Request-ID": "forged\r\nline"})
    found = [client.get(url)["X-Request-ID"] for url in ("/login/", "/", "/no/such/page/", "/healthz")]
    assert all(REQUEST_ID.fullmatch(value) for value in found), found
    assert len(set(found)) == 4
