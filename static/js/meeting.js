// Comfort only: arrow keys lead from case to case; the links are there without this file.
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    const typing = field instanceof HTMLElement && field.matches("input, textarea, select, [contenteditable]");
    if (typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const link = rel && document.querySelector(`main a[rel="${rel}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
  });
})();
