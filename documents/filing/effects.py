"""What follows from a step of a filed item. Rows only."""

from coordination import history
from coordination.workflow import Act
from documents.filed import remark_of
from documents.models import VacatedCode
from documents.states import PaperLine

from . import gaps, parts

REMARKS = 200  # characters


def keep_parts(act: Act) -> None:
    """The parts as they were put together for this step; what is missing is remarked."""
    item = act.record
    missing = act.details.get("missing", ())
    words = [gap.remark for gap in gaps.GAPS[PaperLine(item.line)] if gap.code in missing]
    item.remark = "；".join(filter(None, [remark_of(item.document), *words]))[:REMARKS]
    history.note(item, act.person, "parts")
    item.save()
    parts.keep(item, act.data["parts"])


def take_new_code(act: Act) -> None:
    """Filed again: another edition, and another code where period, year or body changed.

    The code it leaves is used no more; its row and the reason stay.
    """
    item, new = act.record, act.data["numbered"]
    if new["code"] != item.code:
        kept = ("fonds", "year", "retention", "body", "serial", "code")
        VacatedCode.objects.create(
            item=item,
            reason=act.data["why"],
            vacated_under=act.appointment,
            person=act.person,
            at=act.at,
            **{name: getattr(item, name) for name in kept},
        )
    for name, value in {**new, **act.data["described"]}.items():
        setattr(item, name, value)
    item.pages, item.edition = act.data["pages"], item.edition + 1
    item.filed_at, item.filed_by = act.at, act.person


def keep_remark(act: Act) -> None:
    """The paper was revoked or repealed: the list of items says so (art. 33)."""
    item = act.record
    words = [remark_of(item.document), item.remark]
    item.remark = "；".join(filter(None, words))[:REMARKS]
    history.note(item, act.person, "void")
    item.save()
