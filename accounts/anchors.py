"""Is the access log whole? Its chains are checked link by link, and against heads kept outside the database.

A chain alone does not show that its tail was cut off together with its head row; an anchor does: a
signed file with the number and hash of every chain's last entry on a day (security.md A38, A39).
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import os
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accounts.models import AccessChain

WHY = {
    "missing": "この番号の記録がありません。",
    "link": "一つ前の記録とつながっていません。",
    "content": "記録の内容が、書かれたときと違います。",
    "head": "最後の記録と、系列の控えが合いません。",
    "anchor": "外に控えた値と違います(書き換え、または末尾の削除。"
    "バックアップから戻した後なら、docs/operations.mdの「復元」のとおり、控えを分けてください)。",
}
VERIFY_SQL = "SELECT broken_number, why FROM ittai_verify_access(%s, %s::bigint[], %s::bytea[])"


@dataclass(frozen=True)
class Broken:
    """The first row of a chain that is not as it was written."""

    chain: int
    number: int
    why: str

    def __str__(self) -> str:
        owner = f"機関{self.chain}" if self.chain else "機関のない記録(0)"
        return f"{owner} 番号{self.number}: {WHY[self.why]}"


@dataclass
class Anchors:
    """What the files say: chain → (number, hash) pairs; when the last was written; files that cannot be believed."""

    heads: dict[int, list[tuple[int, bytes]]] = field(default_factory=lambda: defaultdict(list))
    bad_files: list[str] = field(default_factory=list)
    file_count: int = 0
    newest_at: dt.datetime | None = None


def first_broken(cursor: Any, chain: int, anchors: list[tuple[int, bytes]]) -> Broken | None:
    """The first broken row of the chain; every row, its subjects, links, head and anchors are looked at."""
    cursor.execute(VERIFY_SQL, [chain, [number for number, _hash in anchors], [value for _number, value in anchors]])
    row = cursor.fetchone()
    return Broken(chain, *row) if row else None


def write_anchor(folder: Path, *, key: str, at: dt.datetime) -> Path:
    """All heads, signed, in a file of their own; files are only ever added."""
    heads = [
        {"chain": head.chain, "number": head.last_number, "hash": bytes(head.last_hash).hex()}
        for head in AccessChain.objects.order_by("chain")
    ]
    content = {"at": at.astimezone(dt.UTC).isoformat(timespec="seconds"), "heads": heads}
    text = json.dumps({**content, "signature": _signature(content, key)}, ensure_ascii=False, indent=1)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"anchor-{at.astimezone(dt.UTC):%Y%m%dT%H%M%S%fZ}.json"
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
    return path


def read_anchors(folder: Path, *, key: str) -> Anchors:
    """Every anchor file of the folder; one with a wrong signature or form is named, not used."""
    anchors = Anchors()
    for path in sorted(folder.glob("anchor-*.json")):
        anchors.file_count += 1
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            signature = content.pop("signature")
            if not hmac.compare_digest(signature, _signature(content, key)):
                raise ValueError(path.name)
            written_at = dt.datetime.fromisoformat(content["at"])
            rows = [(int(row["chain"]), int(row["number"]), bytes.fromhex(row["hash"])) for row in content["heads"]]
        except (ValueError, KeyError, TypeError, AttributeError):
            anchors.bad_files.append(path.name)
            continue
        anchors.newest_at = max(written_at, anchors.newest_at or written_at)
        for chain, number, value in rows:
            anchors.heads[chain].append((number, value))
    return anchors


def _signature(content: dict[str, Any], key: str) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(f"ittai access log anchor {key}".encode(), text.encode(), "sha256").hexdigest()
