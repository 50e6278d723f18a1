"""`load_demo [--scale N]`: demo people, real public documents, a year of work; N times as much."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from coordination.models import Decision
from documents.demo import last_year, papers, scale, story
from documents.demo.people import appoint_demo_people
from documents.models import IncomingDocument, OutgoingDocument

MOST = 1_000_000
BASE = 1000  # documents per unit of scale


class Command(BaseCommand):
    """Load the demo data once; done again it only sets the demo password."""

    help = "Demo people and documents. DEMO_PASSWORD, else a generated one, opens every login."

    def add_arguments(self, parser):
        """How many thousand documents there are to be."""
        parser.add_argument("--scale", type=int, default=0, help="grow to N thousand documents")

    def handle(self, *args, **options):
        """People, story, scale."""
        if settings.PRODUCTION:
            raise CommandError("Demo people have no place in production; nothing was loaded.")
        if not Decision.objects.filter(key="working_rules").exists():
            raise CommandError("Load the charter first: manage.py load_charter")
        people = appoint_demo_people(self._password())
        if not IncomingDocument.objects.exists():
            last_year.receive(people)
            story.play(people)
        if not OutgoingDocument.objects.exists():
            last_year.issue(people)
            papers.write(people)
            last_year.file(people)
        if options["scale"]:
            scale.grow_to(min(options["scale"] * BASE, MOST))
        self.stdout.write(f"{IncomingDocument.objects.count()} documents, {len(people)} logins")

    def _password(self) -> str:
        """From the environment, from the file of an earlier run, or new."""
        given = os.environ.get("DEMO_PASSWORD", "")
        kept = Path(settings.VAR_DIR) / "demo_password"
        password = given or (kept.read_text("ascii").strip() if kept.is_file() else "")
        if not password:
            password = secrets.token_urlsafe(9)
        kept.touch(mode=0o600)
        kept.write_text(password + "\n", encoding="utf-8")
        return password
