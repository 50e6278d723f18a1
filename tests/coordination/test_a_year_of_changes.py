"""A simulated year of appointments and mandates: who may act and read is who the records say.

The machine keeps its own plain list of terms and mandates, and compares it, day by day, with what
access and the step engine answer; every step taken stays with a term that covers its day.
"""

import datetime as dt
import os
from dataclasses import dataclass

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from coordination import access, appointments, delegations, handovers, workflow
from coordination.models import Appointment, Decision, HandOver, Notice, Person, Seat, Transition
from documents.models import IncomingDocument, Reading
from documents.routes import INCOMING, READING
from tests.conftest import shanghai
from tests.driver import Driver

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
START = shanghai(2026, 1, 5, 9)
SEATS = ("leader", "deputy", "deputy2")
UNIT = "unit"  # whoever holds only this seat serves, but stands in for no leader
INSTRUCTS, READS = "incoming:instruct", "reading:read"
DAY = dt.timedelta(days=1)
YEARS = int(os.environ.get("YEARS", "2"))  # more for a longer search
INSTRUCT = INCOMING.find("awaiting_instruction", "instruct")
READ = READING.find("unread", "read")
persons = st.integers(0, 4)
seats = st.sampled_from(SEATS)
all_seats = st.sampled_from((*SEATS, UNIT))
some_acts = st.sampled_from([(INSTRUCTS,), (READS,), (INSTRUCTS, READS)])


@dataclass
class Term:
    """Who holds which seat from when to when, as plain values."""

    pk: int
    seat: str
    person: int
    since: dt.date
    until: dt.date | None
    acting: bool
    ended: "Term | None" = None  # the term this one cut short, and how that would have ended
    ended_until: dt.date | None = None

    def covers(self, day):
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass
class Mandate:
    """Who stands in for which seat in which acts from when to when."""

    pk: int
    seat: str
    person: int
    since: dt.date
    until: dt.date
    acts: tuple


@dataclass
class Paper:
    """A document put before a seat: to be instructed on or read, by whom and under what it was."""

    seat: str
    document: IncomingDocument
    act: str
    under: int | None = None  # the mandate, where it was done in another's name
    done: bool = False


class Year(RuleBasedStateMachine):
    """Posts change hands, mandates come and go, papers are signed, days pass."""

    def __init__(self):
        super().__init__()
        self.clock = time_machine.travel(START, tick=False)
        self.traveller = self.clock.start()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.secadmin = Person.objects.create(username="guard", name="guard")
        decision = Decision.objects.get(key="working_rules")
        guard = Seat.objects.get(login="secadmin")
        since = dt.date(2020, 3, 2)
        Appointment.objects.create(person=self.secadmin, seat=guard, since=since, decision=decision)
        clerk = Person.objects.create(username="clerk", name="clerk")
        desk = Seat.objects.get(login="clerk")
        Appointment.objects.create(person=clerk, seat=desk, since=since, decision=decision)
        liaison = Person.objects.create(username="m", name="m")
        seat = Seat.objects.get(organisation__key="market_regulation", post="unit_liaison")
        Appointment.objects.create(person=liaison, seat=seat, since=since, decision=decision)
        self.people = [Person.objects.create(username=f"p{n}", name=f"p{n}") for n in range(5)]
        self.seats = {login: Seat.objects.get(login=login) for login in SEATS}
        self.seats[UNIT] = Seat.objects.get(organisation__key="finance", post="unit_head")
        self.posts = {login: seat.follows or seat for login, seat in self.seats.items()}
        self.driver = Driver({"clerk": clerk})
        self.terms, self.mandates, self.papers = [], [], []
        self.decision = decision
        for number, login in enumerate(SEATS):
            self._appointed(login, number, timezone.localdate(), acting=False)

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.clock.stop()

    @property
    def today(self):
        return timezone.localdate()

    def _appointed(self, login, person, since, *, acting):
        row = appointments.appoint(
            by=self.secadmin,
            seat=self.posts[login],
            person=self.people[person],
            since=since,
            decision=self.decision,
            acting=acting,
        )
        begun = Term(row.pk, login, person, since, None, acting)
        for term in self.terms:
            if term.seat == login and (term.until is None or term.until >= since):
                assert term.since < since
                begun.ended, begun.ended_until = term, term.until
                term.until = since - DAY
        self.terms.append(begun)

    @rule(days=st.integers(1, 25))
    def days_pass(self, days):
        self.traveller.shift(dt.timedelta(days=days))
        handovers.carry_over()

    @rule(login=all_seats, person=persons, ahead=st.integers(0, 20), acting=st.booleans())
    def appoint(self, login, person, ahead, acting):
        since = self.today + ahead * DAY
        over = [t for t in self.terms if t.seat == login and (t.until is None or t.until >= since)]
        refused = (
            any(t.since >= since for t in over)
            or (acting and any(not t.acting for t in over))
            or any(t.person == person and t.acting == acting for t in over)
        )
        if refused:
            with pytest.raises(ValidationError):
                self._appointed(login, person, since, acting=acting)
        else:
            self._appointed(login, person, since, acting=acting)

    @rule(login=all_seats, ahead=st.integers(0, 10))
    def end(self, login, ahead):
        until = self.today + ahead * DAY
        term = next((t for t in self.terms if t.seat == login and t.covers(self.today)), None)
        if term is None:
            return
        row = Appointment.objects.get(pk=term.pk)
        followed = any(t.seat == login and t.since > term.since for t in self.terms)
        if term.until == until or followed:
            with pytest.raises(ValidationError):
                appointments.end_appointment(
                    row, by=self.secadmin, until=until, decision=self.decision
                )
            return
        appointments.end_appointment(row, by=self.secadmin, until=until, decision=self.decision)
        term.until = until

    @rule(login=seats)
    def take_back(self, login):
        term = max((t for t in self.terms if t.seat == login), key=lambda t: t.since, default=None)
        if term is None:
            return
        row = Appointment.objects.get(pk=term.pk)
        under = Appointment.objects.filter(
            person=row.person_id,
            since=term.since,
            seat__in=[self.seats[login], self.posts[login]],
        )
        acted = Transition.objects.filter(acting_as__in=under).exists()
        gave = delegations.Delegation.objects.filter(given_under__in=under).exists()
        if term.since < self.today or acted or gave:
            with pytest.raises(ValidationError):
                appointments.take_back(row, by=self.secadmin)
            return
        appointments.take_back(row, by=self.secadmin)
        self.terms.remove(term)
        if term.ended is not None:
            term.ended.until = term.ended_until

    @rule(
        login=seats,
        person=persons,
        ahead=st.integers(0, 10),
        length=st.integers(0, 30),
        acts=some_acts,
    )
    def entrust(self, login, person, ahead, length, acts):
        holder = next((t for t in self.terms if t.seat == login and t.covers(self.today)), None)
        if holder is None:
            return
        since = self.today + ahead * DAY
        until = since + length * DAY
        clash = any(
            m.seat == login
            and m.since <= until
            and since <= m.until
            and m.until >= self.today
            and set(m.acts) & set(acts)
            for m in self.mandates
        )
        give = {
            "person": self.people[holder.person],
            "seat": self.seats[login],
            "delegate": self.people[person],
            "acts": acts,
            "since": since,
            "until": until,
            "reason": "外出",
        }
        if clash or person not in self._leading(self.today) or person == holder.person:
            with pytest.raises(ValidationError):
                delegations.give_delegation(**give)
            return
        row = delegations.give_delegation(**give)
        self.mandates.append(Mandate(row.pk, login, person, since, until, acts))

    @rule(data=st.data())
    def revoke(self, data):
        running = [m for m in self.mandates if m.until >= self.today]
        if not running:
            return
        mandate = data.draw(st.sampled_from(running))
        row = delegations.Delegation.objects.get(pk=mandate.pk)
        delegations.revoke_delegation(row, person=self.driver.people["clerk"], reason="指示")
        self.mandates.remove(mandate)

    @rule(login=seats)
    def lay(self, login):
        if any(t.seat == login and t.covers(self.today) for t in self.terms):
            self.papers.append(Paper(login, self.driver.proposed(login), INSTRUCTS))

    @rule(login=seats)
    def circulate(self, login):
        if any(t.seat == login and t.covers(self.today) for t in self.terms):
            document = self.driver.step(
                self.driver.reviewed(), "circulate", opinion="参考", seats=[self.seats[login]]
            )
            self.papers.append(Paper(login, document, READS))

    @rule(person=persons, data=st.data())
    def act(self, person, data):
        waiting = [paper for paper in self.papers if not paper.done]
        if not waiting:
            return
        paper, who = data.draw(st.sampled_from(waiting)), self.people[person]
        record, action, more = paper.document, "instruct", self.driver.assignment()
        if paper.act == READS:
            record, action, more = paper.document.readings.get(), "read", {}
        if person not in self._may(paper, self.today):
            with pytest.raises(PermissionDenied):
                self.driver.step(record, action, who, "同意", **more)
            return
        self.driver.step(record, action, who, "同意", **more)
        paper.done, paper.under = True, workflow.trail(record).last().delegation_id
        own = any(
            t.seat == paper.seat and t.person == person and t.covers(self.today) for t in self.terms
        )
        assert (paper.under is None) == own

    def _leading(self, day):
        """Who serves as a leader on a day, and so may stand in for one."""
        return {t.person for t in self.terms if t.seat != UNIT and t.covers(day)}

    def _holding(self, login, day):
        return {t.person for t in self.terms if t.seat == login and t.covers(day)}

    def _standing_in(self, login, day, asked):
        """Whose mandates for a seat, of those `asked` for, give something on a day."""
        if not self._holding(login, day):
            return set()
        found = {
            m.person
            for m in self.mandates
            if m.seat == login and m.since <= day <= m.until and asked(m)
        }
        return found & self._leading(day)

    def _may(self, paper, day):
        """Who may act on an open paper on a day, from the plain lists alone."""
        stand_ins = self._standing_in(paper.seat, day, lambda m: paper.act in m.acts)
        return self._holding(paper.seat, day) | stand_ins

    def _reads(self, paper, day):
        """Who may read a paper: who holds the seat, who may act, who acted under a mandate."""
        if not paper.done:
            return self._may(paper, day)
        did = self._standing_in(paper.seat, day, lambda m: m.pk == paper.under)
        return self._holding(paper.seat, day) | did

    @invariant()
    def exactly_who_the_records_say_may_act(self):
        for day in (self.today, self.today + 3 * DAY, self.today + 30 * DAY):
            standings = [access.standing(person, day) for person in self.people]
            for login in SEATS:
                laid = IncomingDocument(state="awaiting_instruction", laid_before=self.seats[login])
                unread = Reading(state="unread", seat=self.seats[login])
                for act, step, record in ((INSTRUCTS, INSTRUCT, laid), (READS, READ, unread)):
                    able = {
                        number
                        for number, standing in enumerate(standings)
                        if workflow.authority(standing, step, record)
                    }
                    assert able == self._may(Paper(login, laid, act), day), (login, day, act)

    @invariant()
    def exactly_who_the_records_say_may_read(self):
        for number, person in enumerate(self.people):
            for verb in ("view", "print"):
                rows = access.visible(person, IncomingDocument.objects.all(), verb)
                seen = set(rows.values_list("pk", flat=True))
                assert seen == {
                    paper.document.pk
                    for paper in self.papers
                    if number in self._reads(paper, self.today)
                    and (verb == "view" or paper.act == INSTRUCTS)
                }, (number, verb)

    @invariant()
    def a_change_of_hands_is_shown_to_the_two_each_in_their_time(self):
        for change in HandOver.objects.select_related("predecessor", "successor"):
            two = {change.predecessor.person_id}
            if change.successor.since <= self.today:
                two.add(change.successor.person_id)
            assert two == {p.pk for p in self.people if access.may(p, "view", change)}

    @invariant()
    def nothing_done_is_orphaned(self):
        for step in Transition.objects.select_related("acting_as"):
            day = timezone.localdate(step.at)
            held = step.acting_as
            assert held.since <= day
            assert held.until is None or day <= held.until
        for paper in self.papers:
            if paper.act == INSTRUCTS and not paper.done:
                assert paper.document.laid_before_id == self.seats[paper.seat].pk

    @invariant()
    def messages_about_open_papers_reach_whoever_holds_the_seat(self):
        handovers.carry_over()
        for paper in self.papers:
            if paper.done or paper.act != INSTRUCTS:
                continue
            for term in self.terms:
                begun_by_change = HandOver.objects.filter(successor=term.pk).exists()
                if term.seat == paper.seat and term.covers(self.today) and begun_by_change:
                    mine = Notice.objects.alive().filter(
                        person=self.people[term.person],
                        code="laid_before",
                        object_id=paper.document.pk,
                    )
                    assert mine.exists()


def test_a_year_of_changes(vacant):
    run_state_machine_as_test(
        Year,
        settings=settings(
            max_examples=YEARS,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
