"""What a leader instructed stays that leader's: recalled by the seat, or laid before it again."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from coordination import extensions, workflow
from coordination.models import Notice, Transition
from documents import presenters
from documents.models import IncomingDocument
from documents.states import IncomingState as S
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db
SENT = shanghai(2026, 3, 2, 10)  # 7 working days: Wed 11 March
LATER = shanghai(2026, 3, 9, 10)  # 7: Wed 18 March


@pytest.fixture
def clock():
    with time_machine.travel(SENT, tick=False) as clock:
        yield clock


@pytest.fixture
def instructed(office, clock):
    return office.step(
        office.proposed("deputy"), "instruct", "deputy", "同意", **office.assignment()
    )


def told(document, code):
    alive = Notice.objects.alive().filter(code=code, object_id=document.pk)
    return {notice.person.username: notice.params.get("reason") for notice in alive}


def test_the_desk_cannot_undo_what_a_leader_instructed(office, instructed):
    for login in ("clerk", "clerk2", "director", "leader", "deputy2"):
        with pytest.raises(PermissionDenied):
            office.step(instructed, "recall", login, "转错单位")
    assert office.fresh(instructed).state == S.IN_HANDLING


def test_the_leaders_seat_recalls_and_the_office_hears_why(office, instructed):
    document = office.step(instructed, "recall", "deputy", "请重新拟办")
    assert (document.state, document.main_duty, document.laid_before) == (S.TO_PROPOSE, None, None)
    assert told(document, "recalled") == {"clerk": "请重新拟办", "clerk2": "请重新拟办"}
    assert told(document, "instructed") == {}
    office.step(document, "transfer", **office.assignment("finance"))
    assert told(document, "recalled") == {}


def test_the_desk_takes_it_from_the_handlers_only_to_lay_it_before_that_leader(office, instructed):
    with pytest.raises(ValidationError, match="reason"):
        office.step(instructed, "lay_again")
    with pytest.raises(PermissionDenied):
        office.step(office.transferred(), "lay_again", opinion="x")
    document = office.step(instructed, "lay_again", opinion="单位职责有调整")
    assert (document.state, document.laid_before.login) == (S.AWAITING_INSTRUCTION, "deputy")
    assert (document.handler, document.main_duty) == (None, None)
    assert not document.handlings.open().exists()
    assert told(document, "laid_again") == {"deputy": "单位职责有调整"}
    proposals = list(document.proposals.order_by("pk"))
    assert [p.opinion for p in proposals] == ["拟请承办。"] * 2
    document = office.step(document, "instruct", "deputy", "改办", **office.assignment("finance"))
    assert document.handler.key == "finance"
    assert told(document, "laid_again") == {}


def test_laid_again_the_desk_cannot_withdraw_it_while_somebody_holds_the_seat(office, instructed):
    document = office.step(instructed, "lay_again", opinion="职责调整")
    with pytest.raises(ValidationError, match="leader instructed this"):
        office.step(document, "withdraw_proposal", opinion="收回")
    with pytest.raises(PermissionDenied):
        office.step(document, "instruct", "clerk", "同意", **office.assignment())
    held = office.seat("deputy").appointments.get()
    held.until = dt.date(2026, 3, 1)
    held.save()
    assert office.step(document, "withdraw_proposal", opinion="空缺").state == S.TO_PROPOSE


def test_passed_on_by_the_leader_it_still_cannot_be_withdrawn_but_it_can_be_returned(
    office, instructed
):
    document = office.step(instructed, "lay_again", opinion="职责调整")
    seat = office.seat("leader")
    document = office.step(document, "lay_further", "deputy", "请组长定", laid_before=seat)
    with pytest.raises(ValidationError, match="leader instructed this"):
        office.step(document, "withdraw_proposal", opinion="收回")
    document = office.step(document, "return_proposal", "leader", "重拟")
    data = office.assignment() | {"laid_before": seat}
    document = office.step(document, "propose_handling", opinion="再拟", **data)
    assert office.step(document, "withdraw_proposal", opinion="有误").state == S.TO_PROPOSE


def test_what_the_director_transferred_goes_back_to_the_director(office, clock):
    document = office.step(
        office.reviewed(), "transfer", "director", **office.assignment(co=("finance",))
    )
    document = office.step(document, "lay_again", opinion="单位有误")
    proposal = document.proposals.get()
    assert (proposal.opinion, proposal.lead.key) == ("单位有误", "market_regulation")
    assert {unit.key for unit in proposal.co_handlers.all()} == {"finance"}
    assert document.laid_before.login == "director"


def test_asking_for_a_supplement_does_not_make_it_the_desks(office, clock):
    document = office.step(
        office.proposed("deputy", co=("finance",)),
        "instruct",
        "deputy",
        "同意",
        **office.assignment(co=("finance",)),
    )
    lead = office.liaison("market_regulation")
    part = office.step(office.part(document), "accept", lead)
    office.step(part, "submit_reply", lead, reply="意见")
    limit = shanghai(2026, 3, 20, 17)
    document = office.step(office.fresh(document), "send_back", opinion="补充", limit_at=limit)
    assert document.main_duty.kind == "supplement"
    with pytest.raises(PermissionDenied):
        office.step(document, "recall", opinion="x")
    with pytest.raises(PermissionDenied):
        office.step(office.part(document), "reassign", opinion="x", lead=office.unit("health"))


def test_a_new_term_after_a_refused_extension_is_on_record(office, client, clock):
    document = office.transferred(at=SENT)
    liaison = office.liaison("market_regulation")
    asked = extensions.ask_for_extension(
        document.main_duty, person=liaison, reason="来不及", due_on=dt.date(2026, 3, 18)
    )
    workflow.advance(asked, "refuse", person=office.people["clerk"], opinion="按期办理")
    clock.move_to(LATER)
    document = office.step(document, "recall", opinion="转错单位")
    document = office.step(document, "transfer", **office.assignment())
    assert document.main_duty.due_on == dt.date(2026, 3, 18)  # B16: it runs from the transfer
    step = Transition.objects.filter(action="transfer").latest("pk")
    before = [{"unit": "市监局", "due": "2026-03-11", "refused": True}]
    assert step.details["limits"] == before
    person = office.people["clerk"]
    found = IncomingDocument.objects.for_detail().get(pk=document.pk)
    line = next(e for e in presenters.detail(person, found).entries if e.what == "Transfer")
    assert line.note == "Time limits before: 市监局 2026-03-11 (extension refused)"
    client.force_login(liaison)
    page = client.get(reverse("duty", args=[document.main_duty_id])).content.decode()
    assert "Time limits of the same matter before this one" in page
    assert "an extension was refused" in page


def test_given_to_another_unit_the_step_tells_the_limit_before(office, clock):
    document = office.transferred(at=SENT, co=("finance",))
    clock.move_to(LATER)
    for key in ("market_regulation", "finance"):
        part = office.part(document, key)
        new = {"market_regulation": "health", "finance": "justice"}[key]
        office.step(part, "reassign", opinion="调整", lead=office.unit(new))
    told_before = [
        [one["unit"] for one in step.details["limits"]]
        for step in Transition.objects.filter(action="reassign").order_by("pk")
    ]
    assert told_before == [["市监局"], ["市财政局"]]
