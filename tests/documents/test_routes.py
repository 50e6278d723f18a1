"""The route tables are sound, and say who does what: read with the rules beside them."""

import pytest

from coordination.assigners import DECIDERS
from coordination.posts import HANDLERS, LEADERS, OFFICE, OFFICE_DESK, READERS
from documents.routes import HANDLING, INCOMING, READING
from documents.states import HandlingState, IncomingState, ReadingState

WHO = {  # action: posts
    "register": OFFICE,
    "correct_registration": OFFICE,
    "pass_review": OFFICE,
    "return_to_sender": OFFICE,
    "propose_handling": OFFICE,
    "transfer": OFFICE,
    "file_for_information": OFFICE,
    "instruct": LEADERS,
    "lay_further": LEADERS,
    "return_proposal": LEADERS,
    "withdraw_proposal": OFFICE,
    "recall": DECIDERS,
    "lay_again": OFFICE_DESK,
    "add_co_handlers": DECIDERS,
    "cancel": DECIDERS,
    "reassign": DECIDERS,
    "relate": OFFICE,
    "unrelate": OFFICE,
    "merge": OFFICE,
    "unmerge": OFFICE,
    "take_over": (),
    "give_back": (),
    "keep_review": (),
    "end_with_merge": (),
    "resume": (),
    "circulate": OFFICE,
    "begin": (),
    "read": READERS,
    "remark": READERS,
    "take_back": OFFICE,
    "take_hand_back": (),
    "take_reply": (),
    "accept_reply": OFFICE,
    "send_back": OFFICE,
    "answer_sender": OFFICE,
    "complete": OFFICE,
    "assign": (),
    "accept": HANDLERS,
    "hand_back": HANDLERS,
    "report_progress": HANDLERS,
    "give_opinion": HANDLERS,
    "submit_reply": HANDLERS,
    "settle": (),
    "reopen": (),
    "withdraw": (),
}
ROUTES = [(INCOMING, IncomingState), (HANDLING, HandlingState), (READING, ReadingState)]


def test_who_may_take_each_step():
    steps = [step for route, _ in ROUTES for step in route.steps]
    assert {step.action for step in steps} == set(WHO)
    for step in steps:
        assert step.by == WHO[step.action], step.action


@pytest.mark.parametrize(("route", "states"), ROUTES, ids=["incoming", "handling", "reading"])
def test_every_state_is_reached_and_only_ends_are_not_left(route, states):
    targets = {step.target for step in route.steps}
    sources = {step.source for step in route.steps if step.source != step.target}
    assert targets == set(states)
    ends = {str(state) for state in states} - {str(source) for source in sources}
    assert ends <= {
        "returned",
        "completed",
        "settled",
        "handed_back",
        "withdrawn",
        "read",
        "taken_back",
        "merged",
    }


@pytest.mark.parametrize(("route", "states"), ROUTES, ids=["incoming", "handling", "reading"])
def test_one_meaning_per_state_and_action(route, states):
    keys = [(step.source, step.action) for step in route.steps]
    assert len(keys) == len(set(keys))
