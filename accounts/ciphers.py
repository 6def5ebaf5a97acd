"""Keys that are in the settings and not in the database."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def cipher_for(purpose: str, secrets: Iterable[str]) -> MultiFernet:
    """A key of its own for each purpose, from every secret (HKDF-SHA256, RFC 5869): the first encrypts, all open."""
    return MultiFernet(
        [
            Fernet(
                base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(secret.encode()))
            )
            for secret in secrets
        ]
    )
