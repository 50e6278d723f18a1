"""Named questions about incoming documents."""

import re
from datetime import date, datetime

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce

from coordination.querysets import late

from .outcomes import Joined, conditions
from .search import pairs
from .states import ConsultationState, DeliveryState, HandlingState, IncomingState, Outcome

CLOSED = (IncomingState.COMPLETED, IncomingState.RETURNED, IncomingState.MERGED)
REGISTER_NUMBER = re.compile(r"收?[〔\[(（]?(\d{4})[〕\])）\-\s]+(\d{1,6})号?")
OPEN_PARTS = (HandlingState.ASSIGNED, HandlingState.ACCEPTED, HandlingState.SUBMITTED)
ENDED_PARTS = (HandlingState.HANDED_BACK, HandlingState.WITHDRAWN)


class Searchable(models.QuerySet):
    """Records that keep the pairs of characters they are found by in `search_terms`."""

    def matching(self, question: str):
        """Those whose search terms contain the words of `question`."""
        found = self
        for word in question.split():
            if pairs(word):  # punctuation alone asks nothing
                found = found.filter(search_terms__has_grams=word)
        return found


class IncomingDocumentQuerySet(Searchable):
    """The register of incoming documents."""

    def open(self):
        """Neither completed nor returned."""
        return self.exclude(state__in=CLOSED)

    def overdue(self, now: datetime, today: date):
        """Whose handler in charge is late."""
        return self.running().filter(late(now, today, "main_duty__"))

    def running(self):
        """Whose handler in charge still owes its part."""
        return self.filter(main_duty__closed_at=None, main_duty__submitted_at=None).exclude(
            main_duty=None
        )

    def of_outcome(self, outcome: Outcome, now: datetime):
        """Which stand so against the time limit of their handler in charge."""
        return self.filter(conditions(now)[outcome])

    def counted(self):
        """What statistics count: each paper once, so no registration that was merged."""
        return self.exclude(state=IncomingState.MERGED)

    def unassigned(self):
        """To be handled by somebody, with no handler in charge."""
        return self.filter(handler=None).not_given_up()

    def labelled(self, label):
        """Which bear `label`."""
        labellings = apps.get_model("documents", "Labelling").objects.filter(label=label)
        return self.filter(pk__in=labellings.values("document_id"))

    def with_labels(self):
        """With the labels they bear, read in the same query."""
        labellings = apps.get_model("documents", "Labelling").objects
        on_it = labellings.filter(document=OuterRef("pk"), label__removed_at=None).order_by()
        names = on_it.values("document").annotate(names=Joined("label__name")).values("names")
        return self.annotate(label_names=Subquery(names))

    def for_register(self):
        """With what a line of the register shows."""
        return self.select_related("handler", "main_duty").defer(
            "remarks", "answer", "search_terms"
        )

    def for_detail(self):
        """With what the page of one document shows."""
        return (
            self.select_related(
                "sender",
                "handler",
                "main_duty__assigned_under__seat",
                "received_by",
                "laid_before__organisation",
            )
            .annotate(
                is_circulated=Exists(self._about("Reading", document=OuterRef("pk"))),
                is_linked=Exists(self._about("Relation", document=OuterRef("pk")))
                | Exists(self._about("Relation", other=OuterRef("pk"))),
            )
            .defer("search_terms")
        )

    @staticmethod
    def _about(model: str, **which):
        """Rows of another model of this app, for a subquery."""
        return apps.get_model("documents", model).objects.filter(**which)

    def for_inbox(self, condition: Q):
        """Records that fit `condition`, most pressing first, with what the home page shows."""
        return (
            self.filter(condition)
            .select_related("main_duty")
            .defer("remarks", "answer", "search_terms")
            .order_by(F("main_duty__due_on").asc(nulls_last=True), "pk")
        )

    def handled_by(self, organisation):
        """Given to `organisation` in whatever role, and neither handed back nor withdrawn."""
        handlings = apps.get_model("documents", "Handling").objects
        parts = handlings.filter(organisation=organisation).sharing()
        return self.filter(pk__in=parts.values("document_id"))

    def not_given_up(self):
        """Neither returned to the sender nor merged into another registration."""
        return self.exclude(state__in=[IncomingState.RETURNED, IncomingState.MERGED])

    def numbered(self, question: str):
        """Those with this register number ("收〔2026〕12号", "2026-12") or sender's number."""
        text = question.strip()
        found = Q(sender_number=text)
        number = REGISTER_NUMBER.fullmatch(text)
        if number:
            year, serial = (int(part) for part in number.groups())
            found |= Q(register_year=year, register_serial=serial)
        return self.filter(found)


class HandlingQuerySet(models.QuerySet):
    """The parts of the handlers."""

    def open(self):
        """Still to be worked on or judged."""
        return self.filter(state__in=OPEN_PARTS)

    def sharing(self):
        """Those by which a handler sees the document: open, or done and accepted."""
        return self.exclude(state__in=ENDED_PARTS)

    def ended(self):
        """Those taken away or handed back: the handler keeps sight of its own part alone."""
        return self.filter(state__in=ENDED_PARTS)

    def for_register(self):
        """With what a line about a part shows."""
        return self.select_related("document", "organisation", "duty").defer(
            "document__remarks", "document__answer", "document__search_terms"
        )

    def for_inbox(self, condition: Q):
        """Parts that fit `condition`, most pressing first, with what the home page shows."""
        return (
            self.filter(condition)
            .select_related("document", "duty")
            .defer("document__remarks", "document__answer", "document__search_terms")
            .order_by(F("duty__due_on").asc(nulls_last=True), "pk")
        )


class ReadingQuerySet(models.QuerySet):
    """What was circulated for reading."""

    def for_inbox(self, condition: Q):
        """Readings that fit `condition`, oldest first, with what the home page shows."""
        return (
            self.filter(condition)
            .select_related("document")
            .defer("document__remarks", "document__answer", "document__search_terms")
            .order_by("pk")
        )


class RelationQuerySet(models.QuerySet):
    """Links between documents."""

    def touching(self, document):
        """Those that hold, from or to `document`."""
        return self.filter(Q(document=document) | Q(other=document), ended_at=None)


class AttachmentQuerySet(models.QuerySet):
    """The files of a document."""

    def current(self):
        """Those not taken off by a correction."""
        return self.filter(removed_at=None)

    def of(self, documents, parts):
        """All files of these documents, and those handed in with these parts."""
        return self.filter(
            Q(document__in=documents.values("pk")) | Q(handling__in=parts.values("pk"))
        )


class DeliveryQuerySet(models.QuerySet):
    """The copies of issued papers."""

    def standing(self):
        """Those not recalled."""
        return self.exclude(state=DeliveryState.RECALLED)

    def to_urge(self):
        """Those that somebody of this system has not signed for."""
        rows = self.filter(state=DeliveryState.SENT, organisation__isnull=False)
        return rows.select_related("organisation")

    def numbered(self):
        """Those that bear a number of their unit's register, recalled ones too."""
        return self.filter(register_serial__isnull=False)

    def matching(self, question: str):
        """Those that bear this register number ("收〔2026〕12号", "2026-12"); for any other
        question those whose paper's title or number has its words.
        """
        number = REGISTER_NUMBER.fullmatch(question.strip())
        if number:
            year, serial = (int(part) for part in number.groups())
            return self.filter(register_year=year, register_serial=serial)
        papers = apps.get_model("documents", "OutgoingDocument").objects.matching(question)
        return self.filter(document__in=papers.values("pk"))

    def for_register(self):
        """With what a line of the register shows."""
        rows = self.select_related("organisation", "duty", "document__issuer", "opened_by")
        return rows.defer("document__search_terms")

    def for_inbox(self, condition: Q):
        """Copies that fit `condition`, most pressing first, with what the home page shows."""
        rows = self.filter(condition).select_related("document", "duty")
        due = F("duty__due_on").asc(nulls_last=True)
        return rows.defer("document__search_terms").order_by(due, "pk")

    def for_detail(self):
        """With what its page shows."""
        return self.select_related(
            "organisation",
            "duty",
            "opened_by",
            "document__version",
            "document__issuer",
            "document__signed_under__person",
        )


class ConsultationQuerySet(models.QuerySet):
    """Opinions asked on outgoing documents."""

    def standing(self):
        """Those asked or given and not lapsed."""
        return self.filter(state__in=[ConsultationState.ASKED, ConsultationState.GIVEN])

    def for_inbox(self, condition: Q):
        """Those that fit `condition`, most pressing first, with what the home page shows."""
        rows = self.filter(condition).select_related("document", "duty")
        return rows.defer("document__search_terms").order_by("duty__due_on", "pk")

    def for_register(self):
        """With what a line of the register shows."""
        rows = self.select_related(
            "organisation", "duty", "document__originator", "document__issuer"
        )
        return rows.defer("document__search_terms")

    def for_detail(self):
        """With what its page shows."""
        return self.select_related(
            "organisation",
            "duty",
            "version",
            "given_under__person",
            "document__version",
            "document__originator",
            "document__issuer",
        )


class OutgoingDocumentQuerySet(Searchable):
    """The register of outgoing documents."""

    def for_register(self):
        """With what a line of the register shows."""
        rows = self.select_related("originator", "issuer", "laid_before__organisation")
        return rows.defer("search_terms")

    def for_detail(self):
        """With what the page of one paper shows."""
        return self.select_related(
            "originator",
            "issuer",
            "version",
            "laid_before__organisation",
            "signed_version",
            "signed_under__seat__organisation",
            "signed_under__person",
            "begun_by",
            "answers",
        ).defer("search_terms")

    def for_inbox(self, condition: Q):
        """Papers that fit `condition`, urgent ones first, with what the home page shows."""
        urgent = Case(When(urgency="ordinary", then=1), default=0, output_field=IntegerField())
        return self.filter(condition).defer("search_terms").order_by(urgent, "laid_at", "pk")

    def with_sealed(self):
        """With how many copies of the version in force are sealed under the number they bear."""
        uses = apps.get_model("documents", "SealUse").objects.in_force(
            document=OuterRef("pk"), version=OuterRef("version")
        )
        total = uses.order_by().values("document").annotate(total=Sum("copies")).values("total")
        return self.annotate(sealed=Coalesce(Subquery(total), 0))


class RecipientListQuerySet(models.QuerySet):
    """Lists of recipients."""

    def in_use(self):
        """Those that are not put away."""
        return self.filter(put_away_at=None)

    def for_register(self):
        """With whose they are and who is on them."""
        return self.select_related("organisation").prefetch_related("members")


class SealQuerySet(models.QuerySet):
    """The seals."""

    def open(self, on: date):
        """Those in use on the day `on`."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=on), kept_from__lte=on)

    def with_keeper(self):
        """With what a line about a seal shows."""
        return self.select_related("organisation", "keeper__organisation", "image")


class SealUseQuerySet(models.QuerySet):
    """The seal register."""

    def in_force(self, **of):
        """Those that count: of this document in this version, under a number that is not void."""
        return self.filter(number__void=None, **of)

    def for_register(self):
        """With what a line of the register shows."""
        return self.select_related(
            "seal",
            "organisation",
            "approver__seat__organisation",
            "approver__person",
            "approved_by",
            "keeper__seat__organisation",
            "keeper__person",
            "person",
            "handled_by",
            "number__void",
            "document",
        ).defer("document__search_terms")


class SealRequestQuerySet(models.QuerySet):
    """Requests to have something sealed."""

    def for_register(self):
        """With what a line of the register shows."""
        return self.select_related("seal__organisation", "organisation", "requested_by")

    def for_inbox(self, condition: Q):
        """Requests that fit `condition`, oldest first, with what the home page shows."""
        return self.filter(condition).select_related("seal__organisation").order_by("pk")


class FiledItemQuerySet(models.QuerySet):
    """What is filed."""

    def of(self, year: int, retention: str = ""):
        """The items of a year, of one retention period if it is named."""
        found = self.filter(year=year)
        return found.filter(retention=retention) if retention else found

    def for_register(self):
        """With what a line of a list shows."""
        return self.select_related("body")

    def for_detail(self):
        """With what the page of one item shows."""
        return self.select_related(
            "body", "incoming", "outgoing__version", "outgoing__issuer", "filed_by"
        )

    def for_inbox(self, condition: Q):
        """Items that fit `condition`, with what the home page shows."""
        return self.filter(condition).order_by("pk")
