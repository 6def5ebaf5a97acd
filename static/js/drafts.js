// What is typed into a form marked data-draft is saved on the server as a draft; nothing is kept in the browser.
// Comfort only: every page works without this file.
(() => {
  "use strict";
  const QUIET = 1500; // after the last key
  const LONGEST = 4000; // of typing without a pause
  const AGAIN = 4000; // after a failure
  const PATIENCE = 5000; // for an answer
  const KEEPALIVE_LIMIT = 60000; // bytes a page may still send while it closes
  const OWN = ["csrfmiddlewaretoken", "once", "draft", "keeps_draft"]; // fields that say nothing of the form
  const LOST = "保存できていません。入力はこの画面に残っています。つながると自動で保存します。";
  const page = crypto.randomUUID ? crypto.randomUUID() : fallbackId();
  const sheets = [];

  function fallbackId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  const newKey = () => (crypto.randomUUID ? crypto.randomUUID() : fallbackId());

  class Sheet {
    constructor(form) {
      this.form = form;
      this.key = form.elements.namedItem("once");
      this.version = Number(form.dataset.draft);
      this.state = form.querySelector("[data-draft-state]");
      this.banner = document.querySelector("[data-draft-banner]");
      this.heading = (document.querySelector("h1") || { textContent: "" }).textContent.trim();
      this.step = 0;
      this.edits = 0; // counts what was typed, savedEdits what the server has
      this.savedEdits = 0;
      this.composing = false;
      this.running = null;
      this.sent = false;
      this.timer = 0;
      this.firstUnsaved = 0;
      this.seen = this.words();
      form.addEventListener("compositionstart", () => { this.composing = true; });
      form.addEventListener("compositionend", () => { this.composing = false; this.changed(); });
      form.addEventListener("input", () => this.changed());
      form.addEventListener("change", () => this.changed());
      form.addEventListener("focusout", () => { if (this.dirty) this.save(); });
      form.addEventListener("submit", (event) => this.beforeSubmit(event), true);
      form.addEventListener("submit", (event) => { if (!event.defaultPrevented) this.sent = true; });
    }

    get dirty() {
      return !this.sent && this.edits !== this.savedEdits;
    }

    changed() {
      // A field that loses the focus, or its page, says "change" once more: only other words count.
      const words = this.words();
      if (words === this.seen) return;
      this.seen = words;
      this.edits += 1;
      if (this.sent) return;
      const now = Date.now();
      if (!this.firstUnsaved) this.firstUnsaved = now;
      this.later(Math.max(0, Math.min(QUIET, this.firstUnsaved + LONGEST - now)));
    }

    later(milliseconds) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), milliseconds);
    }

    say(text) {
      if (this.state && this.state.textContent !== text) this.state.textContent = text;
    }

    warn(text) {
      if (!this.banner || (this.banner.textContent === text && this.banner.hidden === !text)) return;
      this.banner.textContent = text;
      this.banner.hidden = !text;
    }

    words() {
      const values = {};
      for (const [name, value] of new FormData(this.form)) {
        const field = this.form.elements.namedItem(name);
        if (typeof value !== "string" || OWN.includes(name)) continue;
        if (field instanceof HTMLInputElement && field.type === "password") continue;
        (values[name] = values[name] || []).push(value);
      }
      return JSON.stringify(values);
    }

    body() {
      const body = new FormData();
      body.append("key", this.key.value);
      body.append("path", location.pathname);
      body.append("query", this.form.dataset.draftQuery);
      body.append("title", this.heading);
      body.append("seen", this.version);
      body.append("writer", page);
      body.append("step", this.step);
      body.append("user", document.body.dataset.user);
      body.append("values", this.words());
      return body;
    }

    // One save at a time; answers with the status: 200 saved, 0 no connection, or what the server said.
    save() {
      if (this.composing || this.sent) return Promise.resolve(0);
      if (this.running) return this.running;
      if (!this.dirty) return Promise.resolve(200);
      clearTimeout(this.timer);
      this.running = this.send().finally(() => {
        this.running = null;
        if (this.dirty && !this.locked) this.later(this.failed ? AGAIN : QUIET);
      });
      return this.running;
    }

    async send() {
      const edits = this.edits;
      this.step += 1;
      this.failed = true;
      let answer;
      let content = {};
      try {
        answer = await fetch("/drafts/save/", {
          method: "POST",
          body: this.body(),
          headers: { "X-Ittai-Background": "1", "X-CSRFToken": token(), Accept: "application/json" },
          signal: timeLimit(PATIENCE),
          redirect: "error",
        });
        content = answer.headers.get("Content-Type") === "application/json" ? await answer.json() : {};
      } catch {
        this.say("");
        this.warn(LOST);
        return 0;
      }
      if (answer.status === 200) {
        this.failed = false;
        this.version = content.version;
        this.savedEdits = edits;
        this.firstUnsaved = this.dirty ? Date.now() : 0;
        this.warn("");
        this.say(`${this.forked ? "別の下書きとして" : "下書き"}保存済み ${content.saved_at}`);
      } else if (answer.status === 409) {
        // Another page went on with this draft, or it was sent: this text gets a draft of its own.
        this.key.value = newKey();
        remember();
        this.version = 0;
        this.forked = true;
        this.failed = false;
        this.say(content.error);
      } else if (answer.status === 410) {
        // Back after sending: new words get a draft of their own, the form keeps its key and still counts once.
        const draft = document.createElement("input");
        draft.type = "hidden";
        draft.name = "draft";
        draft.value = newKey();
        this.form.append(draft);
        this.key = draft;
        this.version = 0;
        this.failed = false;
      } else if (answer.status === 401 || answer.status === 403) {
        this.say("");
        this.warn(LOST);
        document.dispatchEvent(new CustomEvent("ittai:refused"));
      } else {
        this.say("");
        this.warn(content.error || LOST);
      }
      return answer.status;
    }

    // The last words first: a form that would be lost on the way is not sent before they are kept.
    beforeSubmit(event) {
      if (this.cleared || !this.dirty) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (this.submitting) return;
      this.submitting = true;
      const submitter = event.submitter;
      (this.running || Promise.resolve())
        .then(() => this.save())
        .then((status) => {
          this.submitting = false;
          if (status === 0 || status === 401 || status === 403) return;
          this.cleared = true;
          this.form.requestSubmit(submitter);
        });
    }

    // The page goes away: what a closing page may still send, it sends.
    goodbye() {
      if (!this.dirty || this.composing) return;
      const body = this.body();
      body.set("step", this.step + 1);
      this.step += 1;
      const small = body.get("values").length * 3 < KEEPALIVE_LIMIT;
      fetch("/drafts/save/", {
        method: "POST",
        body,
        headers: { "X-Ittai-Background": "1", "X-CSRFToken": token() },
        keepalive: small,
      }).catch(() => {});
    }
  }

  function token() {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return (window.ittai && window.ittai.csrf) || (field ? field.value : "");
  }

  function timeLimit(milliseconds) {
    const control = new AbortController();
    setTimeout(() => control.abort(), milliseconds);
    return control.signal;
  }

  for (const form of document.querySelectorAll("form[data-draft]")) sheets.push(new Sheet(form));

  // A history entry keeps its keys: Back and send again is the same post, whether or not the page was fetched anew.
  const keys = Array.from(document.querySelectorAll("input[name=once]"));
  const remembered = (history.state && history.state.once) || {};
  keys.forEach((field, place) => {
    const fresh = field.form && (field.form.dataset.draft === undefined || field.form.dataset.draft === "0");
    const offered = document.querySelector(`[data-draft-offer] a[href*="${remembered[place]}"]`);
    if (fresh && remembered[place] && !offered) field.value = remembered[place];
  });
  function remember() {
    const once = Object.fromEntries(keys.map((field, place) => [place, field.value]));
    if (keys.length) history.replaceState({ ...history.state, once }, "");
  }
  remember();

  document.addEventListener("visibilitychange", () => {
    for (const sheet of sheets) {
      if (document.visibilityState === "hidden") sheet.goodbye();
      else if (sheet.dirty) sheet.save();
    }
  });
  window.addEventListener("pagehide", () => sheets.forEach((sheet) => sheet.goodbye()));
  window.addEventListener("online", () => sheets.forEach((sheet) => sheet.dirty && sheet.save()));
  window.addEventListener("offline", () => sheets.forEach((sheet) => sheet.dirty && sheet.warn(LOST)));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) sheets.forEach((sheet) => { sheet.sent = false; sheet.cleared = false; });
  });

  // htmx notes the address of the page in the browser's storage; nothing of ours stays there.
  window.addEventListener("load", () => sessionStorage.removeItem("htmx-current-path-for-history"));

  window.ittai = {
    csrf: "",
    // Save everything that is typed; whether the server has all of it.
    async saveDrafts() {
      await Promise.all(sheets.map((sheet) => Promise.resolve(sheet.running).then(() => sheet.save())));
      return sheets.every((sheet) => !sheet.dirty);
    },
    unsaved: () => sheets.some((sheet) => sheet.dirty),
    // Where this page goes on after a log-in: the form, filled from its draft.
    address() {
      const saved = sheets.find((sheet) => sheet.version > 0 && !sheet.sent);
      if (!saved) return location.pathname + location.search;
      const query = saved.form.dataset.draftQuery;
      return `${location.pathname}?${query}${query ? "&" : ""}draft=${saved.key.value}`;
    },
    lock(locked) {
      sheets.forEach((sheet) => { sheet.locked = locked; clearTimeout(sheet.timer); });
    },
  };
})();
