// What is typed into a form is kept: by the server, and in this browser while that is out of reach.
"use strict";

const PERSON = document.body.dataset.person;
const PREFIX = "draft:", SIGNED_OUT = "signed-out", SENT = "sent-forms";
const LONGEST = 3 * 24 * 3600 * 1000; // nothing is left lying about for longer, in milliseconds
const PARTING = 60_000; // bytes a closing window may still send

// Texts of the person signed in, by the address of their draft.
const kept = {
  closed: false, // somebody signed out in another window
  name: (address) => `${PREFIX}${PERSON}:${address}`,
  write(address, data) {
    if (this.closed) return false;
    try {
      localStorage.setItem(this.name(address), JSON.stringify({ at: Date.now(), data }));
      return true;
    } catch { return false; } // full, or forbidden
  },
  read(address) {
    try { return JSON.parse(localStorage.getItem(this.name(address))); } catch { return null; }
  },
  drop(address) {
    try { localStorage.removeItem(this.name(address)); } catch { /* forbidden: nothing is there */ }
  },
  clear(spared = () => false) {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(PREFIX) && !spared(key)) localStorage.removeItem(key);
      }
    } catch { /* forbidden: nothing is there */ }
  },
  tidy() {
    this.clear((key) => {
      const found = key.startsWith(this.name("")) && this.read(key.slice(this.name("").length));
      return found && Date.now() - found.at < LONGEST;
    });
  },
};

function typedInto(form) {
  const data = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || form.elements[name]?.type === "password" || ["csrfmiddlewaretoken", "seen", "kept_files", "confirmed", "opened_at"].includes(name)) continue;
    if (name in data) data[name] = [].concat(data[name], value);
    else data[name] = value;
  }
  return data;
}

class Draft {
  constructor(form) {
    this.form = form;
    this.address = form.dataset.draft;
    this.token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    this.shown = form.querySelector(".draft-state");
    this.alert = form.querySelector(".draft-alert");
    this.state = "";
    this.waiting = this.sent = false;
    form.addEventListener("input", () => this.touch());
    form.addEventListener("submit", (event) => this.submit(event), true);
    document.addEventListener("submit", (event) => { // the draft is thrown away by its own form
      if (event.target !== form && event.target.action.endsWith(this.address)) this.forget();
    });
    addEventListener("online", () => { if (this.waiting) this.save(); });
    addEventListener("offline", () => { if (this.waiting) this.save(); });
    addEventListener("pagehide", () => this.part());
    this.offer();
  }

  // The line beside the buttons always; read out only when a connection goes, comes, or nothing helps.
  show(state, words = this.shown.dataset[state]) {
    const calm = ["", "saved", "unsaved"];
    if (state !== this.state && !(calm.includes(state) && calm.includes(this.state))) this.alert.textContent = words;
    this.state = state;
    this.shown.textContent = words;
    this.shown.dataset.state = state;
  }

  touch() {
    clearTimeout(this.timer);
    this.waiting = true;
    if (this.state !== "offline") this.show("unsaved");
    this.timer = setTimeout(() => this.save(), 1000);
  }

  secret(data) { return Boolean(data.secrecy && data.secrecy !== "none"); }

  send(data, options = {}) {
    return fetch(this.address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify(data),
      ...options,
    }).catch(() => null);
  }

  async save() {
    clearTimeout(this.timer);
    const data = typedInto(this.form);
    if (this.sent) return false;
    if (this.secret(data)) { this.forget(); this.show("unsaved", ""); return false; }
    this.waiting = false;
    const answer = await this.send(data);
    if (this.sent) return false;
    if (answer?.ok && !answer.redirected) {
      kept.drop(this.address);
      const { saved_at: time } = await answer.json();
      if (!this.waiting) this.show("saved", `${this.shown.dataset.saved} ${time}`);
      return true;
    }
    const here = kept.write(this.address, data);
    const lost = !answer || answer.status >= 500;
    if (lost) {
      this.waiting = true;
      this.timer = setTimeout(() => this.save(), 15_000);
    }
    const why = lost ? "offline" : answer.redirected || answer.status === 403 ? "signedOut" : "refused";
    this.show(here || why === "refused" ? why : "unkept");
    return false;
  }

  forget() {
    clearTimeout(this.timer);
    this.waiting = false;
    kept.drop(this.address);
  }

  // A form is not sent into the void: without a connection it stays on the screen.
  async submit(event) {
    if (this.state === "offline" && this.waiting) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      if (await this.save()) this.form.requestSubmit(submitter);
      return;
    }
    const data = typedInto(this.form);
    if (!this.secret(data)) kept.write(this.address, data);
    this.forgetLater();
    this.sent = true;
    clearTimeout(this.timer);
  }

  forgetLater() {
    try { sessionStorage.setItem(SENT, this.address); } catch { /* forbidden: it is offered once more */ }
  }

  part() {
    if (!this.waiting || this.sent) return;
    const data = typedInto(this.form);
    if (this.secret(data)) return;
    if (this.state === "offline" || JSON.stringify(data).length * 3 > PARTING) kept.write(this.address, data);
    else this.send(data, { keepalive: true });
  }

  // What was kept here while nobody was reached, and the window closed.
  offer() {
    const found = kept.read(this.address);
    if (!found) return;
    if (JSON.stringify(found.data) === JSON.stringify(typedInto(this.form))) { kept.drop(this.address); return; }
    const notice = this.form.querySelector(".draft-alert + template").content.cloneNode(true).firstElementChild;
    const when = notice.querySelector("time");
    const style = { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Shanghai" };
    when.dateTime = new Date(found.at).toISOString();
    when.textContent = new Date(found.at).toLocaleString(document.documentElement.lang, style);
    notice.querySelector("[data-drop]").addEventListener("click", () => { kept.drop(this.address); notice.remove(); });
    notice.querySelector("[data-take]").addEventListener("click", async () => {
      const answer = await this.send(found.data);
      if (!answer?.ok || answer.redirected) { this.show(answer ? "signedOut" : "offline"); return; }
      this.forget();
      this.sent = true;
      location.assign(location.href);
    });
    this.form.before(notice);
  }
}

// The page that follows a sent form shows that the server has it, unless it is an error page.
function forgetSent() {
  const address = sessionStorage.getItem(SENT);
  if (!address) return;
  sessionStorage.removeItem(SENT);
  const status = performance.getEntriesByType("navigation")[0]?.responseStatus || 200;
  const back = document.querySelector(`form[data-draft="${CSS.escape(address)}"]`);
  if (PERSON && (status < 400 || back)) kept.drop(address);
}

try { forgetSent(); } catch { /* storage is forbidden: nothing was kept */ }
if (PERSON) {
  kept.tidy();
  for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form);
  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", () => {
      kept.clear();
      kept.closed = true;
      try { localStorage.setItem(SIGNED_OUT, Date.now()); } catch { /* forbidden: nothing is there */ }
    });
  }
  addEventListener("storage", (event) => { if (event.key === SIGNED_OUT) kept.closed = true; });
}
