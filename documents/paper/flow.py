"""The parts of a Paper as plain rows for the templates: numbered blocks, lists, 版记."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from documents import prose

from .content import Paper
from .measures import day, recipients_in_imprint
from .titles import width

ENDS = "。；;，,、.：: "
ACROSS, AROUND = 36.8, 0.8  # characters of a table's size in 156 mm; what a cell's edges take
SMALL_A_LINE, SMALL_LINES = 26, 19  # characters and lines of 4号 at the foot of a page
LEAST, NARROW, WIDE = 3.0, 8.0, 30.0


@dataclass(frozen=True, slots=True)
class Row:
    """One block of running text or one table, with its number before it."""

    mark: str = ""
    text: str = ""
    rest: str = ""
    level: int = 0
    last: bool = False
    table: bool = False
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    shares: tuple[float, ...] = ()


def rows(blocks: Iterable[prose.Block]) -> list[Row]:
    """Each block as the page shows it; the last one is marked, for the signature keeps to it."""
    numbered = list(prose.numbered(blocks))
    found = []
    for place, (mark, block) in enumerate(numbered, start=1):
        last = place == len(numbered)
        if isinstance(block, prose.Table):
            head, body = (block.rows[:1], block.rows[1:]) if block.head else ((), block.rows)
            found.append(
                Row(table=True, head=head[0] if head else (), rows=body, shares=shares(block))
            )
        elif isinstance(block, prose.Heading):
            found.append(Row(mark, block.text, block.rest, block.level, last=last))
        else:
            found.append(Row(text=block.text, last=last))
    return found


def shares(table: prose.Table) -> tuple[float, ...]:
    """How the columns share the width, in percent.

    Narrow columns get what their longest cell needs, the others the rest, by theirs.
    """
    columns = zip(*table.rows, strict=True)
    needs = [max(LEAST, *(width(cell) + AROUND for cell in column)) for column in columns]
    narrow = [need for need in needs if need <= NARROW]
    if len(narrow) == len(needs) or sum(narrow) > 0.6 * ACROSS:
        return tuple(round(100 * need / sum(needs), 2) for need in needs)
    wide = sum(min(need, WIDE) for need in needs if need > NARROW)
    rest = ACROSS - sum(narrow)
    return tuple(
        round(100 * (need if need <= NARROW else rest * min(need, WIDE) / wide) / ACROSS, 2)
        for need in needs
    )


def lists(paper: Paper) -> list[tuple[str, str]]:
    """出席, 请假, 列席 of minutes, those that are named (10.3)."""
    named = (("出席：", paper.attending), ("请假：", paper.on_leave), ("列席：", paper.sitting_in))
    return [(label, names) for label, names in named if names] if paper.layout == "minutes" else []


def enclosure_numbers(paper: Paper) -> list[str]:
    """1, 2 … behind 附件; nothing where there is only one."""
    if max(len(paper.enclosures), len(paper.attachments)) < 2:
        return ["" for _ in paper.enclosures]
    return [str(place) for place in range(1, len(paper.enclosures) + 1)]


def imprint(paper: Paper) -> dict[str, Any]:
    """版记: to whom it goes, who issued it and when, how many; empty if there is nothing.

    A letter's holds only 抄送 (10.1); minutes are 分送.
    """
    sent = []
    if recipients_in_imprint(paper) and paper.main_recipients.strip(ENDS):
        sent.append(("主送", paper.main_recipients.strip(ENDS)))
    if paper.copy_recipients.strip(ENDS):
        label = "分送" if paper.layout == "minutes" else "抄送"
        sent.append((label, paper.copy_recipients.strip(ENDS)))
    if paper.layout == "letter":
        return {"sent": sent} if sent else {}
    on = f"{day(paper.issued_on)}印发" if paper.issued_on else ""
    if not (sent or paper.issued_by or on or paper.copies):
        return {}
    return {
        "sent": sent,
        "issued": bool(paper.issued_by or on),
        "by": paper.issued_by,
        "on": on,
        "copies": paper.copies,
    }


def fills_a_page(paper: Paper) -> bool:
    """Whether 版记 is too long to stand at the foot of one page; then it flows like text."""
    names = [name for _label, name in imprint(paper).get("sent", ())]
    return sum(math.ceil(width(name) / SMALL_A_LINE) for name in names) > SMALL_LINES
