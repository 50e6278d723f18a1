"""A paper that is registered already is noticed, however its sender, number and title are written."""

import pytest

from documents import duplicates
from documents.states import IncomingState as S

pytestmark = pytest.mark.django_db


@pytest.fixture
def probable(office):
    def ask(who="clerk", **more):
        data = {"sender": None, "sender_name": "启东市财政局", "sender_number": "", "title": "别的"}
        return duplicates.probable(office.people[who], data | more)

    return ask


@pytest.fixture
def finance(office):
    unit = office.unit("finance")
    return office.register(
        sender=unit,
        sender_name=unit.name,
        sender_number="启财〔2026〕7号",
        title="关于2026年预算的请示",
    )


@pytest.mark.parametrize(
    "written",
    [
        {"sender_number": "启财〔2026〕7号"},
        {"sender_number": "启财〔２０２６〕 7 号", "sender_name": "市财政局"},
        {"title": "关于 2026 年预算的请示"},
        {"title": "关于２０２６年预算的请示", "sender_name": "市 财政局"},
    ],
)
def test_it_is_found_however_it_is_written(finance, probable, written):
    assert probable(**written) == [finance]


def test_a_sender_not_in_the_list_is_compared_by_its_name(office, probable):
    twice = office.register(sender_name="某 集团", sender_number="集〔2026〕1号")
    assert probable(sender_name="某集团", sender_number="集〔2026〕1号") == [twice]


def test_another_sender_another_number_and_what_was_given_up_are_not_alike(
    office, finance, probable
):
    assert probable(sender_name="启东市卫生健康委员会", title=finance.title) == []
    assert probable(sender_number="启财〔2026〕71号") == []
    gone = office.at_state(S.RETURNED)
    assert probable(sender_name=gone.sender_name, title=gone.title) == []


def test_of_many_the_latest_are_shown(office, probable):
    rows = [office.register(title="同一标题", sender_name="甲") for _ in range(7)]
    assert probable(sender_name="甲", title="同一标题") == rows[:1:-1]
