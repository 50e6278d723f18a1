// What buttons and keys do to the text.

import { setBlockType } from "prosemirror-commands";
import { closeHistory, redo, undo } from "prosemirror-history";
import { Selection, TextSelection } from "prosemirror-state";
import {
  addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, goToNextCell, isInTable,
} from "prosemirror-tables";
import { headingEnd, typedNumber } from "./numbers.js";
import { restStart, schema, tableNode } from "./schema.js";

const { heading, paragraph, table_cell: cell, table_header: header } = schema.nodes;
const { rest } = schema.marks;

function chosenBlocks(state) {
  const found = [];
  const { from, to } = state.selection;
  state.doc.nodesBetween(from, to, (node, position, parent) => {
    if (parent === state.doc && node.isTextblock) found.push({ node, position });
    return false;
  });
  return found;
}

// The level of all chosen blocks, 0 for body text, null where they differ.
export function levelOf(state) {
  const levels = chosenBlocks(state).map(({ node }) => (node.type === heading ? node.attrs.level : 0));
  return levels.length && levels.every((level) => level === levels[0]) ? levels[0] : null;
}

// A typed number goes, since it is counted; what stands behind the first full stop runs on.
function shapeHeading(tr, position, level) {
  tr.setNodeMarkup(position, heading, { level });
  const { length } = typedNumber(tr.doc.nodeAt(position).textContent);
  if (length && length < tr.doc.nodeAt(position).content.size) tr.delete(position + 1, position + 1 + length);
  const node = tr.doc.nodeAt(position), end = headingEnd(node.textContent);
  if (restStart(node) === node.content.size && end < node.content.size) {
    tr.addMark(position + 1 + end, position + 1 + node.content.size, rest.create());
  }
}

export function setLevel(level) {
  return (state, dispatch) => {
    const blocks = chosenBlocks(state);
    if (!blocks.length) return false;
    if (!level) return setBlockType(paragraph)(state, dispatch) || true;
    const tr = state.tr;
    for (const { position } of blocks) shapeHeading(tr, tr.mapping.map(position), level);
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

// From the cursor on the heading goes on as body text; where it does already, it no longer does.
export function toggleRest(state, dispatch) {
  const { $from } = state.selection;
  if ($from.parent.type !== heading) return false;
  const start = $from.start(), end = $from.end();
  const tr = state.tr;
  if (rest.isInSet(state.storedMarks || $from.marks()) || restStart($from.parent) < $from.parent.content.size) {
    tr.removeMark(start, end, rest).removeStoredMark(rest);
  } else if ($from.parentOffset && $from.pos < end) tr.addMark($from.pos, end, rest.create());
  else if ($from.parentOffset) tr.addStoredMark(rest.create());
  else return false;
  dispatch?.(tr);
  return true;
}

export function restPressed(state) {
  const { $from } = state.selection;
  return Boolean(rest.isInSet(state.storedMarks || $from.marks()));
}

export function insertTable(state, dispatch) {
  if (isInTable(state)) return false;
  const { $to } = state.selection;
  const empty = $to.parent.isTextblock && !$to.parent.content.size;
  const tr = state.tr, at = $to.after(1);
  const table = tableNode(Array.from({ length: 3 }, () => ["", "", ""]), true);
  const place = empty ? $to.before(1) : at;
  if (empty) tr.replaceWith(place, at, table);
  else tr.insert(place, table);
  tr.setSelection(Selection.near(tr.doc.resolve(place + 1))).scrollIntoView();
  dispatch?.(tr);
  return true;
}

// The first row around the cursor, with where it begins; null outside tables.
function firstRow({ selection: { $head } }) {
  for (let depth = $head.depth; depth > 0; depth -= 1) {
    const node = $head.node(depth);
    if (node.type.spec.tableRole === "table") return { row: node.firstChild, start: $head.start(depth) + 1 };
  }
  return null;
}

export function headPressed(state) {
  return firstRow(state)?.row.firstChild.type === header;
}

export function toggleHead(state, dispatch) {
  const found = firstRow(state);
  if (!found) return false;
  const tr = state.tr, type = headPressed(state) ? cell : header;
  found.row.forEach((one, offset) => tr.setNodeMarkup(found.start + offset, type, one.attrs));
  dispatch?.(tr);
  return true;
}

// As in Word: the next cell, and behind the last one a new row.
export function nextCell(state, dispatch, view) {
  if (!isInTable(state)) return false;
  if (goToNextCell(1)(state, dispatch)) return true;
  if (!dispatch) return true;
  addRowAfter(state, dispatch);
  return goToNextCell(1)(view.state, view.dispatch);
}

// A paragraph before a table that begins the text, so that something can be written there.
export function beforeTable(state, dispatch) {
  const { $from, empty } = state.selection;
  const first = empty && $from.pos === Selection.atStart(state.doc).from && isInTable(state);
  if (!first) return false;
  const tr = state.tr.insert(0, paragraph.create());
  dispatch?.(tr.setSelection(TextSelection.create(tr.doc, 1)).scrollIntoView());
  return true;
}

// At its beginning Backspace takes the number off a heading first.
export function dropLevel(state, dispatch) {
  const { $from, empty } = state.selection;
  if (!empty || $from.parentOffset || $from.parent.type !== heading) return false;
  return setBlockType(paragraph)(state, dispatch);
}

// A deed is undone by itself, not together with what was typed before it.
export function apart(command) {
  return (state, dispatch, view) => command(state, dispatch && ((tr) => dispatch(closeHistory(tr))), view);
}

const tabled = { "add-row": addRowAfter, "delete-row": deleteRow, "add-column": addColumnAfter, "delete-column": deleteColumn };
const shaping = {
  "level-1": setLevel(1), "level-2": setLevel(2), "level-3": setLevel(3), "level-4": setLevel(4), paragraph: setLevel(0),
  rest: toggleRest, table: insertTable, head: toggleHead, "delete-table": deleteTable, ...tabled,
};
export const deeds = {
  ...Object.fromEntries(Object.entries(shaping).map(([name, command]) => [name, apart(command)])), undo, redo,
};
