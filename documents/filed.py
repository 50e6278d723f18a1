"""Whether a document is filed, and what that means for it (2012 Regulations art. 27).

What is filed is read only: no step is taken on the document, its parts or its readings any more.
A paper can still be revoked or repealed, for that comes years later (art. 33); its item says so.
"""

from typing import Any

from django.utils.translation import gettext as _

from coordination import access
from coordination.workflow import Act, follow

from .models import FiledItem, OutgoingDocument
from .states import FilingState, IncomingState, PaperLine, PaperState

FILABLE = (
    IncomingState.COMPLETED,
    IncomingState.RETURNED,
    PaperState.ISSUED,
    PaperState.REVOKED,
    PaperState.REPEALED,
)
STILL = ("revoke", "repeal")
HELD = (
    "documents.incomingdocument",
    "documents.outgoingdocument",
    "documents.handling",
    "documents.reading",
)


def item_of(document) -> FiledItem | None:
    """The item a document is filed as, or was before it was reopened; read once per object."""
    if document.state not in FILABLE:
        return None
    try:
        return document.filed_item
    except FiledItem.DoesNotExist:
        return None


def marks(person, document) -> dict[str, Any]:
    """What the page of a document shows of its filing: the code, to whoever sees the document; a
    way to the item or to filing it, to whoever keeps the files.
    """
    item = item_of(document)
    filable = document.state in FILABLE
    keeps = filable and access.may_ever(person, "add", FiledItem)
    line = PaperLine.OUTGOING if isinstance(document, OutgoingDocument) else PaperLine.INCOMING
    return {"filed": item, "keeps_files": keeps, "may_file": keeps and item is None, "line": line}


def why_held(record, action: str) -> str:
    """Why no step is taken on a document, a part or a reading any more: it is filed."""
    item = item_of(getattr(record, "document", record))
    if action in STILL or item is None or item.state != FilingState.FILED:
        return ""
    return _("This is filed as %(code)s. The director can reopen it, with a reason.") % {
        "code": item.code
    }


def note_void(act: Act) -> None:
    """A filed paper is revoked or repealed: its item says so from now on (art. 33)."""
    item = item_of(act.record)
    if item is not None and item.state == FilingState.FILED:
        follow(act, item, "note_void")


def remark_of(document) -> str:
    """What the list of items remarks on a document as it stands: void, or returned. In Chinese."""
    if document.state == PaperState.REVOKED:
        return "已撤销"
    if document.state == PaperState.REPEALED:
        return f"自{document.void_from:%Y-%m-%d}起废止"
    return "已退文" if document.state == IncomingState.RETURNED else ""
