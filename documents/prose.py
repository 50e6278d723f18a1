"""Official prose as data: headings of four levels, paragraphs, tables. Pure.

Headings carry no number: 一、（一）1.（1） are counted where the text is shown, so that moving a
section renumbers it (GB/T 9704-2012, 7.3.3). A heading may run on into its paragraph.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from coordination.text import clean_text

LEVELS = (1, 2, 3, 4)
DIGITS = "〇一二三四五六七八九"
BLOCKS, CELLS, LENGTH = 2000, 4000, 20_000  # more is no paper an office writes
MANUAL = (
    re.compile(r"^[一二三四五六七八九十百]+、\s*"),
    re.compile(r"^[（(][一二三四五六七八九十百]+[）)]\s*"),
    re.compile(r"^\d{1,3}[.．、](?!\d)\s*"),
    re.compile(r"^[（(]\d{1,3}[）)]\s*"),
)


class NotProse(ValueError):
    """What was sent is not the text of a paper; the message says where."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; `rest` is the text that runs on behind it, if any."""

    level: int
    text: str
    rest: str = ""
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: str
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all of the same length; the first row is the head if `head`."""

    rows: tuple[tuple[str, ...], ...]
    head: bool = True
    kind: str = field(default="table", init=False)


Block = Heading | Paragraph | Table


def parse(data: Any) -> tuple[Block, ...]:
    """Blocks from what the editor sends, cleaned; empty ones are left out.

    Raises NotProse, in words, for anything that is not such a text.
    """
    if not isinstance(data, list) or len(data) > BLOCKS:
        raise NotProse(f"a list of at most {BLOCKS} blocks is expected")
    found = [_block(place, row) for place, row in enumerate(data, start=1)]
    blocks = tuple(block for block in found if block is not None)
    if sum(len(words) for words in texts(blocks)) > 20 * LENGTH:
        raise NotProse("the text is too long")
    return blocks


def _block(place: int, row: Any) -> Block | None:
    if not isinstance(row, dict):
        raise NotProse(f"block {place} is no block")
    kind = row.get("kind")
    if kind == "paragraph":
        text = _text(place, row.get("text"))
        return Paragraph(text) if text else None
    if kind == "heading" and row.get("level") in LEVELS:
        text, rest = _text(place, row.get("text")), _text(place, row.get("rest", ""))
        if not text:
            return Paragraph(rest) if rest else None
        return Heading(int(row["level"]), text, rest)
    if kind == "table":
        return _table(place, row)
    raise NotProse(f"block {place} is of no known kind")


def _text(place: int, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LENGTH:
        raise NotProse(f"block {place} holds no text, or too much")
    return " ".join(clean_text(value).split()) if "\n" in value else clean_text(value).strip()


def _table(place: int, row: dict) -> Table | None:
    rows = row.get("rows")
    if not isinstance(rows, list) or not all(isinstance(line, list) for line in rows):
        raise NotProse(f"table {place} has no rows")
    width = max((len(line) for line in rows), default=0)
    if width * len(rows) > CELLS:
        raise NotProse(f"table {place} is too large")
    cells = [[_text(place, cell) for cell in line] for line in rows]
    if not any(any(line) for line in cells):
        return None
    padded = tuple((*line, *[""] * (width - len(line))) for line in cells)
    return Table(padded, bool(row.get("head", True)))


def to_data(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """The blocks as plain JSON values, as `parse` reads them."""
    found = []
    for block in blocks:
        row = asdict(block)
        if isinstance(block, Table):
            row["rows"] = [list(line) for line in block.rows]
        found.append(row)
    return found


def chinese(number: int) -> str:
    """A number from 1 to 99 in Chinese: 十二. Raises ValueError beyond."""
    if not 1 <= number <= 99:
        raise ValueError(f"{number} headings in a row are too many to count in Chinese")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


def _mark(level: int, number: int) -> str:
    """How a heading of this level is numbered."""
    return {
        1: lambda: f"{chinese(number)}、",
        2: lambda: f"（{chinese(number)}）",
        3: lambda: f"{number}.",
        4: lambda: f"（{number}）",
    }[level]()


def numbered(blocks: Iterable[Block]) -> Iterator[tuple[str, Block]]:
    """Each block with the number before it, empty where it has none."""
    counts = dict.fromkeys(LEVELS, 0)
    for block in blocks:
        if not isinstance(block, Heading):
            yield "", block
            continue
        counts[block.level] += 1
        for lower in LEVELS[block.level :]:
            counts[lower] = 0
        yield _mark(block.level, counts[block.level]), block


def without_number(text: str) -> tuple[int, str]:
    """The level a typed number stands for, 0 for none, and the text behind the number."""
    for level, pattern in zip(LEVELS, MANUAL, strict=True):
        found = pattern.match(text)
        if found:
            return level, text[found.end() :]
    return 0, text


def texts(blocks: Iterable[Block]) -> Iterator[str]:
    """All words of the text in reading order, numbers included, a line at a time."""
    for number, block in numbered(blocks):
        if isinstance(block, Table):
            for line in block.rows:
                yield "\t".join(line)
        elif isinstance(block, Heading):
            yield f"{number}{block.text}{block.rest}"
        else:
            yield block.text


def plain(blocks: Iterable[Block]) -> str:
    """The text as lines, for searching, comparing and hashing."""
    return "\n".join(texts(blocks))
