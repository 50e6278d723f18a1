"""Changing who handles a document: cancel, reassign, draw in; each with its limit (B16, C12)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from coordination import access
from coordination.models import Duty, Notice
from documents.models import Handling
from documents.states import HandlingState as H
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db
SENT = shanghai(2026, 3, 2, 10)  # 7 working days: Wed 11 March; 10: Mon 16 March
LATER = shanghai(2026, 3, 5, 10)  # 7: Mon 16 March; 10: Thu 19 March


@pytest.fixture
def clock():
    with time_machine.travel(SENT, tick=False) as clock:
        yield clock


def open_parts(document):
    rows = document.handlings.open().select_related("organisation", "duty").order_by("pk")
    return {p.organisation.key: (p.role, p.duty.kind, p.duty.due_on) for p in rows}


def test_reassigned_the_new_unit_has_the_whole_term_and_the_old_one_is_free(office, clock):
    document = office.transferred(at=SENT)
    old = office.part(document)
    clock.move_to(LATER)
    with pytest.raises(ValidationError, match="reason"):
        office.step(old, "reassign", lead=office.unit("finance"))
    office.step(old, "reassign", opinion="属财政职能", lead=office.unit("finance"))
    document = office.fresh(document)
    assert open_parts(document) == {"finance": ("sole", "complete", dt.date(2026, 3, 16))}
    assert (document.handler.key, document.state) == ("finance", "in_handling")
    old.refresh_from_db()
    assert (old.state, Duty.objects.get(pk=old.duty_id).outcome) == (H.WITHDRAWN, "cancelled")
    told = Notice.objects.get(code="withdrawn", person=office.liaison("market_regulation"))
    assert told.params["reason"] == "属财政职能"
    assert access.may(office.liaison("finance"), "view", document)


def test_a_reassigned_lead_keeps_its_co_handlers(office, clock):
    document = office.transferred(co=("finance",), at=SENT)
    clock.move_to(LATER)
    office.step(office.part(document), "reassign", opinion="调整", lead=office.unit("health"))
    assert open_parts(document) == {
        "finance": ("co", "co_opinion", dt.date(2026, 3, 11)),
        "health": ("lead", "give_opinion", dt.date(2026, 3, 19)),
    }


def test_a_reassigned_co_handler_ends_before_the_lead(office, clock):
    document = office.transferred(co=("finance",), at=SENT)
    clock.move_to(LATER)
    office.step(
        office.part(document, "finance"), "reassign", opinion="调整", lead=office.unit("health")
    )
    # seven working days would be the lead's own day, Mon 16 March: the working day before it
    assert open_parts(document)["health"] == ("co", "co_opinion", dt.date(2026, 3, 13))


def test_an_explicit_hour_goes_over_and_a_past_one_must_be_named_anew(office, clock):
    limit = shanghai(2026, 3, 6, 17)
    document = office.transferred(at=SENT, limit_at=limit, urgency="urgent")
    part = office.step(
        office.part(document), "reassign", opinion="调整", lead=office.unit("finance")
    )
    assert office.part(document, "finance").duty.due_at == limit
    clock.move_to(shanghai(2026, 3, 9, 9))
    part = office.part(document, "finance")
    with pytest.raises(ValidationError, match="old hour is past"):
        office.step(part, "reassign", opinion="调整", lead=office.unit("health"))
    again = shanghai(2026, 3, 10, 17)
    office.step(part, "reassign", opinion="调整", lead=office.unit("health"), limit_at=again)
    assert office.part(document, "health").duty.due_at == again


def test_a_co_handler_is_cancelled_and_the_lead_is_not(office, clock):
    document = office.transferred(co=("finance", "health"), at=SENT)
    office.step(office.part(document, "finance"), "cancel", opinion="无需会办")
    assert set(open_parts(document)) == {"market_regulation", "health"}
    with pytest.raises(PermissionDenied):
        office.step(office.part(document), "cancel", opinion="x")


def test_drawn_in_a_single_handler_becomes_the_lead_from_its_first_day(office, clock):
    document = office.transferred(at=SENT)
    clock.move_to(LATER)
    units = [office.unit("finance"), office.unit("health")]
    office.step(document, "add_co_handlers", opinion="涉及资金", co_handlers=units)
    assert open_parts(document) == {
        "market_regulation": ("lead", "give_opinion", dt.date(2026, 3, 16)),
        "finance": ("co", "co_opinion", dt.date(2026, 3, 13)),
        "health": ("co", "co_opinion", dt.date(2026, 3, 13)),
    }
    document = office.fresh(document)
    assert document.main_duty.kind == "give_opinion"
    assert Duty.objects.filter(outcome="cancelled", kind="complete").count() == 1
    liaison = office.liaison("finance")
    part = office.step(office.part(document, "finance"), "accept", liaison)
    office.step(part, "give_opinion", liaison, reply="同意")


def test_nobody_gets_two_parts_or_a_part_nobody_answers_for(office, clock):
    document = office.transferred(co=("finance",), at=SENT)
    for units, words in (
        ([], "drawn in"),
        (["finance"], "already"),
        (["market_regulation"], "already"),
    ):
        with pytest.raises(ValidationError, match=words):
            office.step(
                document,
                "add_co_handlers",
                opinion="x",
                co_handlers=[office.unit(key) for key in units],
            )
    with pytest.raises(ValidationError, match="already"):
        office.step(office.part(document), "reassign", opinion="x", lead=office.unit("finance"))
    assert Handling.objects.count() == 2


def test_what_a_leader_instructed_that_leader_changes(office, clock):
    document = office.step(
        office.proposed("deputy"), "instruct", "deputy", "同意", **office.assignment()
    )
    part = office.part(document)
    for login in ("clerk", "director", "leader", "deputy2"):
        with pytest.raises(PermissionDenied):
            office.step(part, "reassign", login, "x", lead=office.unit("finance"))
    assert access.may(office.people["deputy"], "view", part)
    office.step(part, "reassign", "deputy", "改办", lead=office.unit("finance"))
    assert set(open_parts(document)) == {"finance"}
    assert office.step(document, "recall", "deputy", "请重新拟办").state == "to_propose"


def test_in_the_pages(office, client, clock):
    document = office.transferred(at=SENT)
    client.force_login(office.people["clerk"])
    url = reverse("documents:part_step", args=[office.part(document).pk, "reassign"])
    assert url in client.get(document.get_absolute_url()).content.decode()
    form = client.get(url).context["form"]
    data = {"lead": office.unit("finance").pk, "opinion": "", "seen": form["seen"].value()}
    assert client.post(url, data).status_code == 422
    data["opinion"] = "属财政"
    assert client.post(url, data).status_code == 302
    url = reverse("documents:step", args=[document.pk, "add_co_handlers"])
    form = client.get(url).context["form"]
    data = {"co_handlers": [office.unit("health").pk], "opinion": "x", "seen": form["seen"].value()}
    assert client.post(url, data).status_code == 302
    assert set(open_parts(document)) == {"finance", "health"}
