"""What people put beside the register: labels on documents, links between them, saved filters."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .querysets import RelationQuerySet
from .states import RelationKind

QUERY_LENGTH = 1000


class Label(models.Model):
    """标签: a word of the Office's own by which documents are found again.

    Never deleted: one taken off the list is `removed_at`, one merged points to where it went, so
    that the record goes on telling which document bore what.
    """

    name = models.CharField(_("label"), max_length=20)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(removed_at=None), name="one_label_of_a_name"
            )
        ]

    def __str__(self):
        return self.name


class Labelling(models.Model):
    """One label on one document; taking it off deletes the row, its history stays."""

    document = models.ForeignKey(
        "documents.IncomingDocument", on_delete=models.PROTECT, related_name="labellings"
    )
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="labellings")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("label on a document")
        verbose_name_plural = _("labels on documents")
        constraints = [
            models.UniqueConstraint(fields=["document", "label"], name="one_label_once"),
        ]
        indexes = [models.Index(fields=["label", "document"], name="documents_of_label")]

    def __str__(self):
        return f"{self.label} · {self.document_id}"


class SavedFilter(models.Model):
    """A question to the register under a name: one person's own or, `shared`, the Office's."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters"
    )
    name = models.CharField(_("name"), max_length=30)
    query = models.CharField(max_length=QUERY_LENGTH)
    shared = models.BooleanField(_("for all staff of the Office"), default=False)

    class Meta:
        ordering = ["shared", "name", "pk"]
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"],
                condition=models.Q(shared=False),
                name="one_saved_filter_of_a_name",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(shared=True),
                name="one_shared_filter_of_a_name",
            ),
        ]

    def __str__(self):
        return self.name


class Relation(models.Model):
    """One document stands to another: it answers it, forwards it, or is the same once more."""

    document = models.ForeignKey(
        "documents.IncomingDocument", on_delete=models.PROTECT, related_name="relations"
    )
    other = models.ForeignKey(
        "documents.IncomingDocument", on_delete=models.PROTECT, related_name="related_from"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=RelationKind)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RelationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "other", "kind"],
                condition=models.Q(ended_at=None),
                name="one_relation_of_a_kind",
            ),
            models.CheckConstraint(
                condition=~models.Q(document=models.F("other")), name="related_to_another"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.other.register_number}"
