"""What people do with outgoing documents. Views, commands and tests call these."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, history, storage, workflow
from coordination.models import Organisation, StoredFile
from coordination.posts import DRAFTERS
from coordination.workflow import Step, advance, begin
from documents.actions import all_or_none, said_in
from documents.models import OutgoingDocument, PaperVersion
from documents.states import IssuingName, PaperState

from . import keepers, reviewers, routes
from .content import Content, digest, to_data

REVISING = ("edit", "revise", "change", "correct_slip")  # steps that bring a new version


def originators(person) -> list[Organisation]:
    """Where `person` drafts papers, to choose from; whether they may, the route says."""
    held = access.standing(person).organisations(DRAFTERS)
    return list(Organisation.objects.existing(timezone.localdate()).filter(pk__in=held))


def issuer_of(name: str) -> Organisation:
    """The body in whose name a paper goes out: the group, or else the Office (B13-B15)."""
    group = name == IssuingName.GROUP
    kind = Organisation.Kind.COORDINATION_GROUP if group else Organisation.Kind.GROUP_OFFICE
    return reviewers.the(kind)


@transaction.atomic
def draft_document(
    *, person, originator: Organisation, content: Content, at: datetime | None = None
) -> OutgoingDocument:
    """Begin a paper with its first version (2012 Regulations art. 19).

    Raises PermissionDenied unless the person drafts for `originator`.
    """
    at = at or timezone.now()
    document = OutgoingDocument(begun_by=person, begun_at=at, originator=originator)
    _mirror(document, content)
    document = begin(document, "draft", person=person, at=at)
    return _write(document, content, person, at, "")


@transaction.atomic
def revise(
    document: OutgoingDocument,
    action: str,
    *,
    person,
    content: Content,
    why: str = "",
    seen: str | None = None,
    at: datetime | None = None,
) -> OutgoingDocument:
    """Bring a new version by one of the steps of REVISING; see workflow.advance for refusals.

    A correction of a slip takes the signature along to the new version; every other change of
    what is signed voids it. In whose name a paper goes out changes only while it is a draft.
    """
    at = at or timezone.now()
    document = advance(
        document, action, person=person, opinion=why, data={"content": content}, seen=seen, at=at
    )
    if document.state != PaperState.DRAFT:
        _same_path(document, content)
    _mirror(document, content)
    corrects = document.signed_version if action == "correct_slip" else None
    document = _write(document, content, person, at, why, corrects=corrects)
    keepers.tell_of(document, at)  # what was sealed in the version before is sealed anew
    return document


def _same_path(document: OutgoingDocument, content: Content) -> None:
    """Nobody leads a paper round the reviewers it has had."""
    if routes.path_of(content.name, from_group=_from_group(document)).name != document.route_name:
        raise ValidationError(
            {"name": _("In whose name it goes out is changed in the draft only: return it first.")},
            code="other_path",
        )


def _from_group(document: OutgoingDocument) -> bool:
    return document.originator.kind != Organisation.Kind.GROUP_OFFICE


def _mirror(document: OutgoingDocument, content: Content) -> None:
    """Write what the registers ask of the content into the document's columns."""
    document.issuer = issuer_of(content.name)
    document.kind, document.title = content.kind, content.title
    document.urgency = content.urgency
    document.answers_id = content.answers
    path = routes.path_of(content.name, from_group=_from_group(document))
    document.route_name = path.name


def _write(
    document: OutgoingDocument,
    content: Content,
    person,
    at: datetime,
    why: str,
    corrects: PaperVersion | None = None,
) -> OutgoingDocument:
    """Keep the content as the version in force."""
    data = to_data(content)
    last = document.versions.order_by("-serial").first()
    document.version = PaperVersion.objects.create(
        document=document,
        serial=last.serial + 1 if last else 1,
        content=data,
        digest=digest(data),
        made_under=workflow.trail(document).last().acting_as,
        person=person,
        at=at,
        why=why,
        corrects=corrects,
    )
    if corrects is not None:
        document.signed_version = document.version
    history.note(document, person, why or "version")
    document.save()
    files = StoredFile.objects.filter(pk__in=[one.file for one in content.attachments])
    storage.claim(files.filter(claimed_at=None), at)
    return document


@transaction.atomic
def take_step(document, action: str, *, person, opinion="", data=None, seen=None, at=None):
    """Take one step that brings no new version; see workflow.advance for refusals."""
    return advance(
        document, action, person=person, opinion=opinion, data=data or {}, seen=seen, at=at
    )


@transaction.atomic
def sign_many(*, person, documents, seen: dict[int, str], opinion: str) -> list[OutgoingDocument]:
    """Sign each of `documents` in one confirmation; each is an approval of its own.

    `seen` holds the content digest each was read on. All or none: raises ValidationError naming
    those that cannot be signed.
    """
    keys = [document.pk for document in documents]
    rows = OutgoingDocument.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    return all_or_none(
        rows.order_by("pk"),
        lambda paper: take_step(
            paper, "sign", person=person, opinion=opinion, seen=seen.get(paper.pk, "")
        ),
    )


@transaction.atomic
def take_step_beside(record, step: Step, *, person, form):
    """Take a step of an opinion asked on a paper, or of one of its copies; see workflow.advance.

    The paper is locked first, so that its text does not change while an opinion on it is written
    down, and no copy number is given twice.
    """
    OutgoingDocument.objects.select_for_update(of=("self",)).get(pk=record.document_id)
    opinion, seen, data = said_in(form)
    return advance(record, step.action, person=person, opinion=opinion, data=data, seen=seen)


def take_form_step(document, step: Step, *, person, form) -> OutgoingDocument:
    """Take `step` with what a valid form of it holds."""
    opinion, seen, data = said_in(form)
    if step.action in REVISING:
        return revise(
            document, step.action, person=person, content=form.content(), why=opinion, seen=seen
        )
    return take_step(document, step.action, person=person, opinion=opinion, data=data, seen=seen)
