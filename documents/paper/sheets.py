"""The context of the printed page: every part of a Paper with its place on it."""

from typing import Any

from . import flow, measures
from .content import Paper
from .titles import break_title, width

SEAL_ADDRESS = "seal:image"
A_ROW = 2  # names of signatories side by side (7.2.6)


def context(paper: Paper) -> dict[str, Any]:
    """What templates/documents/paper/page.html prints."""
    mark = measures.mark_of(paper)
    head = measures.head_of(paper, mark)
    numbers = flow.enclosure_numbers(paper)
    left, right = measures.leads(paper)
    rows = [
        paper.signatories[place : place + A_ROW]
        for place in range(0, len(paper.signatories), A_ROW)
    ]
    found = {
        "paper": paper,
        "name": " ".join(paper.title.split()) or " ".join(paper.mark.split()),
        "mark": mark,
        "head": head,
        "last_row": head.rule_top - measures.TO_RULE + measures.LEAD - measures.PITCH,
        "doubles": measures.doubles(head),
        "signatories": rows,
        "lead_left": left,
        "lead_right": right,
        "title": break_title(paper.title),
        "recipients": ""
        if measures.recipients_in_imprint(paper)
        else paper.main_recipients.strip(flow.ENDS),
        "blocks": flow.rows(paper.blocks),
        "single": len(paper.attachments) == 1,
        "lists": flow.lists(paper),
        "enclosures": [
            (number, break_title(enclosure.title), flow.rows(enclosure.blocks))
            for number, enclosure in zip(numbers, paper.enclosures, strict=True)
        ],
        "imprint": flow.imprint(paper),
        "flowing": flow.fills_a_page(paper),
        "dated": measures.day(paper.dated_on) if paper.dated_on else "",
        "joint": None,
        "closing": None,
    }
    return found | _closing(paper)


def _closing(paper: Paper) -> dict[str, Any]:
    """Signature, date, seal and annotation, where there are any."""
    dated = paper.dated_on if paper.layout != "minutes" or paper.signatures else None
    if not (paper.signatures or dated or paper.annotation):
        return {}
    if len(paper.signatures) > 1 and paper.seal is not None:
        return {"joint": _joint(paper)}
    closing = measures.closing_of(paper)
    longest = max((width(name) for name in closing.signatures), default=0.0)
    signature_left = measures.CHARACTERS - 2 - longest
    rows, joint = len(closing.signatures), len(paper.signatures) > 1
    above = (closing.blank + rows) * measures.PITCH
    return {
        "closing": closing,
        "spread": [
            (name, (longest - width(name)) / max(1, len(name) - 1) if joint else 0.0)
            for name in closing.signatures
        ],
        "above_date": above,
        "signature_left": signature_left,
        "date_left": signature_left + 2,
        "seal_top": closing.seal_top - above,
        "seal_half": closing.seal_mm / 2,
    }


def _joint(paper: Paper) -> dict[str, Any]:
    """Several issuers under their seals, two or three a row; the date under the last (7.3.5.1)."""
    assert paper.seal is not None  # noqa: S101
    size, a_row = paper.seal.diameter_mm, measures.seals_a_row(paper)
    over = paper.seal.over if paper.seal.over in paper.signatures else paper.signatures[-1]
    cell_width = measures.TYPE_WIDTH / a_row
    rows = []
    for start in range(0, len(paper.signatures), a_row):
        names = paper.signatures[start : start + a_row]
        indent = measures.TYPE_WIDTH - cell_width * len(names)
        rows.append([
            {
                "left": indent + cell_width * place,
                "width": cell_width,
                "sealed": name == over,
                "lines": _cell(paper, name, size, last=start + place + 1 == len(paper.signatures)),
            }
            for place, name in enumerate(names)
        ])  # fmt: skip
    return {"rows": rows, "step": size + measures.SEALS_APART, "size": size, "half": size / 2}


def _cell(paper: Paper, name: str, size: float, *, last: bool) -> list[dict[str, Any]]:
    """The lines in one seal, their middle slightly below its centre."""
    room = measures.TYPE_WIDTH / measures.seals_a_row(paper) / measures.CHAR - 1
    lines = break_title(name, room)
    if last and paper.proxy:
        lines.append(f"{paper.proxy}（代章）")
    if last and paper.dated_on:
        lines.append(measures.day(paper.dated_on))
    top = size / 2 + measures.SEAL_RISE - len(lines) * measures.PITCH / 2
    return [
        {"text": line, "top": round(top + place * measures.PITCH, 3)}
        for place, line in enumerate(lines)
    ]
