"""Papers go every allowed way at random; what must always hold holds after each step.

The machine only chooses among what the tables offer to the persons concerned, so it walks where
people could; a refusal in words is as good as a step, anything else is a fault.
"""

import datetime as dt
import os

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from coordination import access, storage, workflow
from coordination.models import Duty, Notice
from documents.models import Attachment, Handling, IncomingDocument, IncomingDocumentShare, Reading
from documents.states import HandlingState as H
from documents.states import IncomingState as S
from tests.conftest import everybody, shanghai
from tests.driver import POINTS, Driver

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
START = shanghai(2026, 1, 5, 9)
YEARS = int(os.environ.get("YEARS", "2"))  # more for a longer search
UNITS = ("market_regulation", "finance", "health")
MAIN = ("complete", "give_opinion", "supplement")
OPEN = (H.ASSIGNED, H.ACCEPTED, H.SUBMITTED)
ASSIGNED = (S.IN_HANDLING, S.REPLIED, S.TO_ANSWER, S.ANSWERED)


class Papers(RuleBasedStateMachine):
    """Papers are registered, handled, recalled, reassigned, merged, answered; days pass."""

    def __init__(self):
        super().__init__()
        self.clock = time_machine.travel(START, tick=False)
        self.traveller = self.clock.start()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        people = everybody()
        self.office = Driver(people)
        self.actors = [people[login] for login in ("clerk", "clerk2", "director", "deputy")]
        self.actors += [self.office.liaison(key) for key in UNITS]
        self.actors.append(people["legal"])

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.clock.stop()

    @rule(urgency=st.sampled_from(["ordinary", "ordinary", "urgent"]), content=st.integers(0, 3))
    def register(self, urgency, content):
        document = self.office.register(urgency=urgency)
        upload = SimpleUploadedFile("a.txt", f"{content}".encode())
        file = storage.keep(upload, self.office.people["clerk"])
        Attachment.objects.create(document=document, file=file)

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours):
        self.traveller.shift(dt.timedelta(hours=hours))

    @rule(data=st.data())
    def step(self, data):
        self.anybody_steps(data)

    @rule(data=st.data())
    def another_step(self, data):
        self.anybody_steps(data)

    @rule(data=st.data())
    def one_more_step(self, data):
        self.anybody_steps(data)

    def anybody_steps(self, data):
        records = [
            *IncomingDocument.objects.order_by("pk"),
            *Handling.objects.select_related("document", "organisation", "duty").order_by("pk"),
            *Reading.objects.order_by("pk"),
        ]
        possible = [
            (record, person, step)
            for record in records
            for person in self.actors
            for step in workflow.offered(person, record)
        ]
        if not possible:
            return
        kinds = sorted({step.action for _, _, step in possible})
        action = data.draw(st.sampled_from(kinds))
        record, person, _ = data.draw(
            st.sampled_from([p for p in possible if p[2].action == action])
        )
        assert access.may(person, "view", record)
        try:
            with transaction.atomic():
                self.office.step(
                    record, action, person, "意见", **self._typed(action, record, data)
                )
        except ValidationError as refused:
            assert refused.messages

    def _typed(self, action, record, data):
        unit = st.sampled_from([self.office.unit(key) for key in UNITS])
        units = st.lists(unit, max_size=2, unique=True)
        document = getattr(record, "document", record)
        urgent = document.urgency != "ordinary"
        hour = timezone.now() + dt.timedelta(days=data.draw(st.integers(1, 12)))
        seats = [self.office.seat(login) for login in ("director", "deputy")]
        others = list(IncomingDocument.objects.order_by("pk"))
        typed = {
            "points": POINTS[: data.draw(st.sampled_from([5, 5, 3]))],
            "lead": data.draw(unit),
            "co_handlers": data.draw(units),
            "limit_at": hour if urgent or action == "send_back" else None,
            "laid_before": data.draw(st.sampled_from(seats)),
            "reply": "答复",
            "method": "letter",
            "answer": "答复来文单位",
            "seats": [self.office.seat("legal"), self.office.seat("member1")],
        }
        if action in ("relate", "merge"):
            typed |= {"other": data.draw(st.sampled_from(others)), "kind": "concerns"}
        if action == "merge":
            del typed["kind"]
        if action == "unrelate":
            typed["relations"] = list(record.relations.filter(ended_at=None))
        return typed

    @invariant()
    def one_main_duty_runs_while_it_is_in_handling_and_none_otherwise(self):
        for document in IncomingDocument.objects.select_related("main_duty"):
            owed = Duty.objects.about(document)
            running = list(owed.running().filter(kind__in=MAIN))
            parts = list(document.handlings.filter(state__in=OPEN).select_related("duty"))
            in_charge = [part for part in parts if part.role != "co"]
            if document.state == S.IN_HANDLING:
                assert running == [document.main_duty] == [part.duty for part in in_charge]
                assert in_charge[0].organisation_id == document.handler_id
            else:
                assert running == []
            assert bool(parts) == bool(in_charge) == (document.state in (S.IN_HANDLING, S.REPLIED))
            if not parts:
                assert not owed.open().exists()
            assert (document.handler_id is None) == (document.main_duty_id is None)
            if document.state in (S.REGISTERED, S.TO_PROPOSE, S.AWAITING_INSTRUCTION, S.MERGED):
                assert document.main_duty is None

    @invariant()
    def a_document_is_shared_with_whoever_has_a_part_that_did_not_end(self):
        shared = {(s.content_object_id, s.group_id) for s in IncomingDocumentShare.objects.all()}
        parts = Handling.objects.exclude(state__in=[H.WITHDRAWN, H.HANDED_BACK])
        assert shared == set(parts.values_list("document_id", "organisation__group_id"))

    @invariant()
    def a_leader_has_on_the_desk_what_awaits_instruction(self):
        for document in IncomingDocument.objects.select_related("laid_before"):
            laid = document.state == S.AWAITING_INSTRUCTION
            assert laid == (document.laid_before is not None)
            if laid:
                assert document.proposals.latest("pk").laid_before == document.laid_before

    @invariant()
    def a_merged_one_is_the_same_as_exactly_one_other(self):
        for document in IncomingDocument.objects.all():
            links = document.relations.filter(kind="merged_into", ended_at=None)
            assert links.count() == (document.state == S.MERGED)
            current = list(document.attachments.current().values_list("file__sha256", flat=True))
            assert len(current) == len(set(current))

    @invariant()
    def notices_live_as_long_as_their_cause(self):
        for notice in Notice.objects.alive().select_related("duty", "person"):
            record = notice.content_type.get_object_for_this_type(pk=notice.object_id)
            assert self._stands(notice, record), (notice.code, record, record.state)

    def _stands(self, notice, record):
        if notice.duty is not None:
            return notice.duty.closed_at is None and notice.duty.submitted_at is None
        if notice.code in ("laid_before", "laid_again"):
            held = record.laid_before and record.laid_before.appointments.get().person
            return held == notice.person
        if notice.code in ("proposal_returned", "recalled"):
            return record.state == S.TO_PROPOSE
        if notice.code == "handed_back":
            return record.state in (S.TO_PROPOSE, S.IN_HANDLING, S.REPLIED)
        if notice.code in ("sent_back", "opinion_given"):
            return record.state in (S.IN_HANDLING, S.REPLIED) and access.may(
                notice.person, "view", record
            )
        if notice.code == "circulated":
            return record.state == "unread"
        if notice.code == "withdrawn":
            again = record.document.handlings.filter(
                organisation=record.organisation, state__in=OPEN
            )
            return record.state == H.WITHDRAWN and not again.exists()
        states = {"instructed": ASSIGNED, "replied": (S.REPLIED,)}
        return notice.code not in states or record.state in states[notice.code]

    @invariant()
    def numbers_have_no_gap_and_records_no_break(self):
        serials = IncomingDocument.objects.order_by("register_serial")
        found = list(serials.values_list("register_serial", flat=True))
        assert found == list(range(1, len(found) + 1))
        for document in IncomingDocument.objects.all():
            taken = list(workflow.trail(document))
            assert [step.serial for step in taken] == list(range(1, len(taken) + 1))
            assert taken[-1].target == document.state


def test_a_year_of_papers(charter):
    run_state_machine_as_test(
        Papers,
        settings=settings(
            max_examples=YEARS,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
