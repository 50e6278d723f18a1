"""The export package: what is in it, that it is whole, and that every tampering is found."""

import csv
import hashlib
import io
import zipfile

import pytest
from django.core.management import CommandError, call_command
from lxml import etree
from pypdf import PdfReader

from coordination import jobs, storage
from coordination.models import Job
from documents.filing import actions, verify
from documents.filing.package import Writer
from documents.filing.verify import MANIFEST
from documents.models import OutgoingDocument
from documents.outgoing.content import Enclosed

pytestmark = pytest.mark.django_db
HOSTILE = "关于<改革>&“放管服”\x07的通知'\"]]>"


@pytest.fixture
def make(office, today):
    """Make the package of this year as the worker does; return the finished job."""

    def made(retention="", who="clerk"):
        params = {"year": today.year, "retention": retention, "title": "x"}
        job = jobs.enqueue("filing_package", params, office.people[who])
        jobs.run(job.pk)
        return Job.objects.select_related("result").get(pk=job.pk)

    return made


@pytest.fixture
def package(files, papers, make):
    """A package with a paper with an attachment, a received document, and a code left for another."""
    row = files.upload("附件一.txt", "附件")
    storage.claim([row])
    files.file(files.issued(attachments=(Enclosed("附件一", row.pk, row.sha256, row.name),)), "D30")
    files.refile(files.reopen(files.file(files.completed("来文.txt", "附表.txt")), "改期限"), "Y")
    job = make()
    assert (job.status, job.progress) == ("done", 100), job.error
    return storage.path_of(job.result.sha256)


def test_a_package_is_whole_and_says_its_digest(package, capsys):
    call_command("verify_package", str(package))
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    assert f"The package is whole. SHA-256 {digest}" in capsys.readouterr().out


def test_it_holds_every_part_in_its_order_with_metadata(package, today):
    with zipfile.ZipFile(package) as found:
        names = found.namelist()
        paper, received = (f"X001-WS·{today.year}-{end}" for end in ("D30-BGS-0001", "Y-BGS-0001"))
        expected = {
            paper: ["01-正本.pdf", "02-定稿.pdf", "03-附件-附件一.txt", "metadata.xml"],
            received: ["01-处理单.pdf", "02-来文-来文.txt", "03-附件-附表.txt", "metadata.xml"],
        }
        for code, ours in expected.items():
            folder = f"items/{code}/"
            assert [n.removeprefix(folder) for n in names if n.startswith(folder)] == ours
        assert {"index.csv", "index.xml", "说明.txt", MANIFEST} <= set(names)
        assert found.read(f"items/{received}/02-来文-来文.txt").decode() == "来文.txt"
        for name in (
            f"items/{paper}/01-正本.pdf",
            f"items/{paper}/02-定稿.pdf",
            f"items/{received}/01-处理单.pdf",
        ):
            content = found.read(name)
            said = PdfReader(io.BytesIO(content)).trailer["/Root"]["/Metadata"].get_data()
            assert b"pdfaid:part" in said, name
        text = (
            PdfReader(io.BytesIO(found.read(f"items/{paper}/02-定稿.pdf"))).pages[0].extract_text()
        )
        assert "同意签发" in text
        lines = list(csv.reader(io.StringIO(found.read("index.csv").decode("utf-8-sig"))))
        assert [line[0] for line in lines[1:]] == [
            f"X001-WS·{today.year}-D10-BGS-0001", paper, received,
        ]  # fmt: skip
        assert lines[1][4:8] == ["（空号）", "", "", "改期限"]


def test_its_metadata_bears_the_names_of_the_standard(package, today):
    with zipfile.ZipFile(package) as found:
        name = f"items/X001-WS·{today.year}-D30-BGS-0001/metadata.xml"
        root = etree.fromstring(found.read(name))
        core = {one.tag: one.text for one in root.find("公文元数据")}
        paper = OutgoingDocument.objects.get()
        assert core["标题"] == paper.title
        assert core["发文字号"] == paper.document_number
        assert core["文种"] == "通知"
        assert core["附件说明"] == "附件一"
        assert core["印发日期"] == today.isoformat()
        assert root.findtext("归档/保管期限") == "30年"
        kept = {one.get("路径"): one.get("SHA256") for one in root.findall("组成/文件")}
        for path, sha256 in kept.items():
            assert hashlib.sha256(found.read(path)).hexdigest() == sha256
        steps = [one.findtext("行为") for one in root.findall("办理过程/步骤")]
        assert len(steps) == 7
        assert steps[-1] == "印发"


def test_hostile_words_stay_words(files, office, make, today):
    document = files.attach(office.register(title=HOSTILE, sender_name="=1+1"), "../../a&<b>.txt")
    from documents.states import ReviewPoint

    points = [point.value for point in ReviewPoint]
    document = office.step(document, "pass_review", points=points)
    files.file(office.step(document, "file_for_information", opinion="阅\x07知"))
    path = storage.path_of(make().result.sha256)
    assert list(verify.faults(path)) == []
    with zipfile.ZipFile(path) as found:
        assert all(verify.is_safe(name) for name in found.namelist())
        folder = f"items/X001-WS·{today.year}-D10-BGS-0001/"
        root = etree.fromstring(found.read(f"{folder}metadata.xml"))
        assert root.findtext("公文元数据/标题") == HOSTILE.replace("\x07", "")
        etree.fromstring(found.read("index.xml"))
        assert "'=1+1" in found.read("index.csv").decode("utf-8-sig")


@pytest.fixture
def small(tmp_path):
    """A package of a few bytes, written as all are."""
    with zipfile.ZipFile(tmp_path / "small.zip", "w") as target:
        writer = Writer(target)
        for name in ("items/甲/02-来文-来文.txt", verify.INDEX, "index.xml"):
            writer.add(name, [name.encode(), b"..."])
        writer.close()
    assert list(verify.faults(tmp_path / "small.zip")) == []
    return tmp_path / "small.zip"


def repack(package, target, change):
    """Copy a package; `change(entries)` alters the list of (name, content)."""
    with zipfile.ZipFile(package) as old:
        entries = [(info.filename, old.read(info)) for info in old.infolist()]
    with zipfile.ZipFile(target, "w") as new:
        for name, content in change(entries):
            new.writestr(name, content)
    return target


def altered(entries):
    return [(n, c + b"x" if n.endswith("来文.txt") else c) for n, c in entries]


def dropped(entries):
    return [(n, c) for n, c in entries if not n.endswith("来文.txt")]


def relisted(entries):
    """A changed line of the manifest."""
    return [(n, c.replace(b"0", b"1", 1) if n == MANIFEST else c) for n, c in entries]


TAMPERED = {
    "changed": (altered, "changed: items/"),
    "missing": (dropped, "missing: items/"),
    "added": (lambda entries: [*entries, ("items/新.txt", b"x")], "not listed in the manifest"),
    "climbing": (lambda entries: [*entries, ("../../etc/passwd", b"x")], "unsafe name"),
    "absolute": (lambda entries: [*entries, ("/etc/passwd", b"x")], "unsafe name"),
    "backslash": (lambda entries: [*entries, ("..\\\\x", b"x")], "unsafe name"),
    "listing": (relisted, "changed: "),
    "unlisted": (lambda entries: entries[:-1], "manifest-sha256.txt is missing"),
    "garbled": (lambda entries: [*entries[:-1], (MANIFEST, b"\xff\n")], "no UTF-8"),
    "no line": (lambda entries: [*entries[:-1], (MANIFEST, b"hello\n")], "no digest and name"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_every_tampering_is_found(small, tmp_path, capsys, how):
    change, words = TAMPERED[how]
    target = repack(small, tmp_path / "p.zip", change)
    with pytest.raises(CommandError, match="faults") as refused:
        call_command("verify_package", str(target))
    assert refused.value.returncode == 1
    assert words in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_found(small, tmp_path):
    target = repack(small, tmp_path / "p.zip", lambda entries: [*entries, entries[0]])
    assert any(fault.startswith("there 2 times") for fault in verify.faults(target))


def test_bytes_changed_in_place_are_found(small, tmp_path):
    content = bytearray(small.read_bytes())
    content[content.index(b"...")] ^= 255
    (tmp_path / "p.zip").write_bytes(content)
    assert list(verify.faults(tmp_path / "p.zip"))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
def test_what_is_no_package_is_refused_in_words(tmp_path, content):
    (tmp_path / "p.zip").write_bytes(content)
    with pytest.raises(CommandError):
        call_command("verify_package", str(tmp_path / "p.zip"))
    with pytest.raises(CommandError, match="no file"):
        call_command("verify_package", str(tmp_path / "q.zip"))


def test_nothing_filed_gives_no_package(make):
    job = make()
    assert (job.status, job.error) == ("refused", "Nothing of this year and period is filed.")


def test_a_reopened_item_holds_the_package_up(files, make):
    item = files.reopen(files.file(files.completed()))
    job = make()
    assert job.status == "refused"
    assert item.code in job.error


def test_a_period_alone_can_be_packed(files, make):
    files.file(files.completed(), "D10")
    files.file(files.completed(), "Y")
    with zipfile.ZipFile(storage.path_of(make("Y").result.sha256)) as found:
        folders = {n.split("/")[1] for n in found.namelist() if n.startswith("items/")}
        assert len(folders) == 1
        assert "-Y-" in found.namelist()[0]


def test_whoever_lost_the_post_gets_no_package(files, office, make):
    files.file(files.completed())
    assert make(who="leader").status == "refused"


def test_a_lost_file_fails_the_package_and_leaves_nothing_half_written(files, make, settings):
    item = files.file(files.completed())
    storage.path_of(item.parts.get(role="received").sha256).unlink()
    assert make().status == "failed"
    assert not list(settings.FILES_DIR.glob("scratch-*"))


def test_its_progress_is_told_item_by_item(files, make, monkeypatch):
    told, report = [], jobs.report
    monkeypatch.setattr(jobs, "report", lambda job, n: (told.append(n), report(job, n)))
    for _ in range(4):
        files.file(files.completed())
    make()
    assert told[:4] == [1, 25, 49, 73]


def test_half_written_packages_of_dead_workers_are_swept(settings):
    import os

    left = storage.scratch()
    storage.sweep()
    assert left.exists()
    os.utime(left, (0, 0))
    storage.sweep()
    assert not left.exists()


def test_the_list_of_items_is_printed_with_empty_codes(files, papers, office, today):
    files.file(files.completed(), "Y", pages=12)
    files.refile(files.reopen(files.file(files.completed(), "Y"), "改期限"), "D10")
    params = {"year": today.year, "retention": "Y", "title": "x"}
    job = jobs.enqueue("filing_list", params, office.people["clerk"])
    assert jobs.run(job.pk)
    job.refresh_from_db()
    pdf = PdfReader(storage.path_of(job.result.sha256))
    text = pdf.pages[0].extract_text()
    for words in (
        "归档文件目录",
        "X001",
        "永久",
        "0001",
        "12",
        "0002",
        "（空号）",
        "改期限",
        "件号",
    ):
        assert words in text, words
    assert pdf.pages[0].mediabox.width > pdf.pages[0].mediabox.height
    assert actions.body_of(files.completed()).name in text
