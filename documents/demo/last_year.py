"""What the demo has of last year: completed documents and issued papers, most of them filed."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from coordination import calendars
from coordination.models import Organisation, Person
from coordination.workdays import SHANGHAI

from ..filing import actions as filing
from ..filing.retention import Table
from ..models import IncomingDocument, OutgoingDocument
from ..states import DocumentKind, IssuingName, Retention
from . import papers, story

RECEIVED = (
    ("关于报送证明事项清理情况的报告", DocumentKind.REPORT),
    ("关于商请提供企业登记数据的函", DocumentKind.LETTER),
    ("关于调整行政许可事项清单的请示", DocumentKind.REQUEST),
    ("关于政务服务大厅进驻事项的报告", DocumentKind.REPORT),
    ("关于开展政务公开工作情况的函", DocumentKind.LETTER),
)
ISSUED = ("开展“一件事”改革试点", "规范中介服务事项", "做好营商环境评价迎评工作")
LEFT = 2  # documents that are still to be filed


def _morning(day: int) -> datetime:
    """The morning of a working day of last November or December."""
    calendar = calendars.current()
    found = calendar.add(date(timezone.localdate().year - 1, 10, 31), day)
    return datetime.combine(found, time(9, 30), tzinfo=SHANGHAI)


def receive(people: dict[str, Person]) -> None:
    """Received and completed last year, before anything of this year."""
    told = story.Story(people, timezone.localdate())
    units = told.units
    for place, (title, kind) in enumerate(RECEIVED):
        at = _morning(1 + 5 * place)
        unit = units[place * 3]
        data = {
            "sender": unit,
            "sender_name": unit.name,
            "sender_number": f"{unit.short_name}〔{at.year}〕{place + 7}号",
            "kind": kind,
            "title": unit.name + title,
            "received_at": at,
            "dated_on": timezone.localdate(at) - timedelta(days=2),
            "copies": 1,
        }
        files = [told.file(f"{title}.txt", f"{title}\n{story.NOTE}", at)]
        document = story.actions.register_document(person=told.clerk, data=data, files=files, at=at)
        for action, opinion, more in (
            ("pass_review", "", {"points": story.ALL_POINTS}),
            ("file_for_information", "阅知，存查。", {}),
        ):
            document = story.actions.take_step(
                document, action, person=told.clerk, opinion=opinion, data=more, at=at
            )


def issue(people: dict[str, Person]) -> None:
    """Issued last year."""
    office = Organisation.objects.get(kind=Organisation.Kind.GROUP_OFFICE)
    units = list(Organisation.objects.filter(kind="department").order_by("order")[:4])
    for place, subject in enumerate(ISSUED):
        paper = papers.content(IssuingName.OFFICE, subject, units)
        at = _morning(8 * place + 3)
        issued = papers.issue(people, office, paper, at)
        papers.sign_for(issued, units, at + timedelta(hours=2))


def file(people: dict[str, Person]) -> None:
    """File what was done with last year, but for a few."""
    year = timezone.localdate().year - 1
    table, clerk = Table(), people["clerk"]
    received = IncomingDocument.objects.filter(register_year=year).order_by("pk")
    issued = OutgoingDocument.objects.filter(dated_on__year=year).order_by("pk")
    for document in [*received[: len(RECEIVED) - LEFT], *issued]:
        period = table.of(document) or Retention.YEARS_10
        filing.file_document(document, person=clerk, retention=period)
