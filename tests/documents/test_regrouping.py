"""Changing who handles a document: cancel, reassign, draw in; each with its limit (B16, C12)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coordination import access, extensions, storage, workflow
from coordination.models import Duty, Notice, Transition
from documents import presenters
from documents.models import Handling, IncomingDocument
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


def test_drawing_in_does_not_take_back_a_day_that_was_granted(office, clock):
    document = office.transferred(at=SENT)
    liaison = office.liaison("market_regulation")
    granted = dt.date(2026, 3, 25)  # later than the lead's ten days
    asked = extensions.ask_for_extension(
        document.main_duty, person=liaison, reason="需核查", due_on=granted
    )
    workflow.advance(asked, "grant", person=office.people["clerk"], data={"due_on": granted})
    clock.move_to(LATER)
    office.step(
        office.fresh(document),
        "add_co_handlers",
        opinion="会办",
        co_handlers=[office.unit("health")],
    )
    document = office.fresh(document)
    assert open_parts(document)["market_regulation"] == ("lead", "give_opinion", granted)
    assert document.main_duty.history.first().history_change_reason == "extended"
    told = Notice.objects.alive().get(code="assigned", person=liaison)
    assert told.params["due"] == granted.isoformat()
    step = Transition.objects.get(action="add_co_handlers")
    assert step.details["limits"] == [{"unit": "市监局", "due": "2026-03-25", "refused": False}]


def test_a_granted_day_before_the_leads_own_gives_way_to_it(office, clock):
    document = office.transferred(at=SENT)
    granted = dt.date(2026, 3, 12)
    asked = extensions.ask_for_extension(
        document.main_duty,
        person=office.liaison("market_regulation"),
        reason="需核查",
        due_on=granted,
    )
    workflow.advance(asked, "grant", person=office.people["clerk"], data={"due_on": granted})
    office.step(
        office.fresh(document),
        "add_co_handlers",
        opinion="会办",
        co_handlers=[office.unit("health")],
    )
    assert open_parts(document)["market_regulation"][2] == dt.date(2026, 3, 16)


@pytest.mark.parametrize("action", ["transfer", "propose_handling"])
def test_b16_only_an_urgent_document_goes_by_an_hour_of_its_own(office, clock, action):
    hour = shanghai(2026, 3, 20, 17)
    data = office.assignment(limit_at=hour) | {"laid_before": office.seat("director")}
    with pytest.raises(ValidationError, match="Only an urgent document"):
        office.step(office.reviewed(at=SENT), action, opinion="x", **data)
    document = office.reviewed(at=SENT, urgency="urgent")
    office.step(document, action, opinion="x", **data)
    part = office.part(office.transferred(at=SENT))
    with pytest.raises(ValidationError, match="Only an urgent document"):
        office.step(part, "reassign", opinion="x", lead=office.unit("finance"), limit_at=hour)


def test_each_step_says_what_it_did(office, client, clock):
    document = office.transferred(at=SENT)
    client.force_login(office.people["clerk"])

    def post(record, name, action, **data):
        url = reverse(f"documents:{name}", args=[record.pk, action])
        seen = client.get(url).context["form"]["seen"].value()
        answer = client.post(url, data | {"opinion": "意见", "seen": seen}, follow=True)
        return [str(message) for message in answer.context["messages"]]

    health, finance = office.unit("health"), office.unit("finance")
    assert post(document, "step", "circulate", seats=[office.seat("legal").pk]) == [
        f"Circulated to {office.seat('legal')}. They have been notified."
    ]
    assert post(document, "step", "add_co_handlers", co_handlers=[health.pk]) == [
        f"Drawn in: {health}, due Wed 11 Mar 2026, 7 working days. They have been notified."
    ]
    part = office.part(document, "health")
    assert post(part, "part_step", "reassign", lead=finance.pk) == [
        f"Taken from {health}; with {finance} now, due Wed 11 Mar 2026, 7 working days. "
        "Both have been notified."
    ]
    part = office.part(document, "finance")
    assert post(part, "part_step", "cancel") == [
        f"The part of {finance} is cancelled. They have been notified."
    ]
    other = office.reviewed()
    assert post(document, "step", "relate", other=other.register_number, kind="answers") == [
        f"Linked: Answers {other.register_number}."
    ]
    link = document.relations.get()
    assert post(document, "step", "unrelate", relations=[link.pk]) == [f"Taken off: {link}."]


def test_sent_back_the_message_names_the_running_day(office, client, clock):
    document = office.replied(at=SENT)
    client.force_login(office.people["clerk"])
    url = reverse("documents:step", args=[document.pk, "send_back"])
    answer = client.post(url, {"opinion": "补充", "seen": document.content_digest()}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        f"Sent back to {document.handler}, due Wed 11 Mar 2026, 7 working days. "
        "They have been notified."
    ]


def test_whoever_judges_or_hands_in_sees_what_was_said_and_who_is_silent(office, client, clock):
    document = office.transferred(at=SENT, co=("finance", "health"))
    finance, lead = office.liaison("finance"), office.liaison("market_regulation")
    part = office.step(office.part(document, "finance"), "accept", finance)
    file = storage.keep(SimpleUploadedFile("附件.txt", b"x"), finance)
    office.step(part, "give_opinion", finance, reply="财政意见", files=[file])
    part = office.step(office.part(document), "accept", lead)

    def shown(who, name, record, action):
        client.force_login(who)
        url = reverse(f"documents:{name}", args=[record.pk, action])
        page = client.get(url).content.decode()
        for words in ("财政意见", "附件.txt", f"{office.unit('health')} has not answered yet"):
            assert words in page
        assert f"{office.unit('finance')} has not answered yet" not in page
        return page

    shown(lead, "part_step", part, "submit_reply")
    office.step(part, "submit_reply", lead, reply="主办意见")
    clerk = office.people["clerk"]
    assert "主办意见" in shown(clerk, "step", document, "accept_reply")
    assert "主办意见" in shown(clerk, "step", document, "send_back")


def test_the_time_line_tells_extensions_and_readings(office, clock):
    document = office.transferred(at=SENT)
    liaison = office.liaison("market_regulation")
    asked = extensions.ask_for_extension(
        document.main_duty, person=liaison, reason="需核查", due_on=dt.date(2026, 3, 18)
    )
    workflow.advance(asked, "grant", person=office.people["clerk"], data={"due_on": asked.due_on})
    legal, member = office.seat("legal"), office.seat("member1")
    office.step(office.fresh(document), "circulate", opinion="参考", seats=[legal, member])
    office.step(document.readings.get(seat=legal), "read", "legal", "已阅")
    office.step(document.readings.get(seat=member), "take_back", "clerk")
    found = IncomingDocument.objects.for_detail().get(pk=document.pk)
    detail = presenters.detail(office.people["clerk"], found)
    lines = [(entry.what, entry.note) for entry in detail.entries[:5]]
    assert lines == [
        (f"{member}: Take back", ""),
        (f"{legal}: I have read it", ""),
        ("Circulate for reading", f"{legal}, {member}"),
        ("市监局: Grant the extension", "Wed 11 Mar 2026 → Wed 18 Mar 2026"),
        ("市监局: Ask for an extension", "Wed 11 Mar 2026 → Wed 18 Mar 2026"),
    ]
    states = {str(reader.reading.seat): reader.reading.state for reader in detail.readers}
    assert states == {str(legal): "read", str(member): "taken_back"}
    other = presenters.detail(office.people["legal"], found)
    assert not any("extension" in entry.what for entry in other.entries)
