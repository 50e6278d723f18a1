"""What must hold before an item is filed; each refuses in words (2012 Regulations art. 27)."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, storage
from coordination.workflow import Act
from documents.filed import FILABLE

from . import gaps
from .parts import listing_digest


def is_done_with(act: Act) -> None:
    """What is filed is completed, returned, issued, revoked or repealed; nothing else."""
    document = act.record.document
    if document.state not in FILABLE:
        raise ValidationError(
            _("It stands at “%(state)s”: filed is only what is done with.")
            % {"state": document.state_label},
            code="not_done",
        )


def of_a_year_that_has_begun(act: Act) -> None:
    """Filed is what belongs to this year or to one before it."""
    if act.record.year > timezone.localdate(act.at).year:
        raise ValidationError(_("Its year has not begun yet."), code="year_ahead")


def nothing_is_missing(act: Act) -> None:
    """What blocks is put right first; what cannot be put right any more is filed with a reason."""
    missing = gaps.found(act.record.document, act.record.line)
    blocking = [str(gap.words) for gap in missing if gap.blocks]
    if blocking:
        raise ValidationError(blocking, code="missing")
    if missing and not act.opinion:
        words = " ".join(str(gap.words) for gap in missing)
        raise ValidationError(
            {"opinion": words + " " + _("Write why it is filed without.")}, code="reason_missing"
        )
    act.details["missing"] = [gap.code for gap in missing]


def files_are_there(act: Act) -> None:
    """No part is filed whose file is lost; what was put together stands in the step."""
    lost = [
        part.title
        for part in act.data["parts"]
        if (part.version is None and part.file is None and part.role not in MADE)
        or (part.file is not None and not storage.path_of(part.sha256).is_file())
    ]  # fmt: skip
    if lost:
        names = str(access.SEPARATOR).join(lost)
        raise ValidationError(
            _("These files are lost; tell the system officer: %(names)s") % {"names": names},
            code="files_lost",
        )
    act.details["parts"] = listing_digest(act.data["parts"])


MADE = ("sheet",)  # the one part made from steps alone
