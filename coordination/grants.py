"""Which posts may do what with which records, within what reach, citing which article: the table.

`coordination/access.py` reads it; nothing is granted that no row grants.
"""

from dataclasses import dataclass

from .posts import ANSWERABLE, DRAFTERS, HANDLERS, LEADERS, OFFICE, READERS, SIGNERS, Post

EVERYTHING, OWN, LAID_BEFORE, SHARED, OWN_SEAT, TO_ME, ASSIGNED, OVERDUE, CIRCULATED, MINE = (
    "everything",  # every record
    "own",  # records whose `organisation` the person holds the post in
    "laid before",  # records whose `laid_before`, now or once, is the person's seat
    "shared",  # records shared with the organisation the person holds the post in
    "own seat",  # records of a `seat` the person holds
    "to me",  # records whose `delegate` is the person
    "assigned",  # records assigned under the person's seat
    "overdue",  # duties that are late, or were closed late
    "circulated",  # records circulated for reading to a seat the person holds
    "mine",  # changes of hands from the person, and from the first day on those to the person
)
IN_CHARGE, KEPT, COMMON, DRAFTED, ASKED_FOR, HANDED_IN, LAID_HERE, KEEPS, ANSWERS, PUT_OUT = (
    "in charge",  # documents whose `handler` in charge the person holds the post in
    "kept",  # records the `person` keeps for nobody but themselves
    "common",  # records kept by the Office for others
    "drafted",  # papers whose `originator` the person holds the post in
    "asked for",  # opinions on papers whose `originator` the person holds the post in
    "handed in",  # papers that were submitted, now or once
    "laid here",  # papers laid, now or once, before a seat the person holds
    "keeps",  # seals whose `keeper` is a seat the person holds
    "answers",  # requests for a seal of the organisation the person holds the post in
    "put out",  # papers issued, void ones too, by the organisation the person holds the post in
)


@dataclass(frozen=True, slots=True)
class Grant:
    """These posts may `verbs` on records of `model` within `reach`, says `cites`.

    No posts: whoever the record itself names, whatever they hold now.
    """

    posts: tuple[Post, ...]
    model: str
    verbs: frozenset[str]
    reach: str
    cites: str


def _grants(posts, model, verbs, reach, cites):
    return Grant(tuple(posts), model, frozenset(verbs.split()), reach, cites)


INCOMING, HANDLING, DUTY = "documents.incomingdocument", "documents.handling", "coordination.duty"
DELEGATION, EXTENSION = "coordination.delegation", "coordination.extension"
OUTGOING, CONSULTATION = "documents.outgoingdocument", "documents.consultation"
SEAL, SEAL_REQUEST = "documents.seal", "documents.sealrequest"
READING, CONFIRMATION = "documents.reading", "coordination.confirmation"
GRANTS = (
    _grants(OFFICE, INCOMING, "view add export print", EVERYTHING, "B8 P24"),
    _grants(LEADERS, INCOMING, "view print", LAID_BEFORE, "P24"),
    _grants(HANDLERS, INCOMING, "view print export", SHARED, "B16 C12"),
    _grants(READERS, INCOMING, "view", CIRCULATED, "P24"),
    _grants((*OFFICE, *LEADERS), INCOMING, "count", EVERYTHING, "B3 B16"),
    _grants(HANDLERS, INCOMING, "count", IN_CHARGE, "B16 C12"),
    _grants(DRAFTERS, OUTGOING, "view add print", DRAFTED, "B13 B14 B15 C10 C11"),
    _grants(OFFICE, OUTGOING, "view print", HANDED_IN, "B8 P25"),
    _grants((*SIGNERS, Post.GROUP_HEAD), OUTGOING, "view print", LAID_HERE, "B13 C10 C11"),
    _grants(SIGNERS, OUTGOING, "view print", PUT_OUT, "B13 P33"),
    _grants(HANDLERS, "documents.delivery", "view", OWN, "P24"),
    _grants(OFFICE, "documents.delivery", "view follow", EVERYTHING, "B8 P25"),
    _grants(ANSWERABLE, CONSULTATION, "view", OWN, "A9 P19"),
    _grants(DRAFTERS, CONSULTATION, "view", ASKED_FOR, "A9 P19"),
    _grants(DRAFTERS, "documents.recipientlist", "view", COMMON, "B8 P9"),
    _grants(DRAFTERS, "documents.recipientlist", "view add change", OWN, "B8 P9 P19"),
    _grants(DRAFTERS, "documents.papertemplate", "view", EVERYTHING, "P9 P19"),
    _grants(OFFICE, "documents.papertemplate", "change", EVERYTHING, "B8 P9"),
    _grants(OFFICE, "documents.papernumber", "view", EVERYTHING, "B8 P25"),
    _grants((*OFFICE, *SIGNERS, *HANDLERS), SEAL, "view", EVERYTHING, "B8"),
    _grants([Post.OFFICE_DIRECTOR], SEAL, "add change picture", EVERYTHING, "B8"),
    _grants([Post.OFFICE_STAFF], SEAL, "picture", KEEPS, "B8"),
    _grants(OFFICE, "documents.sealuse", "view print", EVERYTHING, "B8"),
    _grants(OFFICE, SEAL_REQUEST, "view", EVERYTHING, "B8"),
    _grants((*OFFICE, *HANDLERS), SEAL_REQUEST, "view add", OWN, "B8"),
    _grants(SIGNERS, SEAL_REQUEST, "view", ANSWERS, "B8"),
    _grants(OFFICE, "documents.fileditem", "view add print export", EVERYTHING, "B8 P27"),
    _grants(OFFICE, "documents.retentionrule", "view change", EVERYTHING, "B8 P27"),
    _grants(OFFICE, "documents.label", "view change", EVERYTHING, "B8"),
    _grants(LEADERS, "documents.label", "view", EVERYTHING, "B8"),
    _grants(READERS, "documents.savedfilter", "view change", KEPT, "B8"),
    _grants(OFFICE, "documents.savedfilter", "view change share", COMMON, "B8"),
    _grants(READERS, "coordination.phrase", "view change", KEPT, "P22"),
    _grants(READERS, "coordination.phrase", "view", COMMON, "P22"),
    _grants(OFFICE, "coordination.phrase", "change share", COMMON, "B8 P22"),
    _grants(OFFICE, READING, "view", EVERYTHING, "B8 P24"),
    _grants(READERS, READING, "view", OWN_SEAT, "P24"),
    _grants(OFFICE, HANDLING, "view", EVERYTHING, "B8 P24"),
    _grants(HANDLERS, HANDLING, "view", OWN, "B16 C12"),
    _grants(LEADERS, HANDLING, "view", ASSIGNED, "P24"),
    _grants(OFFICE, DUTY, "view urge", EVERYTHING, "B3 B8"),
    _grants(ANSWERABLE, DUTY, "view", OWN, "B16 C12"),
    _grants(LEADERS, DUTY, "view urge", ASSIGNED, "P24"),
    _grants([Post.SUPERVISOR], DUTY, "view urge", OVERDUE, "A9 B3"),
    _grants(OFFICE, EXTENSION, "view", EVERYTHING, "B3 B8"),
    _grants(ANSWERABLE, EXTENSION, "view", OWN, "B16 C12"),
    _grants(LEADERS, EXTENSION, "view", ASSIGNED, "P24"),
    _grants(OFFICE, DELEGATION, "view revoke", EVERYTHING, "B3"),
    _grants(READERS, DELEGATION, "view add revoke", OWN_SEAT, "P22"),
    _grants(READERS, DELEGATION, "view", TO_ME, "P22"),
    _grants(READERS, "coordination.organisation", "view", EVERYTHING, "A2 A3 A4"),
    _grants([Post.SECURITY_OFFICER], "coordination.person", "view unlock add", EVERYTHING, "A2"),
    _grants([Post.SECURITY_OFFICER], "coordination.seat", "view appoint", EVERYTHING, "A2 A3"),
    _grants(OFFICE, "coordination.message", "view settle", EVERYTHING, "B8"),
    _grants([Post.SECURITY_OFFICER], "coordination.messenger", "view set", EVERYTHING, "B8"),
    _grants([Post.SECURITY_OFFICER], "coordination.body", "view found", EVERYTHING, "A4"),
    _grants(OFFICE, CONFIRMATION, "view ask", EVERYTHING, "A16 B8"),
    _grants([Post.SECURITY_OFFICER], CONFIRMATION, "view", EVERYTHING, "A16 A2"),
    _grants([Post.UNIT_LIAISON, Post.UNIT_HEAD], CONFIRMATION, "view", OWN, "A16"),
    _grants(OFFICE, "coordination.handover", "view", EVERYTHING, "B3 B8"),
    _grants((), "coordination.handover", "view", MINE, "B8"),
    _grants(OFFICE, "coordination.closing", "view", EVERYTHING, "A4 B3"),
    _grants(READERS, "coordination.holidaynotice", "view", EVERYTHING, "B16"),
    _grants(OFFICE, "coordination.holidaynotice", "publish", EVERYTHING, "B16"),
    _grants((*OFFICE, *LEADERS), "coordination.seat", "view", EVERYTHING, "A16 B8"),
    _grants(HANDLERS, "coordination.seat", "view", OWN, "A16"),
    _grants([Post.AUDIT_OFFICER], "coordination.auditentry", "view", EVERYTHING, "A2"),
    _grants([Post.SYSTEM_OFFICER], "coordination.heartbeat", "view", EVERYTHING, "A2"),
)
# What a stand-in may do, as far as the seat itself may, with the records the entrusted acts are
# about; which those are, each route tells (`registry.add_loan`).
LENT = frozenset({"view", "print"})
VERBS = frozenset(verb for grant in GRANTS for verb in grant.verbs)
