"""`check_rulebook [--year Y] [--json]`: which articles are not kept; exit 1 if one is broken."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coordination.rulebook import CHECKS


class Command(BaseCommand):
    """Judge the data of a year by every article that data can judge."""

    help = "Findings by article; exit 1 if an article is broken."

    def add_arguments(self, parser):
        """The year, and the form of the answer."""
        parser.add_argument("--year", type=int, default=None)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        """Run the checks in the order of the articles."""
        year = options["year"] or timezone.localdate().year
        found = {code: [f.message for f in CHECKS[code](year)] for code in sorted(CHECKS)}
        if options["json"]:
            self.stdout.write(json.dumps({"year": year, "findings": found}, ensure_ascii=False))
        else:
            for code, messages in found.items():
                self.stdout.write(f"{code}: {len(messages) or 'kept'}")
                for message in messages:
                    self.stdout.write(f"  {message}")
        broken = [code for code, messages in found.items() if messages]
        if broken:
            raise CommandError(f"not kept: {', '.join(broken)}", returncode=1)
