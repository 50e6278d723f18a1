"""Incoming documents, their handlers, proposals and files."""

import hashlib
import json

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from coordination.models import (
    Appointment,
    Duty,
    GroupShare,
    Organisation,
    Person,
    Seat,
    StoredFile,
)

from .desk_models import Label, Labelling, Relation, SavedFilter
from .filing_models import FiledItem, FiledPart, RetentionRule, VacatedCode
from .outgoing_models import Laying, OutgoingDocument, PaperNumber, PaperVersion, VoidedNumber
from .querysets import (
    CLOSED,
    ENDED_PARTS,
    AttachmentQuerySet,
    HandlingQuerySet,
    IncomingDocumentQuerySet,
    ReadingQuerySet,
)
from .search import grams
from .states import (
    DocumentKind,
    HandlingState,
    IncomingState,
    ReadingState,
    RelationKind,
    Role,
    Urgency,
)

__all__ = [
    "Attachment",
    "FiledItem",
    "FiledPart",
    "Handling",
    "HandlingProposal",
    "IncomingDocument",
    "IncomingDocumentShare",
    "Label",
    "Labelling",
    "Laying",
    "OutgoingDocument",
    "PaperNumber",
    "PaperVersion",
    "Reading",
    "Relation",
    "RetentionRule",
    "SavedFilter",
    "VacatedCode",
    "VoidedNumber",
]


class IncomingDocument(models.Model):
    """A document that reached the Office: its registration and where it stands (art. 24).

    Unclassified only: there is no field for a secrecy level, the form refuses one (art. 26).
    `handler` and `main_duty` point to the handler in charge and what it owes, for the registers.
    """

    register_year = models.PositiveSmallIntegerField(_("register year"))
    register_serial = models.PositiveIntegerField(_("register serial"))
    sender = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="sent_documents"
    )
    sender_name = models.CharField(_("sender"), max_length=120)
    sender_number = models.CharField(_("sender's number"), max_length=60, blank=True)
    kind = models.CharField(_("document kind"), max_length=30, choices=DocumentKind)
    title = models.CharField(_("title"), max_length=300)
    dated_on = models.DateField(_("dated"), null=True, blank=True)
    received_at = models.DateTimeField(_("signed for at"))
    received_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="signed_for", verbose_name=_("signed for by")
    )
    copies = models.PositiveSmallIntegerField(_("copies"), default=1)
    urgency = models.CharField(
        _("urgency"), max_length=20, choices=Urgency, default=Urgency.ORDINARY
    )
    contact = models.CharField(_("contact at the sender"), max_length=80, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    state = models.CharField(_("state"), max_length=30, choices=IncomingState, editable=False)
    laid_before = models.ForeignKey(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    handler = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    main_duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    answer = models.TextField(_("answer to the sender"), blank=True)
    search_terms = models.TextField(editable=False, default="")

    objects = IncomingDocumentQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search_terms"])

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("incoming document")
        verbose_name_plural = _("incoming documents")
        constraints = [
            models.UniqueConstraint(
                fields=["register_year", "register_serial"], name="one_register_number"
            )
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="incoming_by_state"),
            models.Index(fields=["handler", "-id"], name="incoming_by_handler"),
            models.Index(fields=["kind", "-id"], name="incoming_by_kind"),
            models.Index(fields=["received_at"], name="incoming_by_day"),
            models.Index(fields=["sender_number"], name="incoming_by_number"),
            models.Index(fields=["sender_name", "-id"], name="incoming_by_sender"),
            models.Index(fields=["laid_before", "-id"], name="incoming_by_seat"),
        ]

    def __str__(self):
        return f"{self.register_number} {self.title}"

    def save(self, *args, **kwargs):
        """Keep the search terms equal to what is registered."""
        self.search_terms = grams(
            self.title, self.sender_name, self.sender_number, self.register_number
        )
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "search_terms"}
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Its page."""
        return reverse("documents:detail", args=[self.pk])

    @property
    def register_number(self) -> str:
        """The number in the register of incoming documents, as it is written on paper."""
        return f"收〔{self.register_year}〕{self.register_serial}号"

    @property
    def reference(self) -> str:
        """How a message about several documents names it."""
        return self.register_number

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done with it."""
        return self.state not in CLOSED

    @property
    def state_label(self):
        """The state in words."""
        return IncomingState(self.state).label

    @property
    def labels(self) -> list[str]:
        """The labels it bears, where the queryset asked for them (`with_labels`)."""
        return sorted(filter(None, (getattr(self, "label_names", "") or "").split("\n")))

    @property
    def inbox_title(self) -> str:
        """How the home page names it."""
        return str(self)

    @property
    def inbox_since(self):
        """Since when it is in the house."""
        return self.received_at

    @property
    def inbox_duty(self) -> Duty | None:
        """The duty whose lamp it shows."""
        return self.main_duty

    def survivor(self) -> "IncomingDocument":
        """The registration that goes on where this one was merged; otherwise itself."""
        found = self
        while found.state == IncomingState.MERGED:
            links = found.relations.filter(kind=RelationKind.MERGED_INTO, ended_at=None)
            link = links.select_related("other").first()
            if link is None:  # the merge is being undone at this moment
                break
            found = link.other
        return found

    def content_digest(self) -> str:
        """SHA-256 of what a signatory reads: registration, files, and the proposal in force."""
        files = self.attachments.current().filter(handling=None).select_related("file")
        return self.digest_of(files, self.proposals.order_by("-pk").first())

    def digest_of(self, attachments, proposal) -> str:
        """The content digest from files and proposal already read."""
        content = {
            "registration": [
                self.register_number,
                self.sender_name,
                self.sender_number,
                self.kind,
                self.title,
                str(self.dated_on),
                self.copies,
                self.urgency,
                self.contact,
                self.remarks,
            ],
            "files": sorted(attachment.file.sha256 for attachment in attachments),
            "proposal": [proposal.pk, proposal.opinion] if proposal else None,
            "answer": self.answer,
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


class HandlingProposal(models.Model):
    """拟办意见: what the Office proposes, to whom it is laid. Rows are added, never changed."""

    document = models.ForeignKey(
        IncomingDocument, on_delete=models.PROTECT, related_name="proposals"
    )
    opinion = models.TextField(_("handling proposal"))
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    co_handlers = models.ManyToManyField(Organisation, related_name="+", blank=True)
    limit_at = models.DateTimeField(_("explicit time limit"), null=True, blank=True)
    laid_before = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    made_under = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("handling proposal")
        verbose_name_plural = _("handling proposals")

    def __str__(self):
        return self.opinion[:60]


class Handling(models.Model):
    """One handler's part in one document: the handling unit, the lead, or a co-handler."""

    document = models.ForeignKey(
        IncomingDocument, on_delete=models.PROTECT, related_name="handlings"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="handlings"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    state = models.CharField(_("state"), max_length=20, choices=HandlingState, editable=False)
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    assigned_at = models.DateTimeField(_("assigned at"))
    reply = models.TextField(_("reply"), blank=True)

    objects = HandlingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("handling")
        verbose_name_plural = _("handlings")
        indexes = [
            models.Index(fields=["organisation", "state"], name="handlings_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "organisation"],
                condition=models.Q(state__in=["assigned", "accepted", "submitted"]),
                name="one_open_part_per_handler",
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(
                    state__in=["assigned", "accepted", "submitted"], role__in=["sole", "lead"]
                ),
                name="one_handler_in_charge",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} · {self.get_role_display()}"

    def get_absolute_url(self):
        """The page of its document; once it ended its own, for the handler sees no more."""
        if self.state in ENDED_PARTS:
            return reverse("documents:part", args=[self.pk])
        return self.document.get_absolute_url()

    @property
    def state_label(self):
        """The state in words."""
        return HandlingState(self.state).label

    @property
    def inbox_title(self) -> str:
        """How the home page names it."""
        return str(self.document)

    @property
    def inbox_since(self):
        """Since when it is with the handler."""
        return self.assigned_at

    @property
    def inbox_duty(self) -> Duty | None:
        """The duty whose lamp it shows."""
        return self.duty

    def content_digest(self) -> str:
        """SHA-256 of what the handler and the Office read: the part and its reply."""
        content = [self.document_id, self.organisation_id, self.role, self.reply]
        files = sorted(self.attachments.current().values_list("file__sha256", flat=True))
        text = json.dumps([content, files], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


class Reading(models.Model):
    """传阅: one seat is to read one document, and why. What is remarked stays a remark.

    It belongs to the seat, so a successor finds it as it stands.
    """

    document = models.ForeignKey(
        IncomingDocument, on_delete=models.PROTECT, related_name="readings"
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(_("why"), max_length=2000)
    state = models.CharField(_("state"), max_length=20, choices=ReadingState, editable=False)
    circulated_at = models.DateTimeField(_("circulated at"))

    objects = ReadingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        indexes = [models.Index(fields=["seat", "state"], name="readings_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "seat"],
                condition=models.Q(state="unread"),
                name="one_reading_at_a_time",
            )
        ]

    def __str__(self):
        return f"{self.seat} · {self.document}"

    def get_absolute_url(self):
        """The page of its document."""
        return self.document.get_absolute_url()

    @property
    def state_label(self):
        """The state in words."""
        return ReadingState(self.state).label

    @property
    def inbox_title(self) -> str:
        """How the home page names it."""
        return str(self.document)

    @property
    def inbox_since(self):
        """Since when it is to be read."""
        return self.circulated_at

    @property
    def inbox_duty(self) -> Duty | None:
        """Reading has no day."""
        return None

    def content_digest(self) -> str:
        """SHA-256 of what is to be read: the document as it stands."""
        return self.document.content_digest()


class Attachment(models.Model):
    """A file of the document, or of a handler's reply when `handling` is set."""

    document = models.ForeignKey(
        IncomingDocument, on_delete=models.PROTECT, related_name="attachments"
    )
    handling = models.ForeignKey(
        Handling, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self):
        return self.file.name


class IncomingDocumentShare(GroupShare):
    """What a unit or body may see beyond its posts: documents transferred to it."""

    content_object = models.ForeignKey(IncomingDocument, on_delete=models.CASCADE)

    class Meta(GroupShare.Meta):
        indexes = [
            models.Index(fields=["group", "permission", "content_object"], name="shares_of_group")
        ]
