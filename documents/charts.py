"""A bar chart as numbers for an SVG: widths in per cent, so text keeps its size on any screen.

Pure: lines and counts in, places out; the template draws, the style sheet colours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

BAR, LABEL, GAP = 20, 20, 10  # heights in px: the bar, its label above, the space below
NARROW = 6.0  # per cent below which a number does not fit into its part
MOST = 30  # bars; more are not read


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar: what it stands for, its count, its place in per cent."""

    name: str
    count: int
    x: str
    width: str
    middle: str
    told: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label and sum, its place in px, its parts."""

    label: str
    total: int
    label_y: int
    y: int
    number_y: int
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Chart:
    """All bars and the height they need; `left_out`: lines beyond those drawn."""

    bars: list[Bar]
    height: int
    left_out: int


def chart(lines: Sequence[tuple[str, dict[str, int]]], names: Sequence[str], most=MOST) -> Chart:
    """Return stacked bars for `lines` (label, count by name), parts in the order of `names`.

    The longest bar fills the width. Where there are more than `most` lines the largest are drawn,
    in the order given.
    """
    totals = [sum(counts.get(name, 0) for name in names) for _, counts in lines]
    largest = max(totals, default=0)
    places = sorted(range(len(lines)), key=lambda n: -totals[n])[:most]
    drawn = [n for n in sorted(places) if totals[n]]
    bars = []
    for row, n in enumerate(drawn):
        top = row * (LABEL + BAR + GAP)
        label, counts = lines[n]
        parts = _parts(counts, names, largest)
        y = top + LABEL
        bars.append(Bar(label, totals[n], top + LABEL - 5, y, y + BAR - 5, parts))
    height = len(drawn) * (LABEL + BAR + GAP)
    return Chart(bars, height, sum(1 for total in totals if total) - len(drawn))


def _parts(counts: dict[str, int], names: Sequence[str], largest: int) -> list[Part]:
    parts, x = [], 0.0
    for name in names:
        count = counts.get(name, 0)
        if not count:
            continue
        width = 100 * count / largest
        told = width >= NARROW
        parts.append(
            Part(name, count, _per_cent(x), _per_cent(width), _per_cent(x + width / 2), told)
        )
        x += width
    return parts


def _per_cent(value: float) -> str:
    """Written with a point in every language."""
    return f"{value:.2f}%"
