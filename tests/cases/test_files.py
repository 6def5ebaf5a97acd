"""Files from outside: what is accepted. Hostile ones are refused with a sentence and leave nothing."""

from __future__ import annotations

import io
import os
import socket
import struct
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject, TextStringObject

from cases.files.check import check_file
from cases.files.checked import FileRefused
from cases.files.names import clean_name
from cases.models import Attachment, AttachmentContent, Case
from core.documents import Workbook
from tests.clients import client_of
from tests.factories import Programme, working_as
from tests.uploads import pdf, post

EXIF_GPS = 0x8825
OFFICE = "http://schemas.openxmlformats.org"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def picture(picture_format: str = "PNG", size: tuple[int, int] = (20, 10), **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, picture_format, **options)
    return buffer.getvalue()


def jpeg_with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(EXIF_GPS).update({1: "N", 2: (34.0, 39.0, 0.0), 3: "E", 4: (133.0, 55.0, 0.0)})
    return picture("JPEG", exif=exif)


def launching(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)


def scripted(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): writer._add_object(action)})


def begins_on_page_one(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/GoTo"), NameObject("/D"): NumberObject(0)})
    writer.root_object[NameObject("/OpenAction")] = action


def hidden_name(content: bytes) -> bytes:
    """The same script behind an escaped name, /J#61vaScript."""
    return content.replace(b"/JavaScript", b"/J#61vaScript")


def docx(
    *, main_type: str = MAIN_TYPE, body: str = "本文", rels: str = "", extra: dict[str, bytes] | None = None
) -> bytes:
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{OFFICE}/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>',
        "word/document.xml": f'<w:document xmlns:w="{OFFICE}/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{rels}</Relationships>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            archive.writestr(path, text)
        for path, data in (extra or {}).items():
            archive.writestr(path, data)
    return buffer.getvalue()


def external(kind: str, target: str) -> str:
    return f'<Relationship Id="r1" Type="{OFFICE}/officeDocument/2006/relationships/{kind}" Target="{target}" TargetMode="External"/>'


def xlsx(rows=(("氏名", "=1+1"),)) -> bytes:
    book = Workbook()
    book.sheet("表", title="題", notes=[], header=("a", "b"), rows=rows, widths=(5, 5))
    return book.to_bytes()


def xlsx_with(part: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx())) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != part:
                new.writestr(entry, old.read(entry))
        new.writestr(part, data)
    return buffer.getvalue()


def encrypted_pdf() -> bytes:
    return pdf(lambda writer: writer.encrypt("geheim", algorithm="RC4-128"))


def declared(size: int) -> bytes:
    """A PNG that says it has size × size pixels."""
    content = bytearray(picture())
    content[16:24] = struct.pack("!II", size, size)
    return bytes(content)


SCRIPT = b"<html><script>alert(1)</script></html>"
HOSTILE: dict[str, tuple[str, bytes]] = {
    "zip slip": ("履歴書.docx", docx(extra={"../../evil.xml": b"<a/>"})),
    "absolute path": ("履歴書.docx", docx(extra={"/etc/cron.d/evil.xml": b"<a/>"})),
    "zip bomb": ("表.xlsx", xlsx_with("xl/media/a.png", b"\0" * 60_000_000)),
    "many entries": ("履歴書.docx", docx(extra={f"word/media/{n}.png": b"" for n in range(2100)})),
    "macro": ("様式.docx", docx(extra={"word/vbaProject.bin": b"x"})),
    "docm called docx": ("様式.docx", docx(main_type="application/vnd.ms-word.document.macroEnabled.main+xml")),
    "docm": ("様式.docm", docx()),
    "remote template": ("様式.docx", docx(rels=external("attachedTemplate", "https://evil.invalid/a.dotm"))),
    "DTD": (
        "様式.docx",
        docx(extra={"word/x.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}),
    ),
    "DDE field": ("様式.docx", docx(body="<w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe</w:instrText>")),
    "external link": ("表.xlsx", xlsx_with("xl/externalLinks/externalLink1.xml", b"<a/>")),
    "DDE formula": (
        "表.xlsx",
        xlsx_with("xl/worksheets/sheet1.xml", b"<worksheet><c><f>cmd|'/c calc'!A0</f></c></worksheet>"),
    ),
    "embedded object": ("様式.docx", docx(extra={"word/embeddings/oleObject1.bin": b"x"})),
    "something behind the zip": ("様式.docx", docx() + SCRIPT),
    "a zip called xlsx": ("表.xlsx", docx()),
    "GIF with script": ("写真.png", b"GIF89a/*" + SCRIPT + b"*/"),
    "SVG": ("図.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "SVG called PNG": ("図.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "10,000 × 10,000 pixels": ("写真.png", declared(10_000)),
    "truncated JPEG": ("写真.jpg", picture("JPEG", (300, 300))[:-400]),
    "HTML called PDF": ("通知.pdf", SCRIPT),
    "script behind a PDF": ("通知.pdf", pdf() + SCRIPT),
    "PDF with JavaScript": ("通知.pdf", pdf(scripted)),
    "PDF with an escaped name": ("通知.pdf", hidden_name(pdf(scripted))),
    "PDF that launches": ("通知.pdf", pdf(launching)),
    "PDF with a file inside": ("通知.pdf", pdf(lambda writer: writer.add_attachment("evil.exe", b"MZ"))),
    "encrypted PDF": ("通知.pdf", encrypted_pdf()),
    "truncated PDF": ("通知.pdf", pdf()[:-200]),
    "double ending": ("通知.pdf.js", pdf()),
    "program before the ending": ("通知.exe.pdf", pdf()),
    "right-to-left": ("通知\u202efdp.exe", b"MZ"),
    "no ending": ("通知", pdf()),
    "empty": ("空.pdf", b""),
    "old office": ("表.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "My Number in its name": ("通知123456789018.pdf", pdf()),
}


def test_every_hostile_file_is_refused_with_a_sentence_and_leaves_nothing(okayama: Programme, open_case: Case):
    accepted, silent = [], []
    for label, (name, content) in HOSTILE.items():
        answer = post(okayama, open_case, name, content)
        text = answer.content.decode()
        if answer.status_code != 200:
            accepted.append((label, answer.status_code))
        elif 'id="error-summary"' not in text or not any(
            word in text
            for word in ("添付して", "添付し直して", "選び直して", "選んでください", "保存し直して", "記録できません")
        ):
            silent.append(label)
        assert "123456789018" not in text
    assert accepted == []
    assert silent == []
    assert len(HOSTILE) >= 20
    with working_as(okayama.navigator):
        assert (Attachment.objects.count(), AttachmentContent.objects.count()) == (0, 0)


GOOD = {
    "PDF": ("同意書.pdf", pdf()),
    "PDF that begins on a page": ("同意書.PDF", pdf(begins_on_page_one)),
    "JPEG": ("写真.JPG", picture("JPEG")),
    "PNG": ("写真.png", picture()),
    "XLSX": ("求職者一覧.xlsx", xlsx()),
    "DOCX": ("履歴書.docx", docx()),
    "DOCX with a link": ("履歴書.docx", docx(rels=external("hyperlink", "mailto:a@example.invalid"))),
    "dots": ("R8.11.21 同意書.pdf", pdf()),
}


@pytest.mark.parametrize("label", GOOD)
def test_a_good_file_comes_back(okayama: Programme, open_case: Case, label):
    name, content = GOOD[label]
    assert post(okayama, open_case, name, content).status_code == 302
    with working_as(okayama.navigator):
        row = Attachment.objects.get()
        if name.lower().endswith(("pdf", "xlsx", "docx")):
            assert bytes(row.content.data) == content
        assert (row.size_bytes, row.sha256) == (len(row.content.data), check_file(name, content).sha256)
        assert row.page_count == (1 if name.lower().endswith("pdf") else None)
    answer = client_of(okayama.caseworker).get(
        reverse("attachment_download", kwargs={"pk": open_case.pk, "attachment_pk": row.pk})
    )
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]
    assert len(answer.content) == row.size_bytes


def test_place_and_camera_are_gone_and_the_picture_stands_upright(okayama: Programme, open_case: Case):
    sent = jpeg_with_gps()
    assert dict(Image.open(io.BytesIO(sent)).getexif().get_ifd(EXIF_GPS))
    assert post(okayama, open_case, "写真.jpg", sent).status_code == 302
    with working_as(okayama.navigator):
        row = Attachment.objects.get()
        stored = bytes(row.content.data)
    with Image.open(io.BytesIO(stored)) as kept:
        assert dict(kept.getexif()) == {}
        assert kept.size == (10, 20) == (row.width_px, row.height_px)
    assert b"SecretCamera" not in stored


def test_what_hangs_behind_a_picture_is_gone():
    assert b"<script>" not in check_file("写真.png", picture() + SCRIPT).content
    assert b"<script>" not in check_file("写真.jpg", picture("JPEG") + SCRIPT).content


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("同意書.pdf", "同意書.pdf"),
        ("C:\\Users\\見本\\Desktop\\同意書.pdf", "同意書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("同意\x00書\r\n.pdf", "同意書.pdf"),
        ("通知\u202efdp.exe", "通知fdp.exe"),
        ('a"b<c>:d|e?.pdf', "a_b_c__d_e_.pdf"),
        ("葛\U000e0100城\U000e0101さん　履歴書.docx", "葛\U000e0100城\U000e0101さん 履歴書.docx"),
        ("", "無題"),
        ("..", "無題"),
    ],
)
def test_names_are_kept_without_what_could_harm(given, kept):
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_ending():
    name = clean_name("同意書" * 100 + ".pdf")
    assert (len(name), name[-4:]) == (120, ".pdf")


def test_size_is_counted_to_the_byte(okayama: Programme, open_case: Case, settings):
    content = pdf()
    settings.UPLOAD_MAX_BYTES = len(content)
    assert post(okayama, open_case, "ちょうど.pdf", content).status_code == 302
    answer = post(okayama, open_case, "大きい.pdf", content + b"\n")
    assert "「大きい.pdf」は0MBを超えています" in answer.content.decode()
    with working_as(okayama.navigator):
        assert Attachment.objects.get().name == "ちょうど.pdf"


# What a house would configure: a program of its own that reads the file and answers by its exit code.
FAKE_SCANNER = """#!{python}
import sys
data = sys.stdin.buffer.read()
open({log!r}, "a").write(str(len(data)) + "\\n")
sys.exit(1 if b"VIRUS" in data else {healthy})
"""


def scanner(folder: Path, *, healthy: int = 0) -> tuple[str, Path]:
    program, log = folder / "scanner", folder / "log"
    program.write_text(FAKE_SCANNER.format(python=sys.executable, log=str(log), healthy=healthy))
    os.chmod(program, 0o700)
    return str(program), log


def test_the_scanner_sees_the_file_as_sent(tmp_path, settings):
    settings.UPLOAD_SCANNER, log = scanner(tmp_path)
    content = picture() + b"....."
    check_file("写真.png", content)
    assert log.read_text() == f"{len(content)}\n"
    with pytest.raises(FileRefused, match="危険が見つかった"):
        check_file("写真.png", content + b"VIRUS")


def test_a_scanner_that_cannot_look_lets_nothing_through(tmp_path, settings):
    settings.UPLOAD_SCANNER, _log = scanner(tmp_path, healthy=2)
    for command in (settings.UPLOAD_SCANNER, str(tmp_path / "missing"), f"clamd:{tmp_path}/missing.sock"):
        settings.UPLOAD_SCANNER = command
        with pytest.raises(FileRefused, match="ウイルス検査ができない"):
            check_file("写真.png", picture())


@pytest.mark.parametrize(
    "verdict", [b"stream: OK\0", b"stream: Eicar-Test FOUND\0", b"INSTREAM size limit exceeded. ERROR\0"]
)
def test_clamd_over_a_socket(tmp_path, settings, verdict):
    path = str(tmp_path / "clamd.sock")
    seen = []

    def serve(server: socket.socket) -> None:
        connection, _address = server.accept()
        with connection, connection.makefile("rb") as stream:
            command = stream.read(10)
            (length,) = struct.unpack("!I", stream.read(4))
            seen.append((command, stream.read(length), stream.read(4)))
            connection.sendall(verdict)

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(1)
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        settings.UPLOAD_SCANNER = f"clamd:{path}"
        try:
            check_file("写真.png", picture())
            answer = "accepted"
        except FileRefused as error:
            answer = str(error)
        thread.join()
    assert seen == [(b"zINSTREAM\0", picture(), b"\0\0\0\0")]
    assert ("危険が見つかった" in answer) == (b"FOUND" in verdict)
    assert ("できない" in answer) == (b"ERROR" in verdict)
    assert (answer == "accepted") == (b"OK" in verdict)


def test_uploads_touch_no_disk(okayama: Programme, open_case: Case, tmp_path, settings, monkeypatch):
    """reliability.md F6: with the temporary folder unusable an upload still works; a larger one is refused in words."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "missing")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    buffer = io.BytesIO()
    Image.effect_noise((1800, 1800), 90).convert("RGB").save(buffer, "PNG")
    assert len(buffer.getvalue()) > 2_700_000  # larger than what the framework keeps in memory
    assert post(okayama, open_case, "大きめ.png", buffer.getvalue()).status_code == 302
    assert "10MBを超えています" in post(okayama, open_case, "巨大.pdf", b"%PDF-" + b"0" * 10 * 2**20).content.decode()


def test_reader_finds_the_generated_pdf_sound():
    assert len(PdfReader(io.BytesIO(pdf())).pages) == 1
