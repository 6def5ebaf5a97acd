// Typing days and names: the other calendar beside a day, the reading of a name from what was typed before conversion.
// Comfort only: every page works without this file; the server reads and shows the same days (core/periods.py).
(() => {
  "use strict";
  // First day, name, letter, digit of the seven-digit form; newest first.
  const ERAS = [
    ["2019-05-01", "令和", "R", "5"],
    ["1989-01-08", "平成", "H", "4"],
    ["1926-12-25", "昭和", "S", "3"],
    ["1912-07-30", "大正", "T", "2"],
    ["1868-01-25", "明治", "M", "1"],
  ];
  const ERA = "(令和|平成|昭和|大正|明治|[令平昭大明RHSTM])(元|\\d{1,2})";
  const DAY = "(?:[年/.-](?:(\\d{1,2})(?:月|[/.-](\\d{1,2})日?|月(\\d{1,2})日?)?)?)?";
  const PARTS = new RegExp(`^(?:(\\d{4})|${ERA})${DAY}$`);

  const iso = (year, month, day) =>
    `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  const lastDay = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();
  const eraOf = (day) => ERAS.find((era) => day >= era[0]);

  function eraYear(day) {
    const era = eraOf(day);
    const number = Number(day.slice(0, 4)) - Number(era[0].slice(0, 4)) + 1;
    return `${era[1]}${number === 1 ? "元" : number}年`;
  }

  function plain(text) {
    const folded = text.normalize("NFKC").replace(/[‐‑‒–—―−ー]/g, "-").replace(/。/g, ".").replace(/・/g, "/");
    return folded
      .toUpperCase()
      .replace(/\s/g, "")
      .replace(/\(([月火水木金土日])(?:曜日?)?\)$|[月火水木金土日]曜日?$/, "")
      .replace(/\(?(?:頃|ごろ|ころ|推定|くらい)\)?$|^約/g, "");
  }

  // A typed day in the other calendar; empty when it is no day, month or year.
  function otherCalendar(text) {
    let typed = plain(text);
    const digits = /^\d{8}$/.test(typed) || /^[1-5]\d{6}$/.test(typed);
    if (digits) {
      const year = typed.length === 8 ? typed.slice(0, 4) : ERAS.find((era) => era[3] === typed[0])[2] + typed.slice(1, 3);
      typed = `${year}/${typed.slice(-4, -2)}/${typed.slice(-2)}`;
    }
    const found = PARTS.exec(typed);
    if (!found) return "";
    const era = found[2] && ERAS.find((one) => found[2][0] === one[1][0] || found[2] === one[2]);
    const number = found[3] === "元" ? 1 : Number(found[3]);
    const year = era ? Number(era[0].slice(0, 4)) + number - 1 : Number(found[1]);
    const month = found[4] === undefined ? 0 : Number(found[4]);
    const day = Number(found[5] || found[6] || 0);
    const hasDay = found[5] !== undefined || found[6] !== undefined;
    if (found[4] !== undefined && (month < 1 || month > 12)) return "";
    if (hasDay && (day < 1 || day > lastDay(year, month))) return "";
    if (year > 2200 || (era && number < 1)) return "";
    const first = iso(year, month || 1, day || 1);
    const last = iso(year, month || 12, day || lastDay(year, month || 12));
    if (first < ERAS[4][0]) return "";
    if (era) {
      const next = ERAS[ERAS.indexOf(era) - 1];
      if (last < era[0] || (next && first >= next[0])) return "";
    }
    const rest = `${month ? `${month}月` : ""}${hasDay ? `${day}日` : ""}`;
    if (era) return `${year}年${rest}`;
    return `${Array.from(new Set([eraYear(first), eraYear(last)])).join("か")}${rest}`;
  }

  for (const other of document.querySelectorAll("[data-other-date]")) {
    const field = document.getElementById(other.htmlFor.toString());
    if (!field) continue;
    const dayOf = other.dataset.otherDate === "moment" ? (text) => text.trim().replace(/[\s　]+\S*$/, "") : (text) => text;
    field.addEventListener("input", (event) => {
      if (event.isComposing) return;
      other.value = otherCalendar(dayOf(field.value));
    });
    field.addEventListener("compositionend", () => { other.value = otherCalendar(dayOf(field.value)); });
  }

  // Names: what stood in the line before it was converted is the reading. What was typed as a reading is never changed.
  const katakana = (text) =>
    text.normalize("NFKC").replace(/[ぁ-ゖ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));
  const isReading = (text) => /^[ぁ-ゖァ-ヺー・ﾞﾟｦ-ﾟ\s　]+$/.test(text);

  for (const name of document.querySelectorAll("input[data-kana]")) {
    const kana = document.getElementById(name.dataset.kana);
    if (!kana) continue;
    let byHand = kana.value !== "";
    let own = false;
    let isLost = false; // the name was corrected or written into its middle: what belongs where is the writer's to say
    let reading = "";
    kana.addEventListener("input", () => { if (!own) byHand = kana.value !== ""; });

    const write = (text) => {
      if (byHand || isLost) return;
      own = true;
      kana.value = text.replace(/\s+/g, " ");
      kana.dispatchEvent(new Event("input", { bubbles: true })); // the draft notices
      own = false;
    };
    name.addEventListener("compositionstart", () => { reading = ""; });
    name.addEventListener("compositionupdate", (event) => {
      // Half a syllable still stands in Latin letters; a converted text is no reading any more.
      const text = event.data.replace(/[a-zａ-ｚ]+$/i, "");
      if (text && isReading(text)) reading = katakana(text);
    });
    name.addEventListener("compositionend", (event) => {
      if (name.selectionStart !== name.value.length) isLost = true;
      if (event.data && reading) write(kana.value + reading);
      reading = "";
    });
    name.addEventListener("input", (event) => {
      if (event.isComposing) return;
      if (name.value === "") isLost = false;
      else if (/^(?:delete|history)/.test(event.inputType) || name.selectionStart !== name.value.length) isLost = true;
      if (name.value === "") write("");
      else if (event.inputType === "insertText" && /^[\s　]$/.test(event.data || "")) write(`${kana.value} `);
      else if (event.inputType === "insertText" && isReading(event.data || "")) write(kana.value + katakana(event.data));
    });
  }

  // What the postcode filled in was not typed: say so to the draft.
  document.addEventListener("htmx:afterSwap", (event) => {
    const field = event.target.querySelector ? document.getElementById("id_address") : null;
    if (field) field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
