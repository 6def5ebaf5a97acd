"""The fifteen main journeys without a mouse: every stop is visible, in the order of the page, and nothing traps (D2, D3)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cases.demo.logins import PASSWORD

NAME = "鍵盤 一打"

# What a person sees of the element that has the focus: the ring, its contrast, whether something covers it.
STOP = """(wanted) => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const number = (text) => parseFloat(text) || 0;
  const colour = (text) => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const light = ([r, g, b]) => {
    const part = (value) => { const v = value / 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((m, n) => n - m);
    return (x + 0.05) / (y + 0.05);
  };
  let ground = [255, 255, 255];
  for (let up = one.parentElement; up; up = up.parentElement) {
    const found = colour(getComputedStyle(up).backgroundColor);
    if (found.length < 4 || found[3] > 0) { ground = found; break; }
  }
  const style = getComputedStyle(one);
  const shadow = style.boxShadow === "none" ? 0 : Math.max(...(style.boxShadow.match(/[\\d.]+px/g) || ["0"]).map(number));
  const box = one.getBoundingClientRect();
  const [left, right] = [Math.max(0, box.left), Math.min(innerWidth, box.right)];
  const [upper, lower] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)];
  const points = [[(left + right) / 2, (upper + lower) / 2], [left + 3, upper + 3], [right - 3, lower - 3], [left + 3, lower - 3]];
  const seen = left < right && upper < lower && points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (top === one || one.contains(top) || top.contains(one) || [...(one.labels || [])].includes(top));
  });
  return {
    here: wanted ? one === wanted : false,
    name: one.name || "",
    type: one.type || "",
    what: `${one.tagName.toLowerCase()} ${one.id || one.name || ""} ${(one.innerText || one.value || "").slice(0, 20)}`,
    ring: style.outlineStyle === "none" ? 0 : number(style.outlineWidth),
    contrast: contrast(colour(style.outlineColor), ground),
    shadow, seen,
    box: {top: box.top + scrollY, left: box.left + scrollX, right: box.right + scrollX, bottom: box.bottom + scrollY},
  };
}"""


class Keyboard:
    """A person with a keyboard and eyes: goes by Tab, and looks at every stop on the way."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops = 0
        self.faults: set[str] = set()

    def look(self, wanted: Any = None, before: dict[str, Any] | None = None) -> dict[str, Any] | None:
        stop: dict[str, Any] | None = self.page.evaluate(STOP, wanted)
        if stop is None:
            return None
        self.stops += 1
        where = f"{re.sub(r'[0-9a-f-]{36}', '…', self.page.url.split('/', 3)[3])}: {stop['what']}"
        if stop["what"].startswith("main "):
            return stop  # where the skip link leads; nothing to press there
        if stop["ring"] < 2 or stop["contrast"] < 3:
            self.faults.add(f"{where} has no ring ({stop['ring']} px, {stop['contrast']:.1f}:1)")
        if not stop["seen"]:
            self.faults.add(f"{where} is covered or out of sight")
        if before and "本文へ移動" not in stop["what"]:  # from the end of the page it begins anew
            a, b = before["box"], stop["box"]
            back = b["bottom"] <= a["top"] + 1 and b["left"] < a["right"] - 1
            if back:
                self.faults.add(f"{where} comes after {before['what']} and stands above it")
        return stop

    def to(self, wanted: Locator, most: int = 160) -> None:
        """Tab until the element has the focus; a group of radio buttons is one stop."""
        handle = wanted.first.element_handle()
        name = wanted.first.get_attribute("name") if wanted.first.get_attribute("type") == "radio" else None
        before = None
        for _ in range(most):
            stop = self.look(handle, before)
            if stop and (stop["here"] or (name and stop["name"] == name and stop["type"] == "radio")):
                return
            self.page.keyboard.press("Tab")
            before = stop
        raise AssertionError(f"{wanted} was not reached on {self.page.url}")

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        """Go there and press it; most of the way is skipped as people do, by the link to the content."""
        self.to(wanted)
        if self.page.evaluate("document.activeElement.tagName") == "A":
            with self.page.expect_navigation():
                self.page.keyboard.press(key)
        else:
            self.page.keyboard.press(key)

    def skip(self) -> None:
        """From the top of a page into its content."""
        self.page.keyboard.press("Tab")
        stop = self.look()
        assert stop
        assert "本文へ移動" in stop["what"], stop
        self.page.keyboard.press("Enter")

    def write(self, selector: str, text: str) -> None:
        """Replace what stands in a field."""
        self.to(self.page.locator(selector))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def choose(self, selector: str, label: str) -> None:
        """Down the list until the entry is chosen."""
        field = self.page.locator(selector)
        self.to(field)
        for _ in range(field.locator("option").count()):
            if label in field.locator("option:checked").inner_text():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} is not in {selector}")

    def radio(self, name: str, value: str) -> None:
        """Into the group by Tab, inside it by the arrows."""
        group = self.page.locator(f"input[name={name}]")
        self.to(group)
        for _ in range(group.count()):
            if self.page.evaluate("document.activeElement.value") == value:
                break
            self.page.keyboard.press("ArrowDown")
        if not self.page.evaluate("document.activeElement.checked"):
            self.page.keyboard.press("Space")
        assert self.page.locator(f"input[name={name}][value={value}]").is_checked()

    def around(self) -> None:
        """Once through the whole page: it ends, and every stop is another one."""
        self.page.evaluate("document.querySelector('.skip-link').focus()")
        seen: list[str] = []
        before = self.look()
        for _ in range(400):
            self.page.keyboard.press("Tab")
            stop = self.look(None, before)
            if stop is None or ("本文へ移動" in stop["what"] and seen):
                assert len(seen) > 5, seen
                return
            place = f"{stop['what']} {stop['box']}"
            if place in seen[-1:]:
                self.faults.add(f"{self.page.url}: {stop['what']} does not let go")
                return
            seen.append(place)
            before = stop
        raise AssertionError(f"no end on {self.page.url}: {seen[-3:]}")


@pytest.fixture
def sit_down(browser: Browser, base_url: str) -> Any:
    """A browser of one's own, logged in by keyboard."""
    contexts, desks = [], []

    def open_desk(username: str) -> Keyboard:
        context = browser.new_context(
            base_url=base_url, locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1366, "height": 768}
        )
        contexts.append(context)
        desk = Keyboard(context.new_page())
        desks.append(desk)
        desk.page.goto("/login/")
        desk.write("#id_username", username)
        desk.write("#id_password", PASSWORD)
        desk.page.keyboard.press("Enter")  # two fields: Enter sends
        desk.page.get_by_role("heading", name="今日", exact=False).first.wait_for()
        desk.page.wait_for_load_state()
        return desk

    yield open_desk
    for context in contexts:
        context.close()
    faults = sorted({fault for desk in desks for fault in desk.faults})
    assert faults == [], "\n".join(faults)


def link(page: Page, name: str) -> Locator:
    return page.locator("main, .identity").get_by_role("link", name=name, exact=True)


def button(page: Page, name: str) -> Locator:
    return page.locator("main").get_by_role("button", name=name, exact=True)


def done(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible()


def find(desk: Keyboard, text: str) -> None:
    desk.page.keyboard.press("/")
    desk.page.keyboard.insert_text(text)
    desk.page.keyboard.press("Enter")


def save(desk: Keyboard) -> None:
    desk.page.keyboard.press("Control+Enter")


def test_fifteen_journeys_without_a_mouse(sit_down):
    worker = sit_down("okayama-cw")  # 1 log in
    page = worker.page
    worker.around()

    # 2 find a person; 3 nobody is found, so the person is taken in
    find(worker, "てうち")
    done(page, "当てはまるケースはありません")
    worker.skip()
    worker.press(link(page, "新しい相談を受け付ける"))
    worker.skip()
    worker.write("#id_name_kana", "てうち いちだ")
    save(worker)
    done(page, "見える範囲から同じ人を探しました")
    worker.around()
    expect(page.locator("#id_name_kana")).to_have_value(re.compile("てうち|テウチ"))  # given once (D12)
    worker.write("#id_name", NAME)
    worker.write("#id_birth_on", "S55.4.1")
    worker.choose("#id_status", "生活保護受給者")
    save(worker)
    done(page, "相談を受け付けました")
    case = page.url.partition("#")[0]  # the way past the bar stands behind it
    worker.around()

    # 4 a consent
    worker.press(page.locator(".identity").get_by_role("link", name=re.compile("見える範囲")))
    worker.press(link(page, "同意を記録する"))
    worker.around()
    worker.to(page.locator("input[name=recipients]"))
    page.keyboard.press("Space")
    worker.write("#id_purpose", "就労準備支援の利用について相談するため")
    save(worker)
    done(page, "同意を記録しました")

    # 5 the request to Hello Work: first wrong, the summary has the focus and leads to the field
    page.goto(case)
    worker.skip()
    worker.press(link(page, "支援要請"))
    worker.skip()
    worker.press(button(page, "保存する").or_(button(page, "支援要請を送る")))
    expect(page.locator("#error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "ability"
    for name in ("ability", "motivation", "no_obstacle", "agrees"):
        worker.radio(name, "yes")
    worker.radio("consent_method", "paper")
    save(worker)
    done(page, "支援要請を送りました。")

    # 6 accepted, 7 a note, 8 a booking and 9 nobody came
    navigator = sit_down("okayama-navi")
    other = navigator.page
    find(navigator, "テウチ")
    other.wait_for_url(case)
    navigator.skip()
    navigator.press(link(other, "支援要請に答える"))
    navigator.around()
    navigator.press(button(other, "受理する"))
    done(other, "受理しました。")
    other.keyboard.press("+")
    other.wait_for_url("**/interviews/new/**")
    other.keyboard.insert_text("働きたい気持ちを聞いた。")
    save(navigator)
    done(other, "面談を記録しました。")
    navigator.skip()
    navigator.press(link(other, "予約"))
    navigator.around()
    navigator.write("#id_starts_at", "2035/12/5 9:00")
    save(navigator)
    expect(other.locator(".identity")).to_contain_text("9:00")
    navigator.skip()
    navigator.press(button(other, "無断欠席"))
    expect(other.locator(".identity")).to_contain_text("次回: なし")

    # 10 the plan, 11 confirmed by the other side
    other.goto(case)
    navigator.skip()
    navigator.press(link(other, "支援プラン"))
    navigator.around()
    navigator.write("#id_goal", "週3日から働きたい")
    navigator.choose("#id_menu_1", "職業相談・職業紹介")
    navigator.write("#id_person_agreed_on", "R8.11.1")
    save(navigator)
    done(other, "支援プランを保存し")
    page.goto(case)
    worker.skip()
    worker.press(link(page, "プランを確認する"))
    page.wait_for_url("**/plan/confirm/")
    worker.skip()
    worker.press(button(page, "プランを確認する"))
    expect(page.locator(".identity")).to_contain_text("支援中")

    # 12 an introduction, 13 a placement
    other.goto(case)
    navigator.skip()
    navigator.press(link(other, "紹介・応募"))
    navigator.to(other.locator("#id_employer"))
    other.keyboard.press("ArrowDown")
    navigator.write("#id_job_title", "清掃員")
    save(navigator)
    done(other, "紹介・応募を記録しました。")
    navigator.skip()
    navigator.press(link(other, "就職を記録"))
    navigator.around()
    expect(other.locator("#id_job_title")).to_have_value("清掃員")  # given once (D12)
    save_from(navigator, "#id_job_title")
    done(other, "就職を記録しました。")

    # 14 a referral to a partner
    page.goto(f"{case}referrals/new/")
    worker.skip()
    worker.to(page.locator("#id_to"))
    page.keyboard.press("ArrowDown")
    worker.write("#id_purpose", "通所の体験")
    worker.radio("method", "spoken")
    worker.write("#id_handed_over", "午前だけの体験から始めたい。")
    save(worker)
    done(page, "さんをつなぎました")
    worker.around()

    # 15 the month's report
    manager = sit_down("okayama-manager")
    table = manager.page
    manager.press(table.locator(".site-nav").get_by_role("link", name="報告"))
    manager.around()
    manager.write("#month-okayama", "2023-11")
    table.keyboard.press("Enter")
    table.get_by_role("link", name="結果を見る").or_(table.locator("table.report")).first.wait_for(timeout=30_000)
    table.reload()
    table.locator("table.report").wait_for()
    manager.around()
    assert worker.stops + navigator.stops + manager.stops > 300


def save_from(desk: Keyboard, selector: str) -> None:
    """Ctrl+Enter from this field."""
    desk.to(desk.page.locator(selector))
    save(desk)
