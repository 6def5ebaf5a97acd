// Writing by keyboard: how long a text is, Enter and Ctrl+Enter, headings for a note, moving on when the digits are full.
// Comfort only: every page works without this file.
(() => {
  "use strict";
  const PAUSE = 1500; // after the last key, before a number is read out
  const NEAR = 0.2; // of the limit: from here on the rest is said
  const LONG = 2; // a form with more fields than this is not sent by Enter
  const SENDERS = ["submit", "button", "image", "reset"];
  const composing = (event) => event.isComposing || event.keyCode === 229;

  // How long: characters as people count them, without the blanks at the ends that the server takes away.
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  let waiting = 0;

  function count(field) {
    const limit = Number(field.dataset.limit) || 0;
    const isQuiet = !field.matches("textarea.form-control"); // a line or a cell speaks up only when it gets full
    const label = field.labels && field.labels[0] ? field.labels[0].textContent.replace("*", "").trim() : "";
    const shown = document.createElement("span");
    shown.className = "hint char-count";
    if (field.id) {
      shown.id = `${field.id}_count`;
      field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${shown.id}`.trim());
    }
    function show() {
      const length = Array.from(field.value.trim()).length;
      const left = limit - length;
      const number = (value) => value.toLocaleString("ja-JP");
      if (!limit) shown.textContent = `${number(length)}文字`;
      else if (left >= 0) shown.textContent = `あと${number(left)}字`;
      else shown.textContent = `${number(-left)}字多すぎます(${number(limit)}字まで)`;
      shown.classList.toggle("is-over", limit > 0 && left < 0);
      shown.hidden = isQuiet && left > limit * NEAR;
      return limit > 0 && left <= limit * NEAR;
    }
    field.addEventListener("input", () => {
      const isNear = show();
      clearTimeout(waiting);
      if (isNear) waiting = setTimeout(() => { said.textContent = `${label} ${shown.textContent}`; }, PAUSE);
    });
    field.after(shown);
    show();
  }
  const COUNTED = "form[data-draft] textarea, form[method=post] :is(textarea, input)[data-limit]";
  function countIn(part) {
    const counted = part.querySelectorAll(COUNTED);
    if (counted.length && !said.isConnected) document.body.append(said);
    for (const field of counted) count(field);
  }
  countIn(document);
  // A field that came in afterwards (the address of a postcode); the first load names the whole body, done above.
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) countIn(event.target); });

  // Headings for a note go where one is writing, or below what is written; Ctrl+Z takes them back.
  for (const bar of document.querySelectorAll("[data-headings]")) {
    const area = document.getElementById(bar.dataset.headings);
    if (!area) continue;
    area.after(bar);
    bar.hidden = false;
    bar.addEventListener("click", (event) => {
      if (!(event.target instanceof HTMLButtonElement)) return;
      const text = event.target.dataset.text;
      const start = area.value.trim() ? area.value.length : 0;
      area.focus();
      area.setSelectionRange(start, area.value.length);
      const gap = start && !area.value.endsWith("\n") ? "\n" : "";
      document.execCommand("insertText", false, gap + text);
      const first = start + gap.length + text.indexOf("\n") + 1; // below the first heading
      area.setSelectionRange(first, first);
    });
  }

  // Who came straight into the text by a key is there; the address forgets it, so that an answer with errors begins at its top.
  if (location.hash && document.querySelector(`textarea[id="${CSS.escape(location.hash.slice(1))}"]`)) {
    window.addEventListener("load", () => history.replaceState(history.state, "", location.pathname + location.search));
  }

  // Enter in a line of a long form sends nothing; Ctrl+Enter saves.
  function fields(form) {
    return Array.from(form.elements).filter((one) => one.matches("input:not([type=hidden]), select, textarea"));
  }

  function save(form) {
    // A button outside that belongs to the form ("別の人なので登録する") is for the one who means it.
    const own = Array.from(form.querySelectorAll("[type=submit]")).filter((one) => !one.disabled);
    const main = own.find((one) => one.matches(".btn-primary")) || own[0];
    if (main) form.requestSubmit(main);
    else form.requestSubmit();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || composing(event) || event.defaultPrevented) return;
    const field = event.target;
    const form = field.form;
    if (!form || form.getAttribute("method") !== "post") return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      if (!event.repeat) save(form);
    } else if (field instanceof HTMLInputElement && !SENDERS.includes(field.type) && fields(form).length > LONG) {
      event.preventDefault();
    }
  });

  // Moving on when the digits are full: off unless the user turned it on; never after pasting or deleting.
  if (!document.body.dataset.movesOn) return;

  function moveOn(field) {
    if (!(field instanceof HTMLInputElement) || !field.dataset.full || !field.form) return;
    const text = field.value.normalize("NFKC");
    if (field.selectionStart !== field.value.length || !new RegExp(`^(?:${field.dataset.full})$`).test(text)) return;
    const all = Array.from(field.form.elements).filter(
      (one) => one.matches("input:not([type=hidden], [type=submit]), select, textarea") && !one.disabled && one.offsetParent,
    );
    const next = all[all.indexOf(field) + 1];
    if (next) next.focus();
  }
  document.addEventListener("input", (event) => {
    if (event.inputType === "insertText" && !event.isComposing) moveOn(event.target);
  });
  document.addEventListener("compositionend", (event) => setTimeout(() => moveOn(event.target), 0));
})();
