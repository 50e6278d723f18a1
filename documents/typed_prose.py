"""Official prose as somebody types it into a plain box: a line a block. Pure.

A typed number tells the level of a heading; lines with tabs are the rows of a table. What the
lines would not say by themselves is marked: `\\` before a paragraph that looks like something
else, a wide space where a heading ends without a full stop.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from . import prose
from .prose import Block, Heading, Paragraph, Table

STOP, GAP, LITERAL, TAB = "。", "\u3000", "\\", "\t"


def run_on(text: str) -> tuple[str, str]:
    """A heading and what runs on behind its first full stop, if anything does."""
    head, stop, rest = text.partition(STOP)
    return (head + stop, rest) if rest.strip() else (text, "")


def read_lines(typed: str) -> tuple[Block, ...]:
    """The blocks that typed lines mean, cleaned; raises NotProse where `prose.parse` does."""
    return prose.parse(prose.to_data(_blocks(typed)))


def _blocks(typed: str) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    for line in [*typed.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        literal = line.lstrip(f" {GAP}").startswith(LITERAL)
        if TAB in line and not literal:
            rows.append(tuple(cell.strip() for cell in line.split(TAB)))
            continue
        if rows:
            yield _table(rows)
            rows = []
        if line.strip():
            yield _line(line.strip(f" {TAB}"))


def _table(rows: list[tuple[str, ...]]) -> Table:
    """Rows as a table; a first row without any words means that it has no head."""
    if any(rows[0]) or len(rows) == 1:
        return Table(tuple(rows))
    return Table(tuple(rows[1:]), head=False)


def _line(line: str) -> Block:
    text = line.lstrip(f" {GAP}")
    if text.startswith(LITERAL):
        return Paragraph(text[len(LITERAL) :])
    level, words = prose.without_number(text)
    if not level or not words.strip(f" {GAP}"):
        return Paragraph(text.rstrip(GAP))
    if GAP in words:
        head, _, rest = words.rpartition(GAP)
        return Heading(level, head.strip(f" {GAP}"), rest)
    return Heading(level, *run_on(words))


def write_lines(blocks: Iterable[Block]) -> str:
    """The lines that `read_lines` reads as these blocks."""
    found = list(prose.numbered(blocks))
    lines = []
    for (number, block), (_, after) in pairwise([*found, ("", None)]):
        lines.append(_written(number, block))
        if isinstance(block, Table) and isinstance(after, Table):
            lines.append("")
    return "\n".join(lines)


def _written(number: str, block: Block | None) -> str:
    if isinstance(block, Table):
        return _written_rows(block)
    if isinstance(block, Heading):
        text, rest = block.text.replace(GAP, " "), block.rest.replace(GAP, " ")
        told = run_on(text + rest) == (text, rest)
        apart = "" if prose.without_number(number + text)[1] == text else " "
        return f"{number}{apart}{text}{'' if told else GAP}{rest}"
    text = block.text if block else ""
    plain = TAB not in text and _line(text) == block
    return text if plain else LITERAL + text


def _written_rows(table: Table) -> str:
    rows = table.rows if table.head else ((("",) * len(table.rows[0])), *table.rows)
    lines = [[cell.replace(TAB, " ") for cell in row] for row in rows]
    return "\n".join(TAB.join(line) if len(line) > 1 else f"{line[0]}{TAB}" for line in lines)
