"""Whose signatures a PDF bears and what they are worth, read in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.utils import timezone

from . import certificate

SECONDS = 20  # of waiting; the processor's are bounded in the process itself
MARK = b"/ByteRange"  # stands in the clear in every signed PDF: it is about places in the file


class Unreadable(ValueError):
    """It is no PDF whose signatures can be read, or reading it takes too much."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a PDF.

    `intact`: the bytes it covers are what was signed. `whole`: those are all the bytes of the
    file. `trusted`: the roots set up here lead to its certificate, None where none are set up.
    `claimed_at`: the moment the signer's machine said; there is no time stamp.
    """

    subject: str
    issuer: str
    reason: str
    claimed_at: datetime | None
    since: datetime | None
    until: datetime | None
    intact: bool
    whole: bool
    trusted: bool | None

    @property
    def is_sound(self) -> bool:
        """Whether nothing at all was changed in the file since it was signed."""
        return self.intact and self.whole

    @property
    def was_valid_then(self) -> bool:
        """Whether the certificate was within its days at the moment the signer's machine said."""
        if self.claimed_at is None or self.since is None or self.until is None:
            return False
        return self.since <= self.claimed_at <= self.until


def signatures_of(path: Path, moment: datetime | None = None) -> tuple[Signature, ...]:
    """The signatures of the PDF at `path`, its certificates judged as of `moment`, else of now.

    Raises Unreadable for a file that cannot be judged, certificate.Unusable for wrong roots.
    """
    if not _may_be_signed(path):
        return ()
    with NamedTemporaryFile(suffix=".pem") as roots:
        roots.write(certificate.roots())
        roots.flush()
        printed = _read_apart(path, Path(roots.name), moment or timezone.now())
    return tuple(_from(one) for one in json.loads(printed))


def _may_be_signed(path: Path) -> bool:
    """Whether it is worth a process of its own: most files bear no signature."""
    content = path.read_bytes()
    return MARK in content


def _read_apart(path: Path, roots: Path, moment: datetime) -> bytes:
    """What the reader printed; it gets none of this process's environment, which holds secrets."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and paths of our own making
            [sys.executable, "-m", f"{__package__}.reading", path, roots, moment.isoformat()],
            cwd=settings.BASE_DIR,
            env={"PYTHONUTF8": "1"},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable from error
    if done.returncode != 0:
        raise Unreadable
    return done.stdout


def _from(one: dict) -> Signature:
    moments = {
        name: datetime.fromisoformat(one[name]) if one[name] else None
        for name in ("claimed_at", "since", "until")
    }
    return Signature(**(one | moments))
