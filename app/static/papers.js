// Uploads papers in the background while one types, in parts that go on after a lost line (tus 1.0),
// and puts what changed in place: what is typed, chosen and focused stays. Without it the form sends
// the same by itself.
"use strict";

(() => {
  const form = document.querySelector("form.draft");
  if (!form || !window.tus) return;
  form.classList.add("scripted");
  const AT_ONCE = 3;
  const PART = 8 * 1024 * 1024; // bytes of one request
  const PARTS = ["keys", "choose", "messages", "uploads", "foot"].map((name) => `draft-${name}`);
  const RETRIES = [0, 500, 1000, 2000, 4000, 8000, ...Array(400).fill(10000)]; // milliseconds
  const running = new Set(); // uploads of this page that are not over
  const pictures = new Map(); // canvases of files that this page read, by the number of the upload
  let filing = false; // File was pressed while something was not begun yet
  let answers = Promise.resolve(); // one after the other, so that none is overtaken
  const by = (id) => document.getElementById(id);
  const words = (name, values = {}) =>
    Object.entries(values).reduce(
      (text, [key, value]) => text.replace(`{${key}}`, value),
      by("draft-words").dataset[name],
    );

  // --- what the server shows, put in place ---------------------------------------------------
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

  const update = (own, next) => {
    // Fields stay as they are typed; what is shown around them is new.
    own.querySelector("summary").replaceWith(next.querySelector("summary"));
    for (const name of [".pages", ".paper-acts"]) {
      const [before, after] = [own.querySelector(name), next.querySelector(name)];
      const chosen = before.querySelector("input:checked")?.value;
      const again = chosen && after.querySelector(`input[value="${chosen}"]`);
      if (again) again.checked = true;
      before.replaceWith(after);
    }
    for (const error of own.querySelectorAll(".error")) error.remove();
    for (const error of next.querySelectorAll(".error")) {
      const field = own.querySelector(`#${CSS.escape(error.id.replace(/-error$/, ""))}`);
      field?.setAttribute("aria-describedby", error.id);
      field?.before(error);
    }
    if (next.querySelector(".error")) own.open = true;
    rename(own);
  };
  const rename = (item) => {
    const typed = item.querySelector("input[name^=name-]")?.value.trim();
    if (typed) item.querySelector(".paper-name").textContent = typed;
  };
  const carry = (own, next) => {
    // What is chosen and typed below the papers stays as well.
    for (const field of own.querySelectorAll("input[name]")) {
      const isChoice = ["radio", "checkbox"].includes(field.type);
      const same = [...next.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)].find(
        (each) => !isChoice || each.value === field.value,
      );
      if (same && isChoice) same.checked = field.checked;
      else if (same) same.value = field.value;
    }
  };
  const mergeItems = (items) => {
    const own = by("draft-items");
    let place = own.firstElementChild;
    for (const next of [...items.children]) {
      const known = by(next.id);
      if (known) update(known, next);
      const item = known ?? document.adoptNode(next);
      if (item === place) place = place.nextElementSibling;
      else own.insertBefore(item, place);
    }
    while (place) {
      const gone = place;
      place = place.nextElementSibling;
      gone.remove();
    }
  };
  const show = (page) => {
    const fresh = page.querySelector("#draft-items");
    if (!fresh) return false;
    const active = document.activeElement;
    const selector = active?.name
      ? `[name="${CSS.escape(active.name)}"]${active.value && active.type !== "text" ? `[value="${CSS.escape(active.value)}"]` : ""}`
      : null;
    mergeItems(fresh);
    for (const id of PARTS) {
      const [own, next] = [by(id), page.querySelector(`#${id}`)];
      if (id === "draft-choose" && own.dataset.kind === next.dataset.kind) continue;
      if (id === "draft-foot") carry(own, next);
      own.replaceWith(document.adoptNode(next));
    }
    for (const upload of running) upload.place();
    thumbnails();
    say();
    if (active && form.contains(active)) active.focus({ preventScroll: true });
    else if (selector && document.activeElement === document.body)
      form.querySelector(selector)?.focus({ preventScroll: true });
    return true;
  };
  const refresh = () => {
    answers = answers.then(async () => {
      const query = new URLSearchParams({ filing: form.elements.filing?.value ?? 0 });
      const url = form.dataset.draft;
      for (;;) {
        const response = await fetch(`${url}${url.includes("?") ? "&" : "?"}${query}`).catch(() => {});
        if (response?.ok) {
          const page = parsed(await response.text());
          const filed = page.querySelector(".filed-already a");
          if (filed) leave(filed.getAttribute("href"));
          else show(page);
          return;
        }
        if (response && response.status < 500 && response.status !== 429) return;
        lost();
        await pause(2000);
      }
    });
    return answers;
  };
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const leave = (url) => {
    running.clear();
    location.assign(url);
  };
  const send = (button) => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    if (button) data.set("do", button);
    answers = answers.then(async () => {
      for (;;) {
        const response = await fetch(form.action, { method: "POST", body: data }).catch(() => {});
        if (!response) {
          lost();
          await pause(2000);
          continue;
        }
        const left = new URL(response.url).pathname !== new URL(form.action, location).pathname;
        if (response.redirected && left) return leave(response.url);
        const text = await response.text();
        if (show(parsed(text))) {
          if (!response.ok) by("error-summary")?.focus();
          return undefined;
        }
        document.open();
        document.write(text);
        document.close();
        return undefined;
      }
    });
    return answers;
  };

  // --- thumbnails: the file itself, until the server's image is there --------------------------
  const drawn = async (file) => {
    const canvas = document.createElement("canvas");
    try {
      const image = await createImageBitmap(file, { resizeHeight: 260, resizeQuality: "medium" });
      [canvas.width, canvas.height] = [image.width, image.height];
      canvas.getContext("2d").drawImage(image, 0, 0);
      image.close();
      return canvas;
    } catch {
      return null; // no picture, or of a kind that this browser does not show
    }
  };
  const copied = (canvas) => {
    const copy = canvas.cloneNode();
    copy.getContext("2d").drawImage(canvas, 0, 0);
    return copy;
  };
  const thumbnails = () => {
    for (const place of form.querySelectorAll("[data-missing]")) {
      const canvas = pictures.get(place.dataset.upload);
      if (!canvas) continue;
      place.replaceChildren(copied(canvas));
      if (place.dataset.turned) place.classList.add(`turned-${place.dataset.turned}`);
    }
    clearTimeout(thumbnails.timer);
    if (form.querySelector("[data-missing], .pages [class*=turned-]") && thumbnails.left-- > 0)
      thumbnails.timer = setTimeout(refresh, 2000);
  };
  thumbnails.left = 30; // the reading copies come after a second or two, or not at all

  // --- uploads ---------------------------------------------------------------------------------
  class Upload {
    constructor(file, field, group) {
      Object.assign(this, { file, number: null, begun: false, isOver: false, state: "queued" });
      const metadata = { filename: file.name, modified: String(file.lastModified) };
      if (field.startsWith("pages-")) metadata.paper = field.slice(6);
      else if (field === "photo") metadata.group = group;
      const row = [...form.querySelectorAll("#draft-uploads [data-address]")].find(
        ({ dataset }) =>
          dataset.name === file.name &&
          Number(dataset.size) === file.size &&
          Number(dataset.modified) === file.lastModified,
      );
      this.row = by("draft-words").content.firstElementChild.cloneNode(true);
      this.row.querySelector("b").textContent = file.name;
      this.row.querySelector("progress").ariaLabel = words("picture", { name: file.name });
      this.button = this.row.querySelector("button");
      this.button.ariaLabel = words("remove", { name: file.name });
      this.button.addEventListener("click", () => this.drop());
      this.tus = new tus.Upload(file, {
        endpoint: form.dataset.uploads,
        uploadUrl: row?.dataset.address ?? null,
        metadata,
        chunkSize: PART,
        retryDelays: RETRIES,
        storeFingerprintForResuming: false,
        onUploadUrlAvailable: () => this.created(),
        onProgress: (sent, total) => this.progress(sent, total),
        onShouldRetry: (error) => this.retries(error),
        onError: (error) => this.failed(error),
        onSuccess: () => this.finished(),
      });
      if (row) this.created(row.dataset.address);
      drawn(file).then((canvas) => {
        this.canvas = canvas;
        if (canvas && this.number) pictures.set(this.number, canvas);
        if (canvas) this.row.querySelector(".file-icon").replaceChildren(copied(canvas));
        if (this.isOver) thumbnails();
      });
      this.say(words("queued"));
    }

    created(url = this.tus.url) {
      this.begun = true;
      this.number = /\/(\d+)-\w+(?:\?.*)?$/.exec(url)?.[1];
      if (this.canvas) pictures.set(this.number, this.canvas);
      this.place();
      // Those that come later are begun at once, in their order; their bytes wait for their turn.
      if (this.state === "creating") {
        if (active() > AT_ONCE) {
          this.state = "queued";
          this.tus.abort();
          this.say(words("queued"));
        } else this.state = "sending";
      }
      if (by("draft-choose").dataset.kind === "first") refresh(); // there is something to file now
      next();
    }

    place() {
      const shown = this.number && by(`u${this.number}`);
      if (shown && shown !== this.row) shown.replaceWith(this.row);
      else if (!this.row.isConnected) by("draft-uploads").append(this.row);
      if (this.number) this.row.id = `u${this.number}`;
    }

    start(state) {
      this.state = state;
      this.tus.start();
    }

    progress(sent, total) {
      const now = performance.now();
      this.from ??= [now, sent];
      const seconds = ((now - this.from[0]) / (sent - this.from[1] || 1)) * ((total - sent) / 1000);
      this.row.querySelector("progress").value = (100 * sent) / total;
      const percent = Math.floor((100 * sent) / total);
      if (sent === total) this.say(words("storing"));
      else if (now - this.from[0] > 1500 && seconds < 600)
        this.say(words("left", { seconds: Math.ceil(seconds) }));
      else this.say(words("uploading", { percent }));
    }

    retries(error) {
      const response = error.originalResponse;
      const status = response?.getStatus() ?? 0;
      this.from = undefined;
      if (status >= 400 && status < 500 && ![400, 408, 409, 423, 429].includes(status)) return false;
      this.say(status === 503 ? response.getBody() : words("lost"));
      return true;
    }

    failed(error) {
      running.delete(this);
      this.state = "failed";
      const text = error.originalResponse?.getBody() ?? "";
      this.fail(text && !text.startsWith("<") ? text : words("failed"));
      filing = false;
      next();
      say();
    }

    fail(text) {
      this.place();
      this.row.classList.add("failed");
      this.row.querySelector("progress").remove();
      this.row.querySelector(".how-far").setAttribute("role", "alert");
      this.say(text);
      kept.add(this);
    }

    finished() {
      this.isOver = true;
      running.delete(this);
      next();
      refresh().then(() => this.row.remove());
    }

    async drop() {
      const begun = this.begun && this.state !== "failed";
      running.delete(this);
      kept.delete(this);
      this.row.remove();
      await this.tus.abort();
      if (begun) await tus.Upload.terminate(this.tus.url ?? this.tus.options.uploadUrl).catch(() => {});
      next();
      refresh();
    }

    say(text) {
      this.row.querySelector(".how-far").textContent = text;
    }
  }
  const kept = new Set(); // files that were not taken, until somebody reads why
  const active = () => [...running].filter(({ state }) => ["creating", "sending"].includes(state)).length;
  const next = () => {
    const waiting = [...running];
    if (!waiting.some(({ state }) => state === "creating")) {
      const first = waiting.find(({ begun }) => !begun);
      if (first) first.start("creating");
    }
    for (const upload of waiting)
      if (upload.begun && upload.state === "queued" && active() < AT_ONCE) upload.start("sending");
    if (filing && waiting.every(({ begun }) => begun)) {
      filing = false;
      send("file");
    }
    say();
  };
  const say = () => {
    for (const each of kept) if (!each.row.isConnected) by("draft-uploads").append(each.row);
    const state = by("draft-state");
    if (!state || !running.size) return;
    const name = running.size === 1 ? "one" : "many";
    const waits = filing || "waits" in state.dataset;
    state.textContent = waits ? words("waiting") : words(name, { count: running.size });
  };
  const lost = () => {
    const state = by("draft-state");
    if (state) state.textContent = words("lost");
  };

  // --- what the reader does ----------------------------------------------------------------------
  form.addEventListener("change", (event) => {
    const field = event.target;
    if (field.type !== "file") {
      if (/^(name|kind|proves|original)-/.test(field.name)) keep();
      return;
    }
    const group = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
    for (const file of field.files) {
      const upload = new Upload(file, field.name, group);
      if (!file.size) upload.fail(words("empty", { name: file.name }));
      else if (file.size > Number(form.dataset.most)) upload.fail(words("large", { name: file.name }));
      else {
        running.add(upload);
        upload.place();
      }
    }
    field.value = "";
    next();
  });
  form.addEventListener("input", (event) => {
    if (event.target.name?.startsWith("name-")) rename(event.target.closest(".item"));
  });
  const keep = () => {
    clearTimeout(keep.timer);
    keep.timer = setTimeout(() => {
      const data = new FormData(form);
      for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
      data.set("do", "keep");
      fetch(form.action, { method: "POST", body: data, redirect: "manual" }).catch(() => {});
    }, 800);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(keep.timer);
    const button = event.submitter?.value ?? "keep";
    if (button === "file" && [...running].some(({ begun }) => !begun)) {
      filing = true;
      say();
      return;
    }
    send(button);
  });
  form.addEventListener("refresh", refresh); // the other device changed the draft
  addEventListener("online", () => {
    for (const upload of running)
      if (upload.state === "sending") upload.tus.abort().then(() => upload.start("sending"));
  });
  addEventListener("beforeunload", (event) => {
    if (running.size) event.preventDefault();
  });
  thumbnails();
})();
