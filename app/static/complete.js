// Fields that complete themselves from what the court knows (WAI-ARIA combobox with a list).
// Choosing a person fills in the other fields of that person. Without this they are plain fields.
"use strict";

(() => {
  const PAUSE = 150; // milliseconds after the last key
  document.querySelectorAll("[data-known]").forEach((field) => {
    const source = field.closest("[data-known-at]")?.dataset.knownAt;
    if (!source) return;
    const list = Object.assign(document.createElement("ul"), { id: `${field.id}-known`, className: "known", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", document.querySelector(`label[for="${CSS.escape(field.id)}"]`).textContent);
    field.after(list);
    const set = (values) => Object.entries(values).forEach(([name, value]) => field.setAttribute(name, value));
    set({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id });
    let timer = 0;
    let asked = "";

    const close = () => {
      list.hidden = true;
      list.replaceChildren();
      set({ "aria-expanded": "false" });
      field.removeAttribute("aria-activedescendant");
    };
    const options = () => [...list.children];
    const mark = (option) => {
      options().forEach((each) => each.setAttribute("aria-selected", String(each === option)));
      set({ "aria-activedescendant": option.id });
      option.scrollIntoView({ block: "nearest" });
    };
    const put = (control, value) => {
      control.value = value;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const choose = ({ dataset: { value, ...others } }) => {
      const path = field.name.replace(/[^.]*$/, "");
      put(field, value);
      Object.entries(others).forEach(([name, text]) => {
        const control = field.form.elements[path + name];
        if (control && text) put(control, text);
      });
      asked = field.value;
      close();
    };
    const look = async () => {
      const words = field.value.trim();
      if (words === asked) return;
      asked = words;
      const answer = words && await fetch(`${source}?${new URLSearchParams({ of: field.dataset.known, q: words })}`, { redirect: "error" }).catch(() => null);
      if (field.value.trim() !== words) return; // a later key asks anew
      list.innerHTML = answer?.ok ? await answer.text() : "";
      options().forEach((each, n) => { each.id = `${list.id}-${n}`; });
      if (!list.children.length || document.activeElement !== field) return close();
      list.hidden = false;
      set({ "aria-expanded": "true" });
      list.scrollIntoView({ block: "nearest" });
    };

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const all = options();
      const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowDown") mark(all[(at + 1) % all.length]);
      else if (event.key === "ArrowUp") mark(all[at < 1 ? all.length - 1 : at - 1]);
      else if (event.key === "Enter") { if (at < 0) close(); else choose(all[at]); }
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
      event.preventDefault(); // the focus stays in the field
    });
  });
})();
