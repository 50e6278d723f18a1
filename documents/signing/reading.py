"""`python -m documents.signing.reading FILE ROOTS MOMENT`: print the signatures of a PDF as JSON.

Run as a process of its own with a time limit, for a hostile file can keep its reader busy; what it
may take of memory and processor is bounded here. Nothing is fetched: a certificate that was
revoked by its issuer is not found out.
"""

import json
import logging
import resource
import sys
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

UNSOUND, TOO_MUCH = 3, 4  # exit codes
MEMORY = 1024**3
SECONDS = 15  # of the processor
MOST = 10  # signatures told of
NAMED = (
    "common_name",
    "organizational_unit_name",
    "organization_name",
    "locality_name",
    "state_or_province_name",
    "country_name",
    "serial_number",
)
BROKEN = (SignatureValidationError, SigningError, SuspiciousModification, PdfError, ValueError)
SIGNS = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)


def read(content: bytes, roots: bytes = b"", moment: datetime | None = None) -> list[dict]:
    """Each signature of a PDF: whose it is, whether the bytes it covers are what was signed,
    whether it covers the whole file, and whether `roots` (PEM) lead to it at `moment`.

    Raises PdfError for what is no PDF that can be read.
    """
    anchors = (
        [x509.Certificate.load(der) for _kind, _head, der in pem.unarmor(roots, multiple=True)]
        if roots
        else []
    )
    reader = PdfFileReader(BytesIO(content), strict=False)
    return [_judged(one, anchors, moment) for one in reader.embedded_regular_signatures[:MOST]]


def _judged(embedded, anchors: list, moment: datetime | None) -> dict[str, Any]:
    context = ValidationContext(
        trust_roots=anchors, allow_fetching=False, moment=moment, revocation_mode="soft-fail"
    )
    try:
        status = validate_pdf_signature(
            embedded, signer_validation_context=context, key_usage_settings=SIGNS, skip_diff=True
        )
    except BROKEN:
        return _unknown(embedded)
    certificate = status.signing_cert
    return _unknown(embedded) | {
        "subject": _named(certificate.subject),
        "issuer": _named(certificate.issuer),
        "since": certificate.not_valid_before.isoformat(),
        "until": certificate.not_valid_after.isoformat(),
        "intact": bool(status.intact and status.valid),
        "whole": status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        "trusted": bool(status.trusted) if anchors else None,
    }


def _named(name: x509.Name) -> str:
    """A name of a certificate: who first, then within what; without what could garble a page."""
    held: dict[str, Any] = name.native
    values = [held[part] for part in NAMED if part in held]
    flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return "".join(char for char in ", ".join(map(str, flat)) if char.isprintable())[:200]


def _unknown(embedded) -> dict[str, Any]:
    """What is said of a signature that cannot be judged: nothing in its favour."""
    claimed = embedded.self_reported_timestamp
    return {
        "subject": "",
        "issuer": "",
        "reason": str(embedded.sig_object.get("/Reason", ""))[:200],
        "claimed_at": claimed.isoformat() if claimed else "",
        "since": "",
        "until": "",
        "intact": False,
        "whole": False,
        "trusted": None,
    }


def main(path: str, roots: str, moment: str) -> int:
    """Print the signatures; else say by the exit code why there is nothing to say."""
    logging.disable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        found = read(
            Path(path).read_bytes(), Path(roots).read_bytes(), datetime.fromisoformat(moment)
        )
    except MemoryError:
        return TOO_MUCH
    except (*BROKEN, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return UNSOUND
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
