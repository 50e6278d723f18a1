"""Cleaning of typed text: pure."""

import unicodedata

DIRECTION_MARKS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C)
ZERO_WIDTH = (*range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF)
INVISIBLE = frozenset((*DIRECTION_MARKS, *ZERO_WIDTH))


def clean_text(text: str) -> str:
    """Return `text` without control, direction and zero-width characters; lines are kept.

    Such marks can make a name read otherwise than it is ("exe.fdp" for "pdf.exe").
    """
    return "".join(
        char
        for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        if char in "\n\t" or (unicodedata.category(char) != "Cc" and ord(char) not in INVISIBLE)
    )
