// Comfort only: every page works without this file.
(() => {
  "use strict";
  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();

  // Who goes past the bar is in the content; the address forgets it, or every page after a form would begin there too,
  // and one that answers with errors not at its summary.
  const skip = document.querySelector("a[href='#main']");
  if (skip) {
    skip.addEventListener("click", () => {
      setTimeout(() => history.replaceState(history.state, "", location.pathname + location.search));
    });
  }

  // A second press of the same button sends nothing: the first one is on its way.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // What comes back as a file leaves the page as it is: it may be asked for again.
    if ("downloads" in form.dataset || (event.submitter && "downloads" in event.submitter.dataset)) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
  });

  // A table that goes on to the right says so.
  const sayWide = () => {
    for (const region of document.querySelectorAll(".table-scroll")) {
      region.toggleAttribute("data-wide", region.scrollWidth > region.clientWidth + 1);
    }
  };
  sayWide();
  window.addEventListener("resize", sayWide);

  // htmx notes the page's path here on every load; we keep nothing in the browser.
  window.addEventListener("load", () => sessionStorage.removeItem("htmx-current-path-for-history"));
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
})();
