"""What the seals tell the ground floor when it is ready."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination import registry, workflow
from coordination.models import Seat
from documents.models import Seal
from documents.outgoing import keepers, seals

from . import charter, jobs
from .routes import ASKERS, SEAL_REQUEST

OF_PAPERS = "documents.outgoingdocument"
HOLDING_WORDS = {
    "seal_kept": _("Seal kept by the post, to be handed over itself"),
    "seal_waits": _("Numbered, to be sealed"),
}


def register() -> None:
    """Register the route of requests, the pages, the charter's section and the background job."""
    workflow.register(SEAL_REQUEST)
    registry.add_charter_check(charter.faults)
    registry.add_charter_load(charter.load)
    registry.add_integrity(seals.faults)
    registry.add_holdings(held_by, HOLDING_WORDS)
    registry.add_subject("documents.seal", "seals:seal")
    registry.add_subject("documents.sealrequest", "seals:request")
    registry.add_page("seals:list", _("Seals"), Seal)
    registry.add_draft("seals:request", _("Request a seal"), ASKERS)
    registry.add_job("seal_book", jobs.seal_book, jobs.may_read_book)


def held_by(seat: Seat):
    """The seals that go over to whoever takes the seat."""
    for seal in Seal.objects.open(timezone.localdate()).filter(keeper=seat).order_by("pk"):
        since = seal.history.filter(keeper=seat).order_by("history_id").first().history_date
        yield registry.Holding("seal_kept", str(seal), since, "documents.seal", seal.pk)
    for paper in keepers.to_seal(seat)[: registry.LISTED]:
        yield registry.Holding("seal_waits", str(paper), paper.drawn, OF_PAPERS, paper.pk)
