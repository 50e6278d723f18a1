"""The office's certificate as the operator set it up, and the roots that signatures are judged by.

Source: 2012 Regulations art. 9 (a paper goes out under seal); ETSI EN 319 142-1 for what is made
with it. The passphrase is read when it is needed, and stands in no message and no representation.
"""

import stat
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.utils import timezone
from django.utils.translation import gettext as _

SOON = timedelta(days=30)
OPEN_TO_OTHERS = stat.S_IROTH | stat.S_IWOTH
EXPIRED, NOT_YET = "expired", "not_yet"


class Unusable(Exception):
    """The certificate, or the roots, cannot be used as they are set up; says why, in words."""

    def __init__(self, words: str, code: str):
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Certificate:
    """A key with its certificate, ready to sign on the day it was loaded."""

    subject: str
    since: datetime
    until: datetime
    archive: bytes = field(repr=False)
    passphrase: bytes | None = field(repr=False)


def is_configured() -> bool:
    """Whether issued PDFs are to be signed."""
    return bool(settings.SIGNING_PKCS12)


def load(now: datetime | None = None) -> Certificate:
    """The certificate that is set up; raises Unusable for one that cannot sign at `now`."""
    found, now = _opened(), now or timezone.now()
    if now < found.since:
        words = _("The certificate of %(subject)s is not valid before %(day)s.")
        raise Unusable(words % {"subject": found.subject, "day": _day(found.since)}, NOT_YET)
    if now > found.until:
        words = _("The certificate of %(subject)s expired on %(day)s.")
        raise Unusable(words % {"subject": found.subject, "day": _day(found.until)}, EXPIRED)
    return found


def _opened() -> Certificate:
    """The key and certificate of the archive; raises Unusable unless they can sign papers."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import pkcs12

    archive, passphrase = _read(settings.SIGNING_PKCS12), _passphrase()
    try:
        key, found, _others = pkcs12.load_key_and_certificates(archive, passphrase)
    except ValueError:
        raise Unusable(
            _("The passphrase does not open the certificate file, or it is no PKCS#12 file."),
            "passphrase",
        ) from None
    if key is None or found is None:
        raise Unusable(_("The certificate file holds no key with its certificate."), "no_key")
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise Unusable(_("The key is neither RSA nor ECDSA."), "kind_of_key")
    try:
        usage = found.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is None or not usage.digital_signature:
        raise Unusable(
            _("The certificate does not name digital signature among its key usages."), "usage"
        )
    return Certificate(
        found.subject.rfc4514_string(),
        found.not_valid_before_utc,
        found.not_valid_after_utc,
        archive,
        passphrase,
    )


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        words = _("The file %(path)s cannot be read: %(why)s.")
        raise Unusable(words % {"path": path, "why": error.strerror}, "unreadable") from None


def _passphrase() -> bytes | None:
    """From the file, where one is named, else from the environment; None for neither."""
    if settings.SIGNING_PASSPHRASE_FILE:
        return _read(settings.SIGNING_PASSPHRASE_FILE).rstrip(b"\r\n")
    return settings.SIGNING_PASSPHRASE.encode() or None


def roots() -> bytes:
    """The certificates (PEM) signatures are trusted by; empty where none are set up.

    Raises Unusable for a file that holds no certificate.
    """
    if not settings.SIGNING_TRUST_ROOTS:
        return b""
    from cryptography import x509

    text = _read(settings.SIGNING_TRUST_ROOTS)
    try:
        x509.load_pem_x509_certificates(text)
    except ValueError:
        raise Unusable(
            _("The file of trust roots holds no certificate in PEM form."), "roots"
        ) from None
    return text


def check(app_configs=None, **kwargs) -> list[checks.CheckMessage]:
    """What `manage.py check` says of the certificate and the roots.

    What the operator set up wrongly is an error; what time alone brings about is a warning, for
    the commands by which it is mended must run.
    """
    found: list[checks.CheckMessage] = []
    if is_configured():
        found += _faults(_usable, "documents.E001", "SIGNING_PKCS12")
        for name in ("SIGNING_PKCS12", "SIGNING_PASSPHRASE_FILE"):
            found += _openness(getattr(settings, name), name)
    found += _faults(roots, "documents.E002", "SIGNING_TRUST_ROOTS")
    return found


def _usable() -> None:
    left = load().until - timezone.now()
    if left < SOON:
        raise Unusable(
            _("The certificate expires in %(days)s days.") % {"days": left.days}, EXPIRED
        )


def _faults(judged, identity: str, name: str) -> list[checks.CheckMessage]:
    try:
        judged()
    except Unusable as fault:
        if fault.code in (EXPIRED, NOT_YET):
            return [checks.Warning(str(fault), hint=name, id="documents.W001")]
        return [checks.Error(str(fault), hint=name, id=identity)]
    return []


def _openness(path: str, name: str) -> list[checks.CheckMessage]:
    """A key that everybody on the machine can read is no key."""
    file = Path(path) if path else None
    if file is None or not file.is_file() or not file.stat().st_mode & OPEN_TO_OTHERS:
        return []
    words = _("Everybody on this machine can read %(path)s.") % {"path": path}
    return [checks.Warning(words, hint=name, id="documents.W002")]


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).date().isoformat()
