"""`python -m documents.paper.docx_apart FILE`: print what `docx_reading.parse` reads, as JSON.

Run as a process of its own with a time limit, for a hostile file can keep its reader busy; what it
may take of memory and processor is bounded here.
"""

import json
import resource
import sys
from dataclasses import asdict

from .docx_reading import Para, Reading, Sheet, TooLong, Unsound, parse

UNSOUND, TOO_LONG = 3, 4  # exit codes
MEMORY = 1024**3
SECONDS = 10  # of the processor


def main(path: str) -> int:
    """Print the reading; else say by the exit code why there is none."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        reading = parse(path)
    except Unsound:
        return UNSOUND
    except (TooLong, MemoryError):
        return TOO_LONG
    json.dump(asdict(reading), sys.stdout)
    return 0


def from_json(text: bytes) -> Reading:
    """What `main` printed."""
    data = json.loads(text)
    return Reading(Sheet(**data["sheet"]), tuple(Para(**one) for one in data["paragraphs"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
