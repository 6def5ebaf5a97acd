"""One's own account in a real browser: authenticator app, security key, recovery codes, devices, invitation."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from cases.demo.logins import PASSWORD

Look = Callable[[Page, str], None]
WIDE, NARROW = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


@pytest.fixture
def visit(browser: Browser, base_url: str) -> Iterator[Callable[[], Page]]:
    """A browser of one's own on http://localhost, because a security key does not know plain addresses."""
    contexts: list[BrowserContext] = []

    def open_page() -> Page:
        context = browser.new_context(
            base_url=base_url.replace("127.0.0.1", "localhost"), locale="ja-JP", viewport=WIDE
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def log_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/login/")
    page.get_by_label(re.compile("利用者ID")).fill(username)
    page.get_by_label(re.compile("パスワード")).fill(password)
    page.get_by_role("button", name="ログインする").click()


def next_code(secret: str) -> str:
    """A code of a 30-second step that has just begun."""
    time.sleep(30 - time.time() % 30 + 0.5)
    return pyotp.TOTP(secret).now()


def both_widths(page: Page, look: Look, name: str) -> None:
    look(page, name)
    page.set_viewport_size(NARROW)
    look(page, f"{name}-narrow")
    page.set_viewport_size(WIDE)


def test_authenticator_app_and_recovery_codes(visit: Callable[[], Page], look: Look):
    page = visit()
    log_in(page, "soja-cw")
    page.wait_for_url("**/")
    page.goto("/account/")
    both_widths(page, look, "account-settings-empty")
    page.get_by_role("link", name="認証アプリを登録する").click()
    both_widths(page, look, "account-totp")
    secret = page.locator("code.secret").inner_text()
    page.get_by_label(re.compile("確認コード")).fill(next_code(secret))
    page.get_by_role("button", name="登録する").click()
    page.wait_for_url("**/account/recovery/")
    look(page, "account-recovery")
    page.get_by_role("button", name="回復コードを作る").click()
    codes = page.locator("code.secret").all_inner_texts()
    assert len(codes) == 10
    both_widths(page, look, "account-recovery-codes")
    page.goto("/account/")
    both_widths(page, look, "account-settings")

    other = visit()
    log_in(other, "soja-cw")
    other.wait_for_url("**/login/code/")
    both_widths(other, look, "login-code")
    other.get_by_label(re.compile("確認コード")).fill("000000")
    other.get_by_role("button", name="確認する").click()
    assert other.get_by_text("確認コードが違います").first.is_visible()
    look(other, "login-code-wrong")
    # A code copied from the app is pasted, blanks and all (3.3.8).
    paste(other.get_by_label(re.compile("確認コード")), f" {next_code(secret)} ")
    other.get_by_role("button", name="確認する").click()
    other.wait_for_url(re.compile(r"localhost:\d+/$"))

    third = visit()
    log_in(third, "soja-cw")
    third.get_by_label(re.compile("確認コード")).fill(codes[0])
    third.get_by_role("button", name="確認する").click()
    third.wait_for_url(re.compile(r"localhost:\d+/$"))
    third.goto("/account/devices/")
    assert third.get_by_role("button", name=re.compile("のログインを終わらせる")).count() >= 2
    both_widths(third, look, "account-devices")
    third.get_by_role("button", name="この端末のほかをすべて終わらせる").click()
    page.goto("/cases/")
    assert "/login/" in page.url
    third.goto("/account/app/remove/")
    look(third, "account-totp-remove")


def paste(field: Locator, text: str) -> None:
    field.clear()
    field.focus()
    refused = field.evaluate(
        "one => !one.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true }))"
    )
    assert not refused
    field.page.keyboard.insert_text(text)


def test_security_key(visit: Callable[[], Page], look: Look):
    page = visit()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    log_in(page, "soja-manager")
    page.wait_for_url("**/")
    page.goto("/account/keys/new/")
    both_widths(page, look, "account-key")
    page.get_by_role("button", name="セキュリティキーを登録する").click()
    page.wait_for_url("**/account/recovery/")
    page.wait_for_load_state()
    page.goto("/account/")
    assert page.get_by_text("セキュリティキー").first.is_visible()
    look(page, "account-settings-key")
    page.goto("/account/confirm/?next=/account/devices/")
    both_widths(page, look, "account-confirm")
    page.get_by_label(re.compile("パスワード")).fill(PASSWORD)
    page.get_by_role("button", name="セキュリティキーを使う").click()
    page.wait_for_url(re.compile(r":\d+/account/devices/$"))  # not the one of the question, which ends in it as well
    page.goto("/account/")
    page.get_by_role("link", name="外す").click()
    both_widths(page, look, "account-key-remove")
    page.goto("/account/")
    page.locator("details.user-menu summary").click()
    page.get_by_role("button", name="ログアウト").click()
    log_in(page, "soja-manager")
    page.wait_for_url("**/login/code/")
    page.get_by_role("button", name="セキュリティキーを使う").click()
    page.wait_for_url(re.compile(r"localhost:\d+/$"))


def test_invitation_from_both_sides(visit: Callable[[], Page], look: Look):
    administrator = visit()
    log_in(administrator, "admin")
    administrator.wait_for_url("**/")
    administrator.goto("/accounts/new/")
    both_widths(administrator, look, "account-new")
    administrator.get_by_label(re.compile("利用者ID")).fill("new-person")
    administrator.get_by_label(re.compile("氏名")).fill("新田 はじめ")
    administrator.locator("select[name=organisation]").select_option(index=1)
    administrator.locator("select[name=role]").select_option("caseworker")
    administrator.get_by_role("button", name="登録する").click()
    administrator.get_by_role("button", name="招待リンクを発行する").click()
    both_widths(administrator, look, "account-invite")
    link = administrator.locator("#invitation-link").input_value()

    page = visit()
    page.goto(link)
    both_widths(page, look, "invitation")
    page.locator("input[name=new_password1]").fill("雨あがりの丘に虹がかかって見えた")
    page.locator("input[name=new_password2]").fill("雨あがりの丘に虹がかかって見えた")
    page.get_by_role("button", name="設定してログインする").click()
    page.wait_for_url("**/account/")
    again = visit()
    again.goto(link)
    look(again, "invitation-over")

    administrator.goto(administrator.url.replace("/invite/", "/"))
    both_widths(administrator, look, "account-detail")
    wrong = visit()
    for _ in range(5):
        log_in(wrong, "new-person", "wrong")
    both_widths(wrong, look, "locked")
