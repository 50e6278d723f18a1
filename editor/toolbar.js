// The row of buttons: one stop of the Tab key, arrows inside, pressed where it holds.

import { isInTable } from "prosemirror-tables";
import { deeds, headPressed, levelOf, restPressed } from "./commands.js";

function pressedBy(state) {
  const level = levelOf(state);
  return {
    "level-1": level === 1, "level-2": level === 2, "level-3": level === 3, "level-4": level === 4,
    paragraph: level === 0, rest: restPressed(state), head: headPressed(state),
  };
}

export function toolbar(bar, controls) {
  const buttons = [...bar.querySelectorAll("button")];
  const groups = [...bar.querySelectorAll("[data-in]")];
  const open = () => buttons.filter((button) => !button.closest("[hidden]"));
  let view, stop = buttons[0];

  const move = (to) => {
    stop = to;
    for (const button of buttons) button.tabIndex = button === to ? 0 : -1;
  };
  bar.setAttribute("aria-controls", controls);
  bar.addEventListener("keydown", (event) => {
    const all = open(), at = all.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape") view.focus();
    if (to === undefined) return;
    event.preventDefault();
    move(all[(to + all.length) % all.length]);
    stop.focus();
  });
  bar.addEventListener("mousedown", (event) => { if (event.target.closest("button")) event.preventDefault(); });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    move(button);
    deeds[button.dataset.do](view.state, view.dispatch, view);
    view.focus();
  });
  move(stop);
  return {
    bind(editor) { view = editor; this.update(editor); },
    focus() { stop.focus(); },
    update({ state }) {
      const pressed = pressedBy(state);
      const place = isInTable(state) ? "table" : "text";
      for (const group of groups) group.hidden = group.dataset.in !== place;
      for (const button of buttons) {
        const name = button.dataset.do;
        if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(pressed[name]));
        button.setAttribute("aria-disabled", String(!deeds[name](state)));
      }
      if (stop.closest("[hidden]")) move(open()[0]);
    },
  };
}
