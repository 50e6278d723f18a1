"""The rulebook: 50 articles, and nothing cites what does not exist."""

import datetime as dt

import pytest

from coordination import access, rulebook, workflow
from coordination.models import Seat
from coordination.posts import Post

DECLARED = {"A1", "A5", "A15", "B1", "C1", "C5"}


def test_fifty_articles_each_in_its_own_words():
    own = [a for a in rulebook.ARTICLES.values() if a.rule_set in rulebook.OWN]
    assert len(own) == 50
    assert [a.code for a in own if a.rule_set == "A"] == [f"A{n}" for n in range(1, 19)]
    assert [a.code for a in own if a.rule_set == "B"] == [f"B{n}" for n in range(1, 18)]
    assert [a.code for a in own if a.rule_set == "C"] == [f"C{n}" for n in range(1, 16)]
    assert all(len(str(a.summary)) > 20 for a in own)
    assert {a.code for a in own if a.declaratory} == DECLARED


def test_an_unknown_article_is_refused():
    with pytest.raises(KeyError, match="B99"):
        rulebook.parse("B16 B99")


def test_labels_read_as_one_writes_them():
    assert rulebook.label("B16") == "Rules of the Office, art. 16"


def test_a_citation_gives_its_articles_in_the_order_written():
    assert [a.code for a in rulebook.parse("C12 B16")] == ["C12", "B16"]
    assert rulebook.parse("") == ()


@pytest.mark.parametrize(
    ("code", "since"),
    [
        ("A1", dt.date(2020, 3, 2)),
        ("P24", dt.date(2012, 7, 1)),
        ("V201", dt.date(2021, 1, 1)),
        ("V203", dt.date(2021, 1, 1)),
    ],
)
def test_own_and_national_articles_hold_from_their_day(code, since):
    assert rulebook.article(code).in_force_from == since


STEPS = [(r.name, s) for r in workflow.ROUTES.values() for s in r.steps]


@pytest.mark.parametrize(("name", "step"), STEPS, ids=lambda value: getattr(value, "action", value))
def test_every_step_cites_articles(name, step):
    assert rulebook.parse(step.cites)


def test_every_grant_cites_articles_and_every_post_is_known():
    for grant in access.GRANTS:
        assert rulebook.parse(grant.cites)
        assert set(grant.posts) <= set(Post)


@pytest.mark.django_db
def test_every_seat_of_the_charter_cites_articles(charter):
    for cites in Seat.objects.values_list("cites", flat=True).distinct():
        assert rulebook.parse(cites)


EXECUTED_SO_FAR = {
    "A2",
    "A3",
    "A4",
    "A9",
    "A14",
    "A16",
    "B3",
    "B8",
    "B13",
    "B14",
    "B15",
    "B16",
    "C3",
    "C4",
    "C10",
    "C11",
    "C12",
}


@pytest.mark.django_db
def test_the_articles_of_this_part_are_cited_by_what_carries_them_out(charter):
    cited = {code for _, step in STEPS for code in step.cites.split()}
    cited |= {code for grant in access.GRANTS for code in grant.cites.split()}
    cited |= {c for cites in Seat.objects.values_list("cites", flat=True) for c in cites.split()}
    assert cited & {a for a in rulebook.ARTICLES if a[0] in rulebook.OWN} == EXECUTED_SO_FAR


def test_a_check_is_registered_under_an_article_that_exists():
    with pytest.raises(KeyError):
        rulebook.register_check("Z1")
