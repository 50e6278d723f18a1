"""Request and reply, forwarded papers, and one paper registered twice (P24)."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coordination import storage, workflow
from documents import presenters
from documents.models import Attachment, IncomingDocument
from documents.states import IncomingState as S

pytestmark = pytest.mark.django_db


def links(person, document):
    return [(words, other.pk) for words, other in presenters.related(person, document)]


def test_a_reply_is_linked_to_its_request_from_both_sides(office):
    request, reply = office.reviewed(kind="request_for_instructions"), office.reviewed()
    office.step(reply, "relate", kind="answers", other=request)
    clerk = office.people["clerk"]
    assert links(clerk, reply) == [("Answers", request.pk)]
    assert links(clerk, request) == [("Answered by", reply.pk)]
    with pytest.raises(ValidationError, match="linked so already"):
        office.step(reply, "relate", kind="answers", other=request)
    with pytest.raises(ValidationError, match="same document"):
        office.step(reply, "relate", kind="forwards", other=reply)


def test_a_link_never_shows_what_one_may_not_see(office):
    mine, other = office.transferred("finance"), office.reviewed()
    office.step(mine, "relate", kind="concerns", other=other)
    assert links(office.people["clerk"], mine)
    assert links(office.liaison("finance"), mine) == []


def test_a_link_is_taken_off_with_a_reason_and_stays_on_record(office):
    first, second = office.reviewed(), office.reviewed()
    office.step(first, "relate", kind="forwards", other=second)
    with pytest.raises(ValidationError, match="reason"):
        office.step(first, "unrelate", relations=list(first.relations.all()))
    office.step(first, "unrelate", opinion="关联有误", relations=list(first.relations.all()))
    assert links(office.people["clerk"], first) == []
    assert first.relations.get().ended_at is not None


def test_a_duplicate_is_merged_its_files_go_over_its_number_stays(office):
    kept, twice = office.transferred(), office.register()
    clerk = office.people["clerk"]
    for document, name in ((kept, b"a"), (twice, b"a"), (twice, b"b")):
        file = storage.keep(SimpleUploadedFile("x.txt", name), clerk)
        Attachment.objects.create(document=document, file=file)
    with pytest.raises(ValidationError, match="reason"):
        office.step(twice, "merge", other=kept)
    twice = office.step(twice, "merge", opinion="同一来文重复登记", other=kept)
    assert twice.state == S.MERGED
    assert not twice.is_open
    assert kept.attachments.count() == 2
    assert links(clerk, kept) == [("Registered once more as", twice.pk)]
    assert not workflow.offered(clerk, twice)
    assert not IncomingDocument.objects.open().filter(pk=twice.pk).exists()
    with pytest.raises(ValidationError, match="merged itself"):
        office.step(office.register(), "merge", opinion="重复", other=twice)
    assert office.register().register_serial == 4  # no number is used again


@pytest.mark.parametrize("written", ["收〔{y}〕{n}号", "{y}-{n}", "[{y}]{n}", "（{y}）{n}号"])
def test_a_number_is_found_however_it_is_written(office, written):
    document = office.register()
    text = written.format(y=document.register_year, n=document.register_serial)
    assert IncomingDocument.objects.numbered(text).get() == document
    assert IncomingDocument.objects.numbered(document.sender_number).get() == document


def test_in_the_pages(office, client):
    first, second = office.reviewed(), office.reviewed(sender_number="重复〔2026〕1号")
    office.reviewed(sender_number="重复〔2026〕1号")
    client.force_login(office.people["clerk"])
    url = reverse("documents:step", args=[first.pk, "relate"])
    data = {"kind": "answers", "seen": first.content_digest()}
    for number, words in (("收〔1999〕1号", "No document"), ("重复〔2026〕1号", "Several")):
        answer = client.post(url, data | {"other": number})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert number in answer.content.decode()
    assert client.post(url, data | {"other": second.register_number}).status_code == 302
    assert second.title in client.get(first.get_absolute_url()).content.decode()
    url = reverse("documents:step", args=[first.pk, "unrelate"])
    data = {
        "relations": [first.relations.get().pk],
        "opinion": "有误",
        "seen": first.content_digest(),
    }
    assert client.post(url, data).status_code == 302
    url = reverse("documents:step", args=[first.pk, "merge"])
    data = {"other": second.register_number, "opinion": "重复", "seen": first.content_digest()}
    assert client.post(url, data).status_code == 302
