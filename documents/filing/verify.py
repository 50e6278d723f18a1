"""Whether an export package is what was made: every file there, none changed, none added. Pure.

Nothing is unpacked; each file is read in pieces, so a package of any size or malice costs little.
"""

import hashlib
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MANIFEST = "manifest-sha256.txt"
INDEX = "index.csv"
LINE = re.compile("([0-9a-f]{64})  (.+)")
PIECE = 1 << 20
MOST_NAMES = 64 << 20  # bytes of a manifest that are read


def faults(path: Path) -> Iterator[str]:
    """Yield every fault of the package, in words; nothing when it is whole."""
    try:
        with zipfile.ZipFile(path) as package:
            yield from _faults(package)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        yield f"the package cannot be read: {error}"


def _faults(package: zipfile.ZipFile) -> Iterator[str]:
    entries = package.infolist()
    yield from _name_faults(entries)
    there = {entry.filename: entry for entry in entries}
    if MANIFEST not in there:
        yield f"{MANIFEST} is missing"
        return
    if there[MANIFEST].file_size > MOST_NAMES:
        yield f"{MANIFEST} is too long"
        return
    listed, wrong = _listed(package.read(there[MANIFEST]))
    yield from wrong
    for name in (INDEX, "index.xml"):
        if name not in listed:
            yield f"{name} is not listed in the manifest"
    for name in sorted(there.keys() - listed.keys() - {MANIFEST}):
        yield f"not listed in the manifest: {name}"
    for name, sha256 in listed.items():
        if name not in there:
            yield f"missing: {name}"
        else:
            yield from _content_faults(package, there[name], sha256)


def _name_faults(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Names that would leave the folder they are unpacked in, or hide another."""
    for name, times in Counter(entry.filename for entry in entries).items():
        if times > 1:
            yield f"there {times} times: {name}"
        if not is_safe(name):
            yield f"unsafe name: {name!r}"
    for entry in entries:
        if (entry.external_attr >> 16) & 0o170000 == 0o120000:
            yield f"a link, not a file: {entry.filename}"
        if entry.flag_bits & 1:
            yield f"encrypted: {entry.filename}"


def is_safe(name: str) -> bool:
    """Whether a file of this name stays in the folder the package is unpacked in."""
    parts = PurePosixPath(name).parts
    odd = "\\" in name or "\0" in name or ":" in name or any(ord(char) < 32 for char in name)
    return bool(parts) and not odd and not name.startswith("/") and ".." not in parts


def _listed(text: bytes) -> tuple[dict[str, str], list[str]]:
    """The names and digests of the manifest, and what is wrong with its lines."""
    listed: dict[str, str] = {}
    wrong = []
    try:
        lines = text.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return {}, [f"{MANIFEST} is no UTF-8 text"]
    for number, line in enumerate(lines, start=1):
        found = LINE.fullmatch(line)
        if found is None:
            wrong.append(f"{MANIFEST}, line {number}: no digest and name")
        elif found[2] in listed:
            wrong.append(f"{MANIFEST}, line {number}: listed twice: {found[2]}")
        else:
            listed[found[2]] = found[1]
    return listed, wrong


def _content_faults(package: zipfile.ZipFile, entry: zipfile.ZipInfo, sha256: str) -> Iterator[str]:
    digest, size = hashlib.sha256(), 0
    try:
        with package.open(entry) as content:
            while piece := content.read(PIECE):
                digest.update(piece)
                size += len(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        yield f"cannot be read: {entry.filename} ({error})"
        return
    if digest.hexdigest() != sha256:
        yield f"changed: {entry.filename} ({size} bytes)"
