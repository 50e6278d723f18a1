"""A .docx from elsewhere, read as its pages would show it: paper, grid, paragraphs with their type.

Only the parts that matter are parsed, each of bounded length and without a document type, by a
parser that resolves nothing. `read` raises ValidationError in words for what is no sound .docx;
`parse` asks for no settings, so that it can run in a process of its own (`docx_apart.py`).
"""

import zipfile
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from lxml import etree

from coordination import uploads

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
PART_LIMIT = 30 * 1024 * 1024
PARAGRAPHS = 20_000
CHAIN = 20  # styles based on one another; more is a circle
MM = 25.4 / 1440
OFF = ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph with the type of its first visible characters and where it stands."""

    text: str
    font: str
    size: float
    red: bool
    centred: bool
    right: bool
    line: float  # exact line height in points, 0 if it follows the grid
    spacing: float  # between characters, in points
    inside_table: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper and its grid, in mm and points; the last section counts."""

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float
    grid: str
    line_pitch: float
    char_space: float
    numbered: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a file."""

    sheet: Sheet
    paragraphs: tuple[Para, ...]


class Unsound(ValueError):
    """Not what an office program writes."""


class TooLong(ValueError):
    """More paragraphs than any official document has."""


def read(data: bytes) -> Reading:
    """Read a .docx; raises ValidationError, saying what to do, for any other content."""
    uploads.inspect(SimpleUploadedFile("checked.docx", data))
    try:
        return parse(BytesIO(data))
    except Unsound as error:
        raise unsound() from error
    except TooLong as error:
        raise too_long() from error


def parse(file: str | IO[bytes]) -> Reading:
    """Read a .docx whose packing was inspected; raises Unsound or TooLong."""
    try:
        with zipfile.ZipFile(file) as package:
            names = set(package.namelist())
            body = _parse(package, "word/document.xml").find(f"{W}body")
            styles = _Styles(
                _parse(package, "word/styles.xml") if "word/styles.xml" in names else None,
                _theme_face(package, names),
            )
            footers = [_parse(package, name) for name in sorted(names) if _is_footer(name)]
    except (etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, OSError) as error:
        raise Unsound from error
    if body is None:
        raise Unsound
    if next(islice(body.iter(f"{W}p"), PARAGRAPHS, None), None) is not None:
        raise TooLong
    paragraphs = tuple(_paragraph(p, styles) for p in body.iter(f"{W}p"))
    return Reading(_sheet(body, footers), paragraphs)


def unsound() -> ValidationError:
    """The refusal of what is no sound Word file, in words."""
    return ValidationError(
        _("This is not a sound Word file. Open it in Word or WPS, save it anew as .docx."),
        code="not_genuine",
    )


def too_long() -> ValidationError:
    """The refusal of what takes too long to read, in words."""
    return ValidationError(
        _("This file is too long or too involved to be checked. Check a part of it."),
        code="too_long",
    )


def _is_footer(name: str) -> bool:
    return name.startswith("word/footer") and name.endswith(".xml") and name.count("/") == 1


def _parse(package: zipfile.ZipFile, name: str) -> etree._Element:
    with package.open(name) as part:
        content = part.read(PART_LIMIT + 1)
    if len(content) > PART_LIMIT or b"<!doctype" in content[:100_000].replace(b"\0", b"").lower():
        raise Unsound
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return etree.fromstring(content, parser)


def _theme_face(package: zipfile.ZipFile, names: set[str]) -> str:
    """The Chinese face of the theme's body text, empty if it has none."""
    if "word/theme/theme1.xml" not in names:
        return ""
    minor = _parse(package, "word/theme/theme1.xml").find(f".//{A}minorFont")
    if minor is None:
        return ""
    for font in minor.iter(f"{A}font"):
        if font.get("script") == "Hans":
            return font.get("typeface") or ""
    return ""


def _number(value: str | None) -> float:
    try:
        return float(value or 0)
    except ValueError:
        return 0.0


class _Styles:
    """Looks a property up: run, character style, paragraph style and its bases, defaults."""

    def __init__(self, root, theme_face: str):
        self.theme_face = theme_face
        found = () if root is None else root.iter(f"{W}style")
        self.by_id = {style.get(f"{W}styleId"): style for style in found}
        self.defaults = [] if root is None else list(root.iter(f"{W}docDefaults"))
        self.normal = [
            style
            for style in self.by_id.values()
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true")
        ]

    def chain(self, paragraph, run) -> list:
        """Where properties are looked for, nearest first."""
        found = [] if run is None else [run]
        for owner, tag in ((run, "rPr/{}rStyle"), (paragraph, "pPr/{}pStyle")):
            if owner is None:
                continue
            named = owner.find(f"{W}{tag.format(W)}")
            style = self.by_id.get(named.get(f"{W}val")) if named is not None else None
            found += self._bases(style)
        return [*found, *self.normal, *self.defaults]

    def _bases(self, style) -> list:
        found: list = []
        while style is not None and len(found) < CHAIN:
            found.append(style)
            base = style.find(f"{W}basedOn")
            style = self.by_id.get(base.get(f"{W}val")) if base is not None else None
        return found

    def of_run(self, chain: list, tag: str, attribute: str = "val") -> str | None:
        """The nearest value of a run's property."""
        for place in chain:
            for found in place.iterfind(f".//{W}rPr/{W}{tag}"):
                if found.get(f"{W}{attribute}") is not None:
                    return found.get(f"{W}{attribute}")
        return None

    def face(self, chain: list) -> str:
        """The Chinese face: of the nearest that names one, directly or by the theme."""
        for place in chain:
            for found in place.iterfind(f".//{W}rPr/{W}rFonts"):
                if found.get(f"{W}eastAsiaTheme") is not None:
                    return self.theme_face
                if found.get(f"{W}eastAsia") is not None:
                    return found.get(f"{W}eastAsia") or ""
        return ""


def _of_paragraph(chain: list, tag: str, attribute: str) -> str | None:
    """The nearest value of a paragraph's property."""
    for place in chain:
        for found in place.iterfind(f".//{W}pPr/{W}{tag}"):
            if found.get(f"{W}{attribute}") is not None:
                return found.get(f"{W}{attribute}")
    return None


def _paragraph(paragraph, styles: _Styles) -> Para:
    runs = [
        run
        for run in paragraph.iter(f"{W}r")
        if "".join(run.itertext(f"{W}t", with_tail=False)).strip()
    ]
    run = runs[0] if runs else None
    chain = styles.chain(paragraph, run)
    above = ([paragraph] if paragraph.find(f"{W}pPr") is not None else []) + chain
    aligned = _of_paragraph(above, "jc", "val") or ""
    exact = _of_paragraph(above, "spacing", "lineRule") == "exact"
    colour = styles.of_run(chain, "color") or ""
    return Para(
        text="".join(paragraph.itertext(f"{W}t", with_tail=False)).strip(),
        font=styles.face(chain),
        size=_number(styles.of_run(chain, "sz")) / 2,
        red=_is_red(colour),
        centred=aligned == "center",
        right=aligned in ("right", "end"),
        line=_number(_of_paragraph(above, "spacing", "line")) / 20 if exact else 0.0,
        spacing=_number(styles.of_run(chain, "spacing")) / 20,
        inside_table=any(True for _cell in paragraph.iterancestors(f"{W}tc")),
    )


def _is_red(colour: str) -> bool:
    try:
        value = int(colour, 16)
    except ValueError:
        return False
    red, green, blue = value >> 16, value >> 8 & 255, value & 255
    return len(colour) == 6 and red > 150 and green < 90 and blue < 90


def _sheet(body, footers: list) -> Sheet:
    sections = list(body.iter(f"{W}sectPr"))
    section = sections[-1] if sections else etree.Element(f"{W}sectPr")

    def _value(tag: str, attribute: str) -> float:
        found = section.find(f"{W}{tag}")
        return 0.0 if found is None else _number(found.get(f"{W}{attribute}"))

    grid = section.find(f"{W}docGrid")
    fields = ["".join(footer.itertext(f"{W}instrText", with_tail=False)) for footer in footers]
    simple = [
        field.get(f"{W}instr") or "" for footer in footers for field in footer.iter(f"{W}fldSimple")
    ]
    return Sheet(
        width=_value("pgSz", "w") * MM,
        height=_value("pgSz", "h") * MM,
        top=_value("pgMar", "top") * MM,
        right=_value("pgMar", "right") * MM,
        bottom=_value("pgMar", "bottom") * MM,
        left=(_value("pgMar", "left") + _value("pgMar", "gutter")) * MM,
        grid="" if grid is None else grid.get(f"{W}type") or "",
        line_pitch=_value("docGrid", "linePitch") / 20,
        char_space=_value("docGrid", "charSpace") / 4096,
        numbered=any("PAGE" in text.upper() for text in fields + simple),
    )
