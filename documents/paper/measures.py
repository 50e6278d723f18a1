"""GB/T 9704-2012 in millimetres: the grid, the marks, where signature, date and seal stand. Pure.

The type area is the ink: the first line's characters touch 37 mm, the 22nd's end at 262 mm. A line
box is taller than its characters, so the box of a page begins LEAD above and ends LEAD below.
"""

import math
from dataclasses import dataclass
from datetime import date

from .content import Paper
from .titles import break_title, width

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
TOP, RIGHT, BOTTOM, LEFT = 37.0, 26.0, 35.0, 28.0
TYPE_WIDTH, TYPE_HEIGHT = 156.0, 225.0
LINES, CHARACTERS = 22, 28
POINT = 25.4 / 72
CHAR = 15.79 * POINT  # one 字: 28 of them are 155.97 mm
PITCH = 10.4488  # one 行: 21 steps and one character are 225 mm, rounded down
LEAD = (PITCH - CHAR) / 2
GAP = CHAR * 7 / 8
TO_MARK, TO_RULE, RULE = 35.0, 4.0, 0.7
LETTER_TOP, LETTER_FOOT, THICK, THIN, BETWEEN = 30.0, 20.0, 1.0, 0.35, 0.5
DOUBLE = THICK + BETWEEN + THIN
FOOT_RULE = PAGE_HEIGHT - LETTER_FOOT - DOUBLE - TOP + LEAD  # below the box of page 1
MARK_WIDTH, MARK_LARGEST, MARK_SMALLEST, MARK_NARROWEST = 150.0, 62.0, 36.0, 0.6
MARK_CHARACTERS = MARK_WIDTH / POINT / (MARK_SMALLEST * MARK_NARROWEST)  # most in one line
MARK_STEP = 1.25
SIDE = "文件"
SEAL_RISE = 3.0  # the seal's centre lies this far above the middle of signature and date
SEALS_APART = 3.0
TITLE_ROOM = 20  # lines of page 1 that head, title and recipients may take together


@dataclass(frozen=True, slots=True)
class MarkLine:
    """One line of the mark: how far its letters stand apart, in characters."""

    text: str
    spacing: float


@dataclass(frozen=True, slots=True)
class Mark:
    """发文机关标志: its size in points, how far it is narrowed, 文件 at its side if joint."""

    lines: tuple[MarkLine, ...]
    size: float
    scale: float
    side: str

    @property
    def height(self) -> float:
        """From the upper edge of the first line's characters to the lower of the last's, in mm."""
        return self.size * POINT * (1 + MARK_STEP * (len(self.lines) - 1))


def mark_of(paper: Paper) -> Mark:
    """The mark as large as its longest line allows; long names are narrowed, never cut.

    A single line that would be too small even so is broken as titles are, words kept whole.
    """
    lines = [line.strip() for line in paper.mark.split("\n") if line.strip()] or [""]
    if len(lines) == 1:
        lines = break_title(lines[0], MARK_CHARACTERS) or lines
    side = lines.pop() if len(lines) > 1 and lines[-1] == SIDE else ""
    widest = max(width(line) for line in lines) or 1.0
    natural = MARK_WIDTH / POINT / (widest + (len(side) + 0.5 if side else 0))
    size, scale = min(MARK_LARGEST, natural), 1.0
    if natural < MARK_SMALLEST:
        size = min(MARK_SMALLEST, natural / MARK_NARROWEST)
        scale = natural / size
    spread = [(widest - width(x)) / max(1, len(x) - 1) if side else 0.0 for x in lines]
    found = tuple(MarkLine(x, gap) for x, gap in zip(lines, spread, strict=True))
    return Mark(found, size, scale, side)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the parts of the head stand, in mm below the box of page 1."""

    mark_top: float
    number_top: float
    rule_top: float
    height: float


def head_of(paper: Paper, mark: Mark) -> Head:
    """Mark 35 mm below the type area's edge, number two lines below it, the red line 4 mm on.

    A letter's mark stands 30 mm below the paper's edge, its line 4 mm below the mark and the
    number 7/8 of a character below the line.
    """
    if paper.layout == "letter":
        mark_top = LETTER_TOP - TOP + LEAD
        rule_top = mark_top + mark.height + TO_RULE
        number_top = rule_top + DOUBLE + GAP - LEAD
        rows = max(1, bool(paper.copy_number) + bool(paper.urgency))
        return Head(mark_top, number_top, rule_top, number_top + rows * PITCH)
    mark_top = LEAD + TO_MARK
    number_top = mark_top + mark.height + 2 * PITCH
    rows = max(1, math.ceil(len(paper.signatories) / 2), head_rows(paper))
    rule_top = number_top + rows * PITCH - LEAD + TO_RULE
    return Head(mark_top, number_top, rule_top, rule_top + RULE)


def doubles(head: Head) -> list[tuple[float, float]]:
    """The red lines of a letter, top and thickness: thick over thin, below thin over thick."""
    top, foot = head.rule_top, FOOT_RULE
    return [
        (top, THICK),
        (top + THICK + BETWEEN, THIN),
        (foot, THIN),
        (foot + THIN + BETWEEN, THICK),
    ]


def head_rows(paper: Paper) -> int:
    """Lines between mark and rule of minutes: period or number, then issuer and date."""
    if paper.layout != "minutes":
        return 1
    return (1 if paper.period or paper.number else 0) + (1 if leads(paper)[0:2] != ("", "") else 0)


def leads(paper: Paper) -> tuple[str, str]:
    """What stands left and right above the red line of minutes: issuer and date."""
    if paper.layout != "minutes":
        return "", ""
    own = day(paper.dated_on) if paper.dated_on and not paper.signatures else ""
    return paper.lead_left, paper.lead_right or own


def day(value: date) -> str:
    """A date as official documents write it, without leading zeros."""
    return f"{value.year}年{value.month}月{value.day}日"


def recipients_in_imprint(paper: Paper) -> bool:
    """Whether 主送 stands in 版记: as asked, or because page 1 would show no text (7.3.2)."""
    if paper.main_in_imprint or paper.layout == "minutes" or not paper.main_recipients:
        return paper.main_in_imprint
    head = head_of(paper, mark_of(paper)).height / PITCH
    title = len(break_title(paper.title)) + 3
    rows = math.ceil((width(paper.main_recipients) + 1) / (CHARACTERS - 1))
    return head + title + rows > TITLE_ROOM


@dataclass(frozen=True, slots=True)
class Closing:
    """Signature, date and seal: empty lines above, how far in, where the seal's corner is.

    Measures in characters from the right; the seal's top in mm below the text.
    """

    signatures: tuple[str, ...]
    blank: int
    date_right: float
    signature_shift: float
    seal_top: float = 0.0
    seal_mm: float = 0.0
    height: float = 0.0


def closing_of(paper: Paper) -> Closing:
    """Where one issuer's signature and date stand, with a seal or without (7.3.5)."""
    names = tuple(line for name in paper.signatures for line in break_title(name, CHARACTERS - 6.0))
    proxy = (f"{paper.proxy}（代章）",) if paper.proxy else ()
    dated = width(day(paper.dated_on)) if paper.dated_on else 0.0
    rows = len(names) + len(proxy) + 1
    longest = max((width(name) for name in names + proxy), default=0.0)
    if paper.seal is not None or proxy:
        size = paper.seal.diameter_mm if paper.seal else 42.0
        blank = max(1, math.ceil((size / 2 + SEAL_RISE) / PITCH - rows / 2))
        seal_top = (blank + rows / 2) * PITCH - SEAL_RISE - size / 2
        date_right = max(4.0, (longest - dated) / 2)
        height = max((blank + rows) * PITCH, seal_top + size)
        return Closing(names + proxy, blank, date_right, 0.0, seal_top, size, height)
    if dated > longest:
        return Closing(names, 1, 2.0, -2.0)
    return Closing(names, 1, max(0.0, longest - dated), 2.0)


def seals_a_row(paper: Paper) -> int:
    """How many of several issuers' seals stand side by side: three where names are short."""
    size = paper.seal.diameter_mm if paper.seal else 42.0
    longest = max((width(name) for name in paper.signatures), default=0.0)
    fits = 3 * size + 2 * SEALS_APART <= TYPE_WIDTH and longest * CHAR <= TYPE_WIDTH / 3 - CHAR
    return 3 if fits and len(paper.signatures) > 2 else 2
