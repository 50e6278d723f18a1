"""`import_calendar FILE`: enter a year's holiday notice and move the due dates it touches."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from coordination import actions, notices_data


class Command(BaseCommand):
    """Enter State Council notices from a TOML file like the shipped one."""

    help = "Import holiday notices and recompute the open due dates they touch."

    def add_arguments(self, parser):
        """The file to import."""
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        """Import, recompute, report."""
        try:
            imported, moved = actions.publish_calendar(notices_data.load(options["file"]))
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for number in imported:
            self.stdout.write(f"imported: {number}")
        if not imported:
            self.stdout.write("These notices are entered already; nothing changed.")
        for duty in moved:
            self.stdout.write(f"due {duty.due_on}: {duty}")
