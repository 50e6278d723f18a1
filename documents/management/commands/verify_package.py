"""`verify_package FILE`: whether an export package of filed items is whole and unchanged."""

import hashlib
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from documents.filing.verify import faults


class Command(BaseCommand):
    """Looks at every file of a package; needs no database."""

    help = "Check every checksum, missing and added files and unsafe names; 1 when one is wrong."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        """Which file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        """Print every fault; otherwise the digest of the package itself."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}")
        found = 0
        for fault in faults(path):
            found += 1
            self.stdout.write(fault)
        if found:
            raise CommandError(f"{found} faults; this is not the package that was made.")
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        self.stdout.write(f"The package is whole. SHA-256 {digest}")
