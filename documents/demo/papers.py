"""Outgoing papers of the demo: a year's issue, and some on every desk."""

from datetime import datetime, time

from django.utils import timezone

from coordination import access, calendars, workflow
from coordination.models import Organisation, Person, Seat
from coordination.posts import Post
from coordination.workdays import SHANGHAI

from ..outgoing import actions, numbers, receiving, seals
from ..outgoing.content import Content, Recipient, direction_of
from ..prose import Heading, Paragraph, Table
from ..seals import actions as seal_actions
from ..seals.routes import answered_for
from ..states import CheckPoint, DocumentKind, IssuingName

POINTS = [point.value for point in CheckPoint]
SUBJECTS = (
    "印发2026年政府职能转变和“放管服”改革工作要点",
    "做好企业开办“一件事”改革工作",
    "报送优化营商环境典型经验",
    "开展证明事项清理工作",
    "规范政务服务事项办理流程",
)
OUTSIDE = (Recipient("某某港务有限公司", "unrelated"),)
BLOCKS = (
    Paragraph("为进一步转变政府职能，提高行政效能，现将有关事项通知如下。"),
    Heading(1, "总体要求"),
    Paragraph("坚持问题导向、目标导向，推动改革举措落地见效，切实增强企业和群众获得感。"),
    Heading(1, "重点任务"),
    Heading(2, "压减办理时限。", "各单位梳理本单位事项，能即办的即办，能网办的网办。"),
    Heading(2, "加强协同联动。", "涉及多个部门的事项，由牵头单位统一收件、统一出件。"),
    Table((("任务", "牵头单位", "完成时限"), ("企业开办一日办结", "市行政审批局", "2026年12月"))),
    Heading(1, "工作要求"),
    Paragraph("各单位要明确责任人，按时报送进展情况，重要情况随时报告。"),
)


def content(name: str, subject: str, main: list[Organisation], **more) -> Content:
    """A paper of the demo, by the rules of form."""
    issuer = actions.issuer_of(name).name
    kind = DocumentKind.REPORT if name == IssuingName.UPWARD else DocumentKind.NOTICE
    label = "报告" if name == IssuingName.UPWARD else "通知"
    rank = "superior" if name == IssuingName.UPWARD else "lower"
    recipients = tuple(Recipient(unit.name, rank, unit.pk) for unit in main)
    fields = {"blocks": BLOCKS, "annotation": "此件公开发布", "disclosure": "own"} | more
    return Content(
        name=str(name),
        issuer=issuer,
        kind=str(kind),
        direction=str(direction_of(name, recipients)),
        subject=subject,
        title=f"{issuer}关于{subject}的{label}",
        main=recipients,
        **fields,
    )


def _morning(working_days_ago: int) -> datetime:
    """The morning of a working day before today."""
    day = calendars.current().add(timezone.localdate(), -working_days_ago)
    return datetime.combine(day, time(9, 12), tzinfo=SHANGHAI)


def write(people: dict[str, Person]) -> None:
    """Five papers in the Office's name are issued; others wait for head, director and deputy."""
    units = list(Organisation.objects.filter(kind="department").order_by("order")[:4])
    office = Organisation.objects.get(kind=Organisation.Kind.GROUP_OFFICE)
    group = Organisation.objects.get(key="streamlining")
    superior = Organisation.objects.get(key="nantong_group_office")
    clerk, liaison, at = people["clerk"], people["groupliaison1"], _morning(1)
    for place, subject in enumerate(SUBJECTS):
        ago, last = 20 * (5 - place), place == len(SUBJECTS) - 1
        paper = content(IssuingName.OFFICE, subject, units, copies=OUTSIDE if last else ())
        issued = issue(people, office, paper, _morning(ago))
        sign_for(issued, units[:2] if last else units, _morning(ago - 1))
    _submit(liaison, group, content(IssuingName.OFFICE, "清理涉企证明事项", units), at)
    _submit(clerk, office, content(IssuingName.UPWARD, "上半年改革推进情况", [superior]), at)
    called = content(IssuingName.GROUP, "召开协调小组全体会议", units, urgency="urgent")
    actions.take_step(
        _submit(clerk, office, called, at),
        "review",
        person=people["director"],
        opinion="同意，呈请签发。",
        data={"laid_before": Seat.objects.get(login="deputy")},
        at=at,
    )
    _request_seals(people, at)
    begun = content(IssuingName.OFFICE, "做好年度工作总结", units)
    actions.draft_document(person=clerk, originator=office, content=begun, at=timezone.now())


def sign_for(paper, units: list[Organisation], at: datetime) -> None:
    """The liaisons of these units open their copies and sign for them."""
    for copy in paper.deliveries.filter(organisation__in=units):
        held = access.holders([copy.organisation_id], [Post.UNIT_LIAISON]).first()
        if held is not None:
            receiving.note_opened(copy, held.person, at)
            workflow.advance(copy, "receive", person=held.person, at=at)


def _submit(person: Person, originator: Organisation, paper: Content, at: datetime):
    """Draft a paper and submit it."""
    document = actions.draft_document(person=person, originator=originator, content=paper, at=at)
    return actions.take_step(document, "submit", person=person, at=at)


def issue(people: dict[str, Person], office: Organisation, paper: Content, at: datetime):
    """Have a paper signed, checked, numbered and issued at one moment."""
    clerk = people["clerk"]
    document = _submit(clerk, office, paper, at)
    document = actions.take_step(
        document, "sign", person=people["director"], opinion="同意签发。", at=at
    )
    for action, data in (
        ("pass_check", {"points": POINTS}),
        ("register", {"code": numbers.codes_for(document)[0], "copies": 30}),
        ("seal", {"seal": seals.for_paper(document)[0], "copies": 30}),
        ("issue", {"issued_on": timezone.localdate(at)}),
    ):
        document = actions.take_step(document, action, person=clerk, data=data, at=at)
    return document


def _request_seals(people: dict[str, Person], at: datetime) -> None:
    """One thing that is no paper is sealed, one approved, one awaits the director."""
    seal = answered_for().get(organisation__kind=Organisation.Kind.GROUP_OFFICE)
    group = Organisation.objects.get(key="streamlining")
    for matter, reason, way in (
        ("营商环境专题培训合作协议", "与承训单位签订协议", ("approve", "seal")),
        ("工作人员学习期间表现证明", "参加省级培训需提交证明", ("approve",)),
        ("企业开办“一件事”授权委托书", "委托窗口单位代收材料", ()),
    ):
        request = seal_actions.request_seal(
            person=people["groupliaison1"], seal=seal, organisation=group, matter=matter,
            reason=reason, copies=2, at=at,
        )  # fmt: skip
        for action in way:
            who, words = ("director", "同意用印。") if action == "approve" else ("clerk", "")
            data = {"copies": request.copies}
            request = seal_actions.take_step(
                request, action, person=people[who], opinion=words, data=data, at=at
            )
