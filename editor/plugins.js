// How the text keeps in shape while it is written.

import { closeHistory } from "prosemirror-history";
import { Plugin } from "prosemirror-state";
import { typedNumber } from "./numbers.js";
import { restStart, schema } from "./schema.js";

const { heading, paragraph, table } = schema.nodes;
const { rest } = schema.marks;

function mendRest(tr) {
  tr.doc.forEach((node, position) => {
    if (node.type !== heading) return;
    const start = restStart(node), from = position + 1, to = from + node.content.size;
    if (!start && node.content.size) tr.removeMark(from, to, rest); // nothing runs on behind nothing
    else if (!tr.doc.rangeHasMark(from + start, to, rest)) return;
    else if (node.lastChild && !rest.isInSet(node.lastChild.marks)) tr.addMark(from + start, to, rest.create());
  });
}

// Words that run on do so to the end; a table is never the last thing; what follows a heading's
// full stop runs on by itself.
export const inShape = new Plugin({
  appendTransaction(transactions, _, state) {
    if (!transactions.some((one) => one.docChanged)) return null;
    const tr = state.tr;
    mendRest(tr);
    if (tr.doc.lastChild.type === table) tr.insert(tr.doc.content.size, paragraph.create());
    const { $from, empty } = state.selection;
    const ends = empty && $from.parent.type === heading && $from.pos === $from.end() && $from.parent.textContent.endsWith("。");
    const running = ends && restStart($from.parent) < $from.parent.content.size;
    if (ends && !running && !state.storedMarks) tr.addStoredMark(rest.create());
    return tr.docChanged || tr.storedMarksSet ? tr : null;
  },
});

// The level of a number that `typed` has just completed at the beginning of a paragraph; for 1. only
// what follows shows that no 1.5 was meant.
function justNumbered(before, typed) {
  const { level, length } = typedNumber(before + typed);
  const complete = level === 3 ? typedNumber(before).length === before.length && /\S/.test(typed) : length === (before + typed).length;
  return complete ? { level, length } : { level: 0, length: 0 };
}

function convert(view, { level, length }) {
  const start = view.state.selection.$from.start();
  const tr = view.state.tr.delete(start, start + length).setNodeMarkup(start - 1, heading, { level });
  view.dispatch(closeHistory(tr).scrollIntoView());
}

function mayBeNumbered({ selection: { $from, empty } }) {
  return empty && $from.depth === 1 && $from.parent.type === paragraph;
}

// A number typed at the beginning of a paragraph makes it a heading, which counts for itself. It is
// a step of its own, so that Undo brings back what was typed. Input methods tell when they are done.
export const numbersTyped = new Plugin({
  props: {
    handleTextInput(view, from, to, text) {
      if (view.composing || from !== to || !mayBeNumbered(view.state)) return false;
      const { $from } = view.state.selection;
      const found = justNumbered($from.parent.textBetween(0, $from.parentOffset), text);
      if (!found.level) return false;
      view.dispatch(view.state.tr.insertText(text));
      convert(view, found);
      return true;
    },
    handleDOMEvents: {
      compositionend(view, { data }) {
        setTimeout(() => {
          if (view.composing || !data || !mayBeNumbered(view.state)) return;
          const { $from } = view.state.selection;
          const written = $from.parent.textBetween(0, $from.parentOffset);
          const found = justNumbered(written.slice(0, -data.length), data);
          if (written.endsWith(data) && found.level) convert(view, found);
        }, 50); // the editor reads what was composed first
        return false;
      },
    },
  },
});
