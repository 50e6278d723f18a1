"""A unit sees a document as long as a part of it is open or settled; afterwards only its own part."""

import importlib

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coordination import access, jobs, storage, subjects
from coordination.models import Duty, Job, Notice
from documents.models import Attachment, Handling, IncomingDocument, IncomingDocumentShare

pytestmark = pytest.mark.django_db


def recalled(office, document):
    office.step(document, "recall", opinion="转错单位")


def handed_back(office, document):
    office.step(office.part(document), "hand_back", office.liaison("market_regulation"), "转错单位")


def reassigned(office, document):
    lead = office.unit("health")
    office.step(office.part(document), "reassign", opinion="转错单位", lead=lead)


def drawn_in_and_cancelled(office, document):
    office.step(document, "recall", opinion="重办")
    document = office.step(
        office.fresh(document), "transfer", **office.assignment("health", ("market_regulation",))
    )
    office.step(office.part(document), "cancel", opinion="转错单位")


ENDS = [recalled, handed_back, reassigned, drawn_in_and_cancelled]


@pytest.fixture(params=ENDS, ids=lambda end: end.__name__)
def taken(request, office):
    """A document that was taken from market_regulation, with a file and another unit's words."""
    document = office.transferred(co=("finance",))
    finance = office.liaison("finance")
    part = office.step(office.part(document, "finance"), "accept", finance)
    office.step(part, "give_opinion", finance, reply="财政意见")
    file = storage.keep(SimpleUploadedFile("来文.txt", b"secret"), office.people["clerk"])
    Attachment.objects.create(document=document, file=file)
    assert access.may(office.liaison("market_regulation"), "view", document)
    request.param(office, document)
    return document


def test_every_door_is_shut_when_the_part_ends(office, client, taken):
    liaison = office.liaison("market_regulation")
    client.force_login(liaison)
    attachment = taken.attachments.get(handling=None)
    assert not access.may(liaison, "view", taken)
    for name, args in (
        ("detail", [taken.pk]),
        ("paper_label", [taken.pk]),
        ("download", [taken.pk, attachment.pk]),
        ("step", [taken.pk, "recall"]),
    ):
        assert client.get(reverse(f"documents:{name}", args=args)).status_code == 404, name
    assert client.post(reverse("documents:sheet", args=[taken.pk])).status_code == 404
    register = reverse("documents:register")
    for question in ("", f"?q={taken.title}", f"?unit={office.unit('market_regulation').pk}"):
        assert taken.get_absolute_url() not in client.get(register + question).content.decode()
    export = client.post(reverse("documents:export"))
    assert export.status_code == 200
    assert not access.visible(liaison, IncomingDocument.objects.all(), "export").exists()
    assert not access.visible(liaison, IncomingDocument.objects.all(), "print").exists()
    assert not access.visible(liaison, IncomingDocument.objects.all(), "count").exists()


def test_it_still_sees_that_it_had_it_and_why_no_longer(office, client, taken):
    liaison = office.liaison("market_regulation")
    client.force_login(liaison)
    register = client.get(reverse("documents:register")).content.decode()
    assert reverse("documents:ended_parts") in register
    part = taken.handlings.filter(organisation__key="market_regulation").latest("pk")
    page = client.get(reverse("documents:ended_parts")).content.decode()
    assert taken.title in page
    assert "转错单位" in page
    page = client.get(part.get_absolute_url()).content.decode()
    assert taken.title in page
    assert "转错单位" in page
    for hidden in ("财政意见", "来文.txt", taken.sender_number, "财政局"):
        assert hidden not in page
    client.force_login(office.liaison("justice"))
    assert client.get(part.get_absolute_url()).status_code == 404
    assert taken.title not in client.get(reverse("documents:ended_parts")).content.decode()
    client.force_login(office.people["clerk"])
    assert client.get(part.get_absolute_url())["Location"] == taken.get_absolute_url()


def test_the_notice_and_the_ledger_lead_where_the_unit_may_go(office, client, taken):
    liaison = office.liaison("market_regulation")
    client.force_login(liaison)
    for notice in Notice.objects.alive().filter(person=liaison):
        answer = client.post(reverse("notice", args=[notice.pk]), follow=True)
        assert answer.status_code == 200, notice.code
    mine = list(Duty.objects.filter(organisation=office.unit("market_regulation")))
    for url in subjects.urls_of_duties(liaison, mine).values():
        assert client.get(url).status_code == 200
    page = client.get(f"{reverse('duties')}?show=closed").content.decode()
    assert f'href="{taken.get_absolute_url()}"' not in page


def test_what_it_handed_in_itself_stays_its_own(office, client):
    document = office.transferred(co=("finance",))
    finance, lead = office.liaison("finance"), office.liaison("market_regulation")
    part = office.step(office.part(document, "finance"), "accept", finance)
    mine = storage.keep(SimpleUploadedFile("我方.txt", b"ours"), finance)
    office.step(part, "give_opinion", finance, reply="财政意见", files=[mine])
    other = office.step(office.part(document), "accept", lead)
    office.step(other, "report_progress", lead, "牵头进展")
    theirs = storage.keep(SimpleUploadedFile("他方.txt", b"theirs"), lead)
    theirs = Attachment.objects.create(document=document, handling=other, file=theirs)
    office.step(document, "recall", opinion="重办")
    client.force_login(finance)
    page = client.get(reverse("documents:part", args=[part.pk])).content.decode()
    assert "财政意见" in page
    assert "我方.txt" in page
    assert "牵头进展" not in page
    attachment = part.attachments.get()
    url = reverse("documents:download", args=[document.pk, attachment.pk])
    assert client.get(url).status_code == 200
    url = reverse("documents:download", args=[document.pk, theirs.pk])
    assert client.get(url).status_code == 404


def test_a_sheet_asked_for_before_is_not_read_after(office, client):
    document, liaison = office.transferred(), office.liaison("market_regulation")
    client.force_login(liaison)
    client.post(reverse("documents:sheet", args=[document.pk]))
    job = Job.objects.get()
    jobs.run(job.pk)
    url = reverse("job_file", args=[job.pk])
    assert client.get(url).status_code == 200
    office.step(document, "recall", opinion="转错")
    assert client.get(url).status_code == 404


def test_given_it_again_the_unit_sees_it_again_and_the_old_notice_ends(office):
    document, liaison = office.transferred(), office.liaison("market_regulation")
    office.step(document, "recall", opinion="重办")
    withdrawn = Notice.objects.alive().filter(person=liaison, code="withdrawn")
    assert withdrawn.exists()
    office.step(office.fresh(document), "transfer", **office.assignment())
    assert access.may(liaison, "view", document)
    assert not withdrawn.exists()


def test_what_a_unit_did_to_its_end_stays_in_its_register(office, client):
    document = office.step(office.replied(co=("finance",)), "accept_reply")
    document = office.step(document, "answer_sender", method="none", answer="")
    document = office.step(document, "complete")
    for key in ("market_regulation", "finance"):
        client.force_login(office.liaison(key))
        question = f"?unit={office.unit(key).pk}"
        page = client.get(reverse("documents:register") + question).content.decode()
        assert document.title in page
    rows = access.visible(office.liaison("market_regulation"), IncomingDocument.objects.all())
    assert list(rows) == [document]


def test_a_sender_has_no_sight_of_its_document_by_having_sent_it(office):
    unit = office.unit("market_regulation")
    document = office.transferred(sender=unit, sender_name=unit.name)
    office.step(document, "recall", opinion="来文单位自己不承办")
    assert not access.may(office.liaison("market_regulation"), "view", document)


def test_shares_of_parts_that_ended_before_are_ended_too(office):
    gone, kept = office.transferred(), office.transferred()
    office.step(gone, "recall", opinion="转错")
    office.step(kept, "recall", opinion="重办")
    office.step(office.fresh(kept), "transfer", **office.assignment())
    access.share(gone, office.unit("market_regulation"))
    Notice.objects.filter(code="withdrawn").update(content_type=None, object_id=None)
    migration = importlib.import_module("documents.migrations.0007_ended_parts")
    migration.end_shares(apps, None)
    migration.lead_to_parts(apps, None)
    assert [share.content_object for share in IncomingDocumentShare.objects.all()] == [kept]
    parts = set(Notice.objects.filter(code="withdrawn").values_list("object_id", flat=True))
    assert parts == set(Handling.objects.filter(state="withdrawn").values_list("pk", flat=True))
