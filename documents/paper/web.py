"""A Paper to be read in a page: semantic, escaped, without style of its own, at any width."""

from django.template.loader import render_to_string

from . import flow, measures
from .content import Paper
from .titles import break_title


def render_html(paper: Paper, seal: str | None = None) -> str:
    """The reading view as a fragment; classes begin with `paper-` and are set in app.css.

    `seal`: the address of its picture where the paper is sealed; empty for a seal without one,
    whose place is marked in words.
    """
    left, right = measures.leads(paper)
    dated = paper.dated_on if paper.layout != "minutes" or paper.signatures else None
    numbers = flow.enclosure_numbers(paper)
    in_imprint = measures.recipients_in_imprint(paper)
    return render_to_string(
        "documents/paper/web.html",
        {
            "paper": paper,
            "mark": [line.strip() for line in paper.mark.split("\n") if line.strip()],
            "leads": (left, right) if left or right else (),
            "title": break_title(paper.title),
            "recipients": "" if in_imprint else paper.main_recipients.strip(flow.ENDS),
            "blocks": flow.rows(paper.blocks),
            "lists": flow.lists(paper),
            "sealed": seal is not None,
            "seal": seal,
            "dated": measures.day(dated) if dated else "",
            "enclosures": [
                (number, enclosure.title, flow.rows(enclosure.blocks))
                for number, enclosure in zip(numbers, paper.enclosures, strict=True)
            ],
            "imprint": flow.imprint(paper),
        },
    )
