"""Takes outgoing papers along their routes by the real actions, to any state a test asks for."""

import datetime as dt

from django.utils import timezone

from coordination import workflow
from coordination.models import NumberCode
from documents.models import OutgoingDocument
from documents.outgoing import actions, numbers, seals
from documents.outgoing.content import Content, Recipient, direction_of
from documents.prose import Heading, Paragraph
from documents.states import CheckPoint, DocumentKind, IssuingName
from documents.states import PaperState as S

POINTS = [point.value for point in CheckPoint]
PATHS = {  # path: name, who drafts, whose paper it is, who reviews it, who signs it
    "in_group_name": (IssuingName.GROUP, "clerk", "group_office", "director", "deputy"),
    "in_office_name": (IssuingName.OFFICE, "clerk", "group_office", None, "director"),
    "in_office_name_from_group": (
        IssuingName.OFFICE, "groupliaison1", "streamlining", "head1", "director",
    ),
    "upward_from_group": (IssuingName.UPWARD, "groupliaison1", "streamlining", "head1", "director"),
    "upward": (IssuingName.UPWARD, "clerk", "group_office", None, "director"),
}  # fmt: skip


class Papers:
    """The people of the charter, writing papers."""

    def __init__(self, office):
        self.office, self.people = office, office.people

    def content(self, name=IssuingName.OFFICE, **more) -> Content:
        """A notice to a department, or a report to a superior, that obeys the rules of form."""
        issuer = actions.issuer_of(name).name
        upward = name == IssuingName.UPWARD
        kind = more.pop("kind", DocumentKind.REPORT if upward else DocumentKind.NOTICE)
        subject = more.pop("subject", "企业开办“一件事”改革")
        unit = self.office.unit("nantong_group_office" if upward else "market_regulation")
        main = more.pop("main", None) or (
            Recipient(unit.name, "superior" if upward else "lower", unit.pk),
        )
        label = {"report": "报告", "notice": "通知", "letter": "函", "minutes": "纪要"}[kind]
        fields = {
            "title": f"{issuer}关于{subject}的{label}",
            "blocks": (
                Paragraph("现将有关事项通知如下："),
                Heading(1, "总体要求"),
                Paragraph("请抓好落实。"),
            ),
        } | more
        return Content(
            name=str(name),
            issuer=issuer,
            kind=str(kind),
            direction=str(direction_of(name, main)),
            subject=subject,
            main=main,
            **fields,
        )  # fmt: skip

    def draft(self, path="in_office_name", **more) -> OutgoingDocument:
        """A draft that will go this path."""
        name, who, key, _head, _signer = PATHS[path]
        return actions.draft_document(
            person=self.people[who],
            originator=self.office.unit(key),
            content=self.content(name, **more),
        )

    def step(self, paper, action, who, opinion="", **data) -> OutgoingDocument:
        """One step by somebody named by login, or by the person."""
        person = self.people[who] if isinstance(who, str) else who
        return actions.take_step(paper, action, person=person, opinion=opinion, data=data)

    def ask_legal(self, paper, who="clerk", **data):
        """Ask for the legal opinion; returns the question."""
        self.step(paper, "ask_legal_opinion", who, "请审查。", **data)
        return paper.consultations.get(route_name="legal_opinion", state="asked")

    def ask_units(self, paper, *keys, who="clerk", **data):
        """Ask units to countersign; returns the questions in the order of `keys`."""
        units = [self.office.unit(key) for key in keys]
        self.step(paper, "ask_to_countersign", who, "请会签。", organisations=units, **data)
        rows = paper.consultations.filter(route_name="countersignature", state="asked")
        return [rows.get(organisation=unit) for unit in units]

    def give(self, row, who, finding, opinion="", action="give"):
        """Give an opinion that was asked, by login or person."""
        person = self.people[who] if isinstance(who, str) else who
        return workflow.advance(
            row, action, person=person, opinion=opinion, data={"finding": finding}
        )

    def submitted(self, path="in_office_name", **more) -> OutgoingDocument:
        """Before whoever has it first."""
        return self.step(self.draft(path, **more), "submit", PATHS[path][1])

    def to_sign(self, path="in_office_name", **more) -> OutgoingDocument:
        """Before its signatory."""
        paper = self.submitted(path, **more)
        head, signer = PATHS[path][3:]
        if paper.state == S.REVIEW:
            seat = self.office.seat(signer)
            return self.step(paper, "review", head, "同意。", laid_before=seat)
        if paper.state == S.HEAD_REVIEW:
            return self.step(paper, "agree", head, "同意。")
        return paper

    def signed(self, path="in_office_name", **more) -> OutgoingDocument:
        """Signed by whom its path names."""
        return self.step(self.to_sign(path, **more), "sign", PATHS[path][4], "同意签发。")

    def checked(self, path="in_office_name", **more) -> OutgoingDocument:
        """Through the pre-issue check."""
        return self.step(self.signed(path, **more), "pass_check", "clerk", points=POINTS)

    def numbered(self, path="in_office_name", **more) -> OutgoingDocument:
        """Registered under its number."""
        return self.register(self.checked(path, **more))

    def register(self, paper) -> OutgoingDocument:
        """Give a checked paper its number."""
        code = NumberCode.objects.get(pk=numbers.codes_for(paper)[0].pk)
        return self.step(paper, "register", "clerk", code=code, copies=20)

    def sealed(self, path="in_office_name", **more) -> OutgoingDocument:
        """Numbered, and every copy sealed; minutes bear no seal."""
        paper = self.numbered(path, **more)
        return paper if paper.kind in seals.UNSEALED else self.seal(paper)

    def seal(self, paper, copies=20, who="clerk", **more) -> OutgoingDocument:
        """Put the seal of the issuing body on a numbered paper."""
        seal = more.pop("seal", None) or seals.for_paper(paper).first()
        return self.step(paper, "seal", who, seal=seal, copies=copies, **more)

    def issued(self, path="in_office_name", **more) -> OutgoingDocument:
        """Issued today."""
        paper = self.sealed(path, **more)
        return self.step(paper, "issue", "clerk", issued_on=timezone.localdate())

    def fresh(self, paper) -> OutgoingDocument:
        """The paper as it stands."""
        return OutgoingDocument.objects.get(pk=paper.pk)

    def at_state(self, state, path="in_office_name") -> OutgoingDocument:
        """A paper of this path that stands at `state`."""
        ways = {
            S.DRAFT: self.draft,
            S.TO_SIGN: self.to_sign,
            S.SIGNED: self.signed,
            S.CHECKED: self.checked,
            S.NUMBERED: self.numbered,
            S.ISSUED: self.issued,
        }
        if state in ways:
            return ways[state](path)
        if state in (S.REVIEW, S.HEAD_REVIEW):
            return self.submitted(path)
        _name, who, _key, _head, signer = PATHS[path]
        if state == S.DROPPED:
            return self.step(self.draft(path), "drop", who, "不再需要")
        paper = self.issued(path)
        if state == S.REVOKED:
            return self.step(paper, "revoke", signer, "依据有误")
        tomorrow = timezone.localdate() + dt.timedelta(days=1)
        return self.step(paper, "repeal", signer, "已被代替", void_from=tomorrow)
