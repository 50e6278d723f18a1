"""The roster read in as a background job: how far it is, and a table of what it changed."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, jobs, spreadsheets, storage
from .models import Decision, Job, Person, Seat, StoredFile
from .roster_import import Change, plan, put_into_force, read


def content_of(file: StoredFile) -> bytes:
    """The bytes of a stored table."""
    return storage.path_of(file.sha256).read_bytes()


def start(
    file: StoredFile, *, by: Person, since: date, seen: str, decision: Decision, title: str
) -> Job:
    """Have the worker put a previewed table into force; its page shows how far it is."""
    access.require(by, "appoint", Seat)
    storage.claim([file])
    params = {"file": file.pk, "since": since.isoformat(), "seen": seen, "decision": decision.pk}
    return jobs.enqueue("roster_import", params | {"title": title}, by)


def make(job: Job) -> tuple[str, str, bytes]:
    """The job itself: returns a table of what was changed. Raises ValidationError when refused."""
    file = StoredFile.objects.get(pk=job.params["file"])
    since = date.fromisoformat(job.params["since"])
    rows, _unread = read(content_of(file))
    plan(rows, job.person, since, lambda count: jobs.report(job, 5 + 60 * count // len(rows)))
    jobs.report(job, 65)
    done = put_into_force(
        rows,
        by=job.person,
        since=since,
        seen=job.params["seen"],
        decision=Decision.objects.get(pk=job.params["decision"]),
        source=file.name,
    )
    headings = [_("Line"), _("Post"), _("Name"), _("Login"), _("From"), _("Whose term ends")]
    headings += [_("New phone or e-mail")]
    lines = (_told(change) for change in done.changes)
    content = spreadsheets.table(_("Changes"), headings, [8, 40, 20, 20, 14, 20, 40], lines)
    return f"roster-changes-{timezone.localdate()}.xlsx", spreadsheets.MEDIA_TYPE, content


def _told(change: Change) -> list:
    since = change.since.isoformat() if change.since else ""
    ends = str(change.ends.person) if change.ends else ""
    person = change.person
    told = [change.line, str(change.seat), person.name, person.username]
    return [*told, since, ends, change.reached]


def may_read(job: Job) -> bool:
    """Whoever may appoint today."""
    return access.may_ever(job.person, "appoint", Seat)
