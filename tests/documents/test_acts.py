"""Every act × every state × every persona: offered exactly to whom the table says, and to no other."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coordination import access, workflow
from coordination.models import Transition
from documents.models import Handling, IncomingDocument
from documents.routes import HANDLING, INCOMING
from documents.states import IncomingState as S

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("liaisons_alone")]
OFFICE = {"clerk", "clerk2", "director"}
DESK = {"clerk", "clerk2"}  # what the desk transferred, the desk changes
PERSONAS = [
    "leader",
    "deputy",
    "deputy2",
    "director",
    "clerk",
    "clerk2",
    "head1",
    "deputyhead1",
    "groupliaison1",
    "legal",
    "supervisor",
    "member1",
    "sysadmin",
    "secadmin",
    "auditor",
]
OFFERED = {  # state -> action -> who; a document laid before the director
    S.REGISTERED: dict.fromkeys(
        ("correct_registration", "pass_review", "return_to_sender"), OFFICE
    ),
    S.RETURNED: {},
    S.TO_PROPOSE: dict.fromkeys(
        ("correct_registration", "propose_handling", "transfer", "file_for_information"), OFFICE
    ),
    S.AWAITING_INSTRUCTION: {
        "correct_registration": OFFICE,
        "withdraw_proposal": OFFICE,
        "instruct": {"director"},
        "lay_further": {"director"},
        "return_proposal": {"director"},
    },
    S.IN_HANDLING: {"recall": OFFICE, "add_co_handlers": DESK, "lay_again": set()},
    S.REPLIED: {"accept_reply": OFFICE, "send_back": OFFICE},
    S.TO_ANSWER: {"answer_sender": OFFICE},
    S.ANSWERED: {"complete": OFFICE},
    S.COMPLETED: {},
    S.MERGED: {"unmerge": OFFICE},
}
for _state, _acts in OFFERED.items():
    if _state not in (S.RETURNED, S.MERGED):
        _acts |= dict.fromkeys(("relate", "unrelate"), OFFICE)
        if _state != S.REGISTERED:
            _acts["circulate"] = OFFICE
    if _state in (S.REGISTERED, S.TO_PROPOSE):
        _acts["merge"] = OFFICE
ACTIONS = sorted({step.action for step in INCOMING.steps})


def personas(office):
    found = {login: office.people[login] for login in PERSONAS}
    found["lead"] = office.liaison("market_regulation")
    found["co"] = office.liaison("finance")
    found["other"] = office.liaison("justice")
    for person in found.values():
        person.standing_cache = {}  # as within one request; nobody changes posts here
    return found


@pytest.mark.usefixtures("wordless")
@pytest.mark.parametrize("state", S)
def test_each_document_step_is_for_whom_the_table_says(office, outsider, state):
    document = office.at_state(state)
    people = personas(office) | {"outsider": outsider}
    table = OFFERED[state]
    trail = Transition.objects.count()
    for who, person in people.items():
        offered = {step.action for step in workflow.offered(person, document)}
        assert offered == {action for action, posts in table.items() if who in posts}, who
        for action in ACTIONS:
            if action in offered:
                assert workflow.require_step(person, document, action).action == action
                continue
            refused = PermissionDenied if action in table else workflow.Conflict
            with pytest.raises(refused):
                workflow.advance(document, action, person=person)
    assert Transition.objects.count() == trail


PARTS = {  # state of the part -> action -> who: a lead's part and a co-handler's
    ("lead", "assigned"): {"accept": {"lead"}, "hand_back": {"lead"}, "reassign": DESK},
    ("lead", "accepted"): {
        "report_progress": {"lead"},
        "submit_reply": {"lead"},
        "reassign": DESK,
    },
    ("lead", "submitted"): {},
    ("lead", "settled"): {},
    ("lead", "withdrawn"): {},
    ("lead", "handed_back"): {},
    ("co", "assigned"): {
        "accept": {"co"},
        "hand_back": {"co"},
        "cancel": DESK,
        "reassign": DESK,
    },
    ("co", "accepted"): {
        "report_progress": {"co"},
        "give_opinion": {"co"},
        "cancel": DESK,
        "reassign": DESK,
    },
    ("co", "submitted"): {},
    ("co", "settled"): {},
    ("co", "withdrawn"): {},
    ("co", "handed_back"): {},
}
KEYS = {"lead": "market_regulation", "co": "finance"}


def part_at(office, role, state):
    key = KEYS[role]
    if state in ("submitted", "settled"):
        document = office.replied(co=("finance",))
        if state == "settled":
            office.step(document, "accept_reply")
        return document.handlings.get(organisation__key=key)
    document = office.transferred(co=("finance",))
    part = office.part(document, key)
    if state == "accepted":
        return office.step(part, "accept", office.liaison(key))
    if state == "handed_back":
        return office.step(part, "hand_back", office.liaison(key), "无关")
    if state == "withdrawn":
        office.step(document, "recall", opinion="转错")
        return Handling.objects.get(pk=part.pk)
    return part


@pytest.mark.usefixtures("wordless")
@pytest.mark.parametrize(("role", "state"), PARTS)
def test_each_handlers_step_is_for_whom_the_table_says(office, outsider, role, state):
    part = part_at(office, role, state)
    assert part.state == state
    table = PARTS[role, state]
    for who, person in (personas(office) | {"outsider": outsider}).items():
        offered = {step.action for step in workflow.offered(person, part)}
        assert offered == {action for action, posts in table.items() if who in posts}, who
        for action in {step.action for step in HANDLING.steps} - offered:
            with pytest.raises((PermissionDenied, workflow.Conflict)):
                workflow.advance(part, action, person=person)


def test_the_inbox_and_the_buttons_come_from_one_table(office, outsider):
    documents = [office.at_state(state) for state in S] + [office.proposed("deputy")]
    for person in (*personas(office).values(), outsider):
        held = access.standing(person)
        for route, model in ((INCOMING, IncomingDocument), (HANDLING, Handling)):
            waiting = set(model.objects.filter(workflow.waiting(person, route)))
            offered = {
                record
                for record in model.objects.all()
                if any(held.holds(*step.awaited) for step in workflow.offered(person, record))
            }
            assert waiting == offered
    assert len(documents) == len(S) + 1
    director = office.people["director"]
    on_the_desk = IncomingDocument.objects.filter(workflow.waiting(director, INCOMING))
    assert {document.state for document in on_the_desk} == {S.AWAITING_INSTRUCTION}


def test_whoever_may_act_may_also_see(office):
    for state in S:
        document = office.at_state(state)
        for person in personas(office).values():
            if workflow.offered(person, document):
                assert access.may(person, "view", document)
            for part in document.handlings.all():
                if workflow.offered(person, part):
                    assert access.may(person, "view", part)
                    assert access.may(person, "view", document)


def test_a_successor_acts_and_the_predecessor_does_not(office, outsider):
    import datetime as dt

    from django.utils import timezone

    from coordination.models import Appointment

    document = office.proposed("director")
    held = Appointment.objects.get(person=office.people["director"])
    held.until = timezone.localdate() - dt.timedelta(days=1)
    held.save()
    Appointment.objects.create(
        person=outsider, seat=held.seat, since=timezone.localdate(), decision=held.decision
    )
    with pytest.raises(PermissionDenied):
        office.step(document, "instruct", "director", "同意", **office.assignment())
    document = office.step(document, "instruct", outsider, "同意", **office.assignment())
    step = Transition.objects.get(action="instruct")
    assert (step.person, step.acting_as.seat) == (outsider, held.seat)


def test_the_second_of_two_is_told_in_words(office):
    document = office.reviewed()
    office.step(document, "transfer", **office.assignment())
    with pytest.raises(ValidationError, match=r"Not possible any more: .*Transfer.*In handling"):
        office.step(document, "transfer", "clerk2", **office.assignment("finance"))
