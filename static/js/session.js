// Says in time that the log-in ends, keeps what is typed, and leaves nothing readable behind.
(() => {
  "use strict";
  const body = document.body;
  if (!body.dataset.user) return;

  const WARN = 130; // seconds before the end: two minutes and the time to read
  const BACKGROUND = { "X-Ittai-Background": "1", Accept: "application/json" };
  const idleTotal = Number(body.dataset.idleLeft);
  const warnAt = Math.min(WARN, idleTotal / 2);
  const extendEvery = Math.min(60, idleTotal / 4);
  const user = Number(body.dataset.user);
  let idleEnd = 0;
  let absoluteEnd = 0;
  let lastExtended = Date.now() / 1000;
  let dialog = null;
  let held = null; // the page's content while it is hidden
  let title = "";
  let ending = false;
  let asking = 0;

  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (field) window.ittai.csrf = field.value;

  const seconds = () => Date.now() / 1000;
  const left = () => Math.min(idleEnd, absoluteEnd) - seconds();

  function setEnds(idle, absolute) {
    idleEnd = seconds() + idle;
    absoluteEnd = seconds() + absolute;
  }
  setEnds(idleTotal, Number(body.dataset.absoluteLeft));

  function take(content) {
    setEnds(content.idle_seconds_left, content.absolute_seconds_left);
    if (!content.csrf) return;
    window.ittai.csrf = content.csrf;
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = content.csrf;
    if (held) for (const field of held.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = content.csrf;
    body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": content.csrf }));
  }

  // in: mine and alive, other: somebody else's, out: ended, away: no connection.
  async function ask(url, method) {
    try {
      const answer = await fetch(url, {
        method,
        headers: method === "POST" ? { ...BACKGROUND, "X-CSRFToken": window.ittai.csrf } : BACKGROUND,
        redirect: "error",
        cache: "no-store",
      });
      if (answer.status === 401) return "out";
      if (answer.status !== 200) return "away";
      const content = await answer.json();
      if (content.user !== undefined && content.user !== user) return "other";
      take(content);
      return "in";
    } catch {
      return "away";
    }
  }
  const status = () => ask("/session/status/", "GET");

  async function extend() {
    lastExtended = seconds();
    const state = await ask("/session/extend/", "POST");
    if (state === "out" || state === "other") await end(state);
    return state;
  }

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // The warning

  function sentence() {
    const minutes = Math.ceil((left() - 10) / 60);
    const when = minutes <= 1 ? "あと1分以内に" : `あと約${minutes}分で`;
    return absoluteEnd <= idleEnd
      ? `ログインしてから長い時間がたったため、${when}ログアウトします。入力は下書きに残ります。区切りのよいところで保存してください。`
      : `しばらく操作がないため、${when}自動的にログアウトします。入力は下書きに残ります。`;
  }

  function warn() {
    if (dialog) return;
    const text = element("p", sentence(), { id: "session-text", role: "status" });
    const go = element("button", absoluteEnd <= idleEnd ? "閉じる" : "続ける", {
      type: "button",
      class: "btn btn-primary btn-main",
      autofocus: "",
    });
    dialog = element("dialog", "", {
      class: "session-dialog",
      "aria-labelledby": "session-title",
      "aria-describedby": "session-text",
    });
    dialog.append(element("h2", "まもなくログアウトします", { id: "session-title" }), text, go);
    const proceed = async () => {
      closeWarning();
      if (absoluteEnd > idleEnd) await extend();
      else acknowledged = true;
    };
    go.addEventListener("click", proceed);
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); proceed(); });
    body.append(dialog);
    dialog.showModal();
    go.focus();
  }
  let acknowledged = false;

  function closeWarning() {
    if (dialog) dialog.remove();
    dialog = null;
  }

  // The end

  function hide(lines) {
    if (!held) {
      closeWarning();
      held = document.createDocumentFragment();
      held.append(...body.childNodes);
      title = document.title;
      document.title = "ログアウトしました | ittai";
    }
    const panel = element("main", "", { class: "session-locked", id: "main", tabindex: "-1" });
    panel.append(element("h1", "ログアウトしました"), ...lines);
    body.replaceChildren(panel);
    panel.focus();
  }

  function show() {
    if (!held) return;
    body.replaceChildren(held);
    held = null;
    document.title = title;
  }

  const loginLink = () =>
    element("a", "ログインする(新しいタブ)", {
      class: "btn btn-primary btn-main",
      href: `${body.dataset.login}?next=/session/back/`,
      target: "_blank",
      rel: "noopener",
    });

  // Hide at once, keep what was typed, then go to the log-in – or wait for it, when something could not be kept.
  async function end(state) {
    if (ending) return;
    ending = true;
    window.ittai.lock(false);
    const saving = window.ittai.saveDrafts();
    hide([element("p", "入力を下書きに残しています。", { role: "status" })]);
    let kept = await saving;
    let told = "";
    for (;;) {
      const now = state === "in" ? await status() : state;
      state = "in";
      if (now === "in" && left() > 4) {
        // Somebody went on in another tab, or logged in again: the same person, the same page.
        await window.ittai.saveDrafts();
        show();
        ending = false;
        return;
      } else if (now === "out" && kept) {
        location.replace(`${body.dataset.login}?next=${encodeURIComponent(window.ittai.address())}`);
        return;
      } else if (now === "other" && kept) {
        location.replace("/");
        return;
      } else if (now !== "in" && told !== now) {
        told = now;
        const words = {
          out: "ログインの時間が切れました。まだ保存していない入力があります。画面には出していませんが、この画面に残っています。同じ利用者でログインすると、続きから入力できます。この画面は閉じないでください。",
          other: "別の利用者がログインしています。前の利用者の入力は表示しません。前の利用者がログインし直すと、続きから入力できます。",
          away: "サーバーとつながりません。入力は表示していませんが、この画面に残っています。つながるまでこの画面を閉じないでください。",
        };
        hide([element("p", words[now], { role: "status" }), loginLink()]);
      }
      await new Promise((resolve) => {
        clearTimeout(asking);
        asking = setTimeout(resolve, 2000);
        window.addEventListener("focus", resolve, { once: true });
      });
    }
  }

  async function tick() {
    if (ending) return;
    if (left() <= 3) {
      const state = await status();
      if (ending || left() > 3) return;
      await end(state === "in" ? "in" : state);
    } else if (left() <= warnAt && !dialog && !acknowledged) {
      const state = await status();
      if (state === "out" || state === "other") await end(state);
      else if (left() <= warnAt && !ending) warn();
    } else if (dialog && left() > warnAt) {
      closeWarning(); // somebody went on in another tab
    } else if (dialog) {
      const text = dialog.querySelector("p");
      if (text.textContent !== sentence()) text.textContent = sentence();
    }
  }
  setInterval(tick, 1000);

  // A key or a click is a sign of a person; while the question is open only its answer counts.
  const alive = () => {
    if (!dialog && !ending && seconds() - lastExtended > extendEvery) extend();
  };
  document.addEventListener("keydown", alive, { passive: true });
  document.addEventListener("pointerdown", alive, { passive: true });

  document.addEventListener("ittai:refused", async () => {
    if (ending) return;
    const state = await status();
    if (state === "in") window.ittai.saveDrafts(); // the token was old, it is new now
    else if (state !== "away") end(state);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") tick();
  });

  // Back from another page: nothing is shown before the server said that the log-in still lives.
  const root = document.documentElement;
  window.addEventListener("pagehide", () => root.setAttribute("data-away", ""));
  window.addEventListener("pageshow", async (event) => {
    if (event.persisted) {
      const state = await status();
      if (state === "out" || state === "other") {
        location.reload();
        return;
      }
    }
    root.removeAttribute("data-away");
  });
})();
