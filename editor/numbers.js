// Typed numbers and run-on headings, as documents/prose.py and documents/typed_prose.py read them.

const MANUAL = [
  /^[一二三四五六七八九十百]+、\s*/,
  /^[（(][一二三四五六七八九十百]+[）)]\s*/,
  /^\d{1,3}[.．、](?!\d)\s*/,
  /^[（(]\d{1,3}[）)]\s*/,
];
const DIGITS = "〇一二三四五六七八九";
export const GAP = "\u3000";

// The level a typed number stands for, 0 for none, and the length of the number.
export function typedNumber(text) {
  for (const [index, pattern] of MANUAL.entries()) {
    const found = pattern.exec(text);
    if (found) return { level: index + 1, length: found[0].length };
  }
  return { level: 0, length: 0 };
}

// Where a heading ends that runs on behind its first full stop.
export function headingEnd(text) {
  const stop = text.indexOf("。") + 1;
  return stop && text.slice(stop).trim() ? stop : text.length;
}

function chinese(number) {
  const tens = Math.floor(number / 10), ones = number % 10;
  return (tens > 1 ? DIGITS[tens] : "") + (tens ? "十" : "") + (ones ? DIGITS[ones] : "");
}

// Counts headings in reading order; call it with each level (0: no heading) for its number.
export function counter() {
  const counts = [0, 0, 0, 0, 0];
  return (level) => {
    if (!level) return "";
    const number = ++counts[level];
    counts.fill(0, level + 1);
    return ["", `${chinese(number)}、`, `（${chinese(number)}）`, `${number}.`, `（${number}）`][level];
  };
}
