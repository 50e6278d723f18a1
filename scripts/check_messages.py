"""Every catalogue is complete and current: nothing untranslated, fuzzy, obsolete or missing.

gettext's own tools judge: msgfmt the placeholders, msgcmp the catalogue against the source.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("config", "coordination", "documents", "templates", "static", "manage.py")
PLACE = re.compile(r"^(?P<file>.*?):(?P<line>\d+): (?P<what>.*)$")


def complaints(*command: str) -> list[str]:
    """Run a gettext tool; return the lines it complains with."""
    env = os.environ | {"LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=env)  # noqa: S603
    said = [line for line in done.stderr.splitlines() if "header field" not in line]
    return said or ([f"{command[0]} failed"] if done.returncode else [])


def gather(catalogue: Path, folder: Path) -> Path:
    """Gather the messages of the source, as it is, into a copy; return the copy's catalogue."""
    for name in SOURCES:
        (folder / name).symlink_to(ROOT / name)
    (folder / "locale").mkdir()
    locale = catalogue.relative_to(ROOT / "locale").parts[0]
    command = [sys.executable, "-m", "django", "makemessages", "--locale", locale, "--domain",
               catalogue.stem, "--symlinks", "--no-wrap", "--no-location"]  # fmt: skip
    env = os.environ | {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": ""}
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=env)  # noqa: S603
    return folder / catalogue.relative_to(ROOT)


def name_message(complaint: str) -> str:
    """Put the message itself behind a complaint that names only its line."""
    match = PLACE.match(complaint)
    if not match or not Path(match["file"]).is_file():
        return complaint
    lines = Path(match["file"]).read_text(encoding="utf-8").splitlines()
    before = "\n".join(lines[: int(match["line"])])
    message = before[before.rfind("\nmsgid ") :].split("\nmsgstr")[0]
    return f"{match['what']}: {' '.join(message.split())[:160]}"


def faults(catalogue: Path) -> list[str]:
    """Return all that is wrong with a catalogue, in words."""
    found = complaints("msgfmt", "--check", "--output-file", os.devnull, str(catalogue))
    if re.search(r"^#~", catalogue.read_text(encoding="utf-8"), re.M):
        found.append("obsolete entries: run make messages")
    with tempfile.TemporaryDirectory() as folder:
        current = gather(catalogue, Path(folder))
        told = complaints("msgcmp", str(catalogue), str(current))
        return [name_message(line) for line in found + told if "found " not in line]


def main() -> int:
    """Say what is wrong, line by line."""
    catalogues = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    wrong = 0 if catalogues else 1
    for catalogue in catalogues:
        found = faults(catalogue)
        wrong += len(found)
        for fault in found:
            print(fault)
        entries = len(re.findall(r"^msgid ", catalogue.read_text(encoding="utf-8"), re.M)) - 1
        print(f"{catalogue.relative_to(ROOT)}: {entries} messages, {len(found)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
