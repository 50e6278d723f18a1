// Small conveniences; every page works without them.
"use strict";

function pickers() {
  for (const select of document.querySelectorAll("select[data-picker]")) {
    new TomSelect(select, {
      maxOptions: 500,
      plugins: select.multiple ? ["remove_button"] : [],
      hideSelected: select.multiple,
      selectOnTab: true,
      onItemAdd(value) {
        this.setTextboxValue("");
        const members = this.options[value]?.members; // of a list that stands for them one by one
        if (members) {
          this.removeItem(value);
          for (const key of members.split(" ")) this.addItem(key);
        }
        if (select.multiple) this.refreshOptions();
      },
      refreshThrottle: 0, // else Enter, typed quickly, takes what stood there before
      render: { no_results: () => `<div class="no-results">${document.body.dataset.noResults}</div>` },
    });
    select.setAttribute("aria-hidden", "true"); // the picker speaks for it
  }
}

function dropZones() {
  for (const input of document.querySelectorAll("input[data-files]")) {
    const zone = document.createElement("div");
    const list = document.createElement("ul");
    zone.className = "drop";
    input.before(zone);
    zone.append(input, list);
    const show = () => {
      list.replaceChildren(...[...input.files].map((file) => {
        const line = document.createElement("li");
        line.textContent = `${file.name} (${Math.ceil(file.size / 1024)} KB)`;
        return line;
      }));
    };
    input.addEventListener("change", show);
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("drop-over"); });
    }
    for (const kind of ["dragleave", "drop"]) {
      zone.addEventListener(kind, () => zone.classList.remove("drop-over"));
    }
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      const both = new DataTransfer();
      for (const file of [...input.files, ...event.dataTransfer.files]) both.items.add(file);
      input.files = both.files;
      show();
    });
  }
}

function readIn() {
  const input = document.querySelector("input[data-reads]");
  if (!input) return;
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    if (event.defaultPrevented) return; // the place for attachments has taken it
    event.preventDefault();
    const file = [...event.dataTransfer.files].find((one) => /\.(eml|pdf)$/i.test(one.name));
    if (!file) return;
    const paper = new DataTransfer();
    paper.items.add(file);
    input.files = paper.files;
    input.form.requestSubmit(document.getElementById(input.dataset.reads));
  });
}

function oncePerSubmit() {
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

function showErrors() {
  document.getElementById("error-summary")?.focus();
}

function filterBoxes() {
  if (!matchMedia("(min-width: 576px)").matches) return;
  for (const box of document.querySelectorAll(".filter-box")) box.open = true;
}

function phrases() {
  for (const menu of document.querySelectorAll("details[data-phrases]")) {
    const field = document.getElementById(menu.dataset.phrases);
    const summary = menu.querySelector("summary");
    let touched = false;
    field.addEventListener("focus", () => { touched = true; });
    menu.hidden = false;
    menu.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-text]");
      if (!button) return;
      const end = field.value.length; // a field never entered has its cursor at its beginning
      const [from, to] = touched ? [field.selectionStart, field.selectionEnd] : [end, end];
      menu.open = false;
      field.focus();
      field.setRangeText(button.dataset.text, from, to, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      summary.focus();
    });
  }
}

function printing() {
  for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

// Attachments change places without a round to the server; their buttons do without scripts, too.
function attachmentRows() {
  const list = document.querySelector("[data-arranged]");
  if (!list) return;
  const said = document.querySelector("[data-moved]");
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    if (button.dataset.move === "up") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    const rows = [...list.children];
    rows.forEach((one, place) => {
      one.querySelector("input[type=number]").value = place + 1;
      one.querySelector("[data-move=up]").disabled = place === 0;
      one.querySelector("[data-move=down]").disabled = place === rows.length - 1;
    });
    (button.disabled ? row.querySelector("button[data-move]:not(:disabled)") : button)?.focus();
    said.textContent = `${said.dataset.moved} ${rows.indexOf(row) + 1}`;
    list.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// Another kind brings its own text as long as nobody has written anything.
function templates() {
  const shipped = document.getElementById("kind-templates");
  const button = document.querySelector("[data-template-of]");
  const box = document.querySelector("textarea[data-prose]");
  if (!shipped || !button || !box) return;
  const texts = JSON.parse(shipped.textContent);
  const plain = (blocks) => JSON.stringify(blocks
    .map((one) => [one.kind, one.level ?? 0, one.text ?? "", one.rest ?? "", one.rows ?? []])
    .filter(([kind, , text]) => kind === "table" || text));
  const untouched = () => {
    try {
      const written = plain(JSON.parse(box.value).blocks);
      return [[], ...Object.values(texts)].some((one) => plain(one) === written);
    } catch { return false; } // no editor: the button asks the server
  };
  const kind = document.getElementById(button.dataset.templateOf);
  const put = () => box.dispatchEvent(new CustomEvent("prose:set", { detail: texts[kind.value] ?? [] }));
  kind.addEventListener("change", () => { if (untouched()) put(); });
  button.addEventListener("click", (event) => {
    if (!untouched()) return; // the server says why it stays
    event.preventDefault();
    put();
  });
}

filterBoxes();
attachmentRows();
templates();
phrases();
printing();
pickers();
dropZones();
readIn();
oncePerSubmit();
showErrors();
