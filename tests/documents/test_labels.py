"""Labels: kept by the Office, put on and taken off, merged and removed with everything on record."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from coordination.models import AuditEntry
from documents import labels, saved_filters
from documents.models import Label, Labelling, SavedFilter
from tests.documents.test_pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(office, client):
    client.force_login(office.people["clerk"])
    return client


@pytest.fixture
def request_of(office):
    """A request of the clerk's."""
    request = RequestFactory().post("/")
    request.user = office.people["clerk"]
    return request


@pytest.fixture
def key(request_of):
    return labels.add_label(request_of, "重点督办")


def chips(client, url):
    return re.findall(r'<span class="label">(.*?)</span>', client.get(url).content.decode())


def shown(client, query=""):
    page = client.get(f"/incoming/?{query}").content.decode()
    return set(map(int, re.findall(r'href="/incoming/(\d+)/"', page)))


def events():
    return list(AuditEntry.objects.order_by("pk").values_list("event", "subject"))


def test_the_office_adds_and_renames_labels_on_its_list(clerk):
    assert "There is no label yet" in clerk.get("/incoming/labels/").content.decode()
    clerk.post("/incoming/labels/", {"name": " 重点\u200b  督办 "})
    label = Label.objects.get()
    assert label.name == "重点 督办"
    refused = clerk.post("/incoming/labels/", {"name": "重点 督办"})
    assert refused.status_code == 422
    assert "label of this name already" in refused.content.decode()
    clerk.post(f"/incoming/labels/{label.pk}/", {"name": "督办"})
    assert Label.objects.get().name == "督办"
    assert clerk.post("/incoming/labels/", {"name": ""}).status_code == 422
    assert clerk.post("/incoming/labels/", {"name": "甲" * 21}).status_code == 422
    assert ("label_added", "重点 督办") in events()
    assert ("label_renamed", "重点 督办 → 督办") in events()


def test_the_list_of_labels_is_bounded(request_of, monkeypatch):
    monkeypatch.setattr(labels, "MOST", 2)
    for name in "甲乙":
        labels.add_label(request_of, name)
    with pytest.raises(ValidationError, match="take one off first"):
        labels.add_label(request_of, "丙")


def test_a_document_gets_and_loses_labels_on_its_page(clerk, office, key, request_of):
    other, document = labels.add_label(request_of, "来信"), office.register()
    url = f"/incoming/{document.pk}/labels/"
    clerk.post(url, {"labels": [key.pk, other.pk]})
    assert sorted(chips(clerk, f"/incoming/{document.pk}/")) == sorted(["重点督办", "来信"])
    assert clerk.get(url).content.decode().count("checked") == 2
    clerk.post(url, {"labels": [other.pk]})
    assert chips(clerk, f"/incoming/{document.pk}/") == ["来信"]
    assert ("documents_labelled", f"−重点督办: {document.register_number}") in events()
    history = Labelling.history.filter(label=key).order_by("history_id")
    assert [row.history_type for row in history] == ["+", "-"]
    assert {row.history_user for row in history} == {office.people["clerk"]}
    assert clerk.post(url, {"labels": ["9" * 30]}).status_code == 422


def test_several_are_labelled_at_once_from_the_register(clerk, office, key):
    documents = [office.register() for _ in range(3)]
    ticked = [documents[0].pk, documents[2].pk]
    page = clerk.get("/incoming/").content.decode()
    assert page.count('type="checkbox" name="documents"') == 3
    data = {"documents": ticked, "label": key.pk, "act": "put"}
    answer = clerk.post("/incoming/labelling/?state=registered", data, follow=True)
    assert answer.redirect_chain == [("/incoming/?state=registered", 302)]
    assert "“重点督办” put on 2 documents." in answer.content.decode()
    assert shown(clerk, f"label={key.pk}") == set(ticked)
    assert chips(clerk, "/incoming/") == ["重点督办", "重点督办"]
    clerk.post("/incoming/labelling/", {"documents": ticked[:1], "label": key.pk, "act": "take"})
    assert shown(clerk, f"label={key.pk}") == {ticked[1]}
    clerk.post("/incoming/labelling/", data)  # one bears it already
    assert Labelling.objects.count() == 2
    subjects = [subject for event, subject in events() if event == "documents_labelled"]
    assert subjects[-1] == f"+重点督办: {documents[0].register_number}"


def test_labelling_nothing_is_refused_and_the_ticks_stay(clerk, office, key):
    document = office.register()
    answer = clerk.post("/incoming/labelling/?q=营商", {"label": key.pk, "act": "put"}, follow=True)
    assert "Tick the documents first." in answer.content.decode()
    assert answer.redirect_chain[0][0].startswith("/incoming/?q=")
    data = {"documents": [document.pk], "label": "0", "act": "put"}
    answer = clerk.post("/incoming/labelling/", data, follow=True)
    assert re.search(
        rf'name="documents" value="{document.pk}"[^>]* checked', answer.content.decode()
    )
    assert not Labelling.objects.exists()


def test_merging_hands_documents_and_saved_filters_on_and_keeps_the_record(
    clerk, office, key, request_of
):
    old = labels.add_label(request_of, "重点")
    both, one = office.register(), office.register()
    labels.label_documents(request_of, [both, one], old, put=True)
    labels.label_documents(request_of, [both], key, put=True)
    saved_filters.save_filter(
        office.people["clerk"], name="重点", query=f"state=registered&label={old.pk}", shared=False
    )
    assert clerk.post(f"/incoming/labels/{old.pk}/merge/", {"into": old.pk}).status_code == 422
    clerk.post(f"/incoming/labels/{old.pk}/merge/", {"into": key.pk})
    assert shown(clerk, f"label={key.pk}") == {both.pk, one.pk}
    assert set(chips(clerk, "/incoming/")) == {"重点督办"}
    assert SavedFilter.objects.get().query == f"state=registered&label={key.pk}"
    old.refresh_from_db()
    assert (old.merged_into, old.labellings.count()) == (key, 2)
    assert ("label_merged", "重点 → 重点督办 (1)") in events()
    merged = Labelling.history.get(label=key, document=one)
    assert merged.history_user == office.people["clerk"]
    assert clerk.get(f"/incoming/labels/{old.pk}/").status_code == 404


def test_a_label_off_the_list_is_shown_nowhere_and_its_record_stays(clerk, office, key):
    document = office.register()
    clerk.post(f"/incoming/{document.pk}/labels/", {"labels": [key.pk]})
    clerk.post(f"/incoming/labels/{key.pk}/remove/")
    assert chips(clerk, "/incoming/") == chips(clerk, f"/incoming/{document.pk}/") == []
    assert (
        "重点督办"
        not in clerk.get("/incoming/labels/")
        .content.decode()
        .split('role="status"')[1]
        .split("</div>", 1)[1]
    )
    assert document.labellings.count() == 1
    assert ("label_removed", "重点督办 (1)") in events()
    clerk.post(f"/incoming/labels/{key.pk}/remove/")
    assert [event for event, _ in events()].count("label_removed") == 1
    clerk.post("/incoming/labels/", {"name": "重点督办"})  # the name is free again
    assert Label.objects.filter(removed_at=None).get().name == "重点督办"


def test_units_do_not_see_labels_and_cannot_ask_for_them(clerk, office, client, key, request_of):
    document = office.transferred("finance")
    labels.label_documents(request_of, [document], key, put=True)
    assert chips(client, f"/incoming/{document.pk}/") == ["重点督办"]
    client.force_login(office.liaison("finance"))
    for url in (
        "/incoming/",
        f"/incoming/{document.pk}/",
        f"/incoming/?label={key.pk}",
        "/incoming/statistics/",
    ):
        assert "重点督办" not in client.get(url).content.decode(), url
    assert 'name="label"' not in client.get("/incoming/").content.decode()
    unlabelled = office.transferred("finance")
    assert shown(client, f"label={key.pk}") == {
        document.pk,
        unlabelled.pk,
    }  # the question is not heard
    data = {"documents": [unlabelled.pk], "label": key.pk, "act": "put"}
    assert client.post("/incoming/labelling/", data).status_code == 403
    client.force_login(office.people["leader"])
    assert "重点督办" in client.get("/incoming/").content.decode()  # may ask for it, not put it on
    assert 'type="checkbox" name="documents"' not in client.get("/incoming/").content.decode()


def test_the_register_costs_the_same_with_labels_and_saved_filters(clerk, office, request_of):
    names = iter("甲乙丙丁戊己庚辛壬癸子丑寅卯")
    counts = {"/incoming/": [], "/incoming/?outcome=running&exact=1": []}
    for extra in (2, 12):
        for _ in range(extra):
            document, name = office.transferred(), next(names)
            label = labels.add_label(request_of, name)
            labels.label_documents(request_of, [document], label, put=True)
            saved_filters.save_filter(
                office.people["clerk"], name=name, query=f"q={name}", shared=True
            )
        for url, found in counts.items():
            clerk.get(url)
            found.append(queries(clerk, url))
    for url, (few, many) in counts.items():
        assert few == many <= 12, url


def test_the_page_of_a_document_asks_no_more_for_its_labels(clerk, office, request_of):
    document = office.replied("finance", ("health",))
    clerk.get(f"/incoming/{document.pk}/")
    before = queries(clerk, f"/incoming/{document.pk}/")
    for name in "甲乙丙":
        labels.label_documents(request_of, [document], labels.add_label(request_of, name), put=True)
    assert chips(clerk, f"/incoming/{document.pk}/") == ["丙", "乙", "甲"]
    assert queries(clerk, f"/incoming/{document.pk}/") == before
