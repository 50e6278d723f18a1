"""The reading view and the specimen command."""

from dataclasses import replace
from html.parser import HTMLParser

import docx
import pytest
from django.core.management import CommandError, call_command

from documents.paper import samples
from documents.paper.content import Paper
from documents.paper.pdf import page_count
from documents.paper.web import render_html
from documents.prose import Heading, Paragraph, Table

VOID = {"br", "hr", "img", "meta", "link"}


class Reader(HTMLParser):
    """Collects tags, attributes and text, and whether every tag is closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open, self.words = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("kind", samples.SPECIMENS)
def test_the_reading_view_is_semantic_and_styled_by_classes_alone(kind):
    paper = samples.SPECIMENS[kind]()
    reader = Reader(render_html(paper))
    assert not reader.open
    assert reader.tags[0] == "article"
    assert reader.tags.count("h2") == 1
    assert "h1" not in reader.tags
    assert not [a for a in reader.attributes if a[1] in ("style", "id") or a[1].startswith("on")]
    text = "".join(reader.words)
    assert paper.number in text
    assert "".join(paper.title.split()) in "".join(text.split())


def test_headings_recipients_signature_and_imprint_can_be_read():
    text = "".join(Reader(render_html(replace(samples.document(), watermark="草稿"))).words)
    for words in ("一、总体要求", "（一）压实工作责任。", "1.梳理事项。", "市各直属单位：", "2026年3月5日",
                  "附件1", "共印80份", "启东市人民政府办公室", "2026年3月6日印发", "草稿"):  # fmt: skip
        assert words in text, words


def test_hostile_text_is_escaped():
    bad = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    paper = Paper(
        "general", bad, number=bad, title=bad, main_recipients=bad,
        blocks=(Paragraph(bad), Heading(1, bad), Heading(2, bad, bad), Table(((bad,), (bad,)))),
        attachments=(bad,), signatures=(bad,), annotation=bad, copy_recipients=bad, watermark=bad,
    )  # fmt: skip
    reader = Reader(render_html(paper))
    assert "script" not in reader.tags
    assert "img" not in reader.tags


@pytest.mark.parametrize("kind", samples.SPECIMENS)
def test_specimens_are_written_where_asked(kind, tmp_path, capsys):
    path = tmp_path / f"{kind}.pdf"
    call_command("specimen", kind, output=str(path))
    assert str(path) in capsys.readouterr().out
    assert page_count(path.read_bytes()) == {"document": 8, "letter": 1}.get(kind, 2)


def test_a_specimen_for_word_is_one(tmp_path):
    path = tmp_path / "letter.docx"
    call_command("specimen", "letter", "-o", str(path))
    assert docx.Document(path).paragraphs
    with pytest.raises(CommandError):
        call_command("specimen", "poem")
