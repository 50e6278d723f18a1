// The editor's text: headings of four levels with words that run on, paragraphs, tables; nothing else.

import { Schema } from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";

const tables = tableNodes({ tableGroup: "block", cellContent: "paragraph", cellAttributes: {} });

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { group: "block", content: "text*", marks: "", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    heading: {
      group: "block",
      content: "text*",
      marks: "rest",
      defining: true,
      attrs: { level: { default: 1, validate: "number" } },
      parseDOM: [1, 2, 3, 4].map((level) => ({ tag: `p[data-level="${level}"]`, attrs: { level }, priority: 60 })),
      toDOM: (node) => ["p", { "data-level": node.attrs.level }, 0],
    },
    text: {},
    ...tables,
  },
  marks: {
    rest: { parseDOM: [{ tag: "span[data-rest]" }], toDOM: () => ["span", { "data-rest": "" }, 0] },
  },
});

const { paragraph, heading, table, table_row: row, table_cell: cell, table_header: header } = schema.nodes;
const rest = schema.marks.rest.create();
const words = (value) => (value ? [schema.text(String(value))] : []);

export function tableNode(rows, head) {
  const width = Math.max(1, ...rows.map((line) => line.length));
  return table.create(null, rows.map((line, index) => row.create(null, Array.from({ length: width }, (_, column) =>
    (head && !index ? header : cell).create(null, paragraph.create(null, words(line[column])))))));
}

function blockNode(block) {
  if (block?.kind === "table" && block.rows?.length) return tableNode(block.rows, block.head !== false);
  if (block?.kind === "heading") {
    const behind = block.rest ? [schema.text(String(block.rest), [rest])] : [];
    return heading.create({ level: [1, 2, 3, 4].includes(block.level) ? block.level : 1 }, [...words(block.text), ...behind]);
  }
  return paragraph.create(null, words(block?.text));
}

export function blocksToNodes(blocks) {
  return blocks.map(blockNode);
}

export function blocksToDoc(blocks) {
  const nodes = blocksToNodes(Array.isArray(blocks) ? blocks : []);
  return schema.nodes.doc.create(null, nodes.length ? nodes : [paragraph.create()]);
}

// Where the words that run on begin, counted from the beginning of a heading.
export function restStart(node) {
  let start = node.content.size;
  node.forEach((child, offset) => { if (schema.marks.rest.isInSet(child.marks)) start = Math.min(start, offset); });
  return start;
}

function blockData(node) {
  if (node.type === paragraph) return { kind: "paragraph", text: node.textContent };
  if (node.type === heading) {
    const start = restStart(node), text = node.textContent;
    return { kind: "heading", level: node.attrs.level, text: text.slice(0, start), rest: text.slice(start) };
  }
  const rows = [];
  node.forEach((line) => {
    const cells = [];
    line.forEach((one) => cells.push(one.textContent, ...Array(one.attrs.colspan - 1).fill("")));
    rows.push(cells);
  });
  return { kind: "table", rows, head: node.firstChild.firstChild.type === header };
}

export function docToBlocks(doc) {
  return doc.content.content.map(blockData);
}
