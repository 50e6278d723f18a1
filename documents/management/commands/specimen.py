"""`specimen KIND -o FILE`: a specimen of a kind of document, as PDF or, if FILE ends so, DOCX."""

from pathlib import Path

from django.core.management.base import BaseCommand

from documents.paper.docx import render_docx
from documents.paper.pdf import render_pdf
from documents.paper.samples import SPECIMENS


class Command(BaseCommand):
    """Write one specimen and say where."""

    help = "Write a specimen of an official document (GB/T 9704-2012)."

    def add_arguments(self, parser):
        """Which kind, and where to."""
        parser.add_argument("kind", choices=sorted(SPECIMENS))
        parser.add_argument("-o", "--output", default="", help="KIND.pdf unless named")

    def handle(self, *args, **options):
        """Render and write."""
        path = Path(options["output"] or f"{options['kind']}.pdf")
        render = render_docx if path.suffix.lower() == ".docx" else render_pdf
        path.write_bytes(render(SPECIMENS[options["kind"]]()))
        self.stdout.write(str(path.resolve()))
