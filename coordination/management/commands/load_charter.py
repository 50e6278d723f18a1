"""`load_charter [FILE]`: units, bodies, seats, limits, and the holiday notices shipped with it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from coordination import calendars, charters, notices_data


class Command(BaseCommand):
    """Load a charter; say what it changes; the same file again changes nothing."""

    help = "Load the charter (default: the shipped one) and the shipped holiday notices."

    def add_arguments(self, parser):
        """The charter file is optional."""
        parser.add_argument("file", nargs="?", type=Path, default=charters.DEFAULT)

    def handle(self, *args, **options):
        """Load, report."""
        try:
            changes = charters.load(options["file"])
            imported = calendars.import_notices(notices_data.load(calendars.SHIPPED))
        except ValueError as error:
            raise CommandError(str(error)) from error
        for change in changes:
            self.stdout.write(str(change))
        for number in imported:
            self.stdout.write(f"calendar: {number}")
        if not changes and not imported:
            self.stdout.write("The charter is as it was; nothing changed.")
