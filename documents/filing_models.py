"""Filed items, what they consist of, the codes they left, and for how long papers are kept."""

import hashlib
import json

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from coordination.models import Appointment, Duty, Organisation, Person, StoredFile

from .querysets import FiledItemQuerySet
from .states import DocumentKind, FilingState, PaperLine, PartRole, Retention


class RetentionRule(models.Model):
    """For how long papers of a line and kind are kept, from a day on (保管期限表).

    An empty `kind` is for all that no other rule of the line names. The latest rule in force on a
    day holds; one whose day has come is never changed, another follows it.
    """

    line = models.CharField(_("line"), max_length=10, choices=PaperLine)
    kind = models.CharField(_("document kind"), max_length=30, choices=DocumentKind, blank=True)
    retention = models.CharField(_("retention period"), max_length=3, choices=Retention)
    in_force_from = models.DateField(_("in force from"))
    cites = models.CharField(max_length=40)
    basis = models.CharField(_("basis"), max_length=200)
    entered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["line", "kind", "-in_force_from"]
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        constraints = [
            models.UniqueConstraint(
                fields=["line", "kind", "in_force_from"], name="one_retention_rule_per_day"
            )
        ]

    def __str__(self):
        return f"{self.line} {self.kind} {self.retention}"


class FiledItem(models.Model):
    """一件: one document as it is filed, under its archival code (2012 Regulations art. 27).

    What lists print is kept as it stood when filed. `edition` counts how often its parts were put
    together: reopened and filed again, it has new ones, and the old stay on record.
    """

    incoming = models.OneToOneField(
        "documents.IncomingDocument",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="filed_item",
    )
    outgoing = models.OneToOneField(
        "documents.OutgoingDocument",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="filed_item",
    )
    state = models.CharField(_("state"), max_length=10, choices=FilingState, editable=False)
    fonds = models.CharField(_("fonds number"), max_length=10)
    year = models.PositiveSmallIntegerField(_("year"))
    retention = models.CharField(_("retention period"), max_length=3, choices=Retention)
    body = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("body")
    )
    serial = models.PositiveIntegerField(_("item number"))
    code = models.CharField(_("archival code"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=300)
    author = models.CharField(_("author"), max_length=120)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    dated_on = models.DateField(_("date of the document"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    remark = models.CharField(_("remarks"), max_length=200, blank=True)
    edition = models.PositiveSmallIntegerField(default=1)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = FiledItemQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["code"]
        verbose_name = _("filed item")
        verbose_name_plural = _("filed items")
        constraints = [
            models.UniqueConstraint(
                fields=["fonds", "year", "retention", "body", "serial"], name="one_item_per_number"
            ),
            models.CheckConstraint(
                condition=models.Q(incoming=None, outgoing__isnull=False)
                | models.Q(incoming__isnull=False, outgoing=None),
                name="an_item_is_one_document",
            ),
        ]
        indexes = [models.Index(fields=["year", "code"], name="filed_by_year")]

    def __str__(self):
        return f"{self.code} {self.title}"

    def get_absolute_url(self):
        """Its page."""
        return reverse("filing:item", args=[self.pk])

    @property
    def document(self):
        """The document it is."""
        return self.outgoing if self.outgoing_id else self.incoming

    @property
    def line(self) -> str:
        """Which way its document went."""
        return PaperLine.OUTGOING if self.outgoing_id else PaperLine.INCOMING

    @property
    def item_number(self) -> str:
        """件号 as it is written."""
        return f"{self.serial:04d}"

    @property
    def state_label(self):
        """The state in words."""
        return FilingState(self.state).label

    @property
    def inbox_title(self) -> str:
        """How the home page names it."""
        return str(self)

    @property
    def inbox_since(self):
        """Since when it is on record."""
        return self.filed_at

    @property
    def inbox_duty(self) -> Duty | None:
        """Filing has the day of the hand-over, and none of its own."""
        return None

    def content_digest(self) -> str:
        """SHA-256 of what the item says and of the parts it has."""
        parts = self.parts.filter(edition=self.edition).order_by("place")
        content = [
            self.code,
            self.title,
            self.remark,
            self.pages,
            list(parts.values_list("role", "title", "sha256")),
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


class FiledPart(models.Model):
    """One part of an item, in its place. Append-only by a database trigger.

    A part is a stored file, or is made when it is printed, from the version or the steps it names;
    `sha256` is that of the file, or of what it is made from.
    """

    item = models.ForeignKey(FiledItem, on_delete=models.PROTECT, related_name="parts")
    edition = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField()
    role = models.CharField(_("role"), max_length=20, choices=PartRole)
    title = models.CharField(_("title"), max_length=400)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.ForeignKey(
        "documents.PaperVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["item", "edition", "place"]
        verbose_name = _("part of an item")
        verbose_name_plural = _("parts of items")
        constraints = [
            models.UniqueConstraint(fields=["item", "edition", "place"], name="one_part_in_a_place")
        ]

    def __str__(self):
        return self.title

    @property
    def role_label(self):
        """What it is, in the reader's language."""
        return PartRole(self.role).label


class VacatedCode(models.Model):
    """An archival code that an item left for another, with the reason; never given again.

    Append-only by a database trigger.
    """

    item = models.ForeignKey(FiledItem, on_delete=models.PROTECT, related_name="vacated")
    fonds = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    retention = models.CharField(max_length=3, choices=Retention)
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    serial = models.PositiveIntegerField()
    code = models.CharField(max_length=60, unique=True)
    reason = models.CharField(_("reason"), max_length=2000)
    vacated_under = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        verbose_name = _("vacated code")
        verbose_name_plural = _("vacated codes")

    def __str__(self):
        return self.code
