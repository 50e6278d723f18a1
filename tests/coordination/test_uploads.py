"""Uploads that are not what they say, too large, empty, or made to harm."""

import contextlib
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from coordination import uploads

DOCX = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}


def package(members, **kwargs):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def picture(kind):
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, kind)
    return out.getvalue()


def ole(*names):
    """The head of an OLE file and a directory that lists these names."""
    entries = [(name + "\0").encode("utf-16-le") for name in ("Root Entry", *names)]
    directory = [e.ljust(64, b"\0") + len(e).to_bytes(2, "little") for e in entries]
    return uploads.OLE.ljust(512, b"\0") + b"".join(e.ljust(128, b"\0") for e in directory)


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
SOUND = [
    ("报告.pdf", PDF),
    ("报告.docx", package(DOCX)),
    ("表.xlsx", package({"[Content_Types].xml": b"", "xl/workbook.xml": b""})),
    ("文.ofd", package({"OFD.xml": b""})),
    ("图.png", picture("PNG")),
    ("图.JPG", picture("JPEG")),
    ("文.txt", "正文".encode("gb18030")),
    ("旧.doc", ole("WordDocument")),
]


@pytest.mark.parametrize(("name", "content"), SOUND, ids=[name for name, _ in SOUND])
def test_sound_files_are_taken(name, content):
    found = uploads.inspect(SimpleUploadedFile(name, content))
    assert found.size == len(content)
    assert found.media_type == uploads.MEDIA_TYPES[name.rsplit(".")[-1].lower()]


BAD = [
    ("空.pdf", b"", "empty"),
    ("程序.exe", b"MZ", "kind"),
    ("压缩.zip", package(DOCX), "kind"),
    ("无扩展名", PDF, "kind"),
    ("假.pdf", b"<html></html>", "not_genuine"),
    ("截.pdf", b"%PDF-1.7 no end", "not_genuine"),
    ("假.docx", package({"a.txt": b"x"}), "not_genuine"),
    ("假.docx", PDF, "not_genuine"),
    ("假.png", picture("JPEG"), "not_genuine"),
    ("截.png", picture("PNG")[:30], "not_genuine"),
    ("二进制.txt", b"\x00\x01\x02", "not_genuine"),
    ("宏.docx", package(DOCX | {"word/vbaProject.bin": b"x"}), "macros"),
    ("路径.docx", package(DOCX | {"../../etc/passwd": b"x"}), "paths"),
    ("炸弹.docx", package(DOCX | {"word/media/a": b"\0" * 60_000_000}), "bomb"),
    ("多.docx", package(DOCX | {f"word/{n}": b"" for n in range(5001)}), "bomb"),
]


@pytest.mark.parametrize(("name", "content", "code"), BAD, ids=[f"{n}-{c}" for n, _, c in BAD])
def test_others_are_refused_in_words(name, content, code):
    with pytest.raises(ValidationError) as refused:
        uploads.inspect(SimpleUploadedFile(name, content))
    assert refused.value.code == code
    assert refused.value.messages[0]


def test_an_archive_whose_declared_sizes_lie_is_refused():
    content = bytearray(package(DOCX | {"word/media/a": b"\0" * 60_000_000}))
    start = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/media/a"))
    content[start + 24 : start + 28] = (100).to_bytes(4, "little")
    with pytest.raises(ValidationError) as refused:
        uploads.inspect(SimpleUploadedFile("谎.docx", bytes(content)))
    assert refused.value.code in ("bomb", "not_genuine")


def test_too_large_is_refused(settings):
    settings.MAX_UPLOAD_BYTES = 10
    with pytest.raises(ValidationError) as refused:
        uploads.inspect(SimpleUploadedFile("大.pdf", PDF))
    assert refused.value.code == "too_large"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300), st.sampled_from(sorted(uploads.MEDIA_TYPES)), st.data())
def test_no_bytes_break_the_inspection(noise, extension, data):
    sound = data.draw(st.sampled_from([content for _, content in SOUND] + [b""]))
    cut = data.draw(st.integers(0, len(sound)))
    with contextlib.suppress(ValidationError):
        uploads.inspect(SimpleUploadedFile(f"x.{extension}", sound[:cut] + noise))


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\fakepath\\报告.pdf", "报告.pdf"),
        ("fdp.\u202eexe", "fdp.exe"),
        ("a\u200b\x00b\n.txt", "ab.txt"),
        ("", "file"),
        ("...", "file"),
        ("报" * 300 + ".pdf", "报" * 108 + ".pdf"),
        ('a<b>"c".pdf', "a b c.pdf"),
    ],
)
def test_names_are_made_safe(name, clean):
    assert uploads.clean_name(name) == clean


@given(st.text(max_size=200))
def test_any_name_is_made_safe(name):
    clean = uploads.clean_name(name)
    assert clean
    assert len(clean) <= uploads.NAME_LIMIT
    assert not set("/\\\n\x00\u202e") & set(clean)
