"""What a new password may be (security.md A46): long, no rules of composition, not the obvious."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import Organisation

MAXIMUM = 128
# What must remain when the well-known words are taken out.
REMAINDER = 8
WORDS = (
    "ittai",
    "password",
    "pass",
    "admin",
    "login",
    "qwerty",
    "abc",
    "パスワード",
    "一体的実施",
    "ハローワーク",
    "市役所",
)


class MaximumLengthValidator:
    """A limit that keeps hashing cheap; far above what people type."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > MAXIMUM:
            raise ValidationError(f"パスワードは{MAXIMUM}文字以内にしてください。", code="password_too_long")

    def get_help_text(self) -> str:
        return f"{MAXIMUM}文字まで使えます。文字の種類の決まりはありません。"


class BlocklistValidator:
    """Names of our organisations and well-known words do not count: enough must remain without them."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = _plain(password)
        if len(set(rest)) < 5:
            raise ValidationError("同じ文字の繰り返しです。別のパスワードにしてください。", code="password_repeats")
        names = [name for pair in Organisation.objects.values_list("name", "short_name") for name in pair]
        words = sorted({_plain(word) for word in (*WORDS, *names, *_own_words(user))}, key=len, reverse=True)
        for word in words:
            if len(word) > 1:
                rest = rest.replace(word, "")
        if len(re.sub(r"\d{4}", "", rest)) < REMAINDER and rest != _plain(password):
            raise ValidationError(
                "機関の名前や利用者ID、よく使われる言葉が中心のパスワードは使えません。関係のない言葉をいくつか並べてください。",
                code="password_names",
            )

    def get_help_text(self) -> str:
        return "機関の名前や利用者IDを中心にしたものは使えません。"


def _own_words(user: Any) -> tuple[str, ...]:
    return () if user is None else (user.username, user.name, user.email.partition("@")[0])


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
