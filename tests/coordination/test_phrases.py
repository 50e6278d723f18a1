"""Frequent opinions: kept by each person, shared by the Office, offered beside every opinion."""

import re

import pytest
from django.core.exceptions import ValidationError

from coordination import phrases
from coordination.models import Phrase
from tests.documents.test_pages import queries

pytestmark = pytest.mark.django_db


def offered(client, url):
    """What is offered beside each text field: {field id: texts}."""
    page = client.get(url).content.decode()
    menus = re.findall(r'data-phrases="(\w+)" hidden>(.*?)</details>', page, re.S)
    return {field: re.findall(r'data-text="(.*?)"', menu) for field, menu in menus}


def test_a_person_keeps_changes_and_deletes_texts_of_their_own(office, client):
    client.force_login(office.people["leader"])
    assert "There is no text yet" in client.get("/phrases/").content.decode()
    client.post("/phrases/", {"text": "同意。请\u202e按时办理。"})
    phrase = Phrase.objects.get()
    assert (phrase.text, phrase.shared) == ("同意。请按时办理。", False)
    assert "there already" in client.post("/phrases/", {"text": phrase.text}).content.decode()
    for text in ("", "甲" * 501):
        assert client.post("/phrases/", {"text": text}).status_code == 422
    assert phrase.text in client.get(f"/phrases/{phrase.pk}/").content.decode()
    client.post(f"/phrases/{phrase.pk}/", {"text": "拟同意。"})
    assert Phrase.objects.get().text == "拟同意。"
    client.post(f"/phrases/{phrase.pk}/delete/")
    assert not Phrase.objects.exists()


def test_a_text_is_its_keepers_alone_unless_the_office_offers_it_to_all(office, client):
    own = phrases.keep(office.people["leader"], text="请抓紧。", shared=False)
    common = phrases.keep(office.people["clerk"], text="请按时限办理。", shared=True)
    client.force_login(office.liaison("finance"))
    page = client.get("/phrases/").content.decode()
    assert "请按时限办理。" in page
    assert "请抓紧。" not in page
    assert 'name="shared"' not in page
    client.post("/phrases/", {"text": "收悉。", "shared": "on"})
    assert not Phrase.objects.get(text="收悉。").shared
    for phrase in (own, common):
        assert client.post(f"/phrases/{phrase.pk}/", {"text": "x"}).status_code == 404
        assert client.post(f"/phrases/{phrase.pk}/delete/").status_code == 404
    client.force_login(
        office.people["clerk2"]
    )  # whoever serves in the Office keeps the common ones
    client.post(f"/phrases/{common.pk}/", {"text": "请按时限办结。", "shared": "on"})
    assert Phrase.objects.get(pk=common.pk).text == "请按时限办结。"
    client.post(f"/phrases/{common.pk}/", {"text": "请按时限办结。"})
    assert Phrase.objects.get(pk=common.pk).person == office.people["clerk2"]


def test_they_are_offered_beside_every_opinion_remark_and_reply(office, client):
    phrases.keep(office.people["clerk"], text="请<按时>办理。", shared=True)
    document = office.proposed("leader")
    client.force_login(office.people["leader"])
    mine = phrases.keep(office.people["leader"], text="同意。", shared=False)
    url = f"/incoming/{document.pk}/instruct/"
    assert offered(client, url) == {"id_opinion": [mine.text, "请&lt;按时&gt;办理。"]}
    document = office.step(document, "instruct", "leader", "同意", **office.assignment())
    office.step(office.part(document), "accept", office.liaison("market_regulation"))
    client.force_login(office.liaison("market_regulation"))
    part = office.part(document)
    assert set(offered(client, f"/incoming/handling/{part.pk}/submit_reply/")) == {"id_reply"}
    assert set(offered(client, f"/duties/{document.main_duty_id}/extension/")) == {"id_opinion"}
    document = office.at_state("to_answer")
    client.force_login(office.people["clerk"])
    fields = offered(client, f"/incoming/{document.pk}/answer_sender/")
    assert set(fields) == {"id_answer", "id_opinion"}


def test_offering_them_costs_one_question_where_they_are_offered_and_none_elsewhere(office, client):
    document = office.at_state("to_answer")
    clerk = office.people["clerk"]
    client.force_login(clerk)
    step, page = f"/incoming/{document.pk}/answer_sender/", "/duties/"
    client.get(step)
    before = queries(client, step), queries(client, page)
    for text in "甲乙丙":
        phrases.keep(clerk, text=text, shared=text == "甲")
    assert (queries(client, step), queries(client, page)) == before
    assert before[0] <= 12


def test_a_text_of_one_s_own_is_not_offered_to_all_beyond_the_bound(office, monkeypatch):
    clerk = office.people["clerk"]
    monkeypatch.setattr(phrases, "MOST", 1)
    phrases.keep(clerk, text="甲", shared=True)
    own = phrases.keep(clerk, text="乙", shared=False)
    with pytest.raises(ValidationError, match="delete one first"):
        phrases.change(clerk, own, text="乙", shared=True)


def test_the_texts_are_bounded(office, client, monkeypatch):
    monkeypatch.setattr(phrases, "MOST", 1)
    client.force_login(office.people["clerk"])
    client.post("/phrases/", {"text": "甲"})
    assert "delete one first" in client.post("/phrases/", {"text": "乙"}).content.decode()
    client.post("/phrases/", {"text": "乙", "shared": "on"})
    assert Phrase.objects.count() == 2
