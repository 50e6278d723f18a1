"""What is no official paper and is to bear a seal: requested, approved, sealed by the keeper (B8)."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from coordination import access, delegations, storage, workflow
from coordination.models import Appointment, Notice, Transition
from documents.models import Seal, SealRequest, SealUse
from documents.outgoing import seals
from documents.seals import actions
from documents.seals.routes import SEAL_REQUEST
from documents.states import SealRequestState as S

from .test_outgoing_routes import GROUP, OFFICE, PERSONAS

pytestmark = pytest.mark.django_db
ENTRUSTED = {"seal_request:approve": "director", "seal_request:refuse": "director"}
KINDS = {"office": "group_office", "group": "coordination_group"}
APPROVERS = {"office": {"director"}, "group": {"leader", "deputy", "deputy2"}}


class Requests:
    """The people of the charter, asking for seals."""

    def __init__(self, office):
        self.office, self.people = office, office.people

    def ask(self, whose="office", who="groupliaison1", unit="streamlining", **more) -> SealRequest:
        return actions.request_seal(
            person=self.people[who],
            organisation=self.office.unit(unit),
            seal=Seal.objects.get(organisation__kind=KINDS[whose], closed_on=None),
            **{"matter": "培训合作协议", "reason": "与承训单位签订协议", "copies": 2} | more,
        )

    def step(self, request, action, who, opinion="", **data) -> SealRequest:
        person = self.people[who] if isinstance(who, str) else who
        return actions.take_step(request, action, person=person, opinion=opinion, data=data)

    def approved(self, whose="office", **more) -> SealRequest:
        who = "director" if whose == "office" else "deputy"
        return self.step(self.ask(whose, **more), "approve", who, "同意用印。")

    def at_state(self, state, whose="office") -> SealRequest:
        if state == S.REQUESTED:
            return self.ask(whose)
        if state == S.REFUSED:
            who = min(APPROVERS[whose])
            return self.step(self.ask(whose), "refuse", who, "不属本办事项")
        if state == S.WITHDRAWN:
            return self.step(self.ask(whose), "withdraw", "groupliaison1", "不再需要")
        if state == S.APPROVED:
            return self.approved(whose)
        if state == S.SEALED:
            return self.step(self.approved(whose), "seal", "clerk", copies=2)
        return self.step(self.approved(whose), "decline", "clerk", "所送为空白纸")


@pytest.fixture
def asking(office):
    return Requests(office)


@pytest.mark.usefixtures("wordless")
@pytest.mark.parametrize("whose", KINDS)
@pytest.mark.parametrize("state", S)
def test_each_act_in_each_state_is_for_whom_the_rules_say(office, asking, outsider, whose, state):
    request = asking.at_state(state, whose)
    assert request.state == state
    table = {
        S.REQUESTED: {
            "approve": APPROVERS[whose], "refuse": APPROVERS[whose], "withdraw": GROUP,
        },
        S.APPROVED: {"seal": {"clerk"}, "decline": {"clerk"}},
    }.get(state, {})  # fmt: skip
    waits_for = {S.REQUESTED: APPROVERS[whose], S.APPROVED: {"clerk"}}.get(state, set())
    acts, taken = {step.action for step in SEAL_REQUEST.steps}, Transition.objects.count()
    people = {one: office.people[one] for one in PERSONAS} | {"outsider": outsider}
    for who, person in people.items():
        person.standing_cache = {}  # as within one request
        found = {step.action for step in workflow.offered(person, request)}
        assert found == {action for action, whom in table.items() if who in whom}, who
        mine = SealRequest.objects.for_inbox(workflow.waiting(person, SEAL_REQUEST))
        assert mine.exists() == (who in waits_for), who
        for action in acts - found:
            refused = PermissionDenied if action in table else workflow.Conflict
            with pytest.raises(refused):
                workflow.advance(request, action, person=person)
    assert Transition.objects.count() == taken


def test_it_goes_its_way_into_the_register(office, asking, today):
    file = storage.keep(SimpleUploadedFile("a.txt", b"text"), office.people["groupliaison1"])
    request = asking.ask(files=[file])
    assert request.files.get().claimed_at is not None
    first = workflow.trail(request).get()
    assert first.content_digest == request.content_digest()  # files and all
    told = Notice.objects.alive().filter(code="seal_asked")
    assert [notice.person for notice in told] == [office.people["director"]]
    request = asking.step(request, "approve", "director", "同意用印。")
    assert not told.all().exists()
    told = Notice.objects.alive().filter(code="seal_granted")
    assert [notice.person for notice in told] == [office.people["clerk"]]
    request = asking.step(request, "seal", "clerk", "加盖骑缝章", copies=1)
    assert not told.all().exists()
    use = SealUse.objects.get()
    assert (str(use), use.request, use.copies) == (f"用印〔{today.year}〕1号", request, 1)
    assert (use.matter, use.reason, use.remarks) == (request.matter, request.reason, "加盖骑缝章")
    assert (use.approver.seat, use.approved_by) == (
        office.seat("director"), office.people["director"],
    )  # fmt: skip
    assert (use.person, use.handled_by) == (office.people["clerk"], office.people["groupliaison1"])
    assert use.organisation == request.organisation
    told = Notice.objects.alive().get(code="seal_put")
    assert told.person == office.people["groupliaison1"]
    assert list(seals.faults()) == []


@pytest.mark.parametrize("who", sorted({"leader", "deputy", "legal", "supervisor", "secadmin"}))
def test_a_seal_is_requested_by_whoever_deals_with_the_office(office, asking, who):
    unit = office.seat(who).organisation.key
    with pytest.raises(PermissionDenied):
        asking.ask(who=who, unit=unit)
    assert not SealRequest.objects.exists()


def test_a_seal_is_requested_for_ones_own_organisation(asking):
    with pytest.raises(PermissionDenied):
        asking.ask(unit="group_office")


@pytest.mark.parametrize(
    ("more", "words"),
    [({"matter": " "}, "Fill this in"), ({"reason": ""}, "Fill this in"), ({"copies": 0}, "how many")],
)  # fmt: skip
def test_a_request_says_what_why_and_how_often(asking, more, words):
    with pytest.raises(ValidationError, match=words):
        asking.ask(**more)


def test_nobody_approves_what_they_requested(office, asking):
    request = asking.ask(who="director", unit="group_office")
    for action in ("approve", "refuse"):
        with pytest.raises(ValidationError, match="yourself, so another decides"):
            asking.step(request, action, "director", "同意用印。")


def test_nobody_approves_the_use_of_a_seal_they_keep(office, asking, today):
    request = asking.ask()
    delegations.give_delegation(
        person=office.people["director"], seat=office.seat("director"),
        delegate=office.people["clerk"], acts=["seal_request:approve"], since=today, until=today,
        reason="出差",
    )  # fmt: skip
    with pytest.raises(ValidationError, match="You keep this seal yourself"):
        asking.step(request, "approve", "clerk", "同意用印。")


def test_nobody_seals_what_they_approved(office, asking):
    request = asking.approved()
    Appointment.objects.filter(seat=office.seat("clerk")).update(person=office.people["director"])
    with pytest.raises(ValidationError, match="yourself, so another decides"):
        asking.step(request, "seal", "director", copies=2)


@pytest.mark.parametrize("act", ENTRUSTED)
def test_a_stand_in_reads_the_request_and_decides_in_the_approvers_name(office, asking, today, act):
    request, other = asking.ask(), asking.approved()
    clerk2, action = office.people["clerk2"], act.split(":")[1]
    delegations.give_delegation(
        person=office.people["director"], seat=office.seat("director"), delegate=clerk2,
        acts=[act], since=today, until=today, reason="出差",
    )  # fmt: skip
    assert access.may(clerk2, "view", request)
    assert {step.action for step in workflow.offered(clerk2, request)} == {action}
    assert not workflow.offered(clerk2, other)
    request = asking.step(request, action, clerk2, "同意用印。")
    step = workflow.trail(request).last()
    assert (step.person, step.acting_as.person) == (clerk2, office.people["director"])
    if action == "approve":
        asking.step(request, "seal", "clerk", copies=2)
        use = SealUse.objects.get()
        assert (use.approved_by, use.approver.person) == (clerk2, office.people["director"])


@pytest.mark.parametrize(
    ("state", "action", "who", "words"),
    [
        (S.REQUESTED, "approve", "director", "Write the opinion"),
        (S.REQUESTED, "refuse", "director", "Give the reason"),
        (S.REQUESTED, "withdraw", "groupliaison1", "Give the reason"),
        (S.APPROVED, "decline", "clerk", "Give the reason"),
    ],
)
def test_words_are_asked_for(asking, state, action, who, words):
    with pytest.raises(ValidationError, match=words):
        asking.step(asking.at_state(state), action, who)


@pytest.mark.parametrize("copies", [0, 3, None])
def test_no_more_copies_are_sealed_than_were_approved(asking, copies):
    with pytest.raises(ValidationError, match=r"1 to 2 copies.*art\. 8"):
        asking.step(asking.approved(), "seal", "clerk", copies=copies)
    assert not SealUse.objects.exists()


def test_refused_or_not_sealed_whoever_asked_hears_why(office, asking):
    for state in (S.REFUSED, S.DECLINED):
        request = asking.at_state(state)
        told = Notice.objects.alive().get(code="seal_refused", object_id=request.pk)
        assert told.person == office.people["groupliaison1"]
        assert told.params["reason"] in ("不属本办事项", "所送为空白纸")


def test_an_approval_is_of_what_was_read(office, asking):
    request = asking.ask()
    with pytest.raises(workflow.Conflict, match="content was changed"):
        actions.take_step(
            request, "approve", person=office.people["director"], opinion="同意。", seen="0" * 64
        )


def test_a_seal_with_open_requests_is_not_closed_and_a_closed_one_not_requested(office, asking):
    request, director = asking.ask(), office.people["director"]
    with pytest.raises(ValidationError, match="1 requests for this seal are open"):
        actions.close(request.seal, by=director, reason="磨损")
    asking.step(request, "refuse", "director", "改用新章")
    closed = actions.close(request.seal, by=director, reason="磨损")
    with pytest.raises(ValidationError, match=r"closed, or nobody answers.*art\. 8"):
        actions.request_seal(
            person=office.people["groupliaison1"], organisation=office.unit("streamlining"),
            seal=closed, matter="协议", reason="签订", copies=1,
        )  # fmt: skip


def test_who_sees_a_request(office, asking):
    request, of_group = asking.ask(), asking.ask("group")
    seen = {one for one in PERSONAS if access.may(office.people[one], "view", request)}
    assert seen == OFFICE | GROUP
    seen = {one for one in PERSONAS if access.may(office.people[one], "view", of_group)}
    assert seen == OFFICE | GROUP | APPROVERS["group"]


def test_a_request_sealed_without_approval_is_found(office, asking):
    request = asking.at_state(S.SEALED)
    SealRequest.objects.filter(pk=request.pk).update(approved_under=None)
    assert any("nobody approved" in fault for fault in seals.faults())
