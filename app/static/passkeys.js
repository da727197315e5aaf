// Passkeys: a form with data-passkey asks the browser to make or use one, and sends what it answers.
// Without scripts such a form says that it needs them; an app's codes and recovery codes do not.
"use strict";

(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const key = (each) => ({ ...each, id: bytes(each.id) });

  // What the server wrote as JSON, as the browser takes it; not every browser does this itself.
  const decoded = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.allowCredentials && { allowCredentials: options.allowCredentials.map(key) }),
    ...(options.excludeCredentials && { excludeCredentials: options.excludeCredentials.map(key) }),
  });

  const encoded = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    const { id, type } = credential;
    return JSON.stringify({ id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} });
  };

  const ask = async (form) => {
    const purpose = form.dataset.passkey;
    const answer = await fetch(form.dataset.challenge, { method: "POST", body: new URLSearchParams({ purpose }) });
    if (!answer.ok) throw new Error(answer.status);
    const publicKey = decoded(await answer.json());
    form.elements.answer.value = encoded(await navigator.credentials[purpose]({ publicKey }));
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    if (!window.PublicKeyCredential) return;
    const [button, status] = [form.querySelector("button"), form.querySelector("[role=status]")];
    button.disabled = false;
    status.textContent = "";
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      status.textContent = "";
      try {
        await ask(form);
        form.submit();
      } catch {
        status.textContent = form.dataset.failed;
        button.disabled = false;
        button.focus();
      }
    });
  });
})();
