// What Word, WPS, a page or a plain text put on the clipboard, brought down to our blocks.
// The clipboard's HTML is read in a document without a window: nothing in it runs or loads.

import { DOMSerializer, Fragment, Slice } from "prosemirror-model";
import { headingBlock, lineBlock, linesToBlocks } from "./lines.js";
import { GAP, typedNumber } from "./numbers.js";
import { blocksToNodes, schema } from "./schema.js";

const DROPPED = "script,x-style,template,title,meta,link,head > *,del,s,strike,xml,iframe,object,embed,svg,math,input,select,textarea,button,audio,video";
const PICTURES = "img,picture,canvas,v\\:shape,v\\:imagedata";
const PARTS = "p,h1,h2,h3,h4,h5,h6,li,div,section,article,blockquote,pre,dt,dd,center,address,figcaption";
const HIDDEN = /display:\s*none|mso-hide:\s*all|mso-element:\s*(comment-list|comment|header|footer)\b/i;
const CJK = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;

// Words as they read: lines of the source are not lines of the text, and Chinese has no spaces there.
function flowing(text) {
  return text
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g, "")
    .replace(/[ \t]*[\r\n]+[ \t]*/g, (_, at, all) => (CJK.test(all[at - 1] || "") || CJK.test(all[at + _.length] || "") ? "" : " "))
    .replace(/[ \t\u00a0]+/g, " ");
}

// The same HTML without anything a browser would judge by our content policy even while reading it.
function quiet(html) {
  return html
    .replace(/<(?:base|meta|link)\b[^>]*>/gi, "")
    .replace(/<(\/?)style(?=[\s>/])/gi, "<$1x-style")
    .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)(\s*=)/gi, "$1data-$2$3"));
}

const styleOf = (element) => element.getAttribute("data-style") || "";

// The level a style or a tag gives: 标题 1 is h1, or a paragraph with an outline level.
function styledLevel(element) {
  const tag = /^H([1-4])$/.exec(element.tagName);
  if (tag) return Number(tag[1]);
  const outline = /mso-outline-level:\s*([1-4])\b/i.exec(styleOf(element));
  if (outline) return Number(outline[1]);
  const named = /^(?:MsoHeading|Heading|标题)\s*([1-4])$/i.exec(element.className || "");
  if (named) return Number(named[1]);
  if (element.tagName !== "LI" || element.parentElement?.tagName !== "OL") return 0;
  return element.parentElement.parentElement?.closest("ol") ? 4 : 3;
}

// The number Word counted itself stands in a span of its own; a bullet there is no number.
function countedNumber(element) {
  const marks = [...element.querySelectorAll("[data-style]")].filter((one) => /mso-list:\s*ignore/i.test(styleOf(one)));
  const text = marks.map((one) => one.textContent).join("");
  for (const mark of marks) mark.remove();
  const number = flowing(text).trim();
  return typedNumber(number).level ? number : "";
}

function toBlock(element, text) {
  const level = styledLevel(element);
  const line = lineBlock(text.replaceAll(GAP, " "));
  if (line.kind === "heading" || !level) return line;
  return headingBlock(level, line.text);
}

function tableRows(table) {
  const rows = [];
  const lines = [...table.rows].filter((line) => line.closest("table") === table);
  for (const [at, line] of lines.entries()) {
    rows[at] ??= [];
    for (const cell of line.cells) {
      countedNumber(cell);
      let column = 0;
      while (rows[at][column] !== undefined) column += 1;
      const wide = Math.min(cell.colSpan || 1, 50), high = Math.min(cell.rowSpan || 1, lines.length - at);
      for (let down = 0; down < high; down += 1) {
        rows[at + down] ??= [];
        for (let right = 0; right < wide; right += 1) rows[at + down][column + right] = "";
      }
      rows[at][column] = partText(cell).replace(/\n/g, " ").trim();
    }
  }
  return rows.map((row) => Array.from(row, (text) => text || ""));
}

function partText(element) {
  for (const part of element.querySelectorAll(PARTS)) part.append("\ue000");
  for (const line of element.querySelectorAll("br")) line.replaceWith("\ue000");
  return flowing(element.textContent).replace(/[ \ue000]*\ue000[ \ue000]*/g, "\n");
}

// Walk down to what holds words: tables whole, paragraphs one by one, loose words gathered.
function collect(parent, blocks) {
  let loose = [];
  const flush = (element = parent) => {
    if (!loose.length) return;
    const holder = parent.ownerDocument.createElement("div");
    holder.append(...loose);
    loose = [];
    const number = countedNumber(holder);
    const lines = partText(holder).split("\n").map((line) => line.trim());
    lines[0] = number + lines[0];
    for (const line of lines) if (line) blocks.push(toBlock(element, line));
  };
  for (const child of [...parent.childNodes]) {
    if (child.nodeType === 1 && child.tagName === "TABLE") {
      flush();
      const rows = tableRows(child);
      if (rows.flat().some(Boolean)) blocks.push({ kind: "table", rows, head: true });
    } else if (child.nodeType === 1 && (child.matches(PARTS) || child.querySelector(`${PARTS},table`))) {
      flush();
      collect(child, blocks);
    } else if (child.nodeType === 1 || child.nodeType === 3) loose.push(child);
  }
  flush();
}

// Blocks out of the clipboard's HTML, and whether there were pictures in it.
export function htmlToBlocks(html) {
  const body = new DOMParser().parseFromString(quiet(html), "text/html").body;
  const pictures = body.querySelectorAll(PICTURES).length > 0;
  for (const element of body.querySelectorAll(`${DROPPED},${PICTURES}`)) element.remove();
  for (const element of body.querySelectorAll("[hidden],[data-style]")) {
    if (element.hidden || HIDDEN.test(styleOf(element))) element.remove();
  }
  const blocks = [];
  collect(body, blocks);
  return { blocks, pictures };
}

// Inside a line, and inside a cell, what is put in stays words.
function asWords(blocks) {
  return blocks.map((block) => (block.kind === "table" ? block.rows.flat().join(" ") : block.typed)).filter(Boolean).join(" ");
}

function fitted(blocks, $from) {
  const table = blocks.length === 1 && blocks[0].kind === "table";
  const inside = blocks.length === 1 && $from.parent.content.size;
  if (table || !($from.depth > 1 || inside)) return blocks;
  return [{ kind: "paragraph", text: asWords(blocks) }];
}

export function pastedHTML(html, view, tell) {
  if (/<[^>]+\sdata-pm-slice=/.test(html)) return quiet(html); // out of an editor like this: its schema judges it
  const { blocks, pictures } = htmlToBlocks(html);
  if (pictures || !blocks.length) tell(pictures ? "pictures" : "nothing");
  const nodes = blocksToNodes(fitted(blocks, view.state.selection.$from));
  const holder = document.implementation.createHTMLDocument("").createElement("div");
  DOMSerializer.fromSchema(schema).serializeFragment(Fragment.from(nodes), { document: holder.ownerDocument }, holder);
  return holder.innerHTML;
}

export function pastedText(text, $context, plain) {
  const blocks = plain && !/[\t\n]/.test(text.trim()) ? [{ kind: "paragraph", text: text.trim() }] : linesToBlocks(text);
  const nodes = blocksToNodes(fitted(blocks, $context));
  const open = (node) => (node?.isTextblock ? 1 : 0);
  return new Slice(Fragment.from(nodes), open(nodes[0]), open(nodes.at(-1)));
}
