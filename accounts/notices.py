"""What the last form said, until the next page shows it: sealed, because the row of a session is behind no wall."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.messages.storage.session import SessionStorage

from accounts.ciphers import cipher_for


def _cipher() -> MultiFernet:
    return cipher_for("ittai messages", settings.DRAFT_KEYS)


class SealedSessionStorage(SessionStorage):
    """Messages name persons (「○○さんの連絡先を保存しました」). A session is read before anybody has a scope, so
    its row cannot be behind the wall: the messages in it are encrypted. What no key opens is not shown.
    """

    def serialize_messages(self, messages: Any) -> str:
        return _cipher().encrypt(super().serialize_messages(messages).encode()).decode()

    def deserialize_messages(self, data: Any) -> Any:
        if not data:
            return []
        try:
            return super().deserialize_messages(_cipher().decrypt(data.encode()).decode())
        except InvalidToken:
            return []
