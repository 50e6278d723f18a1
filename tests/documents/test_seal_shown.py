"""The seal of a sealed paper in the reading view and in the Word file, and who gets its picture."""

import re
import zipfile
from io import BytesIO

import docx
import pdfplumber
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from coordination import storage
from documents.models import SealUse
from documents.outgoing import sealing
from documents.outgoing.content import Recipient
from documents.paper import docx_seal, measures
from documents.paper.docx import render_docx
from documents.seals import actions as keeping

from .office_program import converted
from .paper_ruler import BODY, measure
from .test_deliveries import copy_of, step
from .test_seals import seal_of

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle r="4" cx="5" cy="5" fill="#e60012"/></svg>'
SAYS = "no legal electronic seal"


def png():
    found = BytesIO()
    Image.new("RGBA", (400, 400), (230, 0, 18, 255)).save(found, "PNG")
    return found.getvalue()


def show(office, content=SVG, name="章.svg"):
    """Upload a picture for the Office's seal."""
    director = office.people["director"]
    picture = storage.keep_picture(SimpleUploadedFile(name, content), director)
    keeping.show(seal_of(), by=director, reason="上传", picture=picture)
    return picture


def get(client, person, url):
    client.force_login(person)
    return client.get(url)


def test_the_reading_view_shows_the_picture_of_the_day(office, papers, client):
    show(office)
    paper = papers.sealed()
    show(office, SVG + b"\n", "新章.svg")  # later: the paper keeps what it was sealed with
    page = get(client, office.people["clerk"], paper.get_absolute_url())
    url = reverse("papers:seal_picture", args=[paper.pk])
    assert f'<img class="paper-seal" src="{url}" alt="（印章）">' in page.text
    assert SAYS in page.text
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == SVG
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_without_a_picture_its_place_is_marked_in_words(office, papers, client):
    paper = papers.sealed()
    page = get(client, office.people["clerk"], paper.get_absolute_url()).text
    assert "（印章）" in page
    assert 'class="paper-seal"' not in page
    assert client.get(reverse("papers:seal_picture", args=[paper.pk])).status_code == 404


def test_what_is_not_sealed_as_it_stands_shows_no_seal(office, papers, client):
    show(office)
    paper = papers.numbered()
    url = reverse("papers:seal_picture", args=[paper.pk])
    page = get(client, office.people["clerk"], paper.get_absolute_url()).text
    assert "paper-seal" not in page
    assert SAYS not in page
    assert client.get(url).status_code == 404
    papers.seal(paper)
    assert client.get(url).status_code == 200
    papers.step(paper, "void_number", "clerk", "编错")
    assert client.get(url).status_code == 404
    assert "paper-seal" not in client.get(paper.get_absolute_url()).text


def test_the_picture_is_for_those_who_may_read_the_paper(office, papers, client, outsider):
    show(office)
    paper = papers.issued(main=(recipient(office, "finance"),))
    row = copy_of(paper, "finance")
    of_paper = reverse("papers:seal_picture", args=[paper.pk])
    of_copy = reverse("papers:delivery_seal", args=[row.pk])
    finance, health = office.liaison("finance"), office.liaison("health")
    page = get(client, finance, row.get_absolute_url()).text
    assert f'src="{of_copy}"' in page
    assert SAYS in page
    for person, paper_status, copy_status in (
        (office.people["clerk"], 200, 200),
        (finance, 404, 200),
        (health, 404, 404),
        (outsider, 404, 404),
    ):
        client.force_login(person)
        assert client.get(of_paper).status_code == paper_status, person
        assert client.get(of_copy).status_code == copy_status, person
    step(office, row, "recall", "clerk", "发错")
    client.force_login(finance)
    assert client.get(of_copy).status_code == 404
    client.logout()
    assert client.get(of_copy).status_code == 302


def recipient(office, key):
    return Recipient(office.unit(key).name, "lower", office.unit(key).pk)


# The Word file.
def word(papers, paper):
    return render_docx(sealing.for_word(papers.fresh(paper)))


def anchor_of(content):
    """The one floating picture of a Word file: left in mm of the type area, size in mm, XML."""
    opened = docx.Document(BytesIO(content))
    xml = opened.element.xml
    assert xml.count("<wp:anchor") == 1
    left = int(re.search(r'relativeFrom="margin">\s*<wp:posOffset>(-?\d+)', xml).group(1)) / 36000
    size = int(re.search(r'<wp:extent cx="(\d+)"', xml).group(1)) / 36000
    return left, size, xml


def test_the_word_file_bears_the_picture_over_signature_and_date(office, papers):
    show(office, png(), "章.png")
    paper = papers.sealed()
    content = word(papers, paper)
    left, size, xml = anchor_of(content)
    assert size == pytest.approx(SealUse.objects.get().diameter_mm, abs=0.01)
    dated = measures.day(paper.dated_on)
    line = next(
        line for page in measure(sealing.as_pdf(papers.fresh(paper))) for line in page.lines()
        if dated in line.text
    )  # fmt: skip
    middle = (line.left + line.right) / 2 - measures.LEFT
    assert left + size / 2 == pytest.approx(middle, abs=1)
    with zipfile.ZipFile(BytesIO(content)) as package:
        pictures = [name for name in package.namelist() if name.startswith("word/media/")]
        assert [package.read(name) for name in pictures] == [png()]
    assert docx_seal.NO_LEGAL_SEAL in xml
    assert docx.Document(BytesIO(content)).core_properties.comments == docx_seal.NO_LEGAL_SEAL


@pytest.mark.parametrize("uploaded", [True, False])
def test_an_svg_or_the_marked_place_stands_beside_a_picture_every_word_shows(
    office, papers, uploaded
):
    if uploaded:
        show(office)
    _left, _size, xml = anchor_of(content := word(papers, papers.sealed()))
    assert "svgBlip" in xml
    with zipfile.ZipFile(BytesIO(content)) as package:
        assert package.read("word/media/seal.svg") == (SVG if uploaded else sealing.MARKED_PLACE)
        assert 'ContentType="image/svg+xml"' in package.read("[Content_Types].xml").decode()


def test_a_numbered_paper_keeps_room_for_the_seal_and_bears_none(office, papers):
    show(office)
    paper = papers.numbered()
    before = docx.Document(BytesIO(word(papers, paper)))
    assert "<wp:anchor" not in before.element.xml
    assert not before.core_properties.comments
    after = docx.Document(BytesIO(word(papers, papers.seal(paper))))
    texts = [[line.text for line in opened.paragraphs] for opened in (before, after)]
    assert texts[0] == texts[1]
    spaces = [
        [(line.paragraph_format.space_before, line.paragraph_format.right_indent) for line in opened.paragraphs]
        for opened in (before, after)
    ]  # fmt: skip
    assert spaces[0] == spaces[1]


def test_a_draft_in_word_has_neither_seal_nor_room(papers):
    assert sealing.for_word(papers.to_sign()).seal is None


def test_word_shows_the_seal_where_the_pdf_does(office, papers, tmp_path):
    """Read back by an office program: the picture lies over the date, as wide as the seal."""
    show(office, png(), "章.png")
    paper = papers.sealed()
    ours = sealing.as_pdf(papers.fresh(paper))
    theirs = converted(word(papers, paper), tmp_path)
    dated = measures.day(paper.dated_on)
    assert seal_over(theirs, dated, 16) == pytest.approx(seal_over(ours, dated, BODY), abs=1.0)


def seal_over(content, dated, size):
    """Of the one picture, in mm: how far before the end of the date and above it it begins, and its width."""
    with pdfplumber.open(BytesIO(content)) as pdf:
        (place,) = [(nth, found) for nth, page in enumerate(pdf.pages) for found in page.images]
    nth, picture = place
    date = measure(content)[nth].line(dated, size)
    left, top, width = (picture[name] * 25.4 / 72 for name in ("x0", "top", "width"))
    return [date.right - left, date.top - top, width]
