"""Stand-ins: bounded, dated, revocable, never chained; both names in every trail (P22)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coordination import access, delegations, inbox, integrity, storage, workflow
from coordination.models import (
    Appointment,
    Delegation,
    Notice,
    Person,
    Seat,
    Transition,
)
from coordination.standings import may_stand_in
from documents import presenters
from documents.models import IncomingDocument

pytestmark = pytest.mark.django_db
INSTRUCT = "incoming:instruct"
DAY = dt.timedelta(days=1)


@pytest.fixture
def entrust(office, today):
    def give(seat="deputy", to="deputy2", by=None, acts=(INSTRUCT,), **more):
        days = {"since": today, "until": today + 5 * DAY} | more
        return delegations.give_delegation(
            person=office.people[by or seat],
            seat=office.seat(seat),
            delegate=office.people[to],
            acts=list(acts),
            reason="出差",
            **days,
        )

    return give


def instruct(office, document, who):
    return office.step(document, "instruct", who, "同意。", **office.assignment())


def test_a_stand_in_sees_and_signs_what_was_entrusted_with_both_names(office, entrust):
    document = office.proposed("deputy")
    assert not access.may(office.people["deputy2"], "view", document)
    with pytest.raises(PermissionDenied):
        instruct(office, document, "deputy2")
    given = entrust()
    deputy2 = office.people["deputy2"]
    assert access.may(deputy2, "view", document)
    assert {step.action for step in workflow.offered(deputy2, document)} == {"instruct"}
    rows, _more = inbox.waiting(deputy2)
    assert [(row.title, row.instead_of) for row in rows] == [
        (str(document), str(office.people["deputy"]))
    ]
    instruct(office, document, "deputy2")
    step = Transition.objects.get(action="instruct")
    assert (step.person, step.acting_as.person) == (deputy2, office.people["deputy"])
    assert step.delegation == given
    consequence = Transition.objects.filter(cause=step).first()
    assert consequence.delegation == given
    line = next(e for e in presenters.detail(deputy2, document).entries if "Instruct" in e.what)
    assert str(office.people["deputy"]) in line.acting_as
    assert not list(integrity.faults())


def test_own_papers_are_signed_in_ones_own_name(office, entrust):
    entrust()
    document = office.proposed("deputy2")
    instruct(office, document, "deputy2")
    step = Transition.objects.get(action="instruct")
    assert (step.delegation, step.acting_as.person) == (None, office.people["deputy2"])


def test_the_principal_can_still_act(office, entrust):
    entrust()
    document = instruct(office, office.proposed("deputy"), "deputy")
    assert document.state == "in_handling"


def test_only_the_named_acts_are_entrusted(office, entrust):
    entrust(acts=["incoming:return_proposal"])
    document = office.proposed("deputy")
    with pytest.raises(PermissionDenied):
        instruct(office, document, "deputy2")
    office.step(document, "return_proposal", "deputy2", "再核")


@pytest.mark.parametrize(("first", "last", "able"), [(0, 0, True), (1, 3, False)])
def test_it_begins_and_ends_by_itself(office, entrust, today, first, last, able):
    entrust(since=today + first * DAY, until=today + last * DAY)
    document = office.proposed("deputy")
    assert access.may(office.people["deputy2"], "view", document) == able


def test_it_is_over_the_day_after_its_last(office, entrust, today):
    given = entrust(until=today)
    held = access.standing(office.people["deputy2"], today)
    assert [m.delegation for m in held.mandates] == [given]
    assert access.standing(office.people["deputy2"], today + DAY).mandates == ()


def test_revoked_it_gives_nothing_and_what_was_done_stands(office, entrust):
    given = entrust()
    instruct(office, office.proposed("deputy"), "deputy2")
    delegations.revoke_delegation(given, person=office.people["deputy"], reason="已返岗")
    document = office.proposed("deputy")
    with pytest.raises(PermissionDenied):
        instruct(office, document, "deputy2")
    assert Transition.objects.filter(delegation=given, action="instruct").count() == 1
    assert Notice.objects.filter(code="no_longer_entrusted").count() == 1
    with pytest.raises(ValidationError, match="over already"):
        delegations.revoke_delegation(given, person=office.people["deputy"], reason="再次")


def test_a_stranger_cannot_revoke_and_the_office_can(office, entrust):
    given = entrust()
    for login in ("deputy2", "leader", "head1", "secadmin"):
        with pytest.raises(PermissionDenied):
            delegations.revoke_delegation(given, person=office.people[login], reason="x")
    delegations.revoke_delegation(given, person=office.people["clerk"], reason="领导指示")


def test_it_is_never_chained(office, entrust, today):
    entrust()
    assert office.seat("deputy") not in delegations.givable(office.people["deputy2"])
    with pytest.raises(PermissionDenied):
        entrust(by="deputy2", to="director")
    entrust(seat="deputy2", to="leader")  # deputy2's own acts go to leader, deputy's do not
    document = office.proposed("deputy")
    with pytest.raises(PermissionDenied):
        instruct(office, document, "leader")


def test_it_goes_on_under_a_successor_and_rests_while_the_seat_is_vacant(
    office, outsider, entrust, today
):
    entrust()
    document = office.proposed("deputy")
    held = Appointment.objects.get(seat=office.seat("deputy"))
    held.until = today - DAY
    held.save()
    with pytest.raises(PermissionDenied):
        instruct(office, document, "deputy2")
    Appointment.objects.create(person=outsider, seat=held.seat, since=today, decision=held.decision)
    instruct(office, document, "deputy2")
    step = Transition.objects.get(action="instruct")
    assert (step.person, step.acting_as.person) == (office.people["deputy2"], outsider)


def test_who_serves_nowhere_any_more_stands_in_for_nobody(office, entrust, today):
    entrust()
    for held in Appointment.objects.filter(person=office.people["deputy2"]):
        held.until = today - DAY
        held.save()
    assert not access.may(office.people["deputy2"], "view", office.proposed("deputy"))


def test_the_office_enters_one_on_a_written_instruction(office, entrust):
    with pytest.raises(ValidationError, match="written instruction"):
        entrust(by="clerk")
    clerk = office.people["clerk"]
    file = storage.keep(SimpleUploadedFile("a.txt", b"text"), clerk)
    given = entrust(by="clerk", files=[file])
    assert (list(given.instructions.all()), given.entered_by) == ([file], clerk)
    assert given.given_under.person == office.people["deputy"]
    told = Notice.objects.filter(code="entrusted").values_list("person__username", flat=True)
    assert set(told) == {"deputy2", "deputy"}
    with pytest.raises(PermissionDenied):
        entrust(seat="liaison1", by="clerk", to="clerk2", acts=["handling:accept"], files=[file])


@pytest.mark.parametrize(("seat", "clerk"), [("deputy2", "director"), ("director", "clerk2")])
def test_nobody_in_the_office_makes_themselves_a_stand_in(office, entrust, client, seat, clerk):
    person = office.people[clerk]
    file = storage.keep(SimpleUploadedFile("a.txt", b"text"), person)
    with pytest.raises(ValidationError, match="makes themselves"):
        entrust(seat=seat, by=clerk, to=clerk, files=[file])
    client.force_login(person)
    url = f"{reverse('delegation_new')}?seat={office.seat(seat).pk}"
    assert f'<option value="{person.pk}">' not in client.get(url).content.decode()
    entrust(seat=seat, by="clerk", to=clerk, files=[file])  # entered by a colleague it is possible


def test_every_file_of_the_instruction_is_kept_and_shown(office, entrust, client):
    clerk = office.people["clerk"]
    files = [storage.keep(SimpleUploadedFile(f"{n}.txt", b"text"), clerk) for n in range(3)]
    given = entrust(by="clerk", files=files)
    client.force_login(office.people["deputy2"])
    page = client.get(reverse("delegation", args=[given.pk])).content.decode()
    for file in files:
        assert file.name in page
        url = reverse("delegation_file", args=[given.pk, file.pk])
        assert url in page
        assert client.get(url).status_code == 200
    other = storage.keep(SimpleUploadedFile("b.txt", b"text"), clerk)
    assert client.get(reverse("delegation_file", args=[given.pk, other.pk])).status_code == 404


def test_who_is_offered_is_who_may_stand_in_on_the_day(office, today):
    clerk = office.people["clerk"]
    people = list(Person.objects.exclude(pk=clerk.pk))
    serving = {p.pk: [a.seat for a in access.standing(p).appointments] for p in people}
    for login in ("deputy", "director", "head1", "deputyhead1", "liaison1", "legal", "member1"):
        seat = office.seat(login)
        offered = set(delegations.stand_ins(seat, entered_by=clerk))
        able = {p for p in people if may_stand_in(seat, serving[p.pk]) and p.username != login}
        assert offered == able, login


@pytest.mark.usefixtures("liaisons_alone")
def test_a_mandate_rests_while_the_stand_in_may_not_stand_in(office, entrust, today, client):
    given = entrust()
    deputy2, document = office.people["deputy2"], office.proposed("deputy")
    held = Appointment.objects.get(person=deputy2, seat=office.seat("deputy2"))
    held.until = today - DAY
    held.save()
    unit = Seat.objects.get(organisation__key="finance", post="unit_head")
    Appointment.objects.create(person=deputy2, seat=unit, since=today, decision=held.decision)
    assert not access.may(deputy2, "view", document)
    with pytest.raises(PermissionDenied):
        instruct(office, document, "deputy2")
    client.force_login(office.people["deputy"])
    for page in (reverse("delegation", args=[given.pk]), reverse("delegations")):
        assert "It rests" in client.get(page).content.decode()
    Appointment.objects.create(
        person=deputy2, seat=held.seat, since=today, decision=held.decision
    )  # a leader again
    assert "It rests" not in client.get(reverse("delegation", args=[given.pk])).content.decode()
    instruct(office, document, "deputy2")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": "legal"}, "same organisation"),
        ({"to": "auditor"}, "three officers"),
        ({"seat": "liaison1", "to": "leader", "acts": ("handling:accept",)}, "same organisation"),
        ({"to": "deputy"}, "makes themselves"),
        ({"acts": ()}, "Choose acts"),
        ({"acts": ("incoming:transfer",)}, "Choose acts"),
        ({"acts": ("handling:accept",)}, "Choose acts"),
        ({"since": dt.date(2020, 1, 1)}, "past"),
        ({"until": dt.date(2020, 1, 1)}, "before the first"),
        ({"until": dt.date(2199, 1, 1)}, "one year"),
    ],
)
def test_what_cannot_be_entrusted_is_refused_in_words(entrust, change, words):
    with pytest.raises(ValidationError, match=words):
        entrust(**change)
    assert not Delegation.objects.exists()


def test_one_stand_in_per_act_and_day(entrust, today):
    entrust(until=today + 2 * DAY)
    with pytest.raises(ValidationError, match="already stands in"):
        entrust(to="leader", since=today + 2 * DAY)
    entrust(to="leader", since=today + 3 * DAY)
    entrust(to="leader", acts=["incoming:return_proposal"])


def test_a_stand_in_does_not_decide_on_what_they_proposed(office, entrust, today):
    clerk2 = office.people["clerk2"]
    entrust(seat="director", to="clerk2")
    document = office.reviewed()
    proposal = {"laid_before": office.seat("director"), **office.assignment()}
    document = office.step(document, "propose_handling", "clerk2", "拟请承办。", **proposal)
    with pytest.raises(ValidationError, match="yourself"):
        instruct(office, document, "clerk2")
    assert instruct(office, office.proposed("director"), clerk2).state == "in_handling"


def test_a_unit_head_entrusts_within_the_unit_and_opens_nothing_else(office, entrust, today):
    liaison = office.liaison("finance")
    other = office.transferred("health")
    assert not access.may(liaison, "view", other)
    with pytest.raises(ValidationError, match="same organisation"):
        entrust(seat=liaison.username, to="deputyhead1", acts=["handling:accept"])


def test_standing_costs_one_query_without_mandates_and_two_with(
    office, entrust, django_assert_num_queries
):
    entrust()
    with django_assert_num_queries(1):
        access.standing(office.people["clerk"])
    with django_assert_num_queries(2):
        assert access.standing(office.people["deputy2"]).mandates


def test_in_the_browser_pages(office, client, today):
    client.force_login(office.people["deputy"])
    assert client.get(reverse("delegations")).status_code == 200
    url = f"{reverse('delegation_new')}?seat={office.seat('deputy').pk}"
    assert client.get(url).status_code == 200
    typed = {"acts": [INSTRUCT], "since": today, "until": today - DAY, "reason": "赴省开会"}
    answer = client.post(url, typed | {"delegate": office.people["deputy2"].pk})
    assert answer.status_code == 422
    assert "赴省开会" in answer.content.decode()
    typed["until"] = today + DAY
    answer = client.post(url, typed | {"delegate": office.people["deputy2"].pk}, follow=True)
    assert "Entrusted." in answer.content.decode()
    given = Delegation.objects.get()
    page = reverse("delegation", args=[given.pk])
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "取消"}).status_code == 302
    given.refresh_from_db()
    assert given.revoked_by == office.people["deputy"]
    client.force_login(office.people["clerk"])
    url = reverse("delegation_new")
    assert "seat=" in client.get(url).content.decode()
    seat = office.seat("leader")
    answer = client.post(f"{url}?seat={seat.pk}", typed | {"delegate": office.people["deputy"].pk})
    assert "written instruction" in answer.content.decode()
    client.force_login(office.people["secadmin"])
    assert client.get(url).status_code == 403


def test_lists_show_what_one_may_see(office, entrust, client):
    given = entrust()
    expected = {"deputy": True, "deputy2": True, "clerk": True, "leader": False, "head1": False}
    for login, sees in expected.items():
        rows = access.visible(office.people[login], Delegation.objects.all())
        assert (given in rows) == sees, login
    assert not IncomingDocument.objects.exists()
