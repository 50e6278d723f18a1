"""Takes documents along the incoming line by the real actions, to any state a test asks for."""

import datetime as dt

from django.utils import timezone

from coordination.models import Organisation, Seat
from documents import actions
from documents.models import IncomingDocument
from documents.states import IncomingState as S
from documents.states import ReviewPoint

POINTS = [point.value for point in ReviewPoint]


class Driver:
    """The people of the charter, acting."""

    def __init__(self, people):
        self.people = people
        self.count = 0

    def unit(self, key) -> Organisation:
        """An organisation by its key."""
        return Organisation.objects.get(key=key)

    def seat(self, login) -> Seat:
        """A seat by its demo login."""
        return Seat.objects.get(login=login)

    def post(self, login) -> Seat:
        """Where to appoint for a demo login: the post its seat goes with, or the seat itself."""
        seat = self.seat(login)
        return seat.follows or seat

    def liaison(self, key):
        """Who answers for a unit."""
        seat = Seat.objects.get(organisation__key=key, post="unit_liaison")
        return self.people[seat.login]

    def register(self, at=None, **more) -> IncomingDocument:
        """A registered document."""
        self.count += 1
        at = at or timezone.now() - dt.timedelta(minutes=1)
        data = {
            "sender": None,
            "sender_name": "某单位",
            "sender_number": f"某〔2026〕{self.count}号",
            "kind": "report",
            "title": f"关于营商环境的报告{self.count}",
            "dated_on": None,
            "received_at": at,
            "copies": 1,
            "urgency": "ordinary",
        } | more
        return actions.register_document(person=self.people["clerk"], data=data, at=at)

    def step(self, record, action, who="clerk", opinion="", at=None, **data):
        """One step by somebody named by login, or by the person."""
        person = self.people[who] if isinstance(who, str) else who
        return actions.take_step(record, action, person=person, opinion=opinion, data=data, at=at)

    def assignment(self, lead="market_regulation", co=(), limit_at=None) -> dict:
        """Who handles it, as the forms hand it over."""
        return {
            "lead": self.unit(lead),
            "co_handlers": [self.unit(key) for key in co],
            "limit_at": limit_at,
        }

    def reviewed(self, **more) -> IncomingDocument:
        """Registered and reviewed."""
        return self.step(self.register(**more), "pass_review", points=POINTS, at=more.get("at"))

    def proposed(self, login="director", co=(), **more) -> IncomingDocument:
        """Laid before the holder of a seat."""
        return self.step(
            self.reviewed(**more),
            "propose_handling",
            opinion="拟请承办。",
            laid_before=self.seat(login),
            **self.assignment(co=co),
        )

    def transferred(self, lead="market_regulation", co=(), limit_at=None, at=None, **more):
        """Transferred by the office."""
        document = self.reviewed(at=at, **more)
        return self.step(document, "transfer", at=at, **self.assignment(lead, co, limit_at))

    def part(self, document, key="market_regulation"):
        """A handler's part."""
        return document.handlings.get(
            organisation__key=key, state__in=["assigned", "accepted", "submitted"]
        )

    def replied(self, lead="market_regulation", co=(), at=None, reply_at=None, **more):
        """Accepted by its handlers and replied to."""
        document = self.transferred(lead, co, at=at, **more)
        for key in co:
            part = self.step(self.part(document, key), "accept", self.liaison(key), at=at)
            self.step(
                part, "give_opinion", self.liaison(key), reply="无不同意见。", at=reply_at or at
            )
        part = self.step(self.part(document, lead), "accept", self.liaison(lead), at=at)
        self.step(
            part, "submit_reply", self.liaison(lead), reply="办理情况如下。", at=reply_at or at
        )
        return self.fresh(document)

    def fresh(self, document) -> IncomingDocument:
        """The document as it stands."""
        return IncomingDocument.objects.get(pk=document.pk)

    def at_state(self, state) -> IncomingDocument:
        """A document that stands at `state`."""
        if state == S.REGISTERED:
            return self.register()
        if state == S.RETURNED:
            return self.step(
                self.register(), "return_to_sender", opinion="未会签", points=POINTS[:3]
            )
        if state == S.MERGED:
            return self.step(self.register(), "merge", opinion="重复登记", other=self.register())
        if state == S.TO_PROPOSE:
            return self.reviewed()
        if state == S.AWAITING_INSTRUCTION:
            return self.proposed()
        if state == S.IN_HANDLING:
            return self.transferred(co=("finance",))
        document = self.replied(co=("finance",))
        path = {
            S.REPLIED: (),
            S.TO_ANSWER: (("accept_reply", {}),),
            S.ANSWERED: (
                ("accept_reply", {}),
                ("answer_sender", {"method": "letter", "answer": "办结"}),
            ),
            S.COMPLETED: (
                ("accept_reply", {}),
                ("answer_sender", {"method": "letter", "answer": "办结"}),
                ("complete", {}),
            ),
        }[state]
        for action, data in path:
            document = self.step(document, action, **data)
        return document
