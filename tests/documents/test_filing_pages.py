"""The pages of filing: the year, one document, one item, several at once, the retention table."""

import datetime as dt

import pytest
from django.urls import reverse

from coordination.models import AuditEntry, Job
from documents.filing import actions
from documents.models import FiledItem, OutgoingDocument, RetentionRule
from documents.states import IncomingState as S
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client, office):
    """The clerk's browser."""
    client.force_login(office.people["clerk"])
    return client


def year_page(browser, year, **query):
    query = "&".join(f"{name}={value}" for name, value in {"year": year, **query}.items())
    return browser.get(f"{reverse('filing:year')}?{query}")


def test_the_year_counts_what_is_to_file_lacks_something_and_is_filed(
    clerk, files, papers, office, today
):
    files.completed()
    office.at_state(S.COMPLETED)
    files.issued()
    files.reopen(files.file(files.completed()))
    page = year_page(clerk, today.year).text
    for words in (
        "2 to be filed",
        "of 1 something is missing",
        "1 to be filed",
        "1 item<",
        "1 of them reopened",
        f"end of June {today.year + 1}",
    ):
        assert words in page, words
    assert year_page(clerk, today.year, show="missing").text.count("No file of the received") == 1
    assert (
        OutgoingDocument.objects.get().title in year_page(clerk, today.year, line="outgoing").text
    )
    assert "Nothing of this line and year" in year_page(clerk, today.year - 1).text


def test_the_usual_year_is_the_last_and_nonsense_in_the_address_is_the_usual(clerk, today):
    assert f"Filing of {today.year - 1}" in clerk.get(reverse("filing:year")).text
    page = clerk.get(reverse("filing:year") + "?year=x&show=y&line=z&retention=q&after=~~")
    assert page.status_code == 200
    assert f"Filing of {today.year - 1}" in page.text


@pytest.mark.one_engine
def test_the_year_asks_the_same_number_of_times_for_2_and_for_14_rows(
    clerk, files, office, today, django_assert_max_num_queries
):
    asked = {"to_file": [], "missing": [], "filed": []}
    for more in (2, 12):
        for _ in range(more):
            files.file(files.completed())
            office.at_state(S.COMPLETED)
        for show, counts in asked.items():
            year_page(clerk, today.year, show=show)  # what a process reads once
            with django_assert_max_num_queries(12) as found:
                page = year_page(clerk, today.year, show=show)
            counts.append((len(found), page.text.count("<tr>")))
    for show, ((few, lines), (many, more_lines)) in asked.items():
        assert few == many, show
        assert (lines, more_lines) == (3, 15), show


def test_a_clerk_files_one_from_its_page(clerk, files):
    document = files.completed("附表.txt", "正文.txt")
    address = reverse("filing:new", args=["incoming", document.pk])
    assert address in clerk.get(document.get_absolute_url()).text
    page = clerk.get(address)
    seen = page.context["form"].initial["seen"]
    assert page.context["form"].initial["retention"] == "D10"
    first, second = (row.file_id for row in document.attachments.order_by("pk"))
    places = {f"place_{first}": 2, f"place_{second}": 1}
    data = {"retention": "D30", "pages": 7, "seen": seen, **places}
    twice = clerk.post(address, data | {f"place_{first}": 1})
    assert twice.status_code == 422
    assert "Two files have the same place." in twice.text
    answer = clerk.post(address, data)
    item = FiledItem.objects.get()
    assert answer["Location"] == item.get_absolute_url()
    assert (item.retention, item.pages) == ("D30", 7)
    page = clerk.get(item.get_absolute_url()).text
    assert page.index("正文.txt") < page.index("附表.txt")
    assert clerk.get(address)["Location"] == item.get_absolute_url()


def test_what_is_missing_is_told_and_filed_with_a_reason_that_is_not_lost(clerk, office):
    document = office.at_state(S.COMPLETED)
    address = reverse("filing:new", args=["incoming", document.pk])
    assert "No file of the received document is there." in clerk.get(address).text
    refused = clerk.post(address, {"retention": "Y", "pages": 3, "opinion": ""})
    assert refused.status_code == 422
    assert "Write why it is filed without." in refused.text
    assert 'value="3"' in refused.text
    clerk.post(address, {"retention": "Y", "opinion": "纸质件另存"})
    assert FiledItem.objects.get().remark == "缺来文电子件"


def test_somebody_was_faster(clerk, files):
    document = files.completed()
    address = reverse("filing:new", args=["incoming", document.pk])
    answer = clerk.post(address, {"retention": "Y", "seen": "0" * 64, "opinion": "备注的话"})
    assert answer.status_code == 409
    assert "备注的话" in answer.text
    assert not FiledItem.objects.exists()


@pytest.mark.parametrize(("line", "status"), [("sideways", 404), ("outgoing", 404)])
def test_what_is_no_document_of_a_line_is_not_found(clerk, files, line, status):
    files.completed()
    assert clerk.get(reverse("filing:new", args=[line, 10**9])).status_code == status


def test_what_is_open_has_no_page_to_file_it(clerk, office):
    document = office.transferred()
    assert clerk.get(reverse("filing:new", args=["incoming", document.pk])).status_code == 404


def test_a_page_of_complete_documents_is_filed_in_one_confirmation(clerk, files, office, today):
    rows = [files.completed() for _ in range(3)]
    lacking = office.at_state(S.COMPLETED)
    address = f"{reverse('filing:many')}?year={today.year}&line=incoming"
    page = clerk.get(address)
    assert page.text.count("checked") == 3
    assert lacking.title not in page.text
    seen = [f"{row.pk}:{row.content_digest()}" for row in rows]
    assert clerk.post(address, {"seen": seen}).status_code == 422
    stale = [f"{rows[0].pk}:{'0' * 64}", *seen[1:]]
    refused = clerk.post(address, {"documents": [row.pk for row in rows], "seen": stale})
    assert refused.status_code == 422
    assert rows[0].register_number in refused.text
    assert not FiledItem.objects.exists()
    clerk.post(address, {"documents": [row.pk for row in rows[:2]], "seen": seen})
    assert FiledItem.objects.count() == 2
    assert "Nothing complete" not in clerk.get(address).text


def test_complete_papers_are_filed_in_one_confirmation(clerk, files, today):
    files.issued()
    address = f"{reverse('filing:many')}?year={today.year}&line=outgoing"
    row, digest = clerk.get(address).context["rows"][0]
    key = row.document.pk
    clerk.post(address, {"documents": [key], "seen": [f"{key}:{digest}"]})
    assert FiledItem.objects.get().outgoing_id == key
    assert "Nothing complete is to be filed." in clerk.get(address).text


def test_others_see_the_code_on_the_document_and_no_way_to_the_item(client, files, office):
    item = files.file(files.completed())
    address = item.incoming.get_absolute_url()
    client.force_login(office.liaison("market_regulation"))
    page = client.get(address).text
    assert "Filed as" in page
    assert item.code in page
    assert item.get_absolute_url() not in page
    assert client.get(item.get_absolute_url()).status_code == 404
    assert "/filing/" not in client.get("/").text
    client.force_login(office.people["clerk"])
    assert item.get_absolute_url() in client.get(address).text


def test_the_paper_bears_its_mark_too(clerk, files, papers):
    paper = files.issued()
    assert (
        reverse("filing:new", args=["outgoing", paper.pk])
        in clerk.get(paper.get_absolute_url()).text
    )
    item = files.file(paper)
    assert item.code in clerk.get(paper.get_absolute_url()).text


def test_steps_of_a_filed_document_are_neither_offered_nor_taken(clerk, files):
    document = files.file(files.completed()).incoming
    page = clerk.get(document.get_absolute_url()).text
    assert "circulate" not in page
    answer = clerk.get(reverse("documents:step", args=[document.pk, "circulate"]))
    assert answer.status_code == 409
    assert "The director can reopen it" in answer.text


def test_the_director_reopens_with_reason_and_password(client, files, office):
    item = files.file(files.completed())
    client.force_login(office.people["director"])
    address = reverse("filing:step", args=[item.pk, "reopen"])
    for data in (
        {"opinion": "期限有误", "password": "wrong"},
        {"opinion": "", "password": PASSWORD},
    ):
        assert client.post(address, data).status_code == 422
    client.post(address, {"opinion": "期限有误", "password": PASSWORD})
    item.refresh_from_db()
    assert item.state == "reopened"
    client.force_login(office.people["clerk"])
    assert item.code in client.get("/").text  # it waits on the home page
    again = reverse("filing:step", args=[item.pk, "refile"])
    assert client.get(again).context["form"].initial["retention"] == "D10"
    client.post(again, {"retention": "Y", "opinion": ""})
    item.refresh_from_db()
    assert (item.state, item.retention) == ("filed", "Y")
    assert "期限有误" in client.get(item.get_absolute_url()).text


def test_files_of_an_item_are_downloaded_on_record(clerk, files):
    item = files.file(files.completed())
    kept = item.parts.get(role="received")
    answer = clerk.get(reverse("filing:part", args=[item.pk, kept.pk]))
    assert b"".join(answer.streaming_content) == "来文.txt".encode()
    assert AuditEntry.objects.filter(event="file_downloaded", subject__contains=item.code).exists()
    other = files.file(files.completed())
    sheet = other.parts.get(role="sheet")
    for pk in (sheet.pk, other.parts.get(role="received").pk):
        assert clerk.get(reverse("filing:part", args=[item.pk, pk])).status_code == 404


def test_lists_and_packages_are_made_in_the_background(clerk, files, today):
    files.file(files.completed())
    data = {"year": today.year, "retention": "D10"}
    for name, kind in (("filing:list", "filing_list"), ("filing:package", "filing_package")):
        answer = clerk.post(reverse(name), data)
        job = Job.objects.get(kind=kind)
        assert answer["Location"] == reverse("job", args=[job.pk])
        assert job.params["retention"] == "D10"
        assert "<progress" in clerk.get(answer["Location"]).text
    assert AuditEntry.objects.filter(subject=f"filing {today.year} D10").exists()


def test_a_list_wants_a_period(clerk, today):
    answer = clerk.post(reverse("filing:list"), {"year": today.year}, follow=True)
    assert "Choose a retention period" in answer.text
    assert not Job.objects.exists()


def test_the_office_sets_a_period_and_sees_what_holds(clerk, today):
    address = reverse("filing:retention")
    data = {"line": "incoming", "kinds": ["letter", "report"], "retention": "Y", "basis": "审定"}
    past = clerk.post(address, data | {"in_force_from": today - dt.timedelta(days=1)})
    assert past.status_code == 422
    assert "审定" in past.text
    assert not RetentionRule.objects.filter(basis="审定").exists()
    clerk.post(address, data | {"in_force_from": today + dt.timedelta(days=1)})
    assert RetentionRule.objects.filter(basis="审定").count() == 2
    page = clerk.get(address).text
    assert page.count("To come") == 2
    actions.set_rules(
        person=RetentionRule.objects.filter(basis="审定")[0].entered_by,
        line="outgoing", kinds=[], retention="Y", in_force_from=today, basis="改",
    )  # fmt: skip
    assert "Past" in clerk.get(address).text


def test_nobody_else_opens_the_pages(client, office):
    client.force_login(office.people["leader"])
    for name in ("filing:year", "filing:many", "filing:retention"):
        answer = client.get(reverse(name))
        assert answer.status_code == 403
        assert "art. 27" in answer.text
