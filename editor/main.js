// Turns each box for official prose into an editor; the box keeps the value the form sends.

import { baseKeymap } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { EditorState, Plugin } from "prosemirror-state";
import { goToNextCell, tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { apart, beforeTable, dropLevel, nextCell, setLevel } from "./commands.js";
import { counter } from "./numbers.js";
import { pastedHTML, pastedText } from "./paste.js";
import { inShape, numbersTyped } from "./plugins.js";
import { blocksToDoc, docToBlocks } from "./schema.js";
import { toolbar } from "./toolbar.js";

const levels = [0, 1, 2, 3, 4].map((level) => [`Alt-${level}`, apart(setLevel(level))]);

function keys(tools) {
  return keymap({
    ...Object.fromEntries(levels),
    "Mod-z": undo, "Mod-y": redo, "Mod-Shift-z": redo,
    Tab: nextCell, "Shift-Tab": goToNextCell(-1),
    Enter: (state, dispatch, view) => beforeTable(state, dispatch) || nextCell(state, dispatch, view),
    Backspace: apart(dropLevel),
    Escape: () => { tools.focus(); return true; },
  });
}

// Copied words take their numbers along, which are nowhere in the text.
function copiedText(slice, view) {
  const { doc, selection: { from, to } } = view.state;
  const number = counter();
  const lines = [];
  doc.forEach((node, position) => {
    const mark = number(node.attrs.level || 0);
    if (position + node.nodeSize <= from || position >= to) return;
    if (node.isTextblock) {
      const words = node.textBetween(Math.max(0, from - position - 1), Math.min(node.content.size, to - position - 1));
      lines.push((from <= position + 1 ? mark : "") + words);
    } else lines.push(...tableLines(node, from - position - 1, to - position - 1));
  });
  return lines.join("\n");
}

function tableLines(table, from, to) {
  const lines = [];
  table.forEach((row, offset) => {
    if (offset + row.nodeSize > from && offset < to) lines.push(row.content.content.map((cell) => cell.textContent).join("\t"));
  });
  return lines;
}

function droppedFiles(transfer) {
  return Boolean(transfer?.files.length) && !transfer.getData("text/html") && !transfer.getData("text/plain");
}

function takePlace(box, sheet) {
  const label = document.querySelector(`label[for="${CSS.escape(box.id)}"]`);
  const attributes = { role: "textbox", "aria-multiline": "true", spellcheck: "false", class: `prose-text ${box.className}`, lang: "zh-Hans" };
  if (label) {
    label.id ||= `${box.id}_label`;
    label.addEventListener("click", () => sheet.querySelector(".prose-text").focus());
    attributes["aria-labelledby"] = label.id;
    label.removeAttribute("for");
  }
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (box.hasAttribute(name)) attributes[name] = box.getAttribute(name);
  }
  if (box.required) attributes["aria-required"] = "true";
  attributes.id = box.id;
  box.id = `${box.id}_value`;
  box.required = false;
  box.hidden = true;
  return attributes;
}

function start(box) {
  const part = box.parentElement.querySelector("template").content.cloneNode(true).firstElementChild;
  const note = part.querySelector(".prose-note");
  const tell = (what) => { note.textContent = note.dataset[what] ?? ""; };
  box.parentElement.querySelector(".prose-typed").hidden = true;
  const attributes = takePlace(box, part);
  const tools = toolbar(part.querySelector(".prose-tools"), attributes.id);
  const write = (doc) => { box.value = JSON.stringify({ blocks: docToBlocks(doc) }); };
  const refuse = (event, transfer) => {
    if (!droppedFiles(transfer)) return false;
    event.preventDefault();
    tell("pictures");
    return true;
  };
  const view = new EditorView(part.querySelector(".prose-sheet"), {
    state: EditorState.create({
      doc: blocksToDoc(JSON.parse(box.dataset.prose)),
      plugins: [
        history(), keys(tools), numbersTyped, keymap(baseKeymap), inShape, tableEditing(),
        new Plugin({ view: () => ({ update: (current) => tools.update(current) }) }),
      ],
    }),
    attributes,
    transformPastedHTML: (html, current) => pastedHTML(html, current, tell),
    clipboardTextParser: pastedText,
    clipboardTextSerializer: copiedText,
    handleDOMEvents: {
      paste: (_, event) => { tell(""); return refuse(event, event.clipboardData); },
      drop: (_, event) => { tell(""); return refuse(event, event.dataTransfer); },
    },
    dispatchTransaction(transaction) {
      this.updateState(this.state.apply(transaction));
      if (!transaction.docChanged) return;
      write(this.state.doc);
      box.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  box.addEventListener("prose:set", (event) => { // another text for the whole, to be undone like any act
    const { doc, tr } = view.state;
    view.dispatch(tr.replaceWith(0, doc.content.size, blocksToDoc(event.detail).content));
  });
  tools.bind(view);
  write(view.state.doc);
  box.after(part);
}

for (const box of document.querySelectorAll("textarea[data-prose]")) start(box);
