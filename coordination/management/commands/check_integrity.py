"""`check_integrity`: steps, audit trail, files, numbers; exit 1 on any fault."""

from django.core.management.base import BaseCommand, CommandError

from coordination import integrity


class Command(BaseCommand):
    """Verify what was written against its digests; say every fault."""

    help = "Verify the record: step chains, audit trail, stored files, numbers, unsent notices."

    def handle(self, *args, **options):
        """Print faults; fail if there is one."""
        found = list(integrity.faults())
        for fault in found:
            self.stdout.write(fault)
        if found:
            raise CommandError(f"{len(found)} faults", returncode=1)
        self.stdout.write("No faults.")
