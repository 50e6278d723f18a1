"""Who sees what: the visible and the hidden set, from current appointments alone."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from coordination import access
from coordination.models import Appointment, AuditEntry, Duty, Heartbeat, Organisation, Person
from documents.models import Handling, IncomingDocument
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db


def seen(person, model=IncomingDocument, verb="view"):
    return set(access.visible(person, model.objects.all(), verb).values_list("pk", flat=True))


def test_the_office_sees_all_a_unit_what_it_was_given_a_leader_what_was_laid_before_them(office):
    registered = office.register()
    transferred = office.transferred("finance", co=("health",))
    laid = office.proposed("director")
    higher = office.proposed("deputy")
    everything = {registered.pk, transferred.pk, laid.pk, higher.pk}
    expected = {
        "clerk": everything,
        "clerk2": everything,
        "director": everything,
        "leader": set(),
        "deputy": {higher.pk},
        "deputy2": set(),
        "member1": {transferred.pk},  # the head of the finance bureau
        "head1": set(),
        "head5": {transferred.pk},  # and that of the health commission
        "legal": set(),
        "supervisor": set(),
        "sysadmin": set(),
        "secadmin": set(),
        "auditor": set(),
    }
    for login, pks in expected.items():
        assert seen(office.people[login]) == pks, login
    assert seen(office.liaison("finance")) == {transferred.pk}
    assert seen(office.liaison("health")) == {transferred.pk}
    assert seen(office.liaison("justice")) == set()


def test_list_and_detail_agree_for_everybody(office):
    documents = [office.register(), office.transferred("finance"), office.proposed("leader")]
    for person in office.people.values():
        pks = seen(person)
        for document in documents:
            assert access.may(person, "view", document) == (document.pk in pks)


def test_what_was_laid_before_a_leader_stays_readable(office):
    document = office.proposed("leader")
    office.step(document, "instruct", "leader", "同意。", **office.assignment())
    assert seen(office.people["leader"]) == {document.pk}


def test_a_post_that_ended_yesterday_gives_nothing_today(office):
    document = office.transferred("finance")
    liaison = office.liaison("finance")
    assert seen(liaison) == {document.pk}
    held = Appointment.objects.get(person=liaison)
    held.until = timezone.localdate() - dt.timedelta(days=1)
    held.save()
    assert seen(liaison) == set()
    assert seen(liaison, Duty) == set()
    held.until = timezone.localdate()
    held.save()
    assert seen(liaison) == {document.pk}


def test_a_post_that_begins_tomorrow_gives_nothing_today(office, outsider):
    document = office.transferred("finance")
    held = Appointment.objects.get(person=office.liaison("finance"))
    today = timezone.localdate()
    held.until = today
    held.save()
    Appointment.objects.create(
        person=outsider, seat=held.seat, since=today + dt.timedelta(days=1), decision=held.decision
    )
    assert not access.may(outsider, "view", document)


def test_the_successor_sees_what_the_unit_was_given(office, outsider):
    document = office.transferred("finance")
    held = Appointment.objects.get(person=office.liaison("finance"))
    held.until = timezone.localdate() - dt.timedelta(days=1)
    held.save()
    Appointment.objects.create(
        person=outsider, seat=held.seat, since=timezone.localdate(), decision=held.decision
    )
    assert access.may(outsider, "view", document)


def test_a_person_switched_off_sees_nothing(office):
    office.register()
    clerk = office.people["clerk"]
    clerk.is_active = False
    clerk.save()
    assert seen(clerk) == set()


def test_the_three_officers_have_nothing_but_their_own_work(office):
    office.transferred("finance")
    own = {"sysadmin": Heartbeat, "secadmin": Person, "auditor": AuditEntry}
    models = [IncomingDocument, Handling, Duty, Organisation, Heartbeat, Person, AuditEntry]
    for login, model in own.items():
        person = office.people[login]
        assert [m for m in models if access.may_ever(person, "view", m)] == [model]
    for login, person in office.people.items():
        if login not in own:
            assert not any(access.may_ever(person, "view", m) for m in own.values())


def test_a_misspelt_verb_is_an_error_not_a_refusal(office):
    with pytest.raises(ValueError, match="veiw"):
        seen(office.people["clerk"], verb="veiw")


def test_nothing_is_granted_to_nobody(outsider):
    IncomingDocument.objects.none()
    assert seen(outsider) == set()
    assert access.standing(outsider).posts == frozenset()


def test_a_refusal_names_the_posts_and_the_article(office):
    with pytest.raises(PermissionDenied, match=r"Office staff, Director of the Office.*art\. 8"):
        access.require(office.people["liaison1"], "add", IncomingDocument)


def test_the_supervisor_sees_what_is_late_or_was_closed_late_and_nothing_else(office, client):
    sent, supervisor = shanghai(2026, 3, 2, 10), office.people["supervisor"]
    client.force_login(supervisor)
    with time_machine.travel(sent, tick=False) as clock:
        units = ("finance", "health", "justice", "commerce", "development_reform")
        names = dict(zip(("late", "met", "met_late", "submitted", "hour"), units, strict=True))
        limits = {"limit_at": shanghai(2026, 3, 18, 12), "urgency": "urgent"}
        duty = {
            name: office.transferred(unit, at=sent, **(limits if name == "hour" else {})).main_duty
            for name, unit in names.items()
        }
        assert seen(supervisor, Duty) == set()
        reply(office, duty["met"], names["met"], accept=True)
        reply(office, duty["submitted"], names["submitted"], accept=False)
        clock.move_to(shanghai(2026, 3, 18, 11))
        assert seen(supervisor, Duty) == {duty["late"].pk, duty["met_late"].pk}
        reply(office, duty["met_late"], names["met_late"], accept=True)
        assert seen(supervisor, Duty) == {duty["late"].pk, duty["met_late"].pk}
        clock.move_to(shanghai(2026, 3, 18, 12, 1))
        late = {duty["late"].pk, duty["met_late"].pk, duty["hour"].pk}
        assert seen(supervisor, Duty) == late
        for row in duty.values():
            status = client.get(reverse("duty", args=[row.pk])).status_code
            assert status == (200 if row.pk in late else 404)
        page = client.get("/duties/?show=closed").content.decode()
        assert duty["met_late"].title in page
        assert duty["met"].title not in page


def reply(office, duty, unit, *, accept):
    part = office.step(office.part(duty.subject, unit), "accept", office.liaison(unit))
    office.step(part, "submit_reply", office.liaison(unit), reply="已办。")
    if accept:
        office.step(office.fresh(duty.subject), "accept_reply")
