"""What the Office does with its labels (标签): keep the list, put them on documents and take off.

Nothing is deleted that tells which document bore what: a label leaves the list, its rows stay; a
merged one hands its documents on; each change is written into the audit trail.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from coordination import access, audit, history

from .models import IncomingDocument, Label, Labelling, SavedFilter

MOST = 100  # labels on the list; more are not found again by anybody


def live():
    """The labels on the list."""
    return Label.objects.filter(removed_at=None)


def shown_to(person, rows):
    """`rows` of documents with their labels, for whoever may see labels."""
    return rows.with_labels() if access.may_ever(person, "view", Label) else rows


@transaction.atomic
def add_label(request, name: str) -> Label:
    """Put a label on the list. Raises ValidationError for a name in use or a list that is full."""
    _free(name)
    if live().count() >= MOST:
        raise ValidationError(_("There are %(n)s labels; take one off first.") % {"n": MOST})
    label = Label(name=name)
    history.note(label, request.user, "label added")
    label.save()
    audit.record_request(request, "label_added", subject=name)
    return label


@transaction.atomic
def rename_label(request, label: Label, name: str) -> None:
    """Call a label something else. Raises ValidationError for a name in use."""
    if name == label.name:
        return
    _free(name)
    old, label.name = label.name, name
    history.note(label, request.user, f"renamed from {old}")
    label.save()
    audit.record_request(request, "label_renamed", subject=f"{old} → {name}")


def _free(name: str) -> None:
    if live().filter(name=name).exists():
        raise ValidationError({"name": _("There is a label of this name already.")}, code="twice")


@transaction.atomic
def remove_label(request, label: Label) -> None:
    """Take a label off the list; what bore it is on record as before."""
    label = Label.objects.select_for_update().get(pk=label.pk)
    if label.removed_at is not None:
        return
    _retire(request.user, label, None)
    count = label.labellings.count()
    audit.record_request(request, "label_removed", subject=f"{label.name} ({count})")


@transaction.atomic
def merge_label(request, label: Label, into: Label) -> int:
    """Give every document of `label` the label `into`, and take `label` off the list.

    Saved filters that asked for it ask for the other. Returns how many documents got it anew.
    Raises ValidationError for a label merged into itself, and where one of the two left the list
    meanwhile.
    """
    if label == into:
        raise ValidationError({"into": _("Choose another label.")}, code="same")
    label, into = _locked(label, into)
    bearing = into.labellings.values("document_id")
    missing = label.labellings.exclude(document_id__in=bearing)
    new = [
        Labelling(document_id=pk, label=into)
        for pk in missing.values_list("document_id", flat=True)
    ]
    reason = f"merged from {label.name}"
    bulk_create_with_history(
        new, Labelling, batch_size=500, default_user=request.user, default_change_reason=reason
    )
    _retire(request.user, label, into)
    _redirect_filters(label, into)
    subject = f"{label.name} → {into.name} ({len(new)})"
    audit.record_request(request, "label_merged", subject=subject)
    return len(new)


def _locked(*labels: Label) -> list[Label]:
    """These labels as they stand, locked in the order of their keys, whatever order they come in.

    Raises ValidationError where one is not on the list any more.
    """
    rows = live().select_for_update().filter(pk__in=[label.pk for label in labels])
    found = {row.pk: row for row in rows.order_by("pk")}
    for label in labels:
        if label.pk not in found:
            raise ValidationError(
                _("Somebody took “%(label)s” off the list or merged it. Choose another label.")
                % {"label": label.name},
                code="gone",
            )
    return [found[label.pk] for label in labels]


def _retire(person, label: Label, into: Label | None) -> None:
    label.removed_at, label.merged_into = timezone.now(), into
    history.note(label, person, f"merged into {into.name}" if into else "taken off the list")
    label.save()


def _redirect_filters(label: Label, into: Label) -> None:
    for saved in SavedFilter.objects.filter(query__contains=f"label={label.pk}"):
        question = QueryDict(saved.query, mutable=True)
        if question.get("label") == str(label.pk):
            question["label"] = str(into.pk)
            saved.query = question.urlencode()
            saved.save()


@transaction.atomic
def label_documents(
    request, documents: Iterable[IncomingDocument], label: Label, *, put: bool
) -> int:
    """Put `label` on these documents, or take it off; return on how many that changed anything.

    Raises ValidationError where the label left the list meanwhile.
    """
    [label], documents = _locked(label), list(documents)
    on_it = {row.document_id: row for row in label.labellings.filter(document__in=documents)}
    changed = []
    for document in documents:
        row = on_it.get(document.pk)
        if put and row is None:
            row = Labelling(document=document, label=label)
            history.note(row, request.user, "put on")
            row.save()
        elif not put and row is not None:
            history.note(row, request.user, "taken off")
            row.delete()
        else:
            continue
        changed.append(document)
    if changed:
        numbers = " ".join(document.register_number for document in changed)
        sign = "+" if put else "−"
        audit.record_request(
            request, "documents_labelled", subject=f"{sign}{label.name}: {numbers}"
        )
    return len(changed)


@transaction.atomic
def set_labels(request, document: IncomingDocument, wanted: Iterable[Label]) -> None:
    """Let `document` bear exactly the labels `wanted` of those on the list."""
    keys = {label.pk for label in wanted}
    bears = set(document.labellings.values_list("label_id", flat=True))
    changing = [label for label in live() if (label.pk in keys) != (label.pk in bears)]
    for label in _locked(*changing):
        label_documents(request, [document], label, put=label.pk in keys)
