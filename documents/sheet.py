"""公文处理单: the processing sheet of one document as PDF, rendered in the worker."""

from coordination import access, workflow
from coordination.models import Job

from . import presenters
from .models import IncomingDocument
from .printing import form_pdf

PROPOSING, INSTRUCTING = ("propose_handling",), ("instruct", "lay_further", "return_proposal")
HANDLER_ACTIONS = ("accept", "hand_back", "report_progress", "give_opinion", "submit_reply")


def make(job: Job) -> tuple[str, str, bytes]:
    """The background job; its person must still be allowed to print the document.

    Raises IncomingDocument.DoesNotExist when that is no longer so.
    """
    documents = access.visible(job.person, IncomingDocument.objects.for_detail(), "print")
    document = documents.get(pk=job.params["document"])
    number = document.register_number.replace("〔", "-").replace("〕", "-")
    return f"{number}公文处理单.pdf", "application/pdf", render(document)


def render(document: IncomingDocument) -> bytes:
    """Return the PDF of the sheet: every opinion with name, post and date."""
    return form_pdf("documents/sheet.html", lambda: _context(document))


def _context(document: IncomingDocument) -> dict:
    handlings = list(document.handlings.select_related("organisation", "duty"))
    taken = list(workflow.trail(document, *handlings))
    proposal = document.proposals.select_related("lead").order_by("-pk").first()
    parts = {handling.pk: handling for handling in handlings}
    replies = {
        t.pk: parts[t.object_id].reply
        for t in taken
        if t.action in ("give_opinion", "submit_reply") and t.content_type.model == "handling"
    }
    handled = [
        (parts[t.object_id], workflow.label_of(t), t, replies.get(t.pk) or t.opinion)
        for t in taken
        if t.content_type.model == "handling" and t.action in HANDLER_ACTIONS
    ]
    return {
        "document": document,
        "points": presenters.review_points(document),
        "proposal": proposal,
        "co_handlers": list(proposal.co_handlers.all()) if proposal else [],
        "proposed": [t for t in taken if t.action in PROPOSING],
        "instructed": [(workflow.label_of(t), t) for t in taken if t.action in INSTRUCTING],
        "handlings": handlings,
        "handled": handled,
        "office": [
            (workflow.label_of(t), t)
            for t in taken
            if t.content_type.model == "incomingdocument"
            and t.action not in (*PROPOSING, *INSTRUCTING)
        ],
    }
