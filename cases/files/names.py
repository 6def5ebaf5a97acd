"""Names of files as people gave them, without what could harm the one who saves them."""

from __future__ import annotations

import unicodedata

LONGEST = 120
NAMELESS = "無題"
# What Windows does not take, and the colon of a hidden stream.
_RESERVED = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def clean_name(given: str) -> str:
    """The last part of the path, visible characters only, at most 120 of them; Japanese stays as it is."""
    base = given.replace("\\", "/").rsplit("/", 1)[-1]
    # Control, format (also right-to-left override), surrogate, private and unassigned characters.
    visible = "".join(c for c in unicodedata.normalize("NFC", base) if not unicodedata.category(c).startswith("C"))
    name = " ".join(visible.translate(_RESERVED).split()).strip(" .")
    if len(name) > LONGEST:
        stem, dot, suffix = name.rpartition(".")
        name = f"{stem[: LONGEST - len(suffix) - 1]}{dot}{suffix}" if dot and len(suffix) <= 10 else name[:LONGEST]
    return name or NAMELESS


def suffixes(name: str) -> list[str]:
    """Endings in lower case, first to last: 'a.PDF.exe' → ['pdf', 'exe']."""
    return [part.strip().lower() for part in name.split(".")[1:]]
