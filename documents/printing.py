"""What every printed form shares: nothing outside the form is ever fetched, and it is Chinese.

Rendered in the worker; WeasyPrint is imported when needed, for it is heavy.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import timezone, translation

STYLE = Path(__file__).parent / "sheet.css"


class NothingToFetch(ValueError):
    """A form asked for something outside itself."""


def fetch(url: str, *args, **kwargs):
    """Refuse every address: style, fonts and pictures are handed over as objects."""
    raise NothingToFetch(url)


@cache
def _style(path: Path):
    """Fonts and style, read once per worker process."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    return CSS(string=path.read_text(encoding="utf-8"), font_config=fonts), fonts


def form_pdf(template: str, context: Callable[[], dict], sheet: Path = STYLE) -> bytes:
    """An official form as PDF/A, what `context` yields and its words in Chinese; whatever its
    texts hold, no file is read and no address is called. `sheet`: its style.
    """
    from weasyprint import HTML

    style, fonts = _style(sheet)
    with translation.override("zh-hans"):
        text = render_to_string(template, context() | {"printed_at": timezone.localtime()})
    page = HTML(string=text, url_fetcher=fetch, base_url=None)
    return page.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-2u")
