"""XLSX and DOCX: the zip is measured before it is unpacked, every part is parsed, nothing is ever evaluated."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

from cases.files.checked import FileRefused

MOST_ENTRIES = 2_000
MOST_UNPACKED = 100 * 2**20
# Of one part larger than a megabyte; a sheet full of the same number reaches about 100.
MOST_RATIO = 200
_SYMLINK = 0o120000
_PIECE = 2**16

MAIN_PARTS = {
    "docx": (
        "/word/document.xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    ),
    "xlsx": ("/xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
}
_PLAIN_PARTS = re.compile(
    r".+\.(?:xml|rels|vml|png|jpe?g|gif|bmp|emf|wmf|tiff?|odttf)|.*printerSettings/[^/]+\.bin|.+/", re.IGNORECASE
)
_ACTING_PARTS = re.compile(
    r"vbaProject|vbaData|/activeX/|/embeddings/|/externalLinks/|/macrosheets/|/dialogsheets/|/queryTables/"
    r"|/connections\.xml$|/webextensions/|customUI",
    re.IGNORECASE,
)
_ACTING_TYPES = re.compile(r"macroEnabled|vbaProject|activeX|oleObject|externalLink", re.IGNORECASE)
_ACTING_FIELDS = re.compile(r"\b(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK)\b", re.IGNORECASE)
_ACTING_FORMULAS = re.compile(r"\w\|'|\b(?:WEBSERVICE|CALL|REGISTER\.ID)\s*\(", re.IGNORECASE)
_HARMLESS_LINKS = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


class _Acting(ValueError):
    """A part does more than show something."""


@dataclass
class _Part:
    """What the parser saw of one XML part."""

    path: str
    types: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    inside: str = ""

    def parse(self, pieces: list[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
        if _ACTING_FIELDS.search("".join(self.text)):
            raise _Acting("外部の資料を取り込む命令")

    def _doctype(self, *_declaration: object) -> None:
        raise _Acting("文書型宣言(DTD)")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        name = element.rsplit(":", 1)[-1]
        plain = {key.rsplit(":", 1)[-1]: value for key, value in attributes.items()}
        if name in ("Override", "Default") and self.path == "[Content_Types].xml":
            self.types[plain.get("PartName", "")] = plain.get("ContentType", "")
            if _ACTING_TYPES.search(plain.get("ContentType", "")):
                raise _Acting("マクロなどのプログラム")
        if name == "Relationship" and plain.get("TargetMode", "").lower() == "external":
            is_link = plain.get("Type", "").endswith("/hyperlink")
            if not (is_link and _HARMLESS_LINKS.match(plain.get("Target", ""))):
                raise _Acting("外部の資料への参照")
        if name == "fldSimple":
            self.text.append(f" {plain.get('instr', '')} ")
        if name in ("instrText", "f"):
            self.inside = name
            self.formula = ""

    def _end(self, element: str) -> None:
        name = element.rsplit(":", 1)[-1]
        if name == self.inside:
            self.inside = ""
            if name == "f" and _ACTING_FORMULAS.search(self.formula):
                raise _Acting("外部とやりとりする数式")

    def _characters(self, data: str) -> None:
        if self.inside == "instrText":
            self.text.append(data)
        elif self.inside == "f":
            self.formula += data


def check_office(content: bytes, name: str, suffix: str) -> None:
    """An office document without programs, outside links or traps in its zip. Raises FileRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _measure(archive, content)
            main, wanted = MAIN_PARTS[suffix]
            types: dict[str, str] = {}
            for entry in archive.infolist():
                part = _Part(entry.filename)
                pieces = _read(archive, entry)
                if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                    part.parse(pieces)
                types |= part.types
            if types.get(main) != wanted or main.lstrip("/") not in archive.namelist():
                raise zipfile.BadZipFile("not the document its name says")
    except _Acting as error:
        raise FileRefused(
            f"「{name}」には{error}が含まれるため受け付けられません。PDFとして保存し直したものを添付してください。"
        ) from error
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, ValueError, NotImplementedError) as e:
        raise FileRefused(
            f"「{name}」は{'Excel' if suffix == 'xlsx' else 'Word'}の文書として開けません。"
            "壊れているか、別の形式です。保存し直すか、PDFにして添付してください。"
        ) from e


def _measure(archive: zipfile.ZipFile, content: bytes) -> None:
    """Everything that can be known before a byte is unpacked."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or len({name.lower() for name in names}) != len(names):
        raise _Acting("多すぎるか重なった部品")
    if archive.comment or not content.startswith(b"PK\x03\x04") or content[-22:-18] != b"PK\x05\x06":
        raise zipfile.BadZipFile("something before or behind the zip")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _Acting("広げると大きすぎる部品")
    for entry in entries:
        path = entry.filename
        steps = path.split("/")
        if path.startswith("/") or ".." in steps or re.search(r"[\\:\0-\x1f]", path) or path != entry.orig_filename:
            raise _Acting("外の場所を指す部品")
        if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _Acting("暗号化された部品")
        if (entry.external_attr >> 16) & 0o170000 == _SYMLINK:
            raise _Acting("外の場所を指す部品")
        if entry.file_size > 2**20 and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
            raise _Acting("広げると大きすぎる部品")
        if _ACTING_PARTS.search(f"/{path}"):
            raise _Acting("マクロや外部への接続")
        if not _PLAIN_PARTS.fullmatch(path):
            raise _Acting("文書の部品でないファイル")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> list[bytes]:
    """The part in pieces; its length and check sum are verified by reading to the end."""
    with archive.open(entry) as part:
        return list(iter(lambda: part.read(_PIECE), b""))
