"""A year of incoming documents, each taken along the route by the people whose posts allow it."""

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from coordination import calendars, storage, uploads
from coordination.models import Organisation, Person, Seat, StoredFile
from coordination.workdays import SHANGHAI

from .. import actions
from ..models import IncomingDocument
from ..states import DocumentKind, ReviewPoint
from . import around

REAL = Path(__file__).parent / "real_documents.csv"
ALL_POINTS = [point.value for point in ReviewPoint]
TOPICS = (
    "工程建设项目审批制度改革",
    "政务服务事项标准化",
    "惠企政策兑现",
    "“一件事”改革",
    "信用承诺和容缺受理",
    "数据共享需求",
    "营商环境评价整改",
    "园区赋权事项承接",
    "行政许可事项清单",
    "跨省通办窗口建设",
)
SHAPES = (
    ("关于{topic}进展情况的报告", DocumentKind.REPORT),
    ("关于商请协助推进{topic}的函", DocumentKind.LETTER),
    ("关于{topic}有关问题的请示", DocumentKind.REQUEST),
)
KINDS = {"通知": DocumentKind.NOTICE, "意见": DocumentKind.OPINIONS}
NOTE = "（演示文件，内容从略）\n"


class Story:
    """Plays the people of the Office, the leaders and the handlers through the real actions."""

    def __init__(self, people: dict[str, Person], today: date):
        self.people = people
        self.today = today
        self.calendar = calendars.current()
        self.units = list(
            Organisation.objects.filter(kind__in=["department", "district_town"]).order_by("order")
        )
        seats = Seat.objects.exclude(login="")
        self.handlers = {
            seat.organisation_id: people[seat.login]
            for seat in seats
            if seat.post in ("unit_liaison", "group_liaison")
        }
        self.director_seat = seats.get(login="director")
        self.clerk = people["clerk"]

    def moment(self, working_days_ago: int, hour: int = 9) -> datetime:
        """A moment so many working days before today."""
        day = self.calendar.add(self.today, -working_days_ago) if working_days_ago else self.today
        return datetime.combine(day, time(hour, 12), tzinfo=SHANGHAI)

    def register(self, title, sender_name, number, kind, ago, **more) -> IncomingDocument:
        """Sign for and register one document with a file."""
        at = min(self.moment(ago), timezone.now() - timedelta(minutes=5))
        sender = Organisation.objects.filter(name=sender_name).first()
        data = {
            "sender": sender,
            "sender_name": sender_name,
            "sender_number": number,
            "kind": kind,
            "title": title,
            "received_at": at,
            "dated_on": timezone.localdate(at) - timedelta(days=3),
            "copies": 1,
            **more,
        }
        files = [self.file(f"{title[:40]}.txt", f"{title}\n\n{sender_name}\n{NOTE}", at)]
        return actions.register_document(person=self.clerk, data=data, files=files, at=at)

    def file(self, name: str, text: str, at: datetime) -> StoredFile:
        """Store a small text file as the clerk's upload."""
        import hashlib

        content = text.encode()
        sha256 = hashlib.sha256(content).hexdigest()
        storage.write(sha256, [content])
        return StoredFile.objects.create(
            sha256=sha256,
            name=uploads.clean_name(name),
            media_type="text/plain",
            size=len(content),
            uploaded_by=self.clerk,
            uploaded_at=at,
        )

    def step(self, record, action, who, ago, opinion="", hour=10, **data):
        """One step by one person, so many working days ago."""
        at = min(self.moment(ago, hour), timezone.now() - timedelta(minutes=1))
        return actions.take_step(record, action, person=who, opinion=opinion, data=data, at=at)

    def review(self, document, ago):
        """Pass the preliminary review."""
        return self.step(document, "pass_review", self.clerk, ago, points=ALL_POINTS)

    def handle(self, document, ago, replied_after, co_handlers=()):
        """Accept, let co-handlers give their opinions, reply."""
        for part in document.handlings.all():
            who = self.handlers[part.organisation_id]
            part = self.step(part, "accept", who, ago, hour=14)
            if part.role == "co":
                reply = "经研究，我单位无不同意见，将配合主办单位推进。"
                self.step(part, "give_opinion", who, ago - 2, reply=reply)
        main = document.handlings.exclude(role="co").get(state="accepted")
        who = self.handlers[main.organisation_id]
        reply = "经会商，意见如下：一、同意按方案推进；二、有关事项已列入年度任务。"
        self.step(main, "submit_reply", who, ago - replied_after, reply=reply)
        return IncomingDocument.objects.get(pk=document.pk)

    def finish(self, document, ago):
        """Accept, answer, complete."""
        document = self.step(document, "accept_reply", self.clerk, ago, "同意。", hour=11)
        answer = "来文收悉，办理结果已转相关单位落实，特此答复。"
        document = self.step(
            document, "answer_sender", self.clerk, ago, hour=15, method="letter", answer=answer
        )
        return self.step(document, "complete", self.clerk, ago, hour=16)


def play(people: dict[str, Person]) -> int:
    """Play the whole year; return how many documents it has."""
    story = Story(people, timezone.localdate())
    with REAL.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for place, row in enumerate(rows[:-2]):
        document = _real_document(story, row, 75 - place)
        story.step(document, "file_for_information", story.clerk, 75 - place, "阅知，存查。")
    for number in range(60):
        _one(story, number)
    for row in rows[-2:]:
        _real_document(story, row, 0)
    around.play(story)
    return IncomingDocument.objects.count()


def _real_document(story: Story, row: dict, ago: int) -> IncomingDocument:
    """One public document, registered and reviewed."""
    title = row["title"] or f"{row['issuer']}{row['number']}（标题未见）"
    day = date.fromisoformat(row["dated_on"]) if len(row["dated_on"]) == 10 else None
    kind = KINDS[row["kind"]]
    document = story.register(title, row["issuer"], row["number"], kind, ago, dated_on=day)
    return story.review(document, ago)


def _one(story: Story, number: int) -> None:
    """One of the ordinary documents; how far it came depends on its age and number."""
    shape, kind = SHAPES[number % len(SHAPES)]
    sender = story.units[(number * 7) % len(story.units)]
    handler = story.units[(number * 11 + 3) % 40]
    helpers = [story.units[(number * 13 + n) % 40] for n in (5, 9)]
    title = sender.name + shape.format(topic=TOPICS[number % len(TOPICS)])
    ago = 62 - number if number < 40 else max(0, 56 - number)
    document = story.register(
        title, sender.name, f"{sender.short_name}〔2026〕{number + 1}号", kind, ago
    )
    if number >= 58:
        return
    if number % 19 == 18:
        _return(story, document, ago)
        return
    document = story.review(document, ago)
    if number >= 54:
        return
    co_handlers = [unit for unit in helpers if unit != handler] if number % 3 == 0 else []
    data = {"lead": handler, "co_handlers": co_handlers, "limit_at": None}
    if number % 5 == 0:
        document = _instruct(story, document, ago, data, waits=number >= 50)
    else:
        document = story.step(document, "transfer", story.clerk, ago, "请按规定办理。", **data)
    if document.state != "in_handling" or number >= 44 or number % 17 == 16:
        return
    document = story.handle(document, ago - 1, 3 + number % 9)
    if number < 40:
        story.finish(document, max(0, ago - 6 - number % 9))


def _return(story: Story, document, ago) -> None:
    points = [point for point in ALL_POINTS if point != "consulted"]
    reason = "涉及其他部门职权的事项未经会签，请协商一致后重新报送。"
    story.step(document, "return_to_sender", story.clerk, ago, reason, points=points)


def _instruct(story: Story, document, ago, data, *, waits: bool):
    proposal = f"拟请{data['lead'].short_name}牵头研究提出意见。"
    seat = story.director_seat
    document = story.step(
        document, "propose_handling", story.clerk, ago, proposal, laid_before=seat, **data
    )
    if waits:
        return document
    director = story.people["director"]
    return story.step(document, "instruct", director, ago, "同意拟办意见。", hour=16, **data)
