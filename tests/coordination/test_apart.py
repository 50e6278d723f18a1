"""Nobody decides, in whatever post or name, on what they did or asked themselves (P22)."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from coordination import apart, calendars, extensions, workflow
from coordination.models import Appointment, Seat

pytestmark = pytest.mark.django_db


def also(person, seat):
    """Give a person another post from today."""
    before = seat.appointments.filter(until=None).first()
    if before is not None:
        before.until = timezone.localdate() - dt.timedelta(days=1)
        before.save()
    decision = Appointment.objects.first().decision
    return Appointment.objects.create(
        person=person, seat=seat, since=timezone.localdate(), decision=decision
    )


def unit_seat(key, post="unit_liaison"):
    return Seat.objects.get(organisation__key=key, post=post)


def ask(duty, person):
    return extensions.ask_for_extension(
        duty, person=person, reason="需补充", due_on=calendars.current().add(duty.due_on, 3)
    )


def test_the_pairs_are_these():
    found = {
        (
            route.key(step),
            check.action if isinstance(check, apart.NotAfter) else "own",
            getattr(check, "lent", None),
        )
        for route in workflow.ROUTES.values()
        for step in route.steps
        for check in step.checks
        if isinstance(check, apart.Apart)
    }
    assert found == {
        ("incoming:instruct", "propose_handling", None),
        ("incoming:accept_reply", "submit_reply", None),
        ("incoming:add_co_handlers", "own", True),
        ("handling:cancel", "own", True),
        ("handling:reassign", "own", True),
        ("extension:grant", "ask", None),
        ("extension:grant", "own", False),
        ("extension:refuse", "ask", None),
        ("extension:refuse", "own", False),
        ("outgoing:review", "own", None),  # whoever submitted it, as a stand-in
        ("outgoing:agree", "own", None),
        ("consultation:give", "own", None),  # whoever drafted the paper
        ("consultation:give_anew", "own", None),
        ("outgoing:sign", "own", None),
        ("outgoing:sign", "review", None),
        ("outgoing:sign", "agree", None),
        ("outgoing:seal", "own", None),  # whoever signed it
        ("seal_request:approve", "request", None),
        ("seal_request:approve", "own", None),  # whoever keeps the seal
        ("seal_request:refuse", "request", None),
        ("seal_request:seal", "approve", None),
    }


def test_a_proposal_laid_further_and_back_stays_its_authors(office, entrust, client):
    clerk2 = office.people["clerk2"]
    entrust(office.seat("director"), clerk2, "incoming:instruct")
    proposal = {"laid_before": office.seat("director"), **office.assignment()}
    document = office.step(
        office.reviewed(), "propose_handling", "clerk2", "拟请承办。", **proposal
    )
    for who, to in (("director", "deputy"), ("deputy", "director")):
        document = office.step(document, "lay_further", who, "请阅示", laid_before=office.seat(to))
    with pytest.raises(ValidationError, match="yourself") as refused:
        office.step(document, "instruct", "clerk2", "同意", **office.assignment())
    assert str(office.people["director"]) in str(refused.value)
    assert document.proposals.latest("pk").made_under.person == clerk2
    client.force_login(clerk2)
    page = client.get(document.get_absolute_url()).content.decode()
    assert "yourself" in page
    assert reverse("documents:step", args=[document.pk, "instruct"]) not in page
    document = office.step(document, "return_proposal", "director", "再核")
    document = office.step(document, "propose_handling", "clerk", "拟请承办。", **proposal)
    office.step(document, "instruct", "clerk2", "同意", **office.assignment())  # drafted anew


def test_ones_own_proposal_is_not_instructed_in_a_later_post_either(office):
    document = office.proposed("deputy")
    also(office.people["clerk"], office.seat("deputy"))
    with pytest.raises(ValidationError, match="yourself"):
        office.step(document, "instruct", "clerk", "同意", **office.assignment())


def test_who_handed_in_the_reply_does_not_accept_it(office, entrust, client):
    document = office.transferred("finance")
    clerk = office.people["clerk"]
    helper = Seat.objects.create(
        organisation=office.unit("finance"), post="deputy_unit_liaison", title="干部", cites="C4"
    )
    also(clerk, helper)
    entrust(unit_seat("finance"), clerk, "handling:accept", "handling:submit_reply")
    part = office.step(office.part(document, "finance"), "accept", "clerk")
    office.step(part, "submit_reply", "clerk", reply="已办结。")
    document = office.fresh(document)
    with pytest.raises(ValidationError, match="yourself") as refused:
        office.step(document, "accept_reply", "clerk")
    assert str(office.people["clerk2"]) in str(refused.value)
    client.force_login(clerk)
    page = client.get(document.get_absolute_url()).content.decode()
    assert reverse("documents:step", args=[document.pk, "accept_reply"]) not in page
    document = office.step(document, "send_back", "clerk2", "再补充")
    office.step(
        office.part(document, "finance"), "submit_reply", office.liaison("finance"), reply="已补。"
    )
    office.step(office.fresh(document), "accept_reply", "clerk")  # another's this time


def test_who_owes_does_not_grant_the_extension_in_another_post_or_name(office, entrust, client):
    duty = office.transferred("finance").main_duty
    extension = ask(duty, office.liaison("finance"))
    clerk = office.people["clerk"]
    also(clerk, unit_seat("finance", "unit_head"))
    for action, data in (("grant", {"due_on": extension.due_on}), ("refuse", {})):
        with pytest.raises(ValidationError, match="own organisation") as refused:
            workflow.advance(extension, action, person=clerk, opinion="同意", data=data)
        assert str(office.people["clerk2"]) in str(refused.value)
    client.force_login(clerk)
    page = client.get(extension.get_absolute_url()).content.decode()
    assert reverse("extension_step", args=[extension.pk, "grant"]) not in page
    assert "own organisation" in page
    data = {"due_on": extension.due_on}
    granted = workflow.advance(extension, "grant", person=office.people["clerk2"], data=data)
    assert granted.state == "granted"


def test_a_leader_whose_own_unit_asks_entrusts_another(office, entrust):
    document = office.step(
        office.proposed("deputy"), "instruct", "deputy", "同意", **office.assignment("finance")
    )
    extension = ask(document.main_duty, office.liaison("finance"))
    deputy, data = office.people["deputy"], {"due_on": extension.due_on}
    also(deputy, unit_seat("finance", "unit_head"))
    with pytest.raises(ValidationError, match="entrust this act"):
        workflow.advance(extension, "grant", person=deputy, data=data)
    entrust(office.seat("deputy"), office.people["leader"], "extension:grant")
    assert (
        workflow.advance(extension, "grant", person=office.people["leader"], data=data).state
        == "granted"
    )


def test_who_asked_does_not_grant_once_they_serve_elsewhere(office):
    duty, liaison = office.transferred("finance").main_duty, office.liaison("finance")
    extension = ask(duty, liaison)
    also(liaison, office.seat("clerk2"))
    held = Appointment.objects.get(person=liaison, seat=unit_seat("finance"))
    held.until = timezone.localdate() - dt.timedelta(days=1)
    held.save()
    with pytest.raises(ValidationError, match="yourself"):
        workflow.advance(extension, "grant", person=liaison, data={"due_on": extension.due_on})


@pytest.mark.parametrize("action", ["cancel", "reassign", "add_co_handlers"])
def test_a_stand_in_leaves_their_own_organisations_part_alone(office, entrust, action):
    given = office.assignment("finance", co=("health",))
    document = office.step(office.proposed("deputy"), "instruct", "deputy", "同意", **given)
    own = "health" if action == "cancel" else "finance"
    deputy2 = office.people["deputy2"]
    also(deputy2, unit_seat(own, "unit_head"))
    entrust(
        office.seat("deputy"),
        deputy2,
        "incoming:add_co_handlers",
        "handling:cancel",
        "handling:reassign",
    )
    record = document if action == "add_co_handlers" else office.part(document, own)
    data = {
        "lead": office.unit("justice"),
        "co_handlers": [office.unit("justice")],
        "limit_at": None,
    }
    with pytest.raises(ValidationError, match="own organisation") as refused:
        office.step(record, action, deputy2, "调整", **data)
    assert str(office.people["deputy"]) in str(refused.value)
    office.step(record, action, "deputy", "调整", **data)
