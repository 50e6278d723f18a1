"""A real chain of certificates, made anew for each test that asks: root, intermediate, office."""

import datetime as dt
from dataclasses import dataclass
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSPHRASE = "口令 geheim-4711"
USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def name(common):
    parts = (
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, "启东市"),
        (NameOID.COMMON_NAME, common),
    )
    return x509.Name([x509.NameAttribute(*part) for part in parts])


def certify(common, key, issuer, issuer_key, *uses, ca=False, days=(-10, 300)):
    """A certificate valid from and until so many days from now; `uses` None has no key usage."""
    now = dt.datetime.now(dt.UTC)
    begun = (
        x509.CertificateBuilder()
        .subject_name(name(common))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=days[0]))
        .not_valid_after(now + dt.timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if uses:
        usage = x509.KeyUsage(**{one: one in uses for one in USAGES})
        begun = begun.add_extension(usage, critical=True)
    return begun.sign(issuer_key, hashes.SHA256())


@dataclass
class Chain:
    """The files an operator is given: the office's archive, and the root as PEM."""

    archive: bytes
    root: bytes

    def install(self, settings, folder, *, passphrase=PASSPHRASE, trusted=True):
        """Set the product up with it, the passphrase in a file, as docs/configuration.md says."""
        for file, content in (
            ("office.p12", self.archive),
            ("passphrase", f"{passphrase}\n".encode()),
            ("roots.pem", self.root),
        ):
            path = folder / file
            path.write_bytes(content)
            path.chmod(0o600)
        settings.SIGNING_PKCS12 = str(folder / "office.p12")
        settings.SIGNING_PASSPHRASE_FILE = str(folder / "passphrase")
        settings.SIGNING_TRUST_ROOTS = str(folder / "roots.pem") if trusted else ""
        return self


def chain(
    *, uses=("digital_signature",), days=(-10, 300), common="协调小组办公室", passphrase=PASSPHRASE
):
    """A root, an intermediate under it, and the office's certificate under that."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    signs = ("key_cert_sign", "crl_sign")
    root = certify("根证书", keys[0], name("根证书"), keys[0], *signs, ca=True, days=(-3000, 3000))
    middle = certify(
        "中级证书", keys[1], root.subject, keys[0], *signs, ca=True, days=(-3000, 3000)
    )
    office = certify(common, keys[2], middle.subject, keys[1], *uses, days=days)
    archive = pkcs12.serialize_key_and_certificates(
        b"office", keys[2], office, [middle],
        serialization.BestAvailableEncryption(passphrase.encode()),
    )  # fmt: skip
    return Chain(archive, root.public_bytes(serialization.Encoding.PEM))


def sign_anyhow(pdf: bytes, archive: bytes) -> bytes:
    """Sign without asking whether the certificate may: what somebody elsewhere could do."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    signer = signers.SimpleSigner.load_pkcs12_data(archive, [], PASSPHRASE.encode())
    meta = signers.PdfSignatureMetadata(
        field_name="X", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    out = BytesIO()
    signers.PdfSigner(meta, signer=signer).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)), output=out
    )
    return out.getvalue()
