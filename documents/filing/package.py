"""The export package: a ZIP with every item's papers, files and metadata, checksums and indexes.

items/<archival code>/   each part under its place and role, and metadata.xml
index.csv, index.xml     one line an item; codes used no more stand in their place
manifest-sha256.txt      the SHA-256 of every other file of the package
说明.txt                 what this is, in words

Written piece by piece to a file; nothing but the part at hand is in memory.
"""

import csv
import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from lxml import etree

from coordination import storage
from coordination.spreadsheets import UNWRITABLE, safe
from coordination.uploads import clean_name
from documents.models import FiledItem, FiledPart, IssuedCopy, VacatedCode
from documents.outgoing import sealing
from documents.states import RETENTION_WRITTEN, ROLE_WRITTEN, PartRole, Retention

from . import parts
from .metadata import metadata, written
from .sheets import final_draft
from .verify import INDEX, MANIFEST

PIECE = 1 << 20
COLUMNS = ("档号", "件号", "责任者", "文号", "题名", "日期", "页数", "备注", "目录")
ABOUT = """归档文件数据包

items/ 下每件一个目录，以档号命名：正本（PDF/A）、定稿、附件、处理单、来文原文件，依件内顺序编号；
metadata.xml 为元数据，元素名称依 GB/T 33480-2016，扩展部分为“归档”“组成”“办理过程”。
index.csv、index.xml 为归档文件目录，空号照列。manifest-sha256.txt 为全部文件的 SHA-256 校验值。
校验：manage.py verify_package 文件名
"""


class Writer:
    """A package being written: what goes in is hashed on its way."""

    def __init__(self, package: zipfile.ZipFile):
        self.package = package
        self.digests: dict[str, str] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> str:
        """Write one file; return its SHA-256."""
        digest = hashlib.sha256()
        with self.package.open(name, "w", force_zip64=True) as out:
            for piece in pieces:
                digest.update(piece)
                out.write(piece)
        self.digests[name] = digest.hexdigest()
        return self.digests[name]

    def close(self) -> None:
        """Write the manifest of all that was written."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in self.digests.items())
        self.package.writestr(MANIFEST, lines)


def write(
    target: Path, items: list[FiledItem], vacated: list[VacatedCode], told: Callable[[int], None]
) -> None:
    """Write the package of `items` to `target`; `told(n)` hears how many are done."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as package:
        writer = Writer(package)
        for done, item in enumerate(items):
            told(done)
            _write_item(writer, item)
        rows: list[Any] = [*items, *vacated]
        rows.sort(key=lambda row: (row.body_id, row.retention, row.serial))
        writer.add(INDEX, [_index_csv(rows).encode("utf-8-sig")])
        writer.add("index.xml", [_index_xml(rows)])
        writer.add("说明.txt", [ABOUT.encode()])
        writer.close()


def folder_of(item: FiledItem) -> str:
    """Where the files of an item lie."""
    return f"items/{item.code}"


def _write_item(writer: Writer, item: FiledItem) -> None:
    listed = []
    for part in parts.current(item):
        part.item = item
        name = f"{folder_of(item)}/{part.place:02d}-{_name(part)}"
        sha256 = writer.add(name, _content(part))
        listed.append((ROLE_WRITTEN[PartRole(part.role)], part.title, name, sha256))
    taken = parts.steps(item.document, item.line)
    writer.add(f"{folder_of(item)}/metadata.xml", [metadata(item, listed, taken)])


def _name(part: FiledPart) -> str:
    """The file name of a part: its role, and that of the file it was."""
    role = ROLE_WRITTEN[PartRole(part.role)]
    return clean_name(f"{role}-{part.file.name}") if part.file else f"{role}.pdf"


def _content(part: FiledPart) -> Iterable[bytes]:
    """A stored file in pieces, or what is made when it is printed; made last, for it is heavy."""
    if part.file is not None:
        return pieces_of(storage.path_of(part.sha256))
    return [_made(part)]


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file piece by piece. Raises OSError when it is lost."""
    with path.open("rb") as content:
        while piece := content.read(PIECE):
            yield piece


def _made(part: Any) -> bytes:
    from documents.sheet import render

    if part.role == PartRole.SHEET:
        return render(part.item.incoming)
    paper = part.version.document
    if part.role == PartRole.FINAL_DRAFT:
        return final_draft(paper, part.version)
    issued = IssuedCopy.objects.filter(document=paper).first()  # signed, where it was signed
    return storage.path_of(issued.sha256).read_bytes() if issued else sealing.as_pdf(paper)


def _line(row: FiledItem | VacatedCode) -> list[str]:
    if isinstance(row, VacatedCode):
        return [row.code, f"{row.serial:04d}", "", "", "（空号）", "", "", row.reason, ""]
    day, pages = row.dated_on, row.pages
    return [
        row.code,
        row.item_number,
        row.author,
        row.document_number,
        row.title,
        day.isoformat() if day else "",
        str(pages or ""),
        row.remark,
        folder_of(row),
    ]


def _index_csv(rows: list) -> str:
    out = StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    table.writerows([safe(value) for value in _line(row)] for row in rows)
    return out.getvalue()


def _index_xml(rows: list) -> bytes:
    root = etree.Element("归档文件目录")
    for row in rows:
        period = RETENTION_WRITTEN[Retention(row.retention)]
        entry = etree.SubElement(root, "件", 年度=str(row.year), 保管期限=period)
        for name, value in zip(COLUMNS, _line(row), strict=True):
            if value:
                etree.SubElement(entry, name).text = UNWRITABLE.sub("", value)
    return written(root)
