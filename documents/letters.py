"""What an e-mail says: its headers in words, its text, its parts. Nothing is fetched or run."""

import re
from datetime import datetime
from email import policy
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

from coordination import uploads
from coordination.workdays import SHANGHAI

# whatever the reader of mails breaks on, nesting without end included
BROKEN = (*uploads.BROKEN, AttributeError, NameError, AssertionError, MessageError)
NARROW = ("gb2312", "gbk", "x-gbk", "gb_2312-80", "euc-cn")  # what mailers call gb18030
NARROW_WORD = re.compile(r"=\?(?:gb2312|gbk|x-gbk)\?", re.I)
UNREADABLE = "\ufffd"
LINES = {"p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote"}
UNSEEN = {"script", "style", "head", "title", "template"}


class Letter:
    """An e-mail read from its bytes. Raises one of BROKEN where it cannot be."""

    def __init__(self, content: bytes):
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)
        self._raw = {name.lower(): str(value) for name, value in message.raw_items()}
        self.subject = " ".join(self._words("subject").split())
        name, address = parseaddr(self._words("from"))
        self.sender, self.address = name.strip(), address
        bodies = [message.get_body(preferencelist=(kind,)) for kind in ("plain", "html")]
        plain, marked_up = (_content(body) if body is not None else "" for body in bodies)
        self.hidden_text = as_text(marked_up)
        self.text = plain.strip() or self.hidden_text
        self.parts = [(_name(part), _bytes(part)) for part in message.iter_attachments()]

    def _words(self, name: str) -> str:
        """A header in words; empty where its letters cannot be told."""
        raw = self._raw.get(name, "")
        letters = raw.encode("utf-8", "surrogateescape")
        if not letters.isascii():
            return _decoded(letters)
        try:
            words = str(make_header(decode_header(NARROW_WORD.sub("=?gb18030?", raw))))
        except (LookupError, ValueError, HeaderParseError):
            return ""
        return "" if UNREADABLE in words else words

    @property
    def sent_at(self) -> datetime | None:
        """When it was sent, if it says so in a way that can be read."""
        try:
            moment = parsedate_to_datetime(self._raw["date"])
        except BROKEN:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _decoded(letters: bytes) -> str:
    for charset in ("utf-8", "gb18030"):
        try:
            return letters.decode(charset)
        except UnicodeDecodeError:
            continue
    return ""


def _content(body) -> str:
    if str(body.get_content_charset()).lower() in NARROW:
        body.set_param("charset", "gb18030")
    return str(body.get_content())


def _name(part: EmailMessage) -> str:
    return uploads.clean_name(part.get_filename() or "attachment")


def _bytes(part: EmailMessage) -> bytes:
    """An attachment as it was sent; what is itself a mail, as that mail."""
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    inner = part.get_payload()
    enclosed = inner[0] if isinstance(inner, list) and inner else part
    return enclosed.as_bytes() if isinstance(enclosed, EmailMessage) else b""


class _Reader(HTMLParser):
    """Gathers what a reader of the page would see, a line for each block."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag, attrs):
        """A block begins a line; what is not shown is passed over."""
        self._unseen += tag in UNSEEN
        if tag in LINES:
            self.found.append("\n")

    def handle_endtag(self, tag):
        """What is not shown ends."""
        self._unseen = max(0, self._unseen - (tag in UNSEEN))

    def handle_data(self, data):
        """Text that is shown."""
        if not self._unseen:
            self.found.append(data)


def as_text(markup: str) -> str:
    """The text of an HTML page without its tags, scripts and styles, empty lines left out."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.found).split("\n"))
    return "\n".join(line for line in lines if line)
