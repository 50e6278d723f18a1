"""Official documents as PDF beside bare WeasyPrint on the same HTML, style and fonts."""

import json
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial

from documents.paper import justify, pdf, samples, sheets
from documents.prose import Paragraph

LINE = (
    "推进政务服务标准化、规范化、便利化建设，提高行政效能，优化营商环境，服务经营主体与人民群众。"
)
PARAGRAPHS = {2: 6, 50: 366}  # how many of these fill so many pages
ROUNDS = {2: 31, 50: 7}


def paper(pages: int):
    """A document of so many pages with text that needs justifying."""
    text = tuple(Paragraph(LINE + LINE[: n % 40]) for n in range(PARAGRAPHS[pages]))
    changes = {"attachments": (), "enclosures": (), "copies": 0, "annotation": ""}
    return replace(samples.document(), blocks=text, **changes)


def bare(context: dict, fetcher) -> bytes:
    """WeasyPrint alone: the same page without the justification of Chinese lines."""
    justify.inline.justify_line = justify._spaces_only
    try:
        return pdf._laid_out("page", context, fetcher).write_pdf(pdf_variant=pdf.VARIANT)
    finally:
        justify.install()


def seconds(call) -> float:
    """CPU of one call."""
    before = time.process_time()
    call()
    return time.process_time() - before


def first_and_later() -> dict[str, float]:
    """Wall time of the first document in a process, imports apart, and of a later one."""
    found = {}
    for name in ("first_ms", "later_ms"):
        before = time.perf_counter()
        pdf.render_pdf(samples.letter())
        found[name] = round((time.perf_counter() - before) * 1000)
    return found


def figures() -> dict:
    """Medians, taken turn by turn; first and later in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.pdf"], capture_output=True, check=True, text=True
    )
    found: dict = {"letter": json.loads(done.stdout.splitlines()[-1])}
    for pages in PARAGRAPHS:
        whole = paper(pages)
        context, fetcher = sheets.context(whole), pdf._fetcher(whole.seal)
        calls = {"paper": partial(pdf.render_pdf, whole), "bare": partial(bare, context, fetcher)}
        made = pdf.page_count(pdf.render_pdf(whole))
        taken: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(ROUNDS[pages]):
            for name, call in calls.items():
                taken[name].append(seconds(call))
        ours, theirs = (statistics.median(taken[name]) for name in ("paper", "bare"))
        found[f"{pages}_pages"] = {
            "pages": made,
            "paper_ms": round(ours * 1000, 1),
            "bare_ms": round(theirs * 1000, 1),
            "ratio": round(ours / theirs, 2),
        }
    return found


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(first_and_later()))  # noqa: T201
