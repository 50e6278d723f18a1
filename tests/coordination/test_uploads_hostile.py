"""Uploads made to look like something else, to hide macros, or to cost memory and time."""

import contextlib
import io
import random
import struct
import tracemalloc
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from coordination import uploads

from .test_uploads import DOCX, PDF, SOUND, ole, package, picture

TYPES = "[Content_Types].xml"
VBA = b'<Override ContentType="application/vnd.ms-office.vbaProject"/>'
MAIN = b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'


def refusal(name, content):
    with pytest.raises(ValidationError) as refused:
        uploads.inspect(SimpleUploadedFile(name, content))
    return refused.value.code


def packed(compression):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in DOCX.items():
            archive.writestr(name, content)
    return out.getvalue()


def locked():
    """A package whose members say they are encrypted, in both of their headers."""
    content = bytearray(package(DOCX))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(signature, place + 1)
    return bytes(content)


def flat_picture(side):
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()


BAD = [
    ("改名.xls", ole("WordDocument"), "not_genuine"),
    ("改名.doc", ole("Workbook"), "not_genuine"),
    ("只有头.doc", uploads.OLE + b"\0" * 600, "not_genuine"),
    ("正文里提到.doc", ole() + "WordDocument\0".encode("utf-16-le"), "not_genuine"),
    ("宏.doc", ole("WordDocument", "Macros", "_VBA_PROJECT"), "macros"),
    ("小写宏.xls", ole("Workbook", "_vba_project"), "macros"),
    ("宏.wps", ole("WordDocument", "_VBA_PROJECT"), "macros"),
    ("加密.docx", ole("EncryptionInfo", "EncryptedPackage"), "encrypted"),
    ("改名.docx", ole("WordDocument"), "not_genuine"),
    ("改名.doc", package(DOCX), "not_genuine"),
    ("改名.xlsx", package(DOCX), "not_genuine"),
    ("加密.docx", locked(), "encrypted"),
    ("宏改名.docx", package(DOCX | {TYPES: VBA, "word/x.bin": b"x"}), "macros"),
    ("宏.docx", package(DOCX | {TYPES: MAIN.decode().encode("utf-16")}), "macros"),
    ("暗写.docx", package(DOCX | {TYPES: b"&#109;acroEnabled"}), "not_genuine"),
    (
        "长.docx",
        package(DOCX | {TYPES: random.Random(1).randbytes(uploads.CHUNK) + b"x"}),
        "not_genuine",
    ),
    ("盘符.docx", package(DOCX | {"C:\\x": b"x"}), "paths"),
    ("绝对.docx", package(DOCX | {"/etc/x": b"x"}), "paths"),
    ("反斜.docx", package(DOCX | {"a\\..\\..\\x": b"x"}), "paths"),
    ("罕见.docx", packed(zipfile.ZIP_LZMA), "not_genuine"),
    ("罕见.docx", packed(zipfile.ZIP_BZIP2), "not_genuine"),
    ("截.docx", package(DOCX)[:-30], "not_genuine"),
    ("改名.txt", PDF, "not_genuine"),
    ("改名.txt", picture("PNG"), "not_genuine"),
    ("改名.txt", package(DOCX), "not_genuine"),
    ("坏.txt", "正文".encode() + b"\xff\xff", "not_genuine"),
    ("截.txt", "正文".encode("gb18030")[:-1], "not_genuine"),
    ("巨.png", flat_picture(11_000), "pixels"),
    ("巨.png", flat_picture(20_000), "pixels"),
    ("pdf", PDF, "kind"),
]


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("name", "content", "code"), BAD, ids=[f"{n}-{name}" for n, (name, _, _) in enumerate(BAD)]
)
def test_what_hides_something_is_refused(name, content, code):
    assert refusal(name, content) == code


@pytest.mark.parametrize("name", ["文.doc", "文.wps"])
def test_old_office_files_are_taken(name):
    content = ole("1Table", "WordDocument")
    assert uploads.inspect(SimpleUploadedFile(name, content)).size == len(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_longer_than_a_chunk_is_read_to_its_end(encoding):
    content = ("公文处理\r\n" * 150_000).encode(encoding)
    assert len(content) > uploads.CHUNK
    assert uploads.inspect(SimpleUploadedFile("长.txt", content)).size == len(content)
    assert refusal("长.txt", content + b"\x00") == "not_genuine"


def test_a_huge_directory_is_refused_before_it_is_read():
    count = 100_000
    header = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, *[0] * 8, 1, *[0] * 6) + b"a"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(header) * count, 0, 0)
    upload = SimpleUploadedFile("目录.docx", header * count + end)
    tracemalloc.start()
    with pytest.raises(ValidationError) as refused:
        uploads.inspect(upload)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.code == "bomb"
    assert peak < 8 * uploads.CHUNK


def test_a_file_on_disk_is_inspected_like_one_in_memory():
    content = dict(SOUND)["报告.docx"]
    with TemporaryUploadedFile("报告.docx", "", len(content), None) as upload:
        upload.write(content)
        on_disk = uploads.inspect(upload)
    assert on_disk == uploads.inspect(SimpleUploadedFile("报告.docx", content))


FULL = [
    (name.rpartition(".")[2].lower(), content)
    for name, content in [*SOUND, ("x.jpg", picture("JPEG")), ("x.png", flat_picture(300))]
]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(FULL), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=8))
def test_no_damage_breaks_the_inspection(sound, changes):
    extension, content = sound
    damaged = bytearray(content)
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    with contextlib.suppress(ValidationError):
        uploads.inspect(SimpleUploadedFile(f"x.{extension}", bytes(damaged)))


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        (".pdf", "file.pdf"),
        ("报告 . pdf", "报告.pdf"),
        ("1.关于开展某某专项工作的通知正文", "1.关于开展某某专项工作的通知正文"),
        ("e\u200b\u0301.pdf", "\u00e9.pdf"),
        ("a\ud800b.pdf", "ab.pdf"),
        ("a" * 116 + ".pdf", "a" * 116 + ".pdf"),
        ("a" * 117 + ".pdf", "a" * 108 + ".pdf"),
        ("\u2066\u200e报告\u2069.pdf", "报告.pdf"),
    ],
)
def test_odd_names_keep_what_is_good_in_them(name, clean):
    assert uploads.clean_name(name) == clean
