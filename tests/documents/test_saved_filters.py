"""Saved filters of the register: one's own, and those the Office shares among its staff."""

import re

import pytest
from django.http import QueryDict

from documents import saved_filters
from documents.models import SavedFilter

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(office, client):
    client.force_login(office.people["clerk"])
    return client


def chips(client, url="/incoming/"):
    """The chips above the register: name → whether it is the one in use."""
    page = client.get(url).content.decode()
    found = re.findall(r'<a class="(chip(?: chip-active)?)" href="[^"]*"[^>]*>([^<]+?) *<', page)
    return {name.strip(): "active" in css for css, name in found}


def test_the_present_filter_is_saved_and_leads_back_to_the_same_rows(clerk, office):
    office.register(kind="letter", title="商请函")
    page = clerk.get("/incoming/?kind=letter&state=&after=7").content.decode()
    link = re.search(r'href="(/incoming/filters/new/\?[^"]*)"', page)[1].replace("&amp;", "&")
    assert link == "/incoming/filters/new/?kind=letter"
    assert clerk.get(link).status_code == 200
    answer = clerk.post(link, {"name": " 来函  "}, follow=True)
    assert answer.redirect_chain == [("/incoming/?kind=letter", 302)]
    assert "商请函" in answer.content.decode()
    assert chips(clerk, "/incoming/?kind=letter") == {"来函": True}
    assert chips(clerk, "/incoming/?kind=letter&after=99") == {"来函": True}
    assert chips(clerk, "/incoming/?kind=report") == {"来函": False}


def test_a_filter_is_renamed_and_deleted(clerk):
    clerk.post("/incoming/filters/new/?kind=letter", {"name": "来函"})
    clerk.post("/incoming/filters/new/?kind=report", {"name": "报告"})
    saved = SavedFilter.objects.get(name="来函")
    refused = clerk.post(f"/incoming/filters/{saved.pk}/", {"name": "报告"})
    assert refused.status_code == 422
    assert "saved filter of this name already" in refused.content.decode()
    clerk.post(f"/incoming/filters/{saved.pk}/", {"name": "函件"})
    assert set(chips(clerk)) == {"函件", "报告"}
    clerk.post(f"/incoming/filters/{saved.pk}/delete/")
    assert set(chips(clerk)) == {"报告"}
    assert "函件" not in re.sub(
        r'role="status".*?</div>', "", clerk.get("/incoming/filters/").content.decode(), flags=re.S
    )


@pytest.mark.parametrize(
    ("query", "name", "why"),
    [
        ("", "甲", "Narrow the register first"),
        ("after=7&nonsense=1", "甲", "Narrow the register first"),
        ("q=" + "a" * 1100, "甲", "too long"),
        ("kind=letter", "", "required"),
        ("kind=letter", "甲" * 31, "at most 30"),
    ],
)
def test_what_cannot_be_saved_is_refused_in_words(clerk, query, name, why):
    answer = clerk.post(f"/incoming/filters/new/?{query}", {"name": name})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not SavedFilter.objects.exists()


def test_saved_filters_are_ones_own_unless_the_office_shares_them(clerk, office, client):
    clerk.post("/incoming/filters/new/?kind=letter", {"name": "自用"})
    clerk.post("/incoming/filters/new/?kind=report", {"name": "共用", "shared": "on"})
    own = SavedFilter.objects.get(name="自用")
    client.force_login(office.people["clerk2"])
    assert set(chips(client)) == {"共用"}
    for url in (f"/incoming/filters/{own.pk}/", f"/incoming/filters/{own.pk}/delete/"):
        assert client.post(url, {"name": "x"}).status_code == 404
    client.post(
        "/incoming/filters/new/?kind=notice", {"name": "自用"}
    )  # a name is each person's own
    assert set(chips(client)) == {"共用", "自用"}
    shared = SavedFilter.objects.get(name="共用")
    client.post(f"/incoming/filters/{shared.pk}/", {"name": "办公室共用", "shared": "on"})
    assert SavedFilter.objects.get(pk=shared.pk).person == office.people["clerk"]
    client.post(f"/incoming/filters/{shared.pk}/", {"name": "办公室共用"})  # kept for oneself now
    assert SavedFilter.objects.get(pk=shared.pk).person == office.people["clerk2"]
    client.force_login(office.people["clerk"])
    assert set(chips(client)) == {"自用"}


def test_only_the_office_shares(office, client):
    client.force_login(office.liaison("finance"))
    assert 'name="shared"' not in client.get("/incoming/filters/new/?kind=letter").content.decode()
    client.post("/incoming/filters/new/?kind=letter", {"name": "来函", "shared": "on"})
    assert not SavedFilter.objects.get().shared
    assert set(chips(client)) == {"来函"}
    client.force_login(office.people["clerk"])
    assert chips(client) == {}
    client.post("/incoming/filters/new/?kind=letter", {"name": "办公室的", "shared": "on"})
    client.force_login(office.liaison("finance"))
    assert set(chips(client)) == {"来函"}


def test_a_shared_filter_stays_with_the_office_when_its_maker_leaves(office, client):
    clerk = office.people["clerk"]
    saved_filters.save_filter(clerk, name="共用", query="kind=letter", shared=True)
    clerk.appointments.all().delete()
    client.force_login(clerk)
    assert client.get("/incoming/filters/").status_code == 403
    client.force_login(office.people["clerk2"])
    assert set(chips(client)) == {"共用"}


def test_saved_filters_are_bounded(office, client, monkeypatch):
    monkeypatch.setattr(saved_filters, "MOST", 1)
    client.force_login(office.people["clerk"])
    client.post("/incoming/filters/new/?kind=letter", {"name": "甲"})
    answer = client.post("/incoming/filters/new/?kind=letter", {"name": "乙"})
    assert "delete one first" in answer.content.decode()
    client.post("/incoming/filters/new/?kind=letter", {"name": "乙", "shared": "on"})
    assert SavedFilter.objects.count() == 2


def test_a_question_is_kept_without_what_is_not_asked():
    question = QueryDict("kind=letter&q=&after=5&charge=1&charge=2&x=1&sort=due&ticked=4")
    assert saved_filters.question_of(question) == "kind=letter&charge=1&charge=2&sort=due"
