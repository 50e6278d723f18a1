"""The states and fixed lists of incoming and outgoing documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _

AGREED = "同意拟办意见。"  # the customary words of a leader's consent; papers are in Chinese


class IncomingState(models.TextChoices):
    """Where an incoming document stands (2012 Regulations art. 24)."""

    REGISTERED = "registered", _("Registered, awaiting preliminary review")
    RETURNED = "returned", _("Returned to sender")
    TO_PROPOSE = "to_propose", _("Awaiting handling proposal")
    AWAITING_INSTRUCTION = "awaiting_instruction", _("Awaiting instruction")
    IN_HANDLING = "in_handling", _("In handling")
    REPLIED = "replied", _("Reply awaiting acceptance")
    TO_ANSWER = "to_answer", _("Awaiting answer to sender")
    ANSWERED = "answered", _("Answered, to be completed")
    COMPLETED = "completed", _("Completed")
    MERGED = "merged", _("Merged into another registration")


class HandlingState(models.TextChoices):
    """Where one handler's part stands."""

    ASSIGNED = "assigned", _("Assigned, awaiting acceptance")
    ACCEPTED = "accepted", _("Being handled")
    SUBMITTED = "submitted", _("Submitted")
    SETTLED = "settled", _("Settled")
    HANDED_BACK = "handed_back", _("Handed back")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ReadingState(models.TextChoices):
    """Where the reading of a circulated document by one seat stands (传阅)."""

    UNREAD = "unread", _("To be read")
    READ = "read", _("Read")
    TAKEN_BACK = "taken_back", _("Taken back")


class RelationKind(models.TextChoices):
    """How one document stands to another."""

    ANSWERS = "answers", _("Answers")
    FORWARDS = "forwards", _("Forwards")
    CONCERNS = "concerns", _("Concerns the same matter as")
    MERGED_INTO = "merged_into", _("Is the same document as")


class Role(models.TextChoices):
    """The part a handler plays (B16, C12)."""

    SOLE = "sole", _("Handling unit")
    LEAD = "lead", _("Lead handler")
    CO = "co", _("Co-handler")


class DocumentKind(models.TextChoices):
    """The 15 kinds of official documents (2012 Regulations art. 8)."""

    RESOLUTION = "resolution", _("Resolution")
    DECISION = "decision", _("Decision")
    ORDER = "order", _("Order")
    COMMUNIQUE = "communique", _("Communiqué")
    ANNOUNCEMENT = "announcement", _("Announcement")
    PUBLIC_NOTICE = "public_notice", _("Public notice")
    OPINIONS = "opinions", _("Opinions")
    NOTICE = "notice", _("Notice (document)")
    CIRCULAR = "circular", _("Circular")
    REPORT = "report", _("Report")
    REQUEST = "request_for_instructions", _("Request for instructions")
    REPLY = "official_reply", _("Official reply")
    BILL = "bill", _("Bill")
    LETTER = "letter", _("Letter")
    MINUTES = "minutes", _("Minutes")


class Urgency(models.TextChoices):
    """Priority marks of documents (2012 Regulations art. 9)."""

    ORDINARY = "ordinary", _("Ordinary")
    URGENT = "urgent", _("Urgent")
    EXTRA_URGENT = "extra_urgent", _("Extra urgent")


class ReviewPoint(models.TextChoices):
    """The five checks of the preliminary review (2012 Regulations art. 24)."""

    OURS = "ours", _("The matter is ours to handle")
    RULES = "rules", _("The rules on who writes to whom are kept")
    FORMAT = "format", _("Kind and format are right")
    CONSULTED = "consulted", _("Other areas and departments concerned were consulted")
    DRAFTING = "drafting", _("The other rules on drafting are kept")


class AnswerMethod(models.TextChoices):
    """How the result was told to the sender."""

    LETTER = "letter", _("By letter")
    PHONE = "phone", _("By phone")
    SYSTEM = "system", _("Through this system")
    NONE = "none", _("No answer needed")


class Outcome(models.TextChoices):
    """How a document stands against the time limit of its handler in charge (B16, C12)."""

    ON_TIME = "on_time", _("Done on time")
    LATE = "late", _("Done late")
    RUNNING = "running", _("Running, in time")
    RUNNING_LATE = "running_late", _("Running, late")
    NO_LIMIT = "no_limit", _("Without a time limit")
    RETURNED = "returned", _("Returned to sender")


class PaperState(models.TextChoices):
    """Where an outgoing document stands (2012 Regulations art. 18-25, 33)."""

    DRAFT = "draft", _("Draft")
    HEAD_REVIEW = "head_review", _("With the head for review")
    REVIEW = "review", _("With the director for review")
    TO_SIGN = "to_sign", _("Awaiting signature")
    SIGNED = "signed", _("Signed, awaiting the pre-issue check")
    CHECKED = "checked", _("Checked, awaiting its number")
    NUMBERED = "numbered", _("Numbered, to be issued")
    ISSUED = "issued", _("Issued")
    REVOKED = "revoked", _("Revoked")
    REPEALED = "repealed", _("Repealed")
    DROPPED = "dropped", _("Dropped")


class IssuingName(models.TextChoices):
    """In whose name a paper goes out, which decides its route (B13, B14, B15)."""

    GROUP = "group", _("In the coordination group's name")
    OFFICE = "office", _("In the Office's name")
    UPWARD = "upward", _("Submitted upward")


class Disclosure(models.TextChoices):
    """公开属性: whether the public may read it (2012 Regulations art. 31)."""

    ON_ITS_OWN = "own", _("To be published (主动公开)")
    ON_REQUEST = "request", _("On request (依申请公开)")
    NO = "no", _("Not public (不予公开)")


class ConsultationState(models.TextChoices):
    """Where an opinion stands that was asked on an outgoing document."""

    ASKED = "asked", _("Asked, awaiting the opinion")
    GIVEN = "given", _("Opinion given")
    LAPSED = "lapsed", _("Lapsed: the text was changed")
    TAKEN_BACK = "taken_back", _("Taken back")


class Finding(models.TextChoices):
    """What an opinion comes to: the legal one (A9), or that of a unit that countersigns."""

    LAWFUL = "lawful", _("Lawful (合法)")
    AMEND = "amend", _("To be amended (应修改)")
    UNLAWFUL = "unlawful", _("Not lawful (不合法)")
    AGREED = "agreed", _("Agreed")
    REMARKS = "remarks", _("Agreed, with remarks")
    DISAGREED = "disagreed", _("Not agreed")


LEGAL_FINDINGS = (Finding.LAWFUL, Finding.AMEND, Finding.UNLAWFUL)
COUNTERSIGNING = (Finding.AGREED, Finding.REMARKS, Finding.DISAGREED)


class DeliveryState(models.TextChoices):
    """Where one recipient's copy of an issued paper stands (2012 Regulations art. 24, 25)."""

    SENT = "sent", _("Sent, not signed for")
    RECEIVED = "received", _("Signed for by the recipient")
    ANSWERED = "answered", _("Reported, awaiting acceptance")
    DONE = "done", _("Done")
    RECALLED = "recalled", _("Recalled")


class Addressed(models.TextChoices):
    """As what a recipient gets its copy."""

    MAIN = "main", _("Main recipient")
    COPY = "copy", _("Copy recipient")
    FURTHER = "further", _("Sent besides")


class Everybody(models.TextChoices):
    """All of a sort, as a list of recipients may take them."""

    TOWNS = "towns", _("All towns and parks")
    DEPARTMENTS = "departments", _("All departments")
    MEMBERS = "members", _("All member units of the group")
    WORKING_GROUPS = "working_groups", _("All working groups")


class CheckPoint(models.TextChoices):
    """What is looked at before a signed paper is numbered (2012 Regulations art. 25)."""

    SIGNED_OFF = "signed_off", _("Reviewed and signed by whom the rules name")
    CONTENT = "content", _("Text, names, dates and figures are right")
    KIND = "kind", _("Kind and addressees fit")
    FORMAT = "format", _("Page format and attachments fit the standard")


class SealRequestState(models.TextChoices):
    """Where a request to have something sealed stands (B8)."""

    REQUESTED = "requested", _("Awaiting approval")
    APPROVED = "approved", _("Approved, to be sealed")
    SEALED = "sealed", _("Sealed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DECLINED = "declined", _("Not sealed by the keeper")


class FilingState(models.TextChoices):
    """Where a filed item (一件) stands (2012 Regulations art. 27)."""

    FILED = "filed", _("Filed")
    REOPENED = "reopened", _("Reopened, to be filed again")


class Retention(models.TextChoices):
    """保管期限, as archival codes write them."""

    PERMANENT = "Y", _("Permanent")
    YEARS_30 = "D30", _("30 years")
    YEARS_10 = "D10", _("10 years")


class PaperLine(models.TextChoices):
    """Which way a document went."""

    INCOMING = "incoming", _("Incoming documents")
    OUTGOING = "outgoing", _("Outgoing documents")


class PartRole(models.TextChoices):
    """What a part is within a filed item."""

    ORIGINAL = "original", _("Original")
    FINAL_DRAFT = "final_draft", _("Final draft")
    REPLY = "reply", _("Reply document")
    SHEET = "sheet", _("Processing sheet")
    RECEIVED = "received", _("Received document")
    ENCLOSURE = "enclosure", _("Attachment")
    HANDLERS = "handlers", _("Material of the handlers")


# As they stand in archives, whatever the reader's language.
RETENTION_WRITTEN = {
    Retention.PERMANENT: "永久",
    Retention.YEARS_30: "30年",
    Retention.YEARS_10: "10年",
}
ROLE_WRITTEN = {
    PartRole.ORIGINAL: "正本",
    PartRole.FINAL_DRAFT: "定稿",
    PartRole.REPLY: "复文",
    PartRole.SHEET: "处理单",
    PartRole.RECEIVED: "来文",
    PartRole.ENCLOSURE: "附件",
    PartRole.HANDLERS: "承办材料",
}
