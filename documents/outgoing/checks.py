"""What must hold before a step of an outgoing document is taken; each refuses in words."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access
from coordination.apart import Apart
from coordination.workflow import Act, label_of, trail
from documents import form_rules, prose
from documents.states import CheckPoint

from . import numbers, opinions, reviewers, seals
from .content import Content, from_data

SLIP = 12  # characters; what is longer is no slip of the pen
FIGURE = re.compile(
    r"\d+(?:[.,]\d+)*"
    r"|[〇零一二三四五六七八九十百千万亿两]+(?=[年月日天周时分个件项次人家元倍成])"
)


def content_of(document) -> Content:
    """The content of the version in force."""
    return from_data(document.content)


def obeys_the_rules_of_form(act: Act) -> None:
    """No draft goes further with an error of form in it (art. 13-17)."""
    draft = content_of(act.record).draft(opinions.unsettled(act.record))
    remarks = form_rules.judge(draft)
    errors = [one for one in remarks if one.weight == form_rules.Weight.ERROR]
    if errors:
        raise ValidationError([f"{one.words} ({cited(one.cites)})" for one in errors], code="form")


def legal_opinion_covers_it(act: Act) -> None:
    """A normative document or reform measure goes on with a legal opinion on this text (A9)."""
    if opinions.is_needed(act.record, content_of(act.record)):
        fault = opinions.legal_fault(act.record)
        if fault:
            raise ValidationError(f"{fault} ({cited('A9')})", code="legal_opinion")


def countersigned(act: Act) -> None:
    """Nobody signs before every unit asked has answered, or was told it need not (P19)."""
    missing = opinions.awaited(act.record)
    if missing:
        words = _("Still to countersign: %(names)s. Wait, or have the question taken back.")
        raise ValidationError(words % {"names": "、".join(missing)}, code="countersign")


def cited(cites: str) -> str:
    """The clauses behind a line, as one writes them."""
    return access.clauses(cites)


def director_is_there(act: Act) -> None:
    """The Office has a director today (B13, B14)."""
    _filled(reviewers.director(), _("The Office has no director at present."))


def head_is_there(act: Act) -> None:
    """Whoever C11 means is there today."""
    _filled(reviewers.head(act.record.originator), _("Nobody heads the group at present."))


def own_head_is_there(act: Act) -> None:
    """The group that drafted it has a head today (B15)."""
    _filled(reviewers.own_head(act.record.originator), _("Nobody heads the group at present."))


def _filled(seat, words: str) -> None:
    if seat is None or access.holder(seat) is None:
        raise ValidationError(
            words + " " + _("The security officer can fill the post."), code="seat_empty"
        )


def has_signatory(act: Act) -> None:
    """A leader or a deputy who holds the post today is to sign (B13, C10)."""
    seat = act.data.get("laid_before")
    if seat is None or not reviewers.signing_seats().filter(pk=seat.pk).exists():
        raise ValidationError(
            {"laid_before": _("Choose a leader or a deputy leader who is to sign.")},
            code="no_signatory",
        )


def another_signatory(act: Act) -> None:
    """It is passed on to somebody else, with a word."""
    has_signatory(act)
    if act.data["laid_before"].pk == act.record.laid_before_id:
        raise ValidationError({"laid_before": _("It lies there already.")}, code="same_seat")


@dataclass(frozen=True, slots=True)
class NotOwnDraftInAnothersName(Apart):
    """Whoever submitted a paper neither reviews nor signs it as somebody's stand-in (P22)."""

    def why(self, act: Act) -> str:
        """That the person submitted it and would decide in another's name."""
        if act.delegation is None:
            return ""
        last = trail(act.record).filter(action="submit").last()
        if last is None or last.person_id != act.person.pk:
            return ""
        words = _("You did “%(act)s” here yourself, so you do not decide in another's name.")
        return words % {"act": label_of(last)}


def signature_covers_it(act: Act) -> None:
    """The signature is on this very content (2012 Regulations art. 25)."""
    document = act.record
    if document.signed_version_id is None or document.signed_version_id != document.version_id:
        raise ValidationError(
            _("The signature does not cover this text. It must be signed again."), code="unsigned"
        )


def all_points_are_right(act: Act) -> None:
    """The pre-issue check confirms every point (art. 25)."""
    confirmed = set(act.data.get("points", ()))
    missing = [str(point.label) for point in CheckPoint if point not in confirmed]
    if missing:
        text = str(access.SEPARATOR).join(missing)
        raise ValidationError(
            {
                "points": _(
                    "Not confirmed: %(points)s. If something is wrong, change the paper; its "
                    "signature is void then, but for a slip of the pen."
                )
                % {"points": text}
            },
            code="points_missing",
        )
    act.details["points"] = sorted(confirmed)


def something_changed(act: Act) -> None:
    """A change changes something."""
    if act.data["content"] == content_of(act.record):
        raise ValidationError(_("Nothing was changed."), code="unchanged")


def only_a_slip(act: Act) -> None:
    """A correction of a slip touches a few characters of the text: no figure, no addressee, no
    title and no attachment; all else is a change and is signed again (art. 25).
    """
    old, new = content_of(act.record), act.data["content"]
    if old.shape() != new.shape():
        raise _no_slip(_("Title, addressees, attachments and the like are more than a slip."))
    if [block.kind for block in old.blocks] != [block.kind for block in new.blocks]:
        raise _no_slip(_("Paragraphs were added or taken out."))
    before, after = prose.plain(old.blocks), prose.plain(new.blocks)
    if FIGURE.findall(before) != FIGURE.findall(after):
        raise _no_slip(_("A figure or a date was changed."))
    changed = sum(
        max(i2 - i1, j2 - j1)
        for tag, i1, i2, j1, j2 in SequenceMatcher(
            None, before, after, autojunk=False
        ).get_opcodes()
        if tag != "equal"
    )
    if changed > SLIP:
        raise _no_slip(
            _("%(count)s characters were changed; a slip is at most %(most)s.")
            % {"count": changed, "most": SLIP}
        )


def _no_slip(words: str) -> ValidationError:
    return ValidationError(
        words + " " + _("Use “Change the signed paper”; it is signed again then."), code="no_slip"
    )


def code_is_the_issuers(act: Act) -> None:
    """The number comes from a series of the issuing body for this kind, in at least one copy."""
    if act.data.get("code") not in numbers.codes_for(act.record):
        raise ValidationError(
            {"code": _("Choose a code of the issuing body for this kind of paper.")},
            code="other_code",
        )
    if act.data.get("copies", 0) < 1:
        raise ValidationError({"copies": _("Enter how many copies there are.")}, code="no_copies")


def day_of_issue_fits(act: Act) -> None:
    """It is issued on or after the day it is dated, and not in days to come (art. 9)."""
    day, document = act.data["issued_on"], act.record
    if day < document.dated_on:
        raise ValidationError(
            {"issued_on": _("It cannot be issued before the day it is dated.")}, code="too_early"
        )
    if day > timezone.localdate(act.at):
        raise ValidationError({"issued_on": _("This day is still to come.")}, code="ahead")


def all_copies_are_sealed(act: Act) -> None:
    """Copies that go out, or stay, without the seal are accounted for in words (B8, art. 25)."""
    document = act.record
    if document.kind in seals.UNSEALED or not seals.left(document) or act.opinion:
        return
    words = _(
        "%(sealed)s of %(registered)s copies are sealed. Have the rest sealed first: after the "
        "issue that is too late. Or write what becomes of them."
    )
    told = {"sealed": seals.sealed(document), "registered": document.copies}
    raise ValidationError({"opinion": words % told + f" ({cited('B8 P25')})"}, code="not_sealed")


def repeal_follows_issue(act: Act) -> None:
    """A repeal holds from a day after the issue (art. 33)."""
    if act.data["void_from"] <= act.record.issued_on:
        raise ValidationError(
            {"void_from": _("A repeal holds from a day after the issue; to void it from the "
                            "start, revoke it.")},
            code="too_early",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotTheSignatory(Apart):
    """Whoever signed a paper, in whatever post or name, does not seal it (B8)."""

    def why(self, act: Act) -> str:
        """That the person approved what is to be sealed."""
        document = act.record
        signed = {document.signed_under.person_id} if document.signed_under else set()
        signatory = seals.approved_by(document)
        if signatory is not None:
            signed.add(signatory.pk)
        if act.person.pk not in signed:
            return ""
        return _("You signed it yourself, so another puts the seal on.")


def bears_a_number(act: Act) -> None:
    """No seal without a number in the ledger (B8, art. 25)."""
    if numbers.number_of(act.record) is None:
        raise ValidationError(
            _("It bears no number yet. Register it first.") + f" ({cited('P25')})", code="no_number"
        )


def seal_fits(act: Act) -> None:
    """The seal is that of the body that signs, or seals for it, and this seat keeps it (B8)."""
    seal = act.data.get("seal")
    usable = seals.for_paper(act.record)
    if seal is None or not usable.filter(pk=seal.pk).exists():
        words = _("Choose a seal of %(body)s, or one that seals for it.")
        raise ValidationError(
            {"seal": words % {"body": act.record.issuer} + f" ({cited('B8 P9')})"},
            code="other_seal",
        )
    if not usable.filter(pk=seal.pk, keeper=act.appointment.seat_id).exists():
        raise ValidationError(
            {"seal": _("Another keeps this seal.") + f" ({cited('B8')})"}, code="other_keeper"
        )


def copies_are_registered(act: Act) -> None:
    """No more copies of this version are sealed than are registered (B8, art. 25)."""
    copies, left = act.data.get("copies") or 0, seals.left(act.record)
    if copies < 1:
        raise ValidationError({"copies": _("Enter how many copies there are.")}, code="no_copies")
    if copies > left:
        words = _("%(registered)s copies are registered and %(sealed)s sealed: at most %(left)s.")
        told = {
            "registered": act.record.copies,
            "sealed": seals.sealed(act.record),
            "left": left,
        }
        raise ValidationError(
            {"copies": words % told + f" ({cited('B8 P25')})"}, code="too_many_copies"
        )
