"""Whoever keeps the seal hears that a numbered paper waits for it (B8; 2012 Regulations art. 25)."""

import pytest
from django.utils import timezone

from coordination import appointments, bodies, handover_lists, handovers, inbox, notices
from coordination.channels import EVENT_OF, Event
from coordination.models import Notice, Person
from documents.outgoing import actions
from documents.prose import Heading, Paragraph
from documents.seals import actions as keeping
from documents.states import PaperState as S

from .test_seals import give, seal_of

pytestmark = pytest.mark.django_db


def told(paper):
    """The logins of those who are asked now to seal the paper."""
    people = Person.objects.filter(pk__in=notices.told(paper, ["seal_waits"]))
    return sorted(people.values_list("username", flat=True))


def titles(person):
    rows, _more = inbox.waiting(person)
    return [row.title for row in rows]


def test_the_keeper_is_told_when_a_paper_is_numbered_and_finds_it_at_home(office, papers):
    paper = papers.checked()
    assert told(paper) == []
    paper = papers.register(paper)
    assert told(paper) == ["clerk"]
    note = Notice.objects.get(code="seal_waits")
    assert (note.content_type.model, note.object_id) == ("outgoingdocument", paper.pk)
    assert notices.text_of(note) == f"Numbered, to be sealed by you: {paper.inbox_title}"
    assert EVENT_OF["seal_waits"] == Event.WORK
    assert paper.inbox_title in titles(office.people["clerk"])
    assert paper.inbox_title not in titles(office.people["clerk2"])


def test_it_stands_until_the_last_copy_is_sealed(papers):
    paper = papers.seal(papers.numbered(), copies=5)
    assert told(paper) == ["clerk"]
    assert Notice.objects.filter(code="seal_waits").count() == 1
    paper = papers.seal(paper, copies=15)
    assert told(paper) == []


def test_what_is_issued_with_copies_unsealed_asks_nobody(papers):
    paper = papers.seal(papers.numbered(), copies=5)
    papers.step(paper, "issue", "clerk", "其余留存不用", issued_on=timezone.localdate())
    assert told(paper) == []


def test_a_void_number_asks_nobody_and_another_asks_again(papers):
    paper = papers.step(papers.numbered(), "void_number", "clerk", "编错")
    assert told(paper) == []
    assert told(papers.register(paper)) == ["clerk"]


def changed(papers, office, paper, action, text):
    blocks = (Paragraph("现将有关事项通知如下："), Heading(1, "总体要求"), Paragraph(text))
    return actions.revise(
        paper,
        action,
        person=office.people["clerk"],
        content=papers.content(blocks=blocks),
        why="笔误",
    )


def test_a_paper_changed_after_it_was_numbered_asks_nobody_until_it_is_numbered_again(
    office, papers
):
    paper = changed(papers, office, papers.numbered(), "change", "请认真抓好落实，按时报送。")
    assert (paper.state, told(paper)) == (S.TO_SIGN, [])


def test_a_slip_mended_after_it_was_sealed_asks_the_keeper_again(office, papers):
    paper = papers.sealed()
    assert told(paper) == []
    paper = changed(papers, office, paper, "correct_slip", "请抓好落实！")
    assert told(paper) == ["clerk"]


def test_minutes_ask_no_keeper(office, papers):
    paper = papers.checked()
    type(paper).objects.filter(pk=paper.pk).update(kind="minutes")
    paper = papers.register(papers.fresh(paper))
    assert told(paper) == []


def test_another_keeper_is_asked_instead_and_a_closed_seal_asks_nobody(office, papers):
    paper = papers.numbered()
    give(office, seal_of(), "clerk2")
    assert told(paper) == ["clerk2"]
    assert paper.inbox_title in titles(office.people["clerk2"])
    keeping.close(seal_of(), by=office.people["director"], reason="换新章")
    assert told(paper) == []
    keeping.set_up(
        by=office.people["director"], organisation=office.unit("group_office"), name="新章",
        keeper=office.seat("clerk"), diameter_mm=42, proxy_for=[], reason="启用",
    )  # fmt: skip
    assert told(paper) == ["clerk"]


def test_every_keeper_who_may_seal_it_is_asked(office, papers):
    keeping.set_up(
        by=office.people["director"], organisation=office.unit("group_office"), name="备用章",
        keeper=office.seat("clerk2"), diameter_mm=42, proxy_for=[], reason="备用",
    )  # fmt: skip
    assert told(papers.numbered()) == ["clerk", "clerk2"]


def test_a_successor_has_it_on_the_list_and_in_the_notices(office, papers, outsider, today):
    paper = papers.numbered()
    seat, by = office.seat("clerk"), office.people["secadmin"]
    assert ("seal_waits", paper.pk) in {
        (line.code, line.pk) for line in handover_lists.moving(seat)
    }
    decision = bodies.enter_decision(by=by, title="任免", number="", decided_on=today)
    appointments.appoint(by=by, seat=seat, person=outsider, since=today, decision=decision)
    handovers.carry_over()
    assert told(paper) == ["outsider"]
    assert paper.inbox_title in titles(outsider)
    papers.seal(paper, who=outsider)
    assert told(paper) == []
