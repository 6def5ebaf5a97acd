// Connects our button to allauth's security key script: data-key-form names its form, addForm or authenticateForm.
(() => {
  "use strict";
  const button = document.getElementById("key-button");
  if (!button) return;
  const error = document.getElementById("key-error");
  const credential = button.form.elements.namedItem("credential");
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    error.textContent = "このブラウザではセキュリティキーを使えません。";
    error.hidden = false;
    return;
  }
  button.type = "button";
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    error.hidden = false;
    button.disabled = false;
  });
  button.addEventListener("click", () => {
    error.hidden = true;
  });
  window.allauth.webauthn.forms[button.dataset.keyForm]({
    ids: { add: button.id, authenticate: button.id, credential: credential.id, data: "key-data" },
  });
})();
