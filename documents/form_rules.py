"""The rules of form an outgoing paper is judged by while it is drafted. Pure.

Each rule cites its clause (P: the 2012 Regulations on official documents; C10, C11, B15 of the
city's own rules; G: GB/T 9704-2012) and yields a line, an error or a warning; nothing is ever
mended silently. An error keeps a draft from being submitted, a warning is shown.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from . import prose
from .kinds import LABELS
from .states import DocumentKind as Kind

NOT_OURS = (Kind.ORDER, Kind.COMMUNIQUE, Kind.ANNOUNCEMENT, Kind.PUBLIC_NOTICE, Kind.BILL)
UPWARD_KINDS = (Kind.REPORT, Kind.REQUEST, Kind.OPINIONS, Kind.LETTER)
DOWNWARD_ONLY = (Kind.DECISION, Kind.RESOLUTION, Kind.NOTICE, Kind.CIRCULAR, Kind.REPLY)
DIRECTIVE = (Kind.DECISION, Kind.OPINIONS, Kind.NOTICE)
ASKING = re.compile(r"请批示|请审批|请批复|请予批准|请予审批|妥否|当否|请予批复")
GAP = "××"  # how a template marks what is to be filled in
SQUARE = re.compile(r"[\[\(（【<《]\s*(20\d{2})\s*[\]\)）】>》]\s*第?\s*\d+\s*号")


class Direction(StrEnum):
    """To whom a paper goes (2012 Regulations art. 14)."""

    UPWARD = "upward"
    LATERAL = "lateral"
    DOWNWARD = "downward"


class Rank(StrEnum):
    """Where an addressee stands towards the issuing body."""

    SUPERIOR = "superior"
    PEER = "peer"
    UNRELATED = "unrelated"  # not subordinate to each other (不相隶属)
    LOWER = "lower"
    LOWER_GOVERNMENT = "lower_government"
    LEADER = "leader"  # a superior's leader in person


class Weight(StrEnum):
    """What a line means for the draft."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a paper goes to, and where they stand; `group`: the words that name them on it;
    `listed`: they are a body of this system.
    """

    name: str
    rank: Rank
    group: str = ""
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """What the rules look at."""

    kind: Kind
    direction: Direction
    issuer: str  # the body in whose name it is issued, as its title begins
    title: str
    blocks: tuple[prose.Block, ...] = ()
    main: tuple[Addressee, ...] = ()
    copies: tuple[Addressee, ...] = ()
    attachments: tuple[str, ...] = ()  # names, in order, as listed
    files: tuple[str, ...] = ()  # names of the files there are, in order
    answers: Kind | None = None  # the kind of the document it replies to
    relays: bool = False  # it takes a lower body's request further
    tendency: str = ""  # one's own opinion on what is relayed
    reason_in_person: str = ""
    authorisation: str = ""
    issued_by_group: bool = False  # a thematic group would issue it in its own name
    unsettled: tuple[str, ...] = ()  # units that have not agreed


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the judgement."""

    cites: str
    weight: Weight
    words: str


Rule = Callable[[Draft], Iterator[str]]
RULES: list[tuple[str, Weight, Rule]] = []


def _rule(cites: str, weight: Weight) -> Callable[[Rule], Rule]:
    def add(rule: Rule) -> Rule:
        RULES.append((cites, weight, rule))
        return rule

    return add


def judge(draft: Draft) -> list[Remark]:
    """Every line there is to say about `draft`, errors first, in the order of the rules."""
    found = [Remark(cites, weight, words) for cites, weight, rule in RULES for words in rule(draft)]
    return sorted(found, key=lambda remark: remark.weight != Weight.ERROR)


def built_title(issuer: str, subject: str, kind: Kind) -> str:
    """A title as art. 9 wants it: issuing body, 关于…的, kind."""
    subject = subject.strip().removeprefix("关于").removesuffix("的")
    return f"{issuer}关于{subject}的{LABELS[kind]}"


def short_title(title: str) -> str:
    """A title without the issuing body before 关于; for lists, never for a paper."""
    _issuer, about, rest = title.partition("关于")
    return f"{about}{rest}" if rest else title


def _named(addressees) -> str:
    return "、".join(dict.fromkeys(one.group or one.name for one in addressees))


@_rule("P8", Weight.ERROR)
def _kind_is_ours(draft: Draft) -> Iterator[str]:
    if draft.kind in NOT_OURS:
        yield _("A coordination group issues no %(kind)s.") % {"kind": LABELS[draft.kind]}


@_rule("P8 P15", Weight.ERROR)
def _kind_fits_direction(draft: Draft) -> Iterator[str]:
    upward = draft.direction == Direction.UPWARD
    if upward and draft.kind in DOWNWARD_ONLY:
        yield _("A %(kind)s does not go to a superior: choose 请示, 报告 or 意见.") % {
            "kind": LABELS[draft.kind]
        }
    if not upward and draft.kind in (Kind.REQUEST, Kind.REPORT) and not _superiors(draft):
        yield _("A %(kind)s goes to a superior only; to others write a 函.") % {
            "kind": LABELS[draft.kind]
        }


def _superiors(draft: Draft) -> list[Addressee]:
    return [one for one in draft.main if one.rank in (Rank.SUPERIOR, Rank.LEADER)]


@_rule("P15 B15", Weight.ERROR)
def _to_superiors_by_their_way(draft: Draft) -> Iterator[str]:
    superiors = _superiors(draft)
    if superiors and draft.direction != Direction.UPWARD:
        yield _(
            "What goes to a superior is submitted upward, level by level: choose that as the name "
            "it is issued in. Superiors among the main recipients: %(names)s."
        ) % {"names": _named(superiors)}


@_rule("P14 B15", Weight.ERROR)
def _no_level_is_passed_over(draft: Draft) -> Iterator[str]:
    beyond = [one for one in draft.main if one.rank == Rank.SUPERIOR and not one.listed]
    told = any(one.rank == Rank.SUPERIOR and one.listed for one in draft.copies)
    if draft.direction == Direction.UPWARD and beyond and not told:
        yield _(
            "Papers go up level by level, and these are not among our superiors: %(names)s. In a "
            "special case copy the superior that is passed over."
        ) % {"names": _named(beyond)}


@_rule("P17 C10 C11", Weight.ERROR)
def _groups_do_not_issue(draft: Draft) -> Iterator[str]:
    if draft.issued_by_group:
        yield _("A thematic group issues nothing in its own name: the group or its Office does.")


@_rule("P9", Weight.ERROR)
def _title_is_whole(draft: Draft) -> Iterator[str]:
    label = LABELS[draft.kind]
    if not draft.title.strip():
        yield _("The title is missing.")
        return
    if not draft.title.endswith(label):
        yield _("The title must end with its kind: %(kind)s.") % {"kind": label}
    if not draft.title.startswith(draft.issuer):
        yield _("The title must begin with the issuing body: %(issuer)s.") % {
            "issuer": draft.issuer
        }


@_rule("P9", Weight.WARNING)
def _title_says_about_what(draft: Draft) -> Iterator[str]:
    if draft.title and "关于" not in draft.title:
        yield _("A title says what it is about: 关于…的%(kind)s.") % {"kind": LABELS[draft.kind]}
    twice = f"{LABELS[draft.kind]}的{LABELS[draft.kind]}"
    if draft.title.endswith(twice):
        yield _("The title names its kind twice: “%(words)s”.") % {"words": twice}
    if re.search(r"[，。；：！？]", draft.title):
        yield _("A title has no punctuation but book-title and quotation marks.")


@_rule("P9", Weight.ERROR)
def _has_text_and_addressee(draft: Draft) -> Iterator[str]:
    if not draft.blocks:
        yield _("There is no text yet.")
    if not draft.main and draft.kind != Kind.MINUTES:
        yield _("Name the main recipient.")


@_rule("P15", Weight.ERROR)
def _one_superior(draft: Draft) -> Iterator[str]:
    if draft.direction != Direction.UPWARD:
        return
    if len(draft.main) > 1:
        yield _("A paper to a superior has one main recipient; copy the others: %(names)s.") % {
            "names": _named(draft.main[1:])
        }
    wrong = [one for one in draft.main if one.rank not in (Rank.SUPERIOR, Rank.LEADER)]
    if wrong:
        yield _("This is no superior: %(names)s.") % {"names": _named(wrong)}


@_rule("P15", Weight.ERROR)
def _no_lower_copy(draft: Draft) -> Iterator[str]:
    lower = [one for one in draft.copies if one.rank in (Rank.LOWER, Rank.LOWER_GOVERNMENT)]
    if draft.direction == Direction.UPWARD and lower:
        yield _("A paper to a superior is not copied to lower bodies: %(names)s.") % {
            "names": _named(lower)
        }


@_rule("P9", Weight.WARNING)
def _nobody_twice(draft: Draft) -> Iterator[str]:
    everybody = [one.name for one in (*draft.main, *draft.copies)]
    twice = dict.fromkeys(name for name in everybody if everybody.count(name) > 1)
    if twice:
        yield _("Named twice, so take one of them off; they get one copy: %(names)s.") % {
            "names": "、".join(twice)
        }


@_rule("P15", Weight.WARNING)
def _one_matter(draft: Draft) -> Iterator[str]:
    if draft.kind != Kind.REQUEST:
        return
    asked = [text for text in prose.texts(draft.blocks) if ASKING.search(text)]
    if len(asked) > 1:
        yield _("A 请示 asks for one matter; here several passages ask for a decision.")
    if not asked:
        yield _("A 请示 says what is asked, usually ending 妥否，请批示。")


@_rule("P15", Weight.ERROR)
def _no_hidden_request(draft: Draft) -> Iterator[str]:
    if draft.kind == Kind.REQUEST:
        return
    for text in prose.texts(draft.blocks):
        found = ASKING.search(text)
        if found and draft.direction == Direction.UPWARD:
            yield _("Only a 请示 asks for a decision; this one says “%(words)s”.") % {
                "words": found[0]
            }


@_rule("P15 B15", Weight.ERROR)
def _in_person_needs_a_reason(draft: Draft) -> Iterator[str]:
    leaders = [one for one in draft.main if one.rank == Rank.LEADER]
    if leaders and not draft.reason_in_person.strip():
        yield _("To a superior's leader in person only what they assigned: say when and how.")


@_rule("P15", Weight.ERROR)
def _relayed_with_an_opinion(draft: Draft) -> Iterator[str]:
    if draft.relays and not draft.tendency.strip():
        yield _("A lower body's request goes further only with an opinion of one's own.")


@_rule("P16", Weight.ERROR)
def _governments_by_consent(draft: Draft) -> Iterator[str]:
    governments = [one for one in draft.main if one.rank == Rank.LOWER_GOVERNMENT]
    if draft.kind in DIRECTIVE and governments and not draft.authorisation.strip():
        yield _("To town governments with directions only by consent: name it (经市政府同意…).")


@_rule("P16", Weight.WARNING)
def _consent_stands_in_the_text(draft: Draft) -> Iterator[str]:
    words = prose.plain(draft.blocks)
    if draft.authorisation.strip() and "同意" not in words:
        yield _("The text itself must say that the government consents, such as 经市政府同意.")


@_rule("P16", Weight.ERROR)
def _everybody_agrees(draft: Draft) -> Iterator[str]:
    if draft.direction == Direction.DOWNWARD and draft.unsettled:
        yield _("Not agreed yet, so it may not go down: %(names)s.") % {
            "names": "、".join(draft.unsettled)
        }


@_rule("P8", Weight.ERROR)
def _a_reply_replies(draft: Draft) -> Iterator[str]:
    if draft.kind == Kind.REPLY and draft.answers != Kind.REQUEST:
        yield _("A 批复 answers a 请示: link the one it answers.")


@_rule("P9", Weight.ERROR)
def _attachments_as_listed(draft: Draft) -> Iterator[str]:
    if len(draft.attachments) != len(draft.files):
        yield _("%(listed)s attachments are listed, %(there)s are there.") % {
            "listed": len(draft.attachments),
            "there": len(draft.files),
        }
    for place, name in enumerate(draft.attachments, start=1):
        if not name.strip():
            yield _("Attachment %(place)s has no name.") % {"place": place}
        elif re.search(r"[。；;，,]$", name):
            yield _("No punctuation stands behind the name of attachment %(place)s.") % {
                "place": place
            }


@_rule("G7", Weight.ERROR)
def _hexagonal_brackets(draft: Draft) -> Iterator[str]:
    lines: list[Any] = [draft.title, *prose.texts(draft.blocks)]
    for text in lines:
        found = SQUARE.search(text)
        if found:
            yield _("Numbers are written with 〔 〕 and without 第: “%(words)s”.") % {
                "words": found[0]
            }


@_rule("G7", Weight.WARNING)
def _levels_in_order(draft: Draft) -> Iterator[str]:
    before = 0
    for block in draft.blocks:
        if not isinstance(block, prose.Heading):
            continue
        if block.level > before + 1:
            yield _("Heading “%(text)s” skips a level.") % {"text": block.text[:20]}
        before = block.level


@_rule("P19", Weight.WARNING)
def _no_gaps(draft: Draft) -> Iterator[str]:
    gaps = [text for text in prose.texts(draft.blocks) if GAP in text]
    if gaps:
        yield _("There are gaps of the template left, such as “%(words)s”.") % {
            "words": gaps[0][:20]
        }
