"""A signed consent goes onto the case and comes back, in a real browser."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfWriter

from tests.e2e.conftest import open_unhidden


def sample_pdf(folder: Path, name: str = "同意書(署名済み).pdf") -> Path:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    buffer = io.BytesIO()
    writer.write(buffer)
    path = folder / name
    path.write_bytes(buffer.getvalue())
    return path


def test_attach_fetch_and_take_back(login, look, tmp_path):
    page = login("okayama-cw")
    open_unhidden(page)
    case_url = page.url
    panel = page.locator("#attachments")
    panel.get_by_text("ファイルを添付する").click()
    look(page, "attachments-form-open")

    # A page that only calls itself a PDF: refused with a sentence, the choices stay.
    false = tmp_path / "通知.pdf"
    false.write_text("<script>alert(1)</script>")
    panel.locator("#id_file").set_input_files(false)
    panel.locator("#id_kind").select_option(label="履歴書・職務経歴書")
    panel.get_by_role("button", name="添付する").click()
    expect(page.get_by_role("alert")).to_contain_text("「通知.pdf」の中身は、名前の「.pdf」と違う種類です。")
    expect(page.locator("#id_kind")).to_have_value("resume")
    look(page, "attachments-refused")

    page.locator("#id_file").set_input_files(sample_pdf(tmp_path))
    page.locator("#id_kind").select_option(label="同意書")
    page.get_by_role("button", name="添付する").click()
    expect(page.get_by_text("ファイルを添付しました。")).to_be_visible()
    expect(page).to_have_url(case_url)
    expect(page.locator(".timeline")).to_contain_text("添付: 同意書")
    look(page, "attachments-listed")
    with page.expect_download() as download:
        panel.get_by_role("link", name="同意書(署名済み).pdf", exact=True).click()
    assert download.value.suggested_filename == "同意書(署名済み).pdf"
    assert Path(download.value.path()).read_bytes() == (tmp_path / "同意書(署名済み).pdf").read_bytes()

    # Hello Work opens the same file, and cannot take back what the city put there.
    partner = login("okayama-navi")
    partner.goto(case_url)
    theirs = partner.locator("#attachments")
    with partner.expect_download() as download:
        theirs.get_by_role("link", name="同意書(署名済み).pdf", exact=True).click()
    assert Path(download.value.path()).read_bytes() == (tmp_path / "同意書(署名済み).pdf").read_bytes()
    expect(theirs.get_by_role("link", name="同意書(署名済み).pdfを取り下げる")).to_have_count(0)

    panel.get_by_role("link", name="同意書(署名済み).pdfを取り下げる").click()
    expect(page.locator("main")).to_contain_text("だれも開けなくなります")
    look(page, "attachments-remove")
    page.get_by_label(re.compile("理由")).fill("署名が足りない")
    page.get_by_role("button", name="取り下げる").click()
    expect(page.locator("#attachments")).to_contain_text("署名が足りない")
    expect(page.locator("#attachments").get_by_role("link", name="同意書(署名済み).pdf", exact=True)).to_have_count(0)


def test_a_photo_from_a_narrow_screen_without_scripts(login, look, tmp_path):
    page = login("okayama-cw", width=390, height=844, javascript=False)
    open_unhidden(page)
    page.locator(".identity").get_by_role("link", name=re.compile("見える範囲")).click()
    page.get_by_role("link", name=re.compile("同意書を添付する")).first.click()
    expect(page.locator("#id_kind")).to_have_value("consent")
    photo = tmp_path / "写真.jpg"
    Image.new("RGB", (600, 800), (240, 240, 230)).save(photo)
    page.locator("#id_file").set_input_files(photo)
    page.get_by_role("button", name="添付する").click()
    expect(page.get_by_text("ファイルを添付しました。")).to_be_visible()
    page.locator(".identity").get_by_role("link", name=re.compile("見える範囲")).click()
    expect(page.get_by_role("link", name="写真.jpg")).to_be_visible()


def test_narrow_case_page_with_files(login, look, tmp_path):
    page = login("okayama-cw", width=390, height=844)
    open_unhidden(page)
    page.locator("#attachments").get_by_text("ファイルを添付する").click()
    page.locator("#id_file").set_input_files(
        sample_pdf(tmp_path, "とても長い名前の支援要請書と本人の同意書と添付書類一式(令和8年11月版).pdf")
    )
    page.locator("#attachments").get_by_role("button", name="添付する").click()
    expect(page.get_by_text("ファイルを添付しました。")).to_be_visible()
    look(page, "attachments-narrow")
