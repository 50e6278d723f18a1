"""A paper as it is laid out: from its content and what signing and numbering added to it."""

from dataclasses import replace

from documents.models import OutgoingDocument
from documents.paper.content import Layout, Paper
from documents.paper.titles import width
from documents.states import DocumentKind, Urgency

from . import seals
from .content import Content, from_data


def paper_of(document: OutgoingDocument, content: Content | None = None) -> Paper:
    """What `documents.paper` prints of a paper (GB/T 9704-2012); a draft says that it is one.

    The seal itself is put on by `sealing`; whose it is, where it is another's, is printed (代章).

    `content`: that of the version in force, where it is at hand already.
    """
    content = content or from_data(document.content)
    layout = LAYOUTS.get(content.kind, "general")
    signatory = document.signed_under.person.name if document.signed_under else ""
    ordinary = content.urgency == Urgency.ORDINARY
    paper = Paper(
        layout=layout,
        mark=content.issuer + MARKS[layout],
        number=document.document_number,
        urgency="" if ordinary else URGENCY[Urgency(content.urgency)],
        signatories=(signatory,) if signatory and content.direction == "upward" else (),
        title=content.title,
        main_recipients="，".join(one.name for one in content.main),
        blocks=content.blocks,
        attachments=tuple(one.title for one in content.attachments),
        signatures=(content.issuer,),
        dated_on=document.dated_on,
        proxy=proxy_of(document),
        annotation=content.annotation,
        copy_recipients="，".join(one.name for one in content.copies),
        issued_by=document.issuer.name if document.issued_on else "",
        issued_on=document.issued_on,
        copies=document.copies,
        watermark="" if document.signed_version_id else "草稿",
        author=content.issuer,
    )
    return _as_minutes(paper, document, content) if layout == "minutes" else paper


def _as_minutes(paper: Paper, document: OutgoingDocument, content: Content) -> Paper:
    """Minutes (10.3): issuer and date above the red line, no signature, no seal, no 主送; whom it
    goes to stands under 分送. An issuer too long to stand beside the date is named in short.
    """
    short = width(content.issuer) > LEAD_ROOM
    sent = (*content.main, *content.copies)
    return replace(
        paper,
        main_recipients="",
        signatures=(),
        lead_left=document.issuer.short_name if short else content.issuer,
        copy_recipients="，".join(one.name for one in sent),
    )


LEAD_ROOM = 16  # characters beside the date, above the red line
LAYOUTS: dict[str, Layout] = {DocumentKind.LETTER: "letter", DocumentKind.MINUTES: "minutes"}
MARKS = {"general": "文件", "letter": "", "minutes": "会议纪要"}


def proxy_of(document: OutgoingDocument) -> str:
    """Whose seal it bears or is to bear, where that is another body's than the issuer's.

    Asked of papers that are signed and numbered: those are printed to be sealed.
    """
    if not (document.signed_version_id and document.document_number):
        return ""
    if document.kind in seals.UNSEALED:
        return ""
    use = seals.in_force(document).select_related("seal__organisation").first()
    seal = use.seal if use else seals.for_paper(document).select_related("organisation").first()
    other = seal is not None and seal.organisation_id != document.issuer_id
    return seal.organisation.name if seal is not None and other else ""


# As it stands on papers, whatever the reader's language.
URGENCY = {Urgency.URGENT: "加急", Urgency.EXTRA_URGENT: "特急"}
