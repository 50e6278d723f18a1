"""Recipients outside this system: their copies are kept here, numbered and signed for (P25)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from coordination import access, workflow
from coordination.models import Notice
from documents.models import Delivery
from documents.outgoing.content import Recipient
from documents.outgoing.delivery_forms import FurtherForm
from documents.states import Addressed
from documents.states import DeliveryState as S

pytestmark = pytest.mark.django_db
COMPANY, TEAM = Recipient("某某有限公司", "unrelated"), Recipient("江苏省××厅", "peer")


def roster(office, *keys):
    return tuple(Recipient(office.unit(key).name, "lower", office.unit(key).pk) for key in keys)


@pytest.fixture
def issued(office, papers, today):
    """Make a paper that was issued to these recipients."""

    def make(main, copies=(), **more):
        paper = papers.sealed(main=main, copies=copies)
        return papers.step(paper, "issue", "clerk", issued_on=today, **more)

    return make


def take(office, row, action, opinion="", **data):
    return workflow.advance(row, action, person=office.people["clerk"], opinion=opinion, data=data)


def test_each_gets_a_copy_by_its_name_and_nobody_two(office, issued):
    paper = issued((*roster(office, "finance"), COMPANY), (COMPANY, TEAM))
    rows = {row.recipient: row.role for row in paper.deliveries.all()}
    assert rows == {
        office.unit("finance").name: Addressed.MAIN,
        COMPANY.name: Addressed.MAIN,
        TEAM.name: Addressed.COPY,
    }
    outside = list(paper.deliveries.filter(organisation=None))
    assert {str(row) for row in outside} == {
        f"{paper} · {COMPANY.name}", f"{paper} · {TEAM.name}",
    }  # fmt: skip
    told = set(Notice.objects.filter(code="delivered").values_list("object_id", flat=True))
    assert told == {paper.deliveries.exclude(organisation=None).get().pk}


def test_the_office_numbers_its_paper_copies_and_notes_who_signed(office, issued):
    paper = issued((*roster(office, "finance"), COMPANY))
    row = paper.deliveries.get(organisation=None)
    actions = {step.action for step in workflow.offered(office.people["clerk"], row)}
    assert actions == {"note_receipt", "number_copies", "recall"}
    row = take(office, row, "number_copies", copies=3)
    assert row.copy_numbers == "000001–000003"
    other = take(
        office, paper.deliveries.exclude(organisation=None).get(), "number_copies", copies=2
    )
    assert other.copy_numbers == "000004–000005"
    row = take(office, row, "note_receipt", receiver="王某", received_at=timezone.now())
    assert (row.state, row.receiver, row.register_number) == (S.RECEIVED, "王某", "")
    row = take(office, row, "note_answer", reply="已收悉。")
    assert (row.state, row.reply) == (S.DONE, "已收悉。")


def test_only_the_office_sees_it(office, issued, outsider):
    row = issued((COMPANY,)).deliveries.get()
    for who in ("clerk", "clerk2", "director"):
        assert access.may(office.people[who], "view", row), who
    for person in (outsider, office.people["legal"], office.liaison("finance")):
        person.standing_cache = {}
        assert not access.may(person, "view", row)
        assert not access.visible(person, Delivery.objects.all()).exists()


def test_who_is_outside_is_not_urged_but_named(office, issued, papers):
    paper = issued((*roster(office, "finance"), COMPANY))
    papers.step(paper, "urge_receipts", "clerk", "请尽快签收。")
    assert Notice.objects.filter(code="delivery_urged").exists()
    inside = paper.deliveries.exclude(organisation=None).get()
    workflow.advance(inside, "receive", person=office.liaison("finance"))
    with pytest.raises(ValidationError, match=COMPANY.name):
        papers.step(paper, "urge_receipts", "clerk", "请尽快签收。")


def test_recalled_and_void_it_stays_on_record_and_tells_nobody(office, issued, papers):
    paper = issued((COMPANY, TEAM))
    row = paper.deliveries.get(outside_name=COMPANY.name)
    assert take(office, row, "recall", "发错").state == S.RECALLED
    assert papers.step(paper, "revoke", "director", "内容有误").state == "revoked"
    assert not Notice.objects.filter(code__in=("delivery_recalled", "paper_void")).exists()
    assert paper.deliveries.count() == 2


def test_further_recipients_can_be_chosen_beside_them(office, issued):
    """A copy without a body does not empty the choice of bodies."""
    paper = issued((*roster(office, "finance"), COMPANY))
    choice = FurtherForm(record=paper).fields["organisations"].queryset
    assert office.unit("health") in choice
    assert office.unit("finance") not in choice


@pytest.mark.every_engine
def test_the_database_wants_one_recipient_of_a_copy_and_one_copy_of_a_name(office, issued):
    row = issued((COMPANY,)).deliveries.get()
    finance = office.unit("finance")
    for wrong in ({"outside_name": ""}, {"organisation": finance}):
        refused = pytest.raises(IntegrityError, match="a_copy_is_for_a_body_or_a_name")
        with refused, transaction.atomic():
            Delivery.objects.filter(pk=row.pk).update(**wrong)
    again = Delivery(
        document=row.document, outside_name=COMPANY.name, role="main", state=S.SENT,
        sent_at=row.sent_at, sent_under=row.sent_under,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    take(office, row, "recall", "发错")
    again.save()
    assert row.document.deliveries.count() == 2


def test_the_board_and_its_page_say_what_it_is(office, issued, client):
    paper = issued((*roster(office, "finance"), COMPANY))
    client.force_login(office.people["clerk"])
    page = client.get(reverse("papers:distribution", args=[paper.pk])).text
    assert page.count("outside this system") == 2
    assert "2 recipients · 2 not signed for" in page
    row = paper.deliveries.get(organisation=None)
    assert COMPANY.name in client.get(row.get_absolute_url()).text
    register = client.get(reverse("papers:received") + f"?q={COMPANY.name}")
    assert register.status_code == 200
    url = reverse("papers:delivery_step", args=[row.pk, "note_receipt"])
    seen = client.get(url).context["form"]["seen"].value()
    data = {"receiver": "王某", "seen": seen}
    with time_machine.travel(row.sent_at + dt.timedelta(minutes=5)):
        data["received_at"] = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
        answer = client.post(url, data, follow=True)
    assert "王某" in answer.text
    assert Delivery.objects.get(pk=row.pk).state == S.RECEIVED
