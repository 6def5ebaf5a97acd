// Keys of one character, for who has them on (入力のしかた): only outside fields, never in the middle of a composition.
// Comfort only: every page works without this file.
(() => {
  "use strict";
  if (!document.body.dataset.shortcuts) return;
  const FIELDS = "input, textarea, select, [contenteditable]";

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.repeat || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLElement && event.target.matches(FIELDS)) return;
    if (document.querySelector("dialog[open]")) return;
    const search = document.getElementById("site-search");
    const dialog = document.getElementById("keys");
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "?" && dialog) {
      event.preventDefault();
      dialog.showModal();
    } else if (event.key.length === 1) {
      const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
      if (!link) return;
      event.preventDefault();
      location.assign(link.href + (link.dataset.keyTarget || ""));
    }
  });
})();
