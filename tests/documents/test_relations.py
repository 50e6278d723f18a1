"""Request and reply, forwarded papers, and one paper registered twice (P24)."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coordination import storage, workflow
from coordination.models import Notice
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
    assert [step.action for step in workflow.offered(clerk, twice)] == ["unmerge"]
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
    third = office.reviewed(sender_number="重复〔2026〕1号")
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
    page = client.post(url, data)
    assert page.status_code == 422
    for shown in (second.title, second.sender_name, second.sender_number, second.state_label):
        assert str(shown) in page.content.decode()
    assert office.fresh(first).state == S.TO_PROPOSE
    data["confirmed"] = page.context["form"]["confirmed"].value()
    assert client.post(url, data | {"other": third.register_number}).status_code == 422
    answer = client.post(url, data, follow=True)
    assert f"Merged into {second.register_number}" in answer.content.decode()
    assert office.fresh(first).state == S.MERGED


def attach(office, document, content):
    file = storage.keep(SimpleUploadedFile("x.txt", content), office.people["clerk"])
    return Attachment.objects.create(document=document, file=file)


def current(document):
    return {attachment.file.sha256 for attachment in document.attachments.current()}


def lines(office, document):
    found = IncomingDocument.objects.for_detail().get(pk=document.pk)
    shown = presenters.detail(office.people["clerk"], found).entries
    return [(entry.what, entry.note) for entry in shown]


def test_the_receiving_documents_record_tells_what_it_took_over(office):
    kept, twice = office.transferred(), office.register()
    seen = kept.content_digest()
    attach(office, twice, b"new")
    office.step(twice, "merge", opinion="重复", other=kept)
    assert lines(office, kept)[0] == ("Took over a duplicate registration", twice.register_number)
    assert lines(office, twice)[0] == ("Merge a duplicate registration", kept.register_number)
    assert office.fresh(kept).content_digest() != seen  # whoever read it reads it again


def test_nothing_is_added_to_what_is_completed(office):
    done = office.at_state(S.COMPLETED)
    before = workflow.trail(done).count()
    with pytest.raises(ValidationError, match="completed, so nothing is added"):
        office.step(office.register(), "merge", opinion="重复", other=done)
    assert workflow.trail(done).count() == before


@pytest.mark.parametrize("state", [S.REGISTERED, S.TO_PROPOSE])
def test_a_wrong_merge_is_undone_and_each_stands_as_before(office, state):
    kept, twice = office.transferred(), office.at_state(state)
    attach(office, kept, b"a")
    attach(office, twice, b"a")
    attach(office, twice, b"b")
    before = [(current(d), d.content_digest()) for d in (kept, twice)]
    twice = office.step(twice, "merge", opinion="重复", other=kept)
    assert len(current(kept)) == 2
    with pytest.raises(ValidationError, match="reason"):
        office.step(twice, "unmerge")
    twice = office.step(twice, "unmerge", opinion="不是同一件")
    assert twice.state == office.fresh(twice).state == state
    assert [(current(d), d.content_digest()) for d in (office.fresh(kept), twice)] == before
    assert links(office.people["clerk"], kept) == []
    words = [what for what, _note in lines(office, kept)[:2]]
    assert words == [
        "Gave back a registration merged by mistake",
        "Took over a duplicate registration",
    ]
    again = office.step(twice, "merge", opinion="确是重复", other=kept)
    assert (again.state, len(current(kept))) == (S.MERGED, 2)


def test_a_merge_is_undone_after_the_one_above_it(office):
    first, second, third = office.register(), office.register(), office.register()
    first = office.step(first, "merge", opinion="重复", other=second)
    office.step(second, "merge", opinion="重复", other=third)
    with pytest.raises(ValidationError, match="Undo that merge first"):
        office.step(first, "unmerge", opinion="有误")
    office.step(office.fresh(second), "unmerge", opinion="有误")
    assert office.step(first, "unmerge", opinion="有误").state == S.REGISTERED


def test_readings_of_the_merged_end_and_come_back_with_it(office):
    kept, twice = office.reviewed(), office.reviewed()
    seats = [office.seat("legal"), office.seat("member1")]
    office.step(twice, "circulate", opinion="供参考", seats=seats)
    read = twice.readings.get(seat=seats[0])
    office.step(read, "read", "legal")
    twice = office.step(twice, "merge", opinion="重复", other=kept)
    member = office.people["member1"]
    assert not Notice.objects.alive().filter(code="circulated", person=member).exists()
    assert {r.state for r in twice.readings.all()} == {"read", "taken_back"}
    twice = office.step(twice, "unmerge", opinion="有误")
    assert {r.state for r in twice.readings.all()} == {"read", "unread"}
    assert Notice.objects.alive().filter(code="circulated", person=member).count() == 1


def test_links_do_not_go_round_and_lead_to_the_registration_that_goes_on(office):
    first, second, third = office.reviewed(), office.reviewed(), office.reviewed()
    office.step(first, "relate", kind="answers", other=second)
    office.step(second, "relate", kind="answers", other=third)
    with pytest.raises(ValidationError, match="go round"):
        office.step(third, "relate", kind="answers", other=first)
    office.step(first, "relate", kind="concerns", other=third)
    with pytest.raises(ValidationError, match="go round"):
        office.step(third, "relate", kind="concerns", other=first)
    twice = office.step(office.register(), "merge", opinion="重复", other=third)
    fourth = office.reviewed()
    office.step(fourth, "relate", kind="forwards", other=twice)
    assert fourth.relations.get().other == third
    office.step(third, "merge", opinion="重复", other=second)
    clerk = office.people["clerk"]
    assert ("Forwards", second.pk) in links(clerk, fourth)
