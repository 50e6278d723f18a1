"""A ruler for PDF pages: millimetres from the upper left corner of the paper, by pdfplumber."""

from collections import Counter
from io import BytesIO

import pdfplumber

MM = 72 / 25.4
BODY, TITLE, SMALL = 15.79, 22.0, 14.0
RISE = 0.88  # of a character above its baseline


class Page:
    """One page: its lines of text and its rules, in millimetres."""

    def __init__(self, page):
        self.width, self.height = float(page.width) / MM, float(page.height) / MM
        self._full = float(page.height)
        self.chars = [self._char(c) for c in page.chars if c["text"].strip()]
        self.rects = [
            {
                "x0": r["x0"] / MM,
                "x1": r["x1"] / MM,
                "top": r["top"] / MM,
                "bottom": r["bottom"] / MM,
                "colour": tuple(r["non_stroking_color"] or ()),
            }
            for r in page.rects
        ] + [
            {
                "x0": r["x0"] / MM,
                "x1": r["x1"] / MM,
                "top": (r["top"] - r["linewidth"] / 2) / MM,
                "bottom": (r["bottom"] + r["linewidth"] / 2) / MM,
                "colour": tuple(r["stroking_color"] or ()),
            }
            for r in page.lines
        ]
        self.curves = [
            {
                "x0": c["x0"] / MM,
                "x1": c["x1"] / MM,
                "top": c["top"] / MM,
                "bottom": c["bottom"] / MM,
            }
            for c in page.curves
        ]

    def _char(self, char):
        size = char["size"]
        baseline = (self._full - char["matrix"][5]) / MM
        return {
            "text": char["text"],
            "x0": char["x0"] / MM,
            "x1": char["x1"] / MM,
            "size": round(size, 2),
            "baseline": baseline,
            "top": baseline - RISE * size / MM,
            "bottom": baseline + (1 - RISE) * size / MM,
            "font": char["fontname"].split("+")[-1],
            "colour": tuple(char["non_stroking_color"] or ()),
        }

    def lines(self, size=BODY):
        """Lines of characters of one size, from above; each from left to right."""
        found = {}
        for char in self.chars:
            if abs(char["size"] - size) < 0.06:
                found.setdefault(round(char["baseline"], 1), []).append(char)
        merged = []
        for baseline in sorted(found):
            if merged and baseline - merged[-1][0]["baseline"] < 1:
                merged[-1] += found[baseline]
            else:
                merged.append(list(found[baseline]))
        return [Line(sorted(chars, key=lambda c: c["x0"])) for chars in merged]

    def line(self, words, size=BODY):
        """The line that holds these words."""
        return next(line for line in self.lines(size) if words in line.text)

    def rules(self, thickness=None, red=False):
        """Horizontal rules from above, of one thickness if one is asked for."""
        found = [
            r
            for r in self.rects
            if r["bottom"] - r["top"] < 2
            and r["x1"] - r["x0"] > 100
            and (r["colour"][:1] > (0.5,)) == red
            and (thickness is None or abs(r["bottom"] - r["top"] - thickness) < 0.03)
        ]
        return sorted(found, key=lambda r: r["top"])

    @property
    def text(self):
        return "".join(char["text"] for char in self.chars)


class Line:
    """Characters on one baseline."""

    def __init__(self, chars):
        self.chars = chars
        self.text = "".join(char["text"] for char in chars)
        self.left, self.right = chars[0]["x0"], max(char["x1"] for char in chars)
        plain = [c for c in chars if "Fandol" in c["font"]] or chars
        self.top, self.bottom = plain[0]["top"], plain[0]["bottom"]
        self.baseline = chars[0]["baseline"]
        self.centre = (self.top + self.bottom) / 2
        self.middle = (self.left + self.right) / 2
        self.fonts = Counter(char["font"] for char in chars)

    def at(self, words):
        """Left edge of words within the line."""
        return self.chars[self.text.index(words)]["x0"]


def measure(content, pages=slice(None)):
    """Every page of a PDF, or the pages asked for."""
    with pdfplumber.open(BytesIO(content)) as pdf:
        return [Page(page) for page in pdf.pages[pages]]
