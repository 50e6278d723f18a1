"""The rules as objects: the 50 articles of the coordination group, and the national ones beside.

A working rules of the group, B rules of its Office, C rules of the thematic groups, P the 2012
Regulations on official documents, V the Civil Code, G the standard of the page format. Summaries are ours; the wording that binds is
the published text. A cited article that does not exist is refused where it is cited.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

RULE_SETS = {
    "A": _("Working rules of the coordination group"),
    "B": _("Rules of the Office"),
    "C": _("Rules of the thematic groups"),
    "P": _("Regulations on official documents (2012)"),
    "V": _("Civil Code"),
    "G": _("GB/T 9704-2012, page format of official documents"),
}
OWN = ("A", "B", "C")
ISSUED = date(2020, 3, 2)
REGULATIONS_IN_FORCE = date(2012, 7, 1)
CODE_IN_FORCE = date(2021, 1, 1)


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its code, what it says in a line, and from when to when it holds.

    `declaratory`: it states a nature or duties; nothing in it can be carried out or broken.
    """

    code: str
    summary: Any
    in_force_from: date
    declaratory: bool = False
    in_force_until: date | None = None

    @property
    def rule_set(self) -> str:
        """The letter of its rule set."""
        return self.code[0]

    @property
    def number(self) -> int:
        """Its number in the rule set."""
        return int(self.code[1:])


def _own(letter: str, rows: tuple) -> list[Article]:
    return [
        Article(f"{letter}{number}", row[0], ISSUED, declaratory=len(row) > 1)
        for number, row in enumerate(rows, start=1)
    ]


STATED = True
_A = _own("A", (
    (_("The group is the city government's coordination body for this reform."), STATED),
    (_("One leader, the vice mayor in charge; deputies from named posts; members from departments."),),
    (_("The group has an Office for its daily work, set in the government service administration."),),
    (_("Six thematic and three support groups, added or changed only by a decision of the group."),),
    (_("What the group is there for: study, coordinate, guide and urge the reform."), STATED),
    (_("What the Office is there for: daily work, contact, research, collected material, bulletins."),),
    (_("The field of each of the six thematic groups."),),
    (_("The lead unit does a thematic group's daily work; groups study problems and propose reforms."),),
    (_("General affairs, legal affairs and supervision: what the three support groups do."),),
    (_("The group meets in plenary or thematic meetings as needed."),),
    (_("At least one plenary a year, chaired by the leader, who approves topics and who sits in."),),
    (_("Thematic meetings are chaired by the leader or a deputy the leader charged with it."),),
    (_("Minutes are signed by the leader; thematic groups carry out what was agreed and report back."),),
    (_("Towns and departments report once a year through the Office, major problems at once."),),
    (_("The Office keeps up the mechanisms for meetings, liaison and information."), STATED),
    (_("Every member unit names a liaison officer to the Office."),),
    (_("Member units send in work information; the Office compiles bulletins from it."),),
    (_("In force from the day of issue."),),
))  # fmt: skip
_B = _own("B", (
    (_("The Office works directly under the group and does its daily work."), STATED),
    (_("The Office carries out, coordinates and urges what the group decides, and organises research."),),
    (_("The Office coordinates, inspects and pushes the work of groups, towns and departments."),),
    (_("The Office collects annual reports, reports to the group, and drafts the yearly priorities."),),
    (_("The Office handles matters and requests, takes major reports, and reports to the superior group."),),
    (_("The Office prepares meetings once the leader approved, edits minutes, sees decisions carried out."),),
    (_("The Office runs the mechanisms for meetings, liaison and information circulars."),),
    (_("The Office looks after liaison, bulletins, the documents and the seals."),),
    (_("The Office does what city leaders assign besides."),),
    (_("The Office meets regularly or as needed."),),
    (_("Liaison, coordination and study meetings; important questions go to the leader for approval."),),
    (_("Topics of meetings come from city leaders' instructions or from need."),),
    (_("In the group's name: reviewed by the Office director, signed by the leader or a deputy."),),
    (_("In the Office's name: signed by the Office director."),),
    (_("To superiors: drafted by thematic groups, reviewed and signed by the director, submitted level by level."),),
    (_("Incoming documents: done in 7 working days; with others, the lead's opinion in 10; urgent ones by their own limit."),),
    (_("In force from the day of issue."),),
))  # fmt: skip
_C = _own("C", (
    (_("Thematic groups are special reform groups under the coordination group."), STATED),
    (_("Six thematic groups at present, set and changed as the work needs."),),
    (_("One head of each group, who heads a city department; deputies are deputy heads of departments."),),
    (_("One liaison per group to the Office, one per deputy unit to the group's lead unit."),),
    (_("What thematic groups are there for in their field."), STATED),
    (_("Work plans and implementation plans have staged, measurable, checkable and dated targets."),),
    (_("Thematic groups coordinate important questions and report to the group in time."),),
    (_("Thematic groups hold plenary and thematic meetings of their own."),),
    (_("The head chairs; head and deputies attend; others are invited to sit in."),),
    (_("For issue in the group's name: reviewed by the Office director, signed by the leader or a deputy."),),
    (_("For issue in the Office's name: reviewed by the group's head, signed by the Office director."),),
    (_("What thematic groups submit and are given: the same limits of 7 and 10 working days."),),
    (_("A named person sends in at least one piece of work information a month."),),
    (_("What work information is about: six kinds of content."),),
    (_("In force from the day of issue."),),
))  # fmt: skip


def _national(code: str, summary, since: date) -> Article:
    return Article(code, summary, since)


_P = [
    _national(f"P{number}", summary, REGULATIONS_IN_FORCE)
    for number, summary in (
        (8, _("The 15 kinds of official documents.")),
        (9, _("What a paper consists of, from its number to its page numbers.")),
        (13, _("A paper is issued only where it is needed.")),
        (14, _("Papers go by the lines of subordination and competence.")),
        (15, _("To a superior: one main recipient, one matter, no lower body as copy.")),
        (16, _("To lower bodies: within one's competence, agreed among those concerned.")),
        (17, _("Joint papers among equals; inner sections issue nothing to the outside.")),
        (18, _("A paper is drafted, reviewed and signed.")),
        (19, _("Drafting: lawful, thought through, agreed with those concerned.")),
        (20, _("Review: grounds, law, consultation, kind and form.")),
        (21, _("A draft that is not fit is returned with the reason.")),
        (22, _("Whoever approves writes an opinion, the full name and the date.")),
        (24, _("Received documents: signed for, registered, reviewed, handled, read round, urged, answered.")),
        (25, _("Issue: checked, registered and numbered, printed, checked again and sent out.")),
        (26, _("Classified documents travel by confidential channels only.")),
        (27, _("What is done with is filed, in order and in time.")),
        (31, _("Whether and how far a paper may be made known.")),
        (33, _("Revoked: void from the start. Repealed: void from the day of the repeal.")),
    )
]  # fmt: skip
_V = [
    _national("V201", _("The day on which a period begins is not counted."), CODE_IN_FORCE),
    _national("V203", _("A period that ends on a day off ends on the day after it; days end at 24:00."), CODE_IN_FORCE),
]  # fmt: skip
_G = [
    _national(
        "G7", _("Clause 7: the elements of a paper and how each is set."), REGULATIONS_IN_FORCE
    )
]
ARTICLES: dict[str, Article] = {row.code: row for row in [*_A, *_B, *_C, *_P, *_V, *_G]}


def article(code: str) -> Article:
    """Return the article called `code`, such as "B16". Raises KeyError naming what is unknown."""
    try:
        return ARTICLES[code]
    except KeyError:
        raise KeyError(f"there is no article {code!r} in the rulebook") from None


@cache
def parse(cites: str) -> tuple[Article, ...]:
    """Return the articles of a citation such as "B16 C12". Raises KeyError for an unknown one."""
    return tuple(article(code) for code in cites.split())


def label(code: str) -> str:
    """The article as one writes it: "Rules of the Office, art. 16"."""
    found = article(code)
    return gettext("%(rules)s, art. %(number)s") % {
        "rules": RULE_SETS[found.rule_set],
        "number": found.number,
    }


@dataclass(frozen=True, slots=True)
class Finding:
    """Where an article is not kept: the article, and what is wrong in words."""

    article: Article
    message: str


CHECKS: dict[str, Callable[[int], list[Finding]]] = {}


def register_check(code: str):
    """Decorate a function of a year that returns where the article is not kept."""
    found = article(code)

    def add(check: Callable[[int], list[Finding]]):
        CHECKS[found.code] = check
        return check

    return add
