"""The Chinese catalogue is complete and current: nothing untranslated, fuzzy, obsolete or new."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
IGNORED = (".venv", "node_modules", "var", "staticfiles", "tests")
PLACES = re.compile(r"%\(\w+\)[sd]")


def run(*command: str, cwd: Path = ROOT) -> str:
    """Run a command and return what it says; its failure is ours."""
    done = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout + done.stderr


def entries(path: Path) -> dict[str, str]:
    """Message and translation of every entry, through gettext's own reader."""
    text = run("msgcat", "--no-wrap", "--no-location", str(path))
    return dict(
        re.findall(r'^msgid "(.+)"\n(?:msgid_plural .*\n)?msgstr(?:\[0\])? "(.*)"$', text, re.M)
    )


def current_messages() -> set[str]:
    """The messages of the source as it is, gathered into a copy."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        copy.mkdir()
        for name in ("config", "coordination", "documents", "templates", "manage.py"):
            (copy / name).symlink_to(ROOT / name)
        (copy / "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans",
                   "--symlinks", "--no-wrap", "--no-location"]  # fmt: skip
        env = os.environ | {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": ""}
        subprocess.run(command, cwd=copy, check=True, capture_output=True, env=env)  # noqa: S603
        return set(entries(copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))


def main() -> int:
    """Say what is wrong, line by line."""
    faults = []
    for option, what in (("--untranslated", "untranslated"), ("--only-fuzzy", "fuzzy")):
        found = run("msgattrib", option, "--no-wrap", str(CATALOGUE))
        faults += [f"{what}: {m}" for m in re.findall(r'^msgid "(.+)"$', found, re.M)]
    if re.search(r"^#~", CATALOGUE.read_text(encoding="utf-8"), re.M):
        faults.append("obsolete entries: run make messages")
    known = entries(CATALOGUE)
    faults += [f"not in the catalogue: {m}" for m in sorted(current_messages() - set(known))]
    for message, translation in known.items():
        if translation and set(PLACES.findall(message)) != set(PLACES.findall(translation)):
            faults.append(f"placeholders differ: {message}")
    for fault in faults:
        print(fault)
    print(f"{len(known)} messages, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
