"""The filtered register as XLSX."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, calendars, duties, jobs, spreadsheets
from coordination.models import Duty, Job
from coordination.spreadsheets import MEDIA_TYPE

from .filters import IncomingFilter
from .models import IncomingDocument

WIDTHS = [16, 60, 30, 24, 14, 14, 26, 26, 14, 22]
AT_ONCE = 2000  # rows; more is made in the background
AT_MOST = 200_000
BATCH = 2000


def export_small(rows) -> HttpResponse | None:
    """Return the workbook at once, or None when there are too many rows for that."""
    found = list(rows.order_by("-pk")[: AT_ONCE + 1])
    if len(found) > AT_ONCE:
        return None
    response = HttpResponse(workbook(found), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name()}"'
    return response


def make(job: Job) -> tuple[str, str, bytes]:
    """The background job: the same filter, run again with what its person may export today."""
    request = HttpRequest()
    request.user = job.person
    narrowed = IncomingFilter(
        QueryDict(job.params["query"]),
        queryset=access.visible(job.person, IncomingDocument.objects.for_register(), "export"),
        request=request,
    )
    rows = narrowed.qs if narrowed.form.is_valid() else narrowed.queryset.none()
    rows = rows.order_by("-pk")[:AT_MOST]
    return _file_name(), MEDIA_TYPE, workbook(_reported(job, rows, rows.count()))


def _reported(job: Job, rows, count: int):
    """The rows one by one; the job's progress is told batch by batch."""
    for done, row in enumerate(rows.iterator(BATCH)):
        if done % BATCH == 0:
            jobs.report(job, 95 * done // count)
        yield row


def _file_name() -> str:
    return f"incoming-{timezone.localdate().isoformat()}.xlsx"


def workbook(documents) -> bytes:
    """One sheet: a heading, then one line per document, as the register shows it."""
    calendar = calendars.current()
    lines = (_line(document, calendar) for document in documents)
    return spreadsheets.table(_("Incoming documents"), _headings(), WIDTHS, lines)


def _headings() -> list[str]:
    return [
        _("Register number"),
        _("Title"),
        _("Sender"),
        _("Sender's number"),
        _("Document kind"),
        _("Signed for at"),
        _("State"),
        _("Handler"),
        _("Due"),
        _("Lamp"),
    ]


def _line(document: IncomingDocument, calendar) -> list:
    duty = document.main_duty
    return [
        document.register_number,
        document.title,
        document.sender_name,
        document.sender_number,
        document.get_kind_display(),
        timezone.localtime(document.received_at).strftime("%Y-%m-%d %H:%M"),
        document.get_state_display(),
        str(document.handler or ""),
        _due(duty) if duty else "",
        duties.lamp(duty, calendar).words,
    ]


def _due(duty: Duty) -> str:
    """The due day, with its hour where one was named, marked where it is provisional."""
    if duty.due_at is not None:
        return timezone.localtime(duty.due_at).strftime("%Y-%m-%d %H:%M")
    day = duty.due_on.isoformat()
    return _("%(due)s (provisional)") % {"due": day} if duty.provisional else day
