"""What a page is measured by in the browser; each measure gives a list of sentences, empty when all is well."""

from __future__ import annotations

SHAPE = """() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const says = (what, fine) => { if (!fine) faults.push(what); };
  const heads = all("h1").filter((one) => one.checkVisibility());
  says(`${heads.length} h1`, heads.length === 1);
  says("an empty h1", heads.every((one) => one.innerText.trim()));
  says("lang", document.documentElement.lang === "ja");
  says("one main", all("main").length === 1);
  says("one banner and one footer", all("body > header").length === 1 && all("body > footer").length === 1);
  says("the first stop leads to the main part", document.querySelector("a[href]")?.getAttribute("href") === "#main");
  const navs = all("nav").map((one) => one.getAttribute("aria-label") || "");
  says(`names of nav: ${navs}`, navs.every(Boolean) && new Set(navs).size === navs.length);
  for (const table of all("main table")) {
    says(`a table outside of a region: ${table.innerText.slice(0, 40)}`, table.closest("[role=region][tabindex='0'][aria-label]") || table.closest(".steps-sheet"));
    says(`a table without headings: ${table.innerText.slice(0, 40)}`, table.querySelector("th"));
  }
  return faults;
}"""

# At 320 px: nothing but a named region moves sideways, and it can be reached by keyboard.
REFLOW = """() => {
  const root = document.scrollingElement;
  const faults = [];
  const name = (one) => one.tagName + "." + one.className + " " + (one.innerText || "").slice(0, 30).replace(/\\n/g, " ");
  if (root.scrollWidth > root.clientWidth) {
    faults.push(`the page is ${root.scrollWidth} px wide`);
    for (const one of document.querySelectorAll("body *")) {
      const box = one.getBoundingClientRect();
      if (box.right > root.clientWidth + 1 && !one.closest(".table-scroll > *, .visually-hidden") && one.checkVisibility()) faults.push(`too far right (${Math.round(box.right)}): ${name(one)}`);
      if (faults.length > 6) break;
    }
  }
  for (const one of document.querySelectorAll("body *")) {
    const style = getComputedStyle(one);
    if (one.scrollWidth > one.clientWidth + 1 && ["auto", "scroll"].includes(style.overflowX) && !one.matches("textarea, select, input")
      && !(one.tabIndex === 0 && one.getAttribute("role") === "region" && one.getAttribute("aria-label")))
      faults.push(`moves sideways without a name: ${name(one)}`);
    if (one.scrollWidth > one.clientWidth + 1 && style.overflowX === "hidden" && one.clientWidth > 2 && !one.matches("input, select"))
      faults.push(`cut off: ${name(one)}`);
  }
  return faults;
}"""

# 1.4.12: lines 1.5, letters 0.12 em, words 0.16 em, paragraphs 2 em; nothing is cut and nothing leaves the page.
SPACING = """() => {
  for (const one of document.querySelectorAll("body *")) {
    one.style.setProperty("letter-spacing", "0.12em", "important");
    one.style.setProperty("word-spacing", "0.16em", "important");
    one.style.setProperty("line-height", "1.7", "important");
    if (one.tagName === "P") one.style.setProperty("margin-bottom", "2em", "important");
  }
  const root = document.scrollingElement;
  const wide = root.scrollWidth > root.clientWidth ? [`with wider letters the page is ${root.scrollWidth} px wide`] : [];
  for (const one of document.querySelectorAll("body *")) one.removeAttribute("style");
  return wide;
}"""

# What a page or a row is for: at least 44 px high. axe measures the 24 px of all others.
TARGETS = """() => {
  const main = ".btn-main, .form-buttons .btn, .page-head .btn, .btn-primary, .site-nav a, .site-search .btn, .site-search input";
  return [...document.querySelectorAll(main)].filter((one) => one.checkVisibility()).map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.height < 43.9 || box.width < 43.9)
    .map(([one, box]) => `${Math.round(box.width)}×${Math.round(box.height)} px: ${one.innerText || one.name}`);
}"""

# Every stop of the keyboard: a line of at least 2 px around it, nothing in front of it.
FOCUS = """() => {
  const faults = [];
  const stops = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((one) => !one.disabled && one.checkVisibility({ visibilityProperty: true }));
  for (const one of stops) {
    one.focus();
    const style = getComputedStyle(one);
    const name = one.tagName + " " + (one.innerText || one.name || one.getAttribute("aria-label") || "").slice(0, 20);
    if (document.activeElement !== one) { faults.push(`takes no focus: ${name}`); continue; }
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) faults.push(`no ring: ${name} (${style.outlineStyle} ${style.outlineWidth})`);
    const box = one.getClientRects()[0];
    if (!box) continue;
    const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 12), 0), innerHeight - 1);
    const x = Math.min(box.left + Math.min(box.width / 2, 12), innerWidth - 1);
    const front = document.elementFromPoint(x, y);
    if (box.bottom < 0 || box.top > innerHeight) faults.push(`focused out of sight: ${name}`);
    else if (front && front !== one && !one.contains(front) && !front.contains(one)) faults.push(`covered by ${front.tagName}.${front.className}: ${name}`);
  }
  return faults;
}"""

# The first form of the page that can be wrong is filled with too many words, with days and numbers that are none, and
# with nothing where something is required, and sent; false when the page has no such form. Nothing is typed by events,
# so that no draft is kept.
SEND_WRONG = """() => {
  const takes = ".field-date, .field-number, textarea[data-limit], input[data-limit]";
  const asks = (one) => one.required && one.matches("textarea, input:not([type=checkbox], [type=radio], [type=hidden]), select:has(option[value=''])");
  const fields = (form) => [...form.elements].filter((one) => one.matches(takes) || asks(one));
  const form = [...document.querySelectorAll("main form")].find((one) => one.method === "post" && fields(one).length);
  if (!form) return false;
  for (const field of fields(form)) {
    if (field.matches(".field-date")) field.value = "きのうの　夕方";
    else if (field.matches(".field-number")) field.value = "たくさん";
    else if (field.dataset.limit) field.value = "長".repeat(Number(field.dataset.limit) + 7);
    else field.value = "";
  }
  const buttons = [...form.querySelectorAll("[type=submit]")];
  form.requestSubmit(buttons.find((one) => one.matches(".btn-primary")) || buttons[0]);
  return true;
}"""
