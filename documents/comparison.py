"""Two versions of a text side by side: which lines belong together, which words differ. Pure.

Lines are aligned first (equal ones, then similar ones), words are compared inside a pair by
clauses and then by characters. What would cost too much is shown as wholly rewritten.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest

from . import prose
from .prose import Block, Heading, Table

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"
CLAUSE = re.compile(r"[^，。；：、！？\t]*[，。；：、！？\t]?")
TOKEN = re.compile(r"[A-Za-z]+|\d+(?:[.,]\d+)*%?|\s+|.", re.S)
ALIKE = 0.4  # the share of common pairs of characters from which two lines are one, rewritten
BAND = 150  # lines further apart than this are not looked for in each other
BITS = 2048
EFFORT = 20_000_000  # pairs of words that may be looked at in one comparison
AT_ONCE = 160_000  # and in one passage


@dataclass(frozen=True, slots=True)
class Line:
    """A heading, a paragraph or a row of a table as it reads; `shape` says which of them."""

    number: str
    text: str
    shape: str

    @property
    def level(self) -> int:
        """The level of a heading, 0 for all else."""
        return int(self.shape[-1]) if self.shape.startswith("heading") else 0


@dataclass(frozen=True, slots=True)
class Span:
    """Words that both versions have, or only the one they stand in."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the old version, of the new one, or of both."""

    kind: str
    old: Line | None
    new: Line | None
    old_spans: tuple[Span, ...] = ()
    new_spans: tuple[Span, ...] = ()

    @property
    def reshaped(self) -> bool:
        """Whether the line became a heading, another level, or body text."""
        return bool(self.old and self.new and self.old.shape != self.new.shape)


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines that are the same and left out."""

    lines: int
    kind: str = "gap"


def compare(old: Iterable[Block], new: Iterable[Block]) -> tuple[Row, ...]:
    """Both texts, line beside line, in reading order."""
    before, after = list(_lines(old)), list(_lines(new))
    rows = []
    left = EFFORT
    for first, second in _aligned(before, after):
        if first is None or second is None:
            rows.append(_alone(first, second))
            continue
        row, cost = _pair(first, second, left)
        left -= cost
        rows.append(row)
    return tuple(rows)


def changes(rows: Sequence[Row], around: int = 1) -> tuple[Row | Gap, ...]:
    """Only what differs, with some lines around it; the rest is told by its length."""
    near = {
        place
        for index, row in enumerate(rows)
        if row.kind != SAME
        for place in range(index - around, index + around + 1)
    }
    found: list[Row | Gap] = []
    for index, row in enumerate(rows):
        last = found[-1] if found else None
        if index in near:
            found.append(row)
        elif isinstance(last, Gap):
            found[-1] = replace(last, lines=last.lines + 1)
        else:
            found.append(Gap(1))
    return tuple(found)


def counts(rows: Iterable[Row]) -> dict[str, int]:
    """How many lines are changed, added, removed."""
    kinds = [row.kind for row in rows]
    return {kind: kinds.count(kind) for kind in (CHANGED, ADDED, REMOVED)}


def _lines(blocks: Iterable[Block]) -> Iterator[Line]:
    for number, block in prose.numbered(blocks):
        if isinstance(block, Table):
            for cells in block.rows:
                yield Line("", "\t".join(cells), "row")
        elif isinstance(block, Heading):
            yield Line(number, block.text + block.rest, f"heading-{block.level}")
        else:
            yield Line("", block.text, "paragraph")


def _aligned(old: list[Line], new: list[Line]) -> Iterator[tuple[Line | None, Line | None]]:
    """Pairs of lines: equal ones first, similar ones in what lies between."""
    matcher = SequenceMatcher(
        None, [line.text for line in old], [line.text for line in new], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(old[a:b], new[c:d], strict=True)
        else:
            yield from _alike(old[a:b], new[c:d])


def _alike(old: list[Line], new: list[Line]) -> Iterator[tuple[Line | None, Line | None]]:
    """The pairing of two passages with the greatest likeness, order kept."""
    ones, others = [_print(line.text) for line in old], [_print(line.text) for line in new]
    best: list[dict[int, float]] = [{} for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        middle = i * len(new) // len(old)
        for j in range(min(len(new), middle + BAND) - 1, max(0, middle - BAND) - 1, -1):
            score = _likeness(ones[i], others[j])
            paired = score + best[i + 1].get(j + 1, 0.0) if score >= ALIKE else 0.0
            best[i][j] = max(paired, best[i + 1].get(j, 0.0), best[i].get(j + 1, 0.0))
    i = j = 0
    while i < len(old) and j < len(new):
        here, score = best[i].get(j, 0.0), _likeness(ones[i], others[j])
        if score >= ALIKE and here <= score + best[i + 1].get(j + 1, 0.0):
            yield old[i], new[j]
            i, j = i + 1, j + 1
        elif here <= best[i + 1].get(j, 0.0):
            yield old[i], None
            i += 1
        else:
            yield None, new[j]
            j += 1
    yield from ((line, None) for line in old[i:])
    yield from ((None, line) for line in new[j:])


def _print(text: str) -> int:
    """A fingerprint of the pairs of characters in a line, as bits."""
    bits = 0
    for first, second in zip_longest(text, text[1:], fillvalue=" "):
        bits |= 1 << ((ord(first) * 613 + ord(second)) % BITS)
    return bits


def _likeness(one: int, other: int) -> float:
    return 2 * (one & other).bit_count() / ((one.bit_count() + other.bit_count()) or 1)


def _alone(old: Line | None, new: Line | None) -> Row:
    if old is not None:
        return Row(REMOVED, old, None, old_spans=(Span(REMOVED, old.text),))
    return Row(ADDED, None, new, new_spans=(Span(ADDED, new.text if new else ""),))


def _pair(old: Line, new: Line, effort: int) -> tuple[Row, int]:
    if old.text == new.text:
        spans = (Span(SAME, old.text),)
        kind = SAME if old.shape == new.shape else CHANGED
        return Row(kind, old, new, spans, spans), 0
    pieces, cost = _passages(old.text, new.text, effort)
    pieces = _calmed(pieces)
    before = tuple(Span(SAME if one == two else REMOVED, one) for one, two in pieces if one)
    after = tuple(Span(SAME if one == two else ADDED, two) for one, two in pieces if two)
    return Row(CHANGED, old, new, before, after), cost


Piece = tuple[str, str]  # words of the old and of the new version; equal where both have them


def _passages(old: str, new: str, effort: int) -> tuple[list[Piece], int]:
    """Clauses that are equal, and between them words that are."""
    ones, others = CLAUSE.findall(old), CLAUSE.findall(new)
    cost = len(ones) * len(others)
    if cost > min(AT_ONCE, effort):
        return [(old, new)], 0
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, ones, others, autojunk=False).get_opcodes():
        first, second = "".join(ones[a:b]), "".join(others[c:d])
        if tag == "replace" and len(first) * len(second) <= min(AT_ONCE, effort - cost):
            cost += len(first) * len(second)
            found += _words(first, second)
        else:
            found.append((first, second))
    return found, cost


def _words(old: str, new: str) -> Iterator[Piece]:
    ones, others = TOKEN.findall(old), TOKEN.findall(new)
    for _, a, b, c, d in SequenceMatcher(None, ones, others, autojunk=False).get_opcodes():
        yield "".join(ones[a:b]), "".join(others[c:d])


def _calmed(pieces: list[Piece]) -> list[Piece]:
    """Neighbouring changes as one; a single character left between two of them is no rest."""
    found: list[Piece] = []
    for index, (one, two) in enumerate(pieces):
        before, after = found[-1] if found else None, pieces[index + 1 : index + 2]
        same = one == two
        changed_before = before is not None and before[0] != before[1]
        lonely = same and len(one) == 1 and one.isalnum() and after and changed_before
        if before and (lonely or same is not changed_before):
            found[-1] = (before[0] + one, before[1] + two)
        else:
            found.append((one, two))
    return found
