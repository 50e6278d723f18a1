"""A unit's own register of the papers it signed for: numbers, list, print (2012 Regulations art. 24)."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from coordination import jobs, workflow
from coordination.models import Job, Series
from documents.models import Delivery
from documents.outgoing import unit_numbers
from documents.outgoing.content import Recipient
from documents.states import DeliveryState as S

from ..conftest import shanghai
from .test_deliveries import copy_of, step, to

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(office, papers):
    """Issue a paper to finance and health, in copy to justice."""

    def make(subject="企业开办“一件事”改革"):
        paper = papers.sealed(
            main=to(office, "finance", "health"), copies=to(office, "justice"), subject=subject
        )
        return papers.step(paper, "issue", "clerk", issued_on=timezone.localdate())

    return make


@pytest.fixture
def signed(office, sent):
    """Have finance sign for a new paper; returns its copy."""

    def make(subject="企业开办“一件事”改革"):
        row = copy_of(sent(subject), "finance")
        return step(office, row, "receive", office.liaison("finance"))

    return make


def test_each_unit_counts_what_it_signs_for_from_one_without_a_gap(office, sent, today):
    first, second = sent(), sent()
    finance, health = office.liaison("finance"), office.liaison("health")
    assert copy_of(first, "finance").register_number == ""
    rows = [
        step(office, copy_of(paper, "finance"), "receive", finance) for paper in (second, first)
    ]
    assert [row.register_number for row in rows] == [
        f"收〔{today.year}〕1号",
        f"收〔{today.year}〕2号",
    ]
    other = step(office, copy_of(second, "health"), "receive", health)
    assert other.register_number == f"收〔{today.year}〕1号"
    assert list(unit_numbers.faults()) == []


def test_every_year_begins_anew(office, signed):
    with time_machine.travel(shanghai(2026, 12, 30, 10)):
        assert signed().register_number == "收〔2026〕1号"
    with time_machine.travel(shanghai(2027, 1, 4, 10)):
        assert signed().register_number == "收〔2027〕1号"


def test_a_receipt_on_paper_is_numbered_too_but_not_that_of_a_superior(office, sent, papers, today):
    row = copy_of(sent(), "finance")
    row = step(
        office,
        row,
        "note_receipt",
        "clerk",
        receiver="王某",
        received_at=timezone.now(),
    )
    assert (row.receiver, row.register_number) == ("王某", f"收〔{today.year}〕1号")
    upward = copy_of(papers.issued("upward"), "nantong_group_office")
    upward = step(
        office, upward, "note_receipt", "clerk", receiver="李某", received_at=timezone.now()
    )
    assert (upward.state, upward.register_number) == (S.RECEIVED, "")


def test_a_recalled_copy_keeps_its_number_and_nobody_gets_it_again(
    office, papers, signed, client, today
):
    row = step(office, signed(), "recall", "clerk", "发错单位")
    assert row.register_number == f"收〔{today.year}〕1号"
    papers.step(row.document, "distribute", "clerk", organisations=[office.unit("finance")])
    again = row.document.deliveries.get(organisation__key="finance", state=S.SENT)
    again = step(office, again, "receive", office.liaison("finance"))
    assert again.register_number == f"收〔{today.year}〕2号"
    client.force_login(office.liaison("finance"))
    page = client.get(reverse("papers:received")).text
    assert f"<s>{row.register_number}</s>" in page
    assert f"{row.register_number} is not given again" in client.get(row.get_absolute_url()).text
    assert list(unit_numbers.faults()) == []


def test_what_is_refused_or_rolled_back_takes_no_number(office, sent, signed, today):
    paper = sent()
    with pytest.raises(PermissionDenied):
        step(office, copy_of(paper, "finance"), "receive", "clerk")

    class Crash(Exception):
        pass

    with pytest.raises(Crash), transaction.atomic():
        step(office, copy_of(paper, "finance"), "receive", office.liaison("finance"))
        raise Crash
    assert copy_of(paper, "finance").register_number == ""
    assert signed().register_number == f"收〔{today.year}〕1号"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE documents_delivery SET register_serial = 7 WHERE register_serial IS NOT NULL",
        "UPDATE documents_delivery SET register_year = 1999 WHERE register_serial IS NOT NULL",
        "UPDATE documents_delivery SET register_serial = NULL, register_year = NULL",
        "DELETE FROM documents_delivery WHERE register_serial IS NOT NULL",
    ],
)
def test_the_database_refuses_to_change_a_number(signed, sql):
    signed()
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        connection.cursor().execute(sql)


@pytest.mark.parametrize(("year", "serial"), [(2026, None), (None, 3), (2026, 0)])
def test_a_number_has_its_year_and_begins_with_one(sent, year, serial):
    row = copy_of(sent(), "finance")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=row.pk).update(register_year=year, register_serial=serial)


def test_no_two_copies_of_a_unit_bear_one_number(signed, sent):
    row = signed()
    other = copy_of(sent(), "finance")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=other.pk).update(
            register_year=row.register_year, register_serial=row.register_serial
        )


def test_a_number_given_and_borne_by_nothing_is_found(signed):
    row = signed()
    Series.objects.filter(organisation=row.organisation, code=unit_numbers.SERIES).update(last=2)
    (fault,) = unit_numbers.faults()
    assert "2 numbers given, 1 borne" in fault


# The list.
def listed(client, **asked):
    page = client.get(reverse("papers:received"), asked).text
    return re.findall(r'data-label="Register number">(?:<s>)?([^<]*)', page)


def test_the_unit_searches_and_sorts_by_its_numbers(office, sent, client, today):
    finance, year = office.liaison("finance"), today.year
    first, second, third = sent("企业开办"), sent("不动产登记"), sent("工程建设")
    for paper in (second, first):
        step(office, copy_of(paper, "finance"), "receive", finance)
    client.force_login(finance)
    one, two = f"收〔{year}〕1号", f"收〔{year}〕2号"
    assert listed(client) == ["–", one, two]  # newest sent first
    assert listed(client, sort="register") == [two, one]
    assert listed(client, q=f"收〔{year}〕1号") == [one]
    assert listed(client, q=f"{year}-2") == [two]
    assert listed(client, q="不动产") == [one]
    assert listed(client, q=third.document_number) == ["–"]
    assert listed(client, year=str(year)) == [one, two]
    assert listed(client, q="无此文") == []
    assert listed(client, state="sent") == ["–"]
    page = client.get(reverse("papers:received"), {"year": "1999"})
    assert "Select a valid choice" in page.text


def test_pages_by_register_number_follow_each_other(office, signed, client, monkeypatch, today):
    for _n in range(3):
        signed()
    monkeypatch.setattr("coordination.paging.page_of", two_a_page)
    client.force_login(office.liaison("finance"))
    page = client.get(reverse("papers:received"), {"sort": "register"}).text
    found = re.search(r'rel="next" href="\?([^"]*)"', page).group(1)
    page = client.get(reverse("papers:received") + "?" + found.replace("&amp;", "&")).text
    assert f"收〔{today.year}〕1号" in page
    assert f"收〔{today.year}〕2号" not in page


def two_a_page(request, rows, order):
    from coordination.paging import page

    marks = {name: request.GET.get(name, "") for name in ("after", "before")}
    return page(rows, order, size=2, **marks)


def test_a_unit_sees_its_own_register_alone_and_the_office_every_one(office, sent, client):
    paper = sent()
    for key in ("finance", "health"):
        step(office, copy_of(paper, key), "receive", office.liaison(key))
    client.force_login(office.liaison("finance"))
    page = client.get(reverse("papers:received")).text
    assert 'name="unit"' not in page
    assert office.unit("health").name not in page
    other = office.unit("health").pk
    assert len(listed(client, unit=other)) == 1  # its own: of another's it is told nothing
    client.force_login(office.people["clerk"])
    page = client.get(reverse("papers:received")).text
    assert 'name="unit"' in page
    assert len(listed(client, unit=other, sort="register")) == 1
    assert len(listed(client, sort="register")) == 2


# The print.
def printed(client, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return client.post(reverse("papers:received_register_pdf") + "?" + query)


def text_of(job):
    name, media_type, content = jobs.JOBS[job.kind].run(job)
    assert media_type == "application/pdf"
    reader = PdfReader(BytesIO(content))
    assert b"pdfaid" in reader.trailer["/Root"]["/Metadata"].get_data()
    return name, "".join(page.extract_text() for page in reader.pages)


def test_the_register_of_a_year_is_printed_with_who_signed_and_when(
    office, papers, signed, client, today
):
    row = signed("企业开办")
    recalled = step(office, signed("不动产登记"), "recall", "clerk", "发错单位")
    finance = office.liaison("finance")
    client.force_login(finance)
    assert "Print the register" in client.get(reverse("papers:received"), {"year": today.year}).text
    answer = printed(client, year=today.year)
    job = Job.objects.get(kind="received_register")
    assert answer.url == reverse("job", args=[job.pk])
    name, text = text_of(job)
    assert name == f"{row.organisation.short_name}{today.year}年收文登记簿.pdf"
    text = re.sub(r"\s", "", text)
    for said in (
        "收文登记簿", row.organisation.name, row.register_number, row.document.document_number,
        str(finance), f"{today.year}年{today.month}月{today.day}日", recalled.register_number,
        "撤回：发错单位", "共2件，其中撤回1件",
    ):  # fmt: skip
        assert re.sub(r"\s", "", said) in text, said


def test_which_register_is_asked_first_and_another_units_is_not_printed(
    office, sent, client, today
):
    paper = sent()
    for key in ("finance", "health"):
        step(office, copy_of(paper, key), "receive", office.liaison(key))
    client.force_login(office.people["clerk"])
    refused = printed(client, year=today.year)
    assert refused.status_code == 422
    assert "Choose the unit and the year" in refused.text
    health = office.unit("health")
    assert printed(client, year=today.year, unit=health.pk).status_code == 302
    client.force_login(office.liaison("finance"))
    assert printed(client).status_code == 422
    printed(client, year=today.year, unit=health.pk)
    job = Job.objects.latest("pk")
    assert job.params["unit"] == str(office.unit("finance").pk)
    job.params["unit"] = str(health.pk)
    assert not jobs.JOBS[job.kind].may_read(job)
    assert health.name in text_of(job)[1]
    assert "共0件" in re.sub(r"\s", "", text_of(job)[1])
    client.force_login(office.people["leader"])
    assert printed(client, year=today.year).status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_many_at_once_get_numbers_without_gap_or_double(office, papers):
    papers_out = [papers.issued(main=(recipient(office, "finance"),)) for _n in range(6)]
    liaison = office.liaison("finance")

    def sign(paper):
        try:
            row = paper.deliveries.get()
            return workflow.advance(row, "receive", person=liaison).register_serial
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(sign, papers_out)) == [1, 2, 3, 4, 5, 6]
    assert list(unit_numbers.faults()) == []


def recipient(office, key):
    return Recipient(office.unit(key).name, "lower", office.unit(key).pk)


def test_a_year_ago_is_printed_too(office, signed, client, today):
    with time_machine.travel(timezone.now() - dt.timedelta(days=366)):
        row = signed()
    client.force_login(office.liaison("finance"))
    assert printed(client, year=row.register_year).status_code == 302
    assert row.register_year < today.year
