"""Sign a PDF: PAdES B-B, invisible, as an incremental update of a file that stays PDF/A.

No time stamp is fetched, for the product runs in closed networks: the moment of signing is what
this machine said, and whoever judges a signature is told so. Heavy: only the worker needs it.
"""

from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from . import reading
from .certificate import Certificate

FIELD = "IssuedPaper"


class NotSound(RuntimeError):
    """What came out of signing is not what it must be; nothing of it is kept."""


class _Unaltered(IncrementalPdfFileWriter):
    """Leaves the document's own metadata as they are, so that it says the same as before."""

    def _update_meta(self):
        """Write neither a producer nor a day of change: the metadata are those that were issued."""


def sign(pdf: bytes, certificate: Certificate, *, reason: str) -> bytes:
    """The bytes of `pdf` followed by the signature, which covers them all.

    Raises NotSound when the signature, read again, does not hold.
    """
    signer = signers.SimpleSigner.load_pkcs12_data(
        certificate.archive, other_certs=[], passphrase=certificate.passphrase
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason,
    )
    signed = BytesIO()
    signers.PdfSigner(meta, signer=signer).sign_pdf(_Unaltered(BytesIO(pdf)), output=signed)
    content = signed.getvalue()
    found = reading.read(content)
    if len(found) != 1 or not (found[0]["intact"] and found[0]["whole"]):
        raise NotSound("the signature does not hold on the file it was made for")
    return content
