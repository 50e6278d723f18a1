"""The pages of the seals: set up, kept, pictured, requested and printed in the browser's forms."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from coordination import jobs, pictures
from coordination.models import Job, StoredFile
from documents.models import Seal, SealRequest, SealUse
from documents.seals import book
from documents.states import SealRequestState as S

from ..conftest import PASSWORD
from .test_seal_requests import Requests

pytestmark = pytest.mark.django_db
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"'
SVG = f'{HEAD}><circle cx="5" cy="5" r="4" fill="none" stroke="#e60012"/></svg>'.encode()


@pytest.fixture
def asking(office):
    return Requests(office)


@pytest.fixture
def seal(office):
    return Seal.objects.get(organisation__kind="group_office")


def png(width=400, height=400):
    out = io.BytesIO()
    Image.new("RGBA", (width, height)).save(out, "PNG")
    return out.getvalue()


def upload(content, name="seal.svg"):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(("content", "kind"), [(SVG, "image/svg+xml"), (png(), "image/png")])
def test_a_picture_is_known_by_its_content(content, kind):
    found = pictures.inspect_picture(upload(content, "a.exe"))
    assert found.media_type == kind
    assert found.name.endswith((".svg", ".png"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "at most 1 MB"),
        (b" " * (1024 * 1024 + 1), "at most 1 MB"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "not a sound PNG"),
        (png()[:-60], "not a sound PNG"),
        (png(200, 200), "300 to 4000 pixels"),
        (png(400, 500), "as wide as it is high"),
        (b"GIF89a" + b"x" * 40, "not a sound PNG"),
        (SVG.replace(b"0 0 10 10", b"0 0 10 20"), "as wide as it is high"),
        (SVG.replace(b"0 0 10 10", b"0 0 nan nan"), "not a sound PNG"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "not a sound PNG"),
        (b"<?xml version='1.0'?><!DOCTYPE svg>" + SVG, "not a sound PNG"),
        (b"<?xml version='1.0'?><?xml-stylesheet href='http://a/'?>" + SVG, "not a sound PNG"),
        (b"<svg><circle/></svg>", "not a sound PNG"),
        (f"{HEAD}><script>alert(1)</script></svg>".encode(), "“script”"),
        (f'{HEAD}><image href="file:///etc/passwd"/></svg>'.encode(), "“image”"),
        (f"{HEAD}><style>@import url(http://a/)</style></svg>".encode(), "“style”"),
        (f'{HEAD} onload="alert(1)"><g/></svg>'.encode(), "“onload”"),
        (f'{HEAD}><circle r="1" fill="url(http://a/#b)"/></svg>'.encode(), "“fill”"),
        (f'{HEAD}><a><circle r="1"/></a></svg>'.encode(), "“a”"),
        (f'{HEAD}><h:iframe xmlns:h="http://www.w3.org/1999/xhtml"/></svg>'.encode(), "“iframe”"),
        (SVG.decode().encode("utf-16"), "not a sound PNG"),
    ],
)
def test_what_is_no_picture_of_a_seal_is_refused(content, words):
    with pytest.raises(ValidationError, match=words):
        pictures.inspect_picture(upload(content))


def test_the_director_sets_up_changes_and_closes_a_seal(office, client, seal):
    client.force_login(office.people["director"])
    typed = {
        "organisation": office.unit("coordination_group").pk, "name": "文件专用章",
        "keeper": office.seat("clerk2").pk, "diameter_mm": "38", "reason": "新刻",
    }  # fmt: skip
    refused = client.post(reverse("seals:new"), typed | {"password": "Wrong-horse-1"})
    assert refused.status_code == 422
    assert "文件专用章" in refused.text
    answer = client.post(reverse("seals:new"), typed | {"password": PASSWORD}, follow=True)
    made = Seal.objects.get(name="文件专用章")
    assert answer.redirect_chain[-1][0] == made.get_absolute_url()
    assert "no legal electronic seal" in answer.text
    typed = {"keeper": office.seat("clerk").pk, "diameter_mm": "40", "reason": "轮岗"}
    url = reverse("seals:change", args=[made.pk])
    assert client.post(url, typed | {"password": "x"}).status_code == 422
    assert "轮岗" in client.post(url, typed | {"password": PASSWORD}, follow=True).text
    made.refresh_from_db()
    assert (made.keeper, made.diameter_mm) == (office.seat("clerk"), 40)
    url = reverse("seals:close", args=[made.pk])
    client.post(url, {"reason": "磨损", "password": PASSWORD})
    made.refresh_from_db()
    assert made.closed_on is not None
    page = client.post(url, {"reason": "磨损", "password": PASSWORD})
    assert (page.status_code, "closed already" in page.text) == (422, True)


def test_a_picture_is_uploaded_kept_through_a_refusal_and_shown_to_few(office, client, seal):
    client.force_login(office.people["director"])
    url, image = (reverse(f"seals:{page}", args=[seal.pk]) for page in ("picture", "image"))
    assert "no legal electronic seal" in client.get(url).text
    refused = client.post(url, {"files": upload(SVG), "reason": "上传", "password": "x"})
    assert refused.status_code == 422
    kept = StoredFile.objects.get(media_type="image/svg+xml")
    assert kept.name in refused.text
    bad = {"files": upload(b"<svg/>"), "reason": "上传", "password": PASSWORD}
    assert "not a sound PNG" in client.post(url, bad).text
    assert (
        "tick that there is to be none"
        in client.post(url, {"reason": "上传", "password": PASSWORD}).text
    )
    client.post(url, {"kept_files": kept.pk, "reason": "上传", "password": PASSWORD})
    seal.refresh_from_db()
    assert seal.image == kept
    for who, status in (("director", 200), ("clerk", 200), ("clerk2", 404), ("leader", 403)):
        client.force_login(office.people[who])
        answer = client.get(image)
        assert answer.status_code == status, who
        assert (image in client.get(seal.get_absolute_url()).text) == (status == 200)
        if status == 200:
            assert "sandbox" in answer["Content-Security-Policy"]
            assert answer["Content-Disposition"].startswith("attachment")
    client.force_login(office.people["director"])
    client.post(url, {"none": "on", "reason": "收回", "password": PASSWORD})
    seal.refresh_from_db()
    assert seal.image is None
    assert client.get(image).status_code == 404


def test_a_request_goes_its_way_in_the_browser(office, client, seal):
    typed = {
        "organisation": office.unit("streamlining").pk, "seal": seal.pk, "matter": "合作协议",
        "reason": "签订协议", "copies": "2", "files": upload("协议文本".encode(), "协议.txt"),
    }  # fmt: skip
    client.force_login(office.people["groupliaison1"])
    refused = client.post(reverse("seals:request_new"), typed | {"copies": "0"})
    assert refused.status_code == 422
    assert all(words in refused.text for words in ("合作协议", "签订协议", "协议.txt"))
    kept = StoredFile.objects.get().pk
    del typed["files"]
    client.post(reverse("seals:request_new"), typed | {"kept_files": kept})
    request = SealRequest.objects.get()
    file = reverse("seals:request_file", args=[request.pk, kept])
    assert b"".join(client.get(file).streaming_content) == "协议文本".encode()
    for who, action, data in (
        ("director", "approve", {"opinion": "同意用印。"}),
        ("clerk", "seal", {"copies": "2"}),
    ):
        client.force_login(office.people[who])
        assert request.matter in client.get("/").text
        url = reverse("seals:request_step", args=[request.pk, action])
        assert client.get(url).status_code == 200
        data["seen"] = request.content_digest()
        wrong = client.post(url, data | {"password": "x"})
        assert (wrong.status_code, "not your password" in wrong.text) == (422, True)
        assert client.post(url, data | {"password": PASSWORD}).status_code == 302
    request.refresh_from_db()
    assert request.state == S.SEALED
    assert str(SealUse.objects.get()) in client.get(request.get_absolute_url()).text
    assert "合作协议" in client.get(reverse("seals:uses")).text
    client.force_login(office.people["groupliaison2"])
    assert client.get(request.get_absolute_url()).status_code == 404
    assert client.get(file).status_code == 404


def test_somebody_elses_organisation_cannot_be_chosen(office, client, seal):
    client.force_login(office.people["groupliaison1"])
    typed = {"organisation": office.unit("finance").pk, "seal": seal.pk, "matter": "协议",
             "reason": "签订", "copies": "1"}  # fmt: skip
    assert client.post(reverse("seals:request_new"), typed).status_code == 422
    assert not SealRequest.objects.exists()


def test_who_approved_and_keeps_reads_why_another_decides(office, asking, client):
    request = asking.ask(who="director", unit="group_office")
    client.force_login(office.people["director"])
    assert "so another decides" in client.get(request.get_absolute_url()).text


def test_the_register_is_narrowed_and_printed_as_the_official_form(
    office, asking, papers, client, today
):
    paper = papers.sealed()
    asking.at_state(S.SEALED)
    client.force_login(office.people["clerk2"])
    url = reverse("seals:uses")
    for query, found in (
        ("", 2), (f"?year={today.year}", 2), (f"?year={today.year - 1}", 0), ("?q=协议", 1),
        (f"?seal={SealUse.objects.get(serial=1).seal_id}&q=改革", 1), ("?year=x", 0),
    ):  # fmt: skip
        assert client.get(url + query).text.count('data-label="Number"') == found, query
    client.post(reverse("seals:book", args=[today.year]))
    job = Job.objects.get(kind="seal_book")
    assert jobs.run(job.pk)
    rows = SealUse.objects.for_register()
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(book.render(rows, today.year))).pages
    ).replace("\n", "")
    heads = (
        "登记编号",
        "日期时间",
        "印章名称",
        "用印单位",
        "事由",
        "份数",
        "批准人",
        "监印人",
        "经办人",
        "备注",
    )
    for words in ("用印登记表", *heads, f"用印〔{today.year}〕1号", f"用印〔{today.year}〕2号"):
        assert words in text, words
    assert paper.document_number in text
    assert client.get(reverse("job_file", args=[job.pk])).status_code == 200
    office.people["clerk2"].appointments.all().delete()
    assert client.get(reverse("job_file", args=[job.pk])).status_code == 404


@pytest.mark.parametrize("page", ["seals:uses", "seals:requests"])
def test_registers_ask_the_same_number_of_times_for_2_and_for_14_rows(
    office, asking, client, django_assert_max_num_queries, page
):
    client.force_login(office.people["clerk"])
    for _n in range(2):
        asking.at_state(S.SEALED)
    with django_assert_max_num_queries(12) as few:
        client.get(reverse(page))
    for _n in range(12):
        asking.at_state(S.SEALED)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(reverse(page)).text.count("<tr>") == 15


def test_the_pages_of_seals_and_of_one_request_stay_within_their_queries(
    office, asking, client, django_assert_max_num_queries
):
    request = asking.ask()
    client.force_login(office.people["director"])
    for url in (reverse("seals:list"), request.get_absolute_url()):
        with django_assert_max_num_queries(16):
            assert client.get(url).status_code == 200


def test_a_numbered_papers_page_stays_within_its_queries_and_says_who_seals(
    office, papers, client, django_assert_max_num_queries
):
    paper = papers.numbered()
    client.force_login(office.people["clerk2"])
    with django_assert_max_num_queries(30):
        assert "not sealed yet" in client.get(paper.get_absolute_url()).text
