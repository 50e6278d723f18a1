"""Background jobs of filing; the makers are imported when needed, for they are heavy."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from coordination import access, jobs, storage
from coordination.models import Job
from documents.models import FiledItem, VacatedCode
from documents.states import FilingState, Retention


def item_list(job: Job) -> tuple[str, str, bytes]:
    """归档文件目录 of one year and period as PDF/A."""
    from .sheets import item_list as make

    year, retention = job.params["year"], Retention(job.params["retention"])
    return f"{year}-{retention}归档文件目录.pdf", "application/pdf", make(year, retention)


def package(job: Job) -> tuple[str, str, Path]:
    """The export package of one year, of one period if it was named.

    Raises ValidationError where there is nothing to put into it, or an item is still reopened.
    """
    from .package import write

    year, retention = job.params["year"], job.params["retention"]
    seen = access.visible(job.person, FiledItem.objects.of(year, retention), "export")
    items = list(seen.for_detail().order_by("code"))
    reopened = [item.code for item in items if item.state == FilingState.REOPENED]
    if reopened:
        words = _("Reopened, to be filed again first: %(codes)s")
        raise ValidationError(words % {"codes": str(access.SEPARATOR).join(reopened[:10])})
    if not items:
        raise ValidationError(_("Nothing of this year and period is filed."))
    vacated = VacatedCode.objects.filter(year=year).select_related("body")
    if retention:
        vacated = vacated.filter(retention=retention)
    target = storage.scratch()
    try:
        write(
            target, items, list(vacated), lambda done: jobs.report(job, 1 + 97 * done // len(items))
        )
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    name = f"{items[0].fonds}-WS-{year}{'-' + retention if retention else ''}.zip"
    return name, "application/zip", target


def may_read(job: Job) -> bool:
    """Whoever may take filed items out today."""
    return access.may_ever(job.person, "export", FiledItem)
