"""What the organisation's provider says of a log-in there: of whom, when, by which means (A44; ASVS 6.8.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings

CLOCKS_APART = 60  # seconds between the provider's clock and ours


def is_vouched(said: Mapping[str, Any], *, at: dt.datetime) -> bool:
    """Whether the answer is of one subject, confirmed lately, by the means that the settings ask for.

    `said` is what allauth keeps of it: the claims of the `id_token`, which was checked for issuer and audience, and
    of `userinfo`, which is worth nothing unless it is of the same subject (OpenID Connect Core 5.3.4).
    """
    claims = said.get("id_token") or {}
    userinfo = said["userinfo"] or {} if "userinfo" in said else claims
    if not claims.get("sub") or userinfo.get("sub") != claims["sub"]:
        return False
    return _is_recent(claims.get("auth_time"), at) and _is_strong(claims)


def _is_recent(auth_time: Any, at: dt.datetime) -> bool:
    if not settings.OIDC_MAX_AGE:
        return True
    if not isinstance(auth_time, int | float):
        return False  # the provider has to say so when asked by max_age (Core 3.1.2.1)
    now = at.timestamp()
    return now - settings.OIDC_MAX_AGE - CLOCKS_APART <= auth_time <= now + CLOCKS_APART


def _is_strong(claims: Mapping[str, Any]) -> bool:
    amr = claims.get("amr")
    has_means = isinstance(amr, list) and any(means in amr for means in settings.OIDC_AMR)
    has_level = claims.get("acr") in settings.OIDC_ACR
    return (has_level or not settings.OIDC_ACR) and (has_means or not settings.OIDC_AMR)
