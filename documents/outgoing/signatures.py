"""Whether what is kept of the papers is what was written and signed."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from documents.models import OutgoingDocument, PaperVersion
from documents.states import PaperState

from .content import digest

SIGNED = (PaperState.SIGNED, PaperState.CHECKED, PaperState.NUMBERED, PaperState.ISSUED)


def faults() -> Iterator[str]:
    """Versions that were changed behind the database, and papers out without their signature."""
    for version in PaperVersion.objects.order_by("pk").iterator(chunk_size=200):
        if digest(version.content) != version.digest:
            yield _("version %(serial)s of paper %(paper)s was changed") % {
                "serial": version.serial,
                "paper": version.document_id,
            }
    for paper in OutgoingDocument.objects.filter(state__in=SIGNED).order_by("pk").iterator():
        if paper.signed_version_id != paper.version_id:
            yield _("paper %(paper)s stands as signed, but its signature covers another text") % {
                "paper": paper.pk
            }
