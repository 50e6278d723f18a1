// Plain lines as blocks: typed numbers become levels, tabs become tables. As documents/typed_prose.py.

import { GAP, headingEnd, typedNumber } from "./numbers.js";

const LITERAL = "\\";

// A line as a block; `typed` is how it reads, number included.
export function lineBlock(line) {
  const text = line.replace(/^\s+|[ \t]+$/g, ""); // a wide space at the end tells that nothing runs on
  if (text.startsWith(LITERAL)) return paragraphBlock(text.slice(1));
  const { level, length } = typedNumber(text);
  const words = text.slice(length);
  if (!level || !words.trim()) return paragraphBlock(text);
  const gap = words.lastIndexOf(GAP);
  const end = gap < 0 ? headingEnd(words) : gap;
  return headingBlock(level, words, text, end);
}

function paragraphBlock(text) {
  return { kind: "paragraph", text: text.trim(), typed: text.trim() };
}

export function headingBlock(level, words, typed = words, end = headingEnd(words)) {
  return { kind: "heading", level, text: words.slice(0, end).trim(), rest: words.slice(end).trim(), typed: typed.trim() };
}

export function tableBlock(rows) {
  const headless = rows.length > 1 && !rows[0].some(Boolean);
  const width = Math.max(...rows.map((row) => row.length));
  const filled = rows.map((row) => [...row, ...Array(width - row.length).fill("")]);
  return { kind: "table", rows: headless ? filled.slice(1) : filled, head: !headless };
}

export function linesToBlocks(typed) {
  const blocks = [];
  let rows = [];
  for (const line of [...typed.replace(/\r\n?/g, "\n").split("\n"), ""]) {
    if (line.includes("\t") && !line.trimStart().startsWith(LITERAL)) {
      rows.push(line.split("\t").map((cell) => cell.trim()));
      continue;
    }
    if (rows.length) blocks.push(tableBlock(rows));
    rows = [];
    if (line.trim()) blocks.push(lineBlock(line));
  }
  return blocks.filter((block) => block.kind !== "table" || block.rows.flat().some(Boolean));
}
