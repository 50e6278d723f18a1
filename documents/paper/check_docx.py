"""Format check of a .docx from elsewhere against GB/T 9704-2012: what departs, and by which clause.

It judges what a file states, not what a printer makes of it; where an element cannot be found it
says so rather than guess.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from documents.kinds import ENDINGS, NUMBER

from .docx_reading import Para, Reading, Sheet, read

TOLERANCE = 1.05  # mm, for Word rounds
SIZE_TOLERANCE = 0.3
BODY_SIZE, TITLE_SIZE = 16.0, 22.0
LINE_ROOM, CHARACTER_ROOM = 637.8, 442.25  # points: 225 mm and 156 mm
HEAD, TAIL = 25, 40  # paragraphs looked at for the head and the end
FACES = {
    "fang": ("仿宋", "FangSong"),
    "kai": ("楷", "Kai"),
    "hei": ("黑体", "SimHei", "Hei"),
    "title": ("小标宋", "XiaoBiaoSong"),
}
LIKE_NUMBER = re.compile(
    r"^[\u4e00-\u9fa5]{1,14}[〔\[(（【［]?\s*(19|20)?\d{2}\s*[〕\])）】］]?.{0,3}?\d+号"
)
DATE = re.compile(r"^(20\d{2})年([1-9]|1[0-2])月([1-9]|[12]\d|3[01])日$")
LIKE_DATE = re.compile(r"^[12二][\d〇○零一二三四五六七八九]{3}[年./-].{1,6}[月./-].{1,4}日?$")
PERIOD = re.compile(r"^(〔20\d{2}〕)?(第)?\d{1,4}[期号]$")
NO_SIGNATURE = re.compile(r"^附件|^\d+[.．]|[。：；]")
LISTS = ("出席：", "请假：", "列席：")
IMPRINT = re.compile(r"^(抄送|分送|主送|发)：|印发$|^共印\d+份$")
LEVELS = (
    (re.compile(r"^[一二三四五六七八九十]{1,3}、"), "hei"),
    (re.compile(r"^（[一二三四五六七八九十]{1,3}）"), "kai"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One departure: the clause, what is so, and a few words of the place."""

    clause: str
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the elements of a document were found among its paragraphs."""

    number: Para | None
    title: tuple[Para, ...]
    body: tuple[Para, ...]
    signature: Para | None
    date: Para | None
    minutes: bool  # minutes and bulletins bear a period, no date and no signature below (10.3)


def check(data: bytes) -> list[Finding]:
    """What departs from the standard, in its order; raises ValidationError for no sound .docx."""
    return judge(read(data))


def judge(reading: Reading) -> list[Finding]:
    """What departs from the standard in what was read of a file, in the standard's order."""
    lines = [p for p in reading.paragraphs if p.text and not p.inside_table]
    if not lines:
        return [Finding("7.3.3", _("The file holds no text."))]
    parts = _parts(lines)
    rules = (
        _paper(reading.sheet), _grid(reading, parts), _body(parts), _number(lines, parts),
        _title(parts), _headings(parts), _recipients(parts), _attachments(lines), _ending(parts),
        _page_number(reading.sheet),
    )  # fmt: skip
    return [finding for rule in rules for finding in rule]


def _is(para: Para, face: str) -> bool:
    return any(name in para.font for name in FACES[face])


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def _parts(lines: list[Para]) -> Parts:
    """Find the elements: the number in the head, the title behind it, the date near the end."""
    minutes = any((p.red and p.text.endswith("纪要")) or PERIOD.match(p.text) for p in lines[:HEAD])
    place = next(
        (n for n, p in enumerate(lines[:HEAD]) if len(p.text) < 60 and LIKE_NUMBER.match(p.text)),
        -1,
    )
    start = place + 1
    first = next(
        (n for n in range(start, min(len(lines), start + HEAD)) if _may_be_title(lines[n])), None
    )
    end = first
    while end is not None and end < len(lines) and _may_be_title(lines[end]):
        end += 1
    title = tuple(lines[first:end]) if first is not None else ()
    begin = end if end is not None else start
    close = _date_place(lines, begin)
    signature = lines[close - 1] if close is not None and close - 1 >= begin else None
    if signature is not None and (len(signature.text) > 40 or NO_SIGNATURE.search(signature.text)):
        signature = None
    imprint = (n for n in range(begin, len(lines)) if IMPRINT.search(lines[n].text))
    stop = close if close is not None else next(imprint, len(lines))
    return Parts(
        number=lines[place] if place >= 0 else None,
        title=title,
        body=tuple(lines[begin : stop - (1 if signature else 0)]),
        signature=signature,
        date=lines[close] if close is not None else None,
        minutes=minutes,
    )


def _may_be_title(para: Para) -> bool:
    return para.centred and not para.red and para.size >= 18


def _date_place(lines: list[Para], begin: int) -> int | None:
    for place in range(len(lines) - 1, max(begin, len(lines) - TAIL) - 1, -1):
        text = lines[place].text.replace(" ", "")
        if DATE.match(text) or LIKE_DATE.match(text):
            return place
    return None


def _paper(sheet: Sheet) -> Iterator[Finding]:
    if abs(sheet.width - 210) > TOLERANCE or abs(sheet.height - 297) > TOLERANCE:
        yield Finding(
            "5.1",
            _("The paper is %(width)s by %(height)s mm; A4 (210 by 297 mm) is prescribed.")
            % {"width": round(sheet.width), "height": round(sheet.height)},
        )
    wanted = (
        (_("top"), sheet.top, 37), (_("left"), sheet.left, 28),
        (_("right"), sheet.right, 26), (_("bottom"), sheet.bottom, 35),
    )  # fmt: skip
    for name, found, right in wanted:
        if abs(found - right) > TOLERANCE:
            yield Finding(
                "5.2.1",
                _("The %(side)s margin is %(found)s mm; %(right)s mm is prescribed.")
                % {"side": name, "found": round(found, 1), "right": right},
            )


def _grid(reading: Reading, parts: Parts) -> Iterator[Finding]:
    plain = [p for p in parts.body if abs(p.size - BODY_SIZE) <= SIZE_TOLERANCE]
    if not plain:
        return
    exact = Counter(p.line for p in plain).most_common(1)[0][0]
    pitch = exact or (reading.sheet.line_pitch if reading.sheet.grid not in ("", "default") else 0)
    lines = math.floor(LINE_ROOM / pitch) if pitch else 0
    if lines != 22:
        yield Finding(
            "5.2.3",
            _("A full page holds %(lines)s lines; 22 are prescribed.") % {"lines": lines}
            if lines
            else _("Neither a grid nor a fixed line height is set; a page should hold 22 lines."),
        )
    spacing = Counter(p.spacing for p in plain).most_common(1)[0][0]
    if reading.sheet.grid in ("linesAndChars", "snapToChars"):
        spacing += reading.sheet.char_space
    characters = math.floor(CHARACTER_ROOM / max(1.0, plain[0].size + spacing) + 0.002)
    if characters != 28:
        yield Finding(
            "5.2.3",
            _("A full line holds %(characters)s characters; 28 are prescribed.")
            % {"characters": characters},
        )


def _body(parts: Parts) -> Iterator[Finding]:
    plain = [
        p
        for p in parts.body
        if not p.text.startswith(LISTS) and not any(mark.match(p.text) for mark, _face in LEVELS)
    ]
    wrong = [p for p in plain if not _is(p, "fang")]
    if wrong:
        yield Finding(
            "5.2.2",
            _("The text is set in %(font)s; 仿宋 is prescribed.") % {"font": _faces(wrong)},
            _short(wrong[0].text),
        )
    sized = [p for p in parts.body if abs(p.size - BODY_SIZE) > SIZE_TOLERANCE]
    if sized:
        yield Finding(
            "5.2.2",
            _("The text is set in %(size)s pt; 3号 (16 pt) is prescribed.")
            % {"size": f"{sized[0].size:g}"},
            _short(sized[0].text),
        )


def _faces(paragraphs: list[Para]) -> str:
    return Counter(p.font or _("an unnamed font") for p in paragraphs).most_common(1)[0][0]


def _number(lines: list[Para], parts: Parts) -> Iterator[Finding]:
    if parts.number is None and not parts.minutes:
        yield Finding("7.2.5", _("No document number was found."))
    elif parts.number is not None and not NUMBER.match(parts.number.text.replace(" ", "")):
        yield Finding(
            "7.2.5",
            _("The document number must read like 启政发〔2026〕1号: hexagonal brackets, four "
              "digits of the year, no 第 and no leading zero."),
            _short(parts.number.text),
        )  # fmt: skip
    if not any(p.red and p.size > BODY_SIZE for p in lines[:HEAD]):  # long names are set smaller
        yield Finding("7.2.4", _("No issuer's mark in red was found above the number."))


def _title(parts: Parts) -> Iterator[Finding]:
    if not parts.title:
        yield Finding("7.3.1", _("No centred title was found."))
        return
    text = "".join(p.text for p in parts.title)
    first = parts.title[0]
    if not _is(first, "title"):
        yield Finding(
            "7.3.1",
            _("The title is set in %(font)s; 小标宋 is prescribed.") % {"font": _faces([first])},
            _short(text),
        )
    if abs(first.size - TITLE_SIZE) > 1.05:
        yield Finding(
            "7.3.1",
            _("The title is set in %(size)s pt; 2号 (22 pt) is prescribed.")
            % {"size": f"{first.size:g}"},
            _short(text),
        )
    if not parts.minutes and not text.rstrip("）)").endswith(tuple(ENDINGS)):
        yield Finding(
            "7.3.1",
            _("The title does not end with a kind of document (通知, 请示, 函 …)."),
            _short(text),
        )


def _headings(parts: Parts) -> Iterator[Finding]:
    named = {"hei": "黑体", "kai": "楷体"}
    for mark, face in LEVELS:
        wrong = [p for p in parts.body if mark.match(p.text) and not _is(p, face)]
        if wrong:
            yield Finding(
                "7.3.3",
                _("Headings of this level are set in %(font)s; %(face)s is prescribed.")
                % {"font": _faces(wrong), "face": named[face]},
                _short(wrong[0].text),
            )


def _recipients(parts: Parts) -> Iterator[Finding]:
    if parts.body and len(parts.body[0].text) < 300 and parts.body[0].text.endswith(":"):
        yield Finding(
            "7.3.2",
            _("The recipients end with a half-width colon; a full-width one is prescribed."),
            _short(parts.body[0].text),
        )


def _attachments(lines: list[Para]) -> Iterator[Finding]:
    for para in lines:
        if not para.text.startswith(("附件：", "附件:")):
            continue
        if para.text.startswith("附件:"):
            yield Finding("7.3.4", _("附件 is followed by a full-width colon."), _short(para.text))
        if para.text.endswith(("。", "；", ";", "，")):
            yield Finding(
                "7.3.4",
                _("No punctuation stands behind the name of an attachment."),
                _short(para.text),
            )


def _ending(parts: Parts) -> Iterator[Finding]:
    if parts.minutes:
        return
    if parts.date is None:
        yield Finding("7.3.5", _("No date was found under the text."))
    elif not DATE.match(parts.date.text.replace(" ", "")):
        yield Finding(
            "7.3.5.4",
            _("The date must read like 2026年3月5日: Arabic figures, no leading zeros."),
            parts.date.text,
        )
    if parts.signature is None:
        yield Finding("7.3.5", _("No issuer's name was found above the date."))


def _page_number(sheet: Sheet) -> Iterator[Finding]:
    if not sheet.numbered:
        yield Finding("7.5", _("The pages bear no numbers."))
