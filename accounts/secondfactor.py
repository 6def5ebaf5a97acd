"""Checking codes of the second factor: each is good once, and wrong ones are counted."""

from __future__ import annotations

import datetime as dt
import logging
import re
import secrets
import unicodedata

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest

from accounts import lockout
from accounts.access_log import Event, happened
from accounts.enums import AccessAct
from accounts.models import RecoveryCode, User

logger = logging.getLogger(__name__)
CODES = 10
# No letters that look alike; 12 of 30 signs are 58 bits, hashed like a password.
ALPHABET = "abcdefghjkmnpqrstuvwxyz2345678"
GROUPS, LENGTH = 3, 4
_RECOVERY = re.compile(rf"(\d{{1,2}})-([{ALPHABET}]{{{GROUPS * LENGTH}}})")


class WrongCode(Exception):
    """The code is no code, not this user's, used before, or the account is stopped at this address."""


def normalised(code: str) -> str:
    """What was meant, typed in full width, in capitals or with spaces."""
    return re.sub(r"[\s‐－―ー−-]+", "-", unicodedata.normalize("NFKC", code).strip().lower())


def check_code(request: HttpRequest, user: User, code: str) -> Authenticator | RecoveryCode:
    """The authenticator or recovery code that this code belongs to, now used up. Raises WrongCode."""
    if lockout.is_locked(request, user):
        raise WrongCode
    text = normalised(code)
    used = _use_totp(user, text.replace("-", "")) or _use_recovery_code(user, text)
    if used is None:
        lockout.count_failure(request, user, "second_factor")
        raise WrongCode
    return used


def totp_counter(secret: str, code: str) -> int | None:
    """The 30-second step to which the code belongs; None when it is none of now."""
    for counter in yield_hotp_counters_from_time():
        if secrets.compare_digest(format_hotp_value(hotp_value(secret, counter)).encode(), code.encode()):
            return counter
    return None


@transaction.atomic
def _use_totp(user: User, code: str) -> Authenticator | None:
    totp = Authenticator.objects.select_for_update(no_key=True).filter(user=user, type=Authenticator.Type.TOTP).first()
    if totp is None:
        return None
    try:
        secret = decrypt(totp.data["secret"])
    except InvalidToken:  # a recovery code still opens, and a new app can be set up
        logger.error("No key opens the secret of an authenticator app: SECRET_KEY or SECRET_KEY_FALLBACKS has changed")
        return None
    counter = totp_counter(secret, code)
    if counter is None or counter <= totp.data.get("last_counter", 0):
        return None
    mark_used(totp, counter)
    return totp


def mark_used(totp: Authenticator, counter: int | None) -> None:
    """This step and all before it are used up."""
    totp.data["last_counter"] = counter
    totp.save(update_fields=["data"])


def _use_recovery_code(user: User, text: str) -> RecoveryCode | None:
    number, _dash, letters = text.partition("-")
    match = _RECOVERY.fullmatch(f"{number}-{letters.replace('-', '')}")
    if match is None:
        return None
    code = RecoveryCode.objects.filter(user=user, number=int(match[1]), used_at__isnull=True).first()
    if code is None or not check_password(match[2], code.code_hash):
        return None
    now = dt.datetime.now(dt.UTC)
    return code if RecoveryCode.objects.filter(pk=code.pk, used_at__isnull=True).update(used_at=now) else None


@transaction.atomic
def new_recovery_codes(*, user: User, at: dt.datetime) -> list[str]:
    """Ten new codes in the place of all earlier ones, for showing once: '3-abcd-efgh-jkmn'."""
    before, _models = RecoveryCode.objects.filter(user=user).delete()
    codes = []
    for number in range(1, CODES + 1):
        groups = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(GROUPS)]
        RecoveryCode.objects.create(user=user, number=number, code_hash=make_password("".join(groups)), created_at=at)
        codes.append(f"{number}-{'-'.join(groups)}")
    happened(Event(AccessAct.SECOND_FACTOR, user, purpose=f"本人が回復コードを作{'り直し' if before else 'っ'}た"))
    return codes
