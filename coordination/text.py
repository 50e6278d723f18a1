"""Cleaning of typed text: pure."""

import unicodedata

DIRECTION_MARKS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C)
ZERO_WIDTH = (*range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF)
INVISIBLE = frozenset((*DIRECTION_MARKS, *ZERO_WIDTH))


def can_be_kept(text: str) -> bool:
    """Whether every database and page can hold `text` as it is."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def clean_text(text: str) -> str:
    """Return `text` without control, direction and zero-width characters; lines are kept.

    Such marks can make a name read otherwise than it is ("exe.fdp" for "pdf.exe"); half a
    surrogate pair, which nothing can store, goes too.
    """
    return "".join(
        char
        for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        if char in "\n\t" or not _is_hidden(char)
    )


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or ord(char) in INVISIBLE
