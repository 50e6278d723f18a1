"""用印登记表: the seal register of one year as PDF, always in Chinese. Made in the worker."""

from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import timezone, translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from coordination import access
from coordination.models import Job
from documents.models import SealUse
from documents.printing import fetch

STYLE = Path(__file__).parent / "book.css"


@cache
def _style() -> tuple[CSS, FontConfiguration]:
    """Fonts and style, read once per worker process."""
    fonts = FontConfiguration()
    return CSS(string=STYLE.read_text(encoding="utf-8"), font_config=fonts), fonts


def make(job: Job) -> tuple[str, str, bytes]:
    """The background job; its person must still be allowed to print the register."""
    rows = access.visible(job.person, SealUse.objects.for_register(), "print")
    year = int(job.params["year"])
    return f"{year}年用印登记表.pdf", "application/pdf", render(rows.filter(year=year), year)


def render(rows, year: int) -> bytes:
    """Return the PDF of these lines, in the order of their numbers."""
    style, fonts = _style()
    context = {
        "rows": rows.order_by("serial"),
        "year": year,
        "printed_at": timezone.localtime(),
    }
    with translation.override("zh-hans"):
        text = render_to_string("seals/book.html", context)
        page = HTML(string=text, url_fetcher=fetch, base_url=None)
        return page.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-2u")
