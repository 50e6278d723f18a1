"""`python -m documents.first_page FILE`: print the text layer of a PDF's first page.

Run as a process of its own with a time limit, for a hostile PDF can keep its reader busy.
"""

import logging
import sys
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

LIMIT = 4000  # characters


def main(path: Path) -> int:
    """Print at most LIMIT characters; nothing for a scan without text or a broken file."""
    logging.disable()
    try:
        pages = PdfReader(path).pages
        text = pages[0].extract_text() if len(pages) else ""
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError, AttributeError):
        return 1
    sys.stdout.buffer.write(text[:LIMIT].encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
