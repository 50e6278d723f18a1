"""What a paper consists of: everything that is reviewed, signed and sent. Pure.

A version keeps it as plain JSON; its digest covers all of it, so that whoever signs signs the
text, the addressees and the attachments, and nothing can be changed behind a signature.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from documents import form_rules, prose
from documents.form_rules import Addressee, Direction, Rank
from documents.states import Disclosure, DocumentKind, IssuingName, Urgency


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a paper goes to: an organisation of this system by its key, or a name alone.

    One with `members` is a group named on the paper by its words (各区镇); it stands for them all,
    as they were when the version was drafted, and their ranks count.
    """

    name: str
    rank: str
    organisation: int | None = None
    members: tuple["Recipient", ...] = ()

    def everybody(self) -> tuple["Recipient", ...]:
        """Whom it stands for: the members of a group, or itself."""
        return self.members or (self,)

    def addressees(self) -> tuple[Addressee, ...]:
        """As the rules of form look at it."""
        group = self.name if self.members else ""
        return tuple(
            Addressee(one.name, Rank(one.rank), group, one.organisation is not None)
            for one in self.everybody()
        )


@dataclass(frozen=True, slots=True)
class Enclosed:
    """An attachment: its name as listed, and the stored file, by key and digest."""

    title: str
    file: int
    sha256: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Content:
    """The whole of a paper."""

    name: str  # IssuingName
    issuer: str  # the full name of the body in whose name it goes out
    kind: str
    direction: str
    subject: str
    title: str
    urgency: str = Urgency.ORDINARY
    main: tuple[Recipient, ...] = ()
    copies: tuple[Recipient, ...] = ()
    blocks: tuple[prose.Block, ...] = ()
    attachments: tuple[Enclosed, ...] = ()
    annotation: str = ""
    disclosure: str = Disclosure.ON_REQUEST
    answers: int | None = None  # the incoming document it answers, by key
    answers_kind: str = ""
    relays: bool = False
    tendency: str = ""
    reason_in_person: str = ""
    authorisation: str = ""
    normative: bool = False  # 规范性文件: it binds the public (A9)
    reform: bool = False  # 改革措施 (A9)

    @property
    def needs_legal_opinion(self) -> bool:
        """Whether the legal group judges it before it is signed (A9)."""
        return self.normative or self.reform

    def draft(self, unsettled: tuple[str, ...] = ()) -> form_rules.Draft:
        """As the rules of form look at it; `unsettled`: units that have not agreed to it."""
        return form_rules.Draft(
            kind=DocumentKind(self.kind),
            direction=Direction(self.direction),
            issuer=self.issuer,
            title=self.title,
            blocks=self.blocks,
            main=tuple(one for row in self.main for one in row.addressees()),
            copies=tuple(one for row in self.copies for one in row.addressees()),
            attachments=tuple(one.title for one in self.attachments),
            files=tuple(one.file_name for one in self.attachments),
            answers=DocumentKind(self.answers_kind) if self.answers_kind else None,
            relays=self.relays,
            tendency=self.tendency,
            reason_in_person=self.reason_in_person,
            authorisation=self.authorisation,
            unsettled=unsettled,
        )

    def shape(self) -> "Content":
        """All but the words of the text: what a correction of a slip leaves as it is."""
        return replace(self, blocks=())


def to_data(content: Content) -> dict[str, Any]:
    """The content as plain JSON values, as `from_data` reads them."""
    data = asdict(content.shape()) | {"blocks": prose.to_data(content.blocks)}
    return data | {name: [_plain(one) for one in data[name]] for name in ("main", "copies")}


def _plain(recipient: dict[str, Any]) -> dict[str, Any]:
    """Without members where there are none, as before there were groups: the digest stays."""
    members = [_plain(one) for one in recipient.pop("members")]
    return recipient | {"members": members} if members else recipient


def from_data(data: dict[str, Any]) -> Content:
    """The content a version keeps. Raises TypeError or NotProse for what is none."""
    return Content(
        **{
            **data,
            "main": tuple(_recipient(one) for one in data["main"]),
            "copies": tuple(_recipient(one) for one in data["copies"]),
            "attachments": tuple(Enclosed(**one) for one in data["attachments"]),
            "blocks": prose.parse(data["blocks"]),
        }
    )


def _recipient(data: dict[str, Any]) -> Recipient:
    members = tuple(_recipient(one) for one in data.get("members", ()))
    return Recipient(**{**data, "members": members})


def everybody(recipients: Iterable[Recipient]) -> list[Recipient]:
    """Everybody these stand for, groups member by member."""
    return [one for row in recipients for one in row.everybody()]


def digest(data: dict[str, Any]) -> str:
    """SHA-256 of content as plain data, whatever the order of its keys."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def direction_of(name: str, main: tuple[Recipient, ...]) -> Direction:
    """Where a paper goes: what is submitted goes upward; else down where a lower body is named."""
    if name == IssuingName.UPWARD:
        return Direction.UPWARD
    lower = {Rank.LOWER, Rank.LOWER_GOVERNMENT}
    if any(Rank(one.rank) in lower for one in everybody(main)):
        return Direction.DOWNWARD
    return Direction.LATERAL
