"""`deadline START N`: the due date N working days after START."""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coordination.workdays import deadline


class Command(BaseCommand):
    """Print the ISO date, with " provisional" after it where the year is not published."""

    help = "The due date N working days after START (a day or an ISO date and time)."

    def add_arguments(self, parser):
        """START and N."""
        parser.add_argument("start")
        parser.add_argument("working_days", type=int)

    def handle(self, *args, **options):
        """Parse, compute, print."""
        try:
            start = datetime.fromisoformat(options["start"])
            if timezone.is_naive(start):
                start = timezone.make_aware(start)
            due = deadline(start, options["working_days"])
        except (ValueError, OverflowError) as error:
            raise CommandError(f"{error}. Example: deadline 2026-09-30 7") from error
        self.stdout.write(due.on.isoformat() + (" provisional" if due.provisional else ""))
