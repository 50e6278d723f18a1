"""Issued papers go out: a copy to each recipient, receipts, reports, recall. Rows only (P24, P25).

Every recipient of the roster gets its copy in this system the moment the paper is issued. What
asks for action opens a duty at each main recipient, counted as for a transferred document. Who is
outside the system gets it on paper; its copy is kept here all the same, number and receipt too.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, duties, jobs, notices, storage, terms
from coordination.models import Duty, Organisation
from coordination.posts import HANDLERS, OFFICE_DESK, READERS
from coordination.workflow import Act, follow
from documents.models import Delivery
from documents.states import Addressed, DeliveryState, Urgency

from . import reviewers, seals, unit_numbers
from .content import Content, Recipient, everybody, from_data

COPY_JOB = "issued_copy"
AT_RECIPIENT = ("delivered", "delivered_asks", "delivery_urged", "report_returned")
OPEN = (DeliveryState.SENT, DeliveryState.RECEIVED, DeliveryState.ANSWERED)


def deliver(act: Act) -> None:
    """Each recipient gets one copy, in a group or by itself; the PDF is made once."""
    content = from_data(act.record.content)
    roles = dict.fromkeys(_keys(content.copies), Addressed.COPY)
    roles |= dict.fromkeys(_keys(content.main), Addressed.MAIN)
    asked = set(_askable(act, content))
    for organisation in Organisation.objects.filter(pk__in=roles).order_by("order", "pk"):
        _send(act, organisation, roles[organisation.pk], asks=organisation in asked)
    main = dict.fromkeys(_names(content.main), Addressed.MAIN)
    for name, role in (dict.fromkeys(_names(content.copies), Addressed.COPY) | main).items():
        follow(act, _copy(act, role, outside_name=name), "send")
    jobs.enqueue(COPY_JOB, {"paper": act.record.pk, "title": str(act.record)}, act.person)


def _keys(recipients: tuple[Recipient, ...]) -> list[int]:
    """Those of the roster among them, by key."""
    return [one.organisation for one in everybody(recipients) if one.organisation is not None]


def _names(recipients: tuple[Recipient, ...]) -> list[str]:
    """Those outside this system, by name."""
    return [one.name for one in everybody(recipients) if one.organisation is None]


def _askable(act: Act, content: Content) -> list[Organisation]:
    """The main recipients that are to report back: nobody asks a superior, or the Office itself."""
    if not act.data.get("asks"):
        return []
    return list(Organisation.objects.handling().filter(pk__in=_keys(content.main)))


def somebody_can_be_asked(act: Act) -> None:
    """Where a report is asked for, some recipient owes one (B16, C12)."""
    chosen = act.data.get("organisations")
    if chosen is None:
        able = _askable(act, from_data(act.record.content))
    else:
        able = [one for one in chosen if _owes_reports(one)]
    if act.data.get("asks") and not able:
        raise ValidationError(
            {"asks": _("None of the recipients reports to us: they are superiors, or ours.")},
            code="nobody_asked",
        )


def _owes_reports(organisation: Organisation) -> bool:
    return Organisation.objects.handling().filter(pk=organisation.pk).exists()


def deliver_further(act: Act) -> None:
    """More recipients, or the next level (B15), get a copy; who was one before, as what it was."""
    before = act.record.deliveries.filter(state=DeliveryState.RECALLED).order_by("pk")
    roles = {row.recipient: row.role for row in before.select_related("organisation")}
    for organisation in act.data["organisations"]:
        asks = bool(act.data.get("asks")) and _owes_reports(organisation)
        _send(act, organisation, roles.get(organisation.name, Addressed.FURTHER), asks=asks)
    name = act.data.get("outside_name")
    if name:
        role = roles.get(name, Addressed.FURTHER)
        follow(act, _copy(act, role, outside_name=name), "send")


def _send(act: Act, organisation: Organisation, role: str, *, asks: bool) -> None:
    row = follow(act, _copy(act, role, organisation=organisation, asks=asks), "send")
    params: dict[str, Any] = {"title": row.document.inbox_title}
    if asks:
        row.duty = _open_duty(act, row, organisation)
        row.save()
        params |= notices.due_params(row.duty)
    notices.notify_posts(
        [organisation],
        HANDLERS,
        "delivered_asks" if asks else "delivered",
        key=f"delivery:{row.pk}",
        params=params,
        subject=row,
        duty=row.duty,
    )


def _copy(act: Act, role: str, **more) -> Delivery:
    """A copy of the paper that is being sent, not saved yet."""
    sent = {"sent_at": act.at, "sent_under": act.appointment, "state": ""}
    return Delivery(document=act.record, role=role, **sent, **more)


def _open_duty(act: Act, row: Delivery, organisation: Organisation) -> Duty:
    """What is asked is done in the term of a single handler, or by the day named (B16, C12)."""
    limit = act.data.get("limit_at")
    given: dict[str, Any] = {"limit_at": limit} if limit else {"term": terms.current()["sole"]}
    return duties.open_duty(
        organisation,
        Duty.Kind.COMPLETE,
        subject=row,
        title=row.document.title,
        cites="B16 C12",
        started_at=act.at,
        assigned_under=act.appointment,
        urgent=row.document.urgency != Urgency.ORDINARY,
        by=act.person,
        **given,
    )


def limit_is_ahead(act: Act) -> None:
    """A day named for the report is still to come, and something is asked for by it."""
    moment = act.data.get("limit_at")
    if moment is None:
        return
    if moment <= act.at:
        raise ValidationError({"limit_at": _("This moment is past already.")}, code="past")
    if not act.data.get("asks"):
        raise ValidationError(
            {"limit_at": _("A day without a request for action means nothing: tick it as well.")},
            code="nothing_asked",
        )


def has_recipients(act: Act) -> None:
    """Whoever is to get a copy does not have one already."""
    chosen, name = list(act.data.get("organisations", ())), act.data.get("outside_name")
    if not chosen and not name:
        raise ValidationError({"organisations": _("Choose at least one recipient.")}, code="nobody")
    if name and Organisation.objects.named_here([name], timezone.localdate(act.at)):
        words = _("It is in this system: pick it among the recipients, and it gets a copy.")
        raise ValidationError({"outside_name": words}, code="inside")
    standing = act.record.deliveries.standing().select_related("organisation")
    standing = standing.filter(Q(organisation__in=chosen) | Q(organisation=None, outside_name=name))
    names = "、".join(row.recipient_short for row in standing)
    if names:
        words = _("They have a copy already: %(names)s.")
        raise ValidationError({"organisations": words % {"names": names}}, code="has_copy")


def is_void(row: Delivery) -> str:
    """Why nobody signs for a copy any more: its paper is revoked or repealed as of today."""
    return (
        _("The paper is revoked or repealed: nobody signs for it.") if row.document.is_void else ""
    )


def not_void() -> Q:
    """Copies of papers that are in force today, as a condition."""
    return Q(document__void_from=None) | Q(document__void_from__gt=timezone.localdate())


def somebody_has_not_signed(act: Act) -> None:
    """Only whoever has not signed for it is urged; outside this system nobody is reached."""
    missing = act.record.deliveries.filter(state=DeliveryState.SENT)
    if not missing.exists():
        raise ValidationError(_("Everybody has signed for it."), code="all_signed")
    if not act.record.deliveries.to_urge().exists():
        words = _(
            "Those who have not signed are outside this system: %(names)s. Ask them, and note "
            "the receipt on their copy."
        )
        names = "、".join(row.outside_name for row in missing)
        raise ValidationError(words % {"names": names}, code="outside")


def urge(act: Act) -> None:
    """Whoever has not signed for their copy is asked to, with the Office's word."""
    for row in act.record.deliveries.to_urge():
        _tell_recipient(act, row, "delivery_urged", word=act.opinion)


def names_receiver(act: Act) -> None:
    """A receipt on paper names who signed, and when; not before it was sent (P25)."""
    if not act.data.get("receiver"):
        raise ValidationError({"receiver": _("Enter who signed for it.")}, code="receiver_missing")
    moment = act.data.get("received_at")
    sent = act.record.sent_at.replace(second=0, microsecond=0)  # a form knows minutes
    if moment is None or moment < sent or moment > act.at:
        raise ValidationError(
            {"received_at": _("Enter a moment between the dispatch and now.")}, code="moment"
        )


def note_receipt(act: Act) -> None:
    """Who signed for the copy and when: the person here, or whoever the paper receipt names; the
    unit's own register number is drawn in the same transaction.
    """
    row = act.record
    row.receiver = act.data.get("receiver") or str(act.person)
    row.received_at = act.data.get("received_at") or act.at
    unit_numbers.draw(act)
    row.save()
    notices.end(subject=row, codes=("delivered", "delivery_urged"), at=act.at)


def has_colleagues(act: Act) -> None:
    """It is passed on to somebody of the same unit (B8)."""
    people = list(act.data.get("seats", ()))
    if not people:
        raise ValidationError({"seats": _("Choose at least one person.")}, code="nobody")
    if any(seat.organisation_id != act.record.organisation_id for seat in people):
        raise ValidationError({"seats": _("Choose people of your own unit.")}, code="elsewhere")
    if {seat.pk for seat in people} & set(access.standing(act.person).seats(READERS)):
        raise ValidationError({"seats": _("You have it already: choose others.")}, code="oneself")


def pass_on(act: Act) -> None:
    """The chosen colleagues are told, with a word."""
    held = [access.holder(seat) for seat in act.data["seats"]]
    notices.notify(
        [one.person for one in held if one is not None],
        "delivery_passed_on",
        key=f"step:{act.transition.pk}",
        params={
            "title": act.record.document.inbox_title,
            "who": str(act.person),
            "word": act.opinion,
        },
        subject=act.record,
    )


def has_report(act: Act) -> None:
    """A report says something."""
    if not act.data.get("reply"):
        raise ValidationError({"reply": _("Write what was done.")}, code="report_missing")


def keep_report(act: Act) -> None:
    """The report is handed in; the clock rests until the Office judges it."""
    row = act.record
    _keep_words(act)
    if row.duty is not None:
        duties.submit(row.duty, act.at, by=act.person, cause=act)
    notices.end(subject=row, codes=AT_RECIPIENT, at=act.at)
    notices.notify_posts(
        [reviewers.the(Organisation.Kind.GROUP_OFFICE)],
        OFFICE_DESK,
        "report_in",
        key=f"step:{act.transition.pk}",
        params={"title": row.document.title, "organisation": row.recipient_short},
        subject=row,
    )


def keep_answer(act: Act) -> None:
    """What a superior answered is on record, entered by the Office (B15)."""
    _keep_words(act)
    _close(act, act.record)


def _keep_words(act: Act) -> None:
    """The words and files of a report or an answer; files handed in before stay with it."""
    row, files = act.record, list(act.data.get("files", ()))
    row.reply = act.data["reply"]
    row.save()
    if files:
        row.files.add(*files)
        storage.claim(files, act.at)


def accept(act: Act) -> None:
    """The Office is content with the report."""
    notices.end(subject=act.record, codes=("report_in",), at=act.at)
    _close(act, act.record)


def send_back(act: Act) -> None:
    """The report is not enough: the clock runs on, the unit hears why."""
    row = act.record
    notices.end(subject=row, codes=("report_in",), at=act.at)
    if row.duty is not None and row.duty.closed_at is None:
        duties.send_back(row.duty, by=act.person)
    _tell_recipient(act, row, "report_returned", reason=act.opinion)


def recall(act: Act) -> None:
    """The copy was wrong: nobody there reads it any more, nothing is owed."""
    row = act.record
    notices.end(subject=row, codes=(*AT_RECIPIENT, "report_in"), at=act.at)
    _close(act, row, Duty.Outcome.CANCELLED)
    _tell_recipient(act, row, "delivery_recalled", reason=act.opinion)


def tell_void(act: Act) -> None:
    """Whoever has a copy hears that the paper is revoked or repealed; what it asked is void."""
    for row in act.record.deliveries.standing().select_related("organisation", "duty"):
        _close(act, row, Duty.Outcome.CANCELLED)
        _tell_recipient(act, row, "paper_void", reason=act.opinion)


def _close(act: Act, row: Delivery, outcome: str = Duty.Outcome.MET) -> None:
    if row.duty is not None and row.duty.closed_at is None:
        duties.close(row.duty, act.at, outcome=outcome, by=act.person, cause=act)


def copies_are_left(act: Act) -> None:
    """No more paper copies go out than are registered and sealed; each number once (P25)."""
    copies, row = act.data.get("copies") or 0, act.record
    if copies < 1:
        raise ValidationError({"copies": _("Enter how many copies there are.")}, code="no_copies")
    if row.first_copy is not None:
        _numbers_can_be_corrected(act)
    document = row.document
    able = document.copies
    if document.kind not in seals.UNSEALED:
        able = min(able, seals.sealed(document))
    left = able - handed_out(row)
    if copies > left:
        words = _("%(able)s copies are registered and sealed: at most %(left)s are left.")
        raise ValidationError({"copies": words % {"able": able, "left": left}}, code="too_many")


def _numbers_can_be_corrected(act: Act) -> None:
    """Numbers given out last are corrected with a reason; older ones stay as they are."""
    row = act.record
    if handed_out(row) >= row.first_copy:
        words = _("Its copies are numbered (%(numbers)s), and others after it. Recall this copy.")
        raise ValidationError({"copies": words % {"numbers": row.copy_numbers}}, code="numbered")
    if not act.opinion:
        words = _("Its copies are numbered (%(numbers)s). To correct that, give the reason.")
        raise ValidationError({"opinion": words % {"numbers": row.copy_numbers}}, code="reason")


def handed_out(row: Delivery) -> int:
    """The highest copy number others of the paper were given; recalled ones are not given anew."""
    others = row.document.deliveries.exclude(pk=row.pk).exclude(first_copy=None)
    last = F("first_copy") + F("paper_copies") - 1
    return others.aggregate(last=Max(last))["last"] or 0


def number_copies(act: Act) -> None:
    """The next copy numbers (份号) are this recipient's."""
    row = act.record
    row.first_copy, row.paper_copies = handed_out(row) + 1, act.data["copies"]
    row.save()


def _tell_recipient(act: Act, row: Delivery, code: str, **more) -> None:
    """A notice to the recipient; outside this system the Office tells it by other means."""
    if row.organisation is None:
        return
    notices.notify_posts(
        [row.organisation],
        HANDLERS,
        code,
        key=f"delivery:{row.pk}:{code}:{act.transition.pk}",
        params={"title": row.document.inbox_title, **more},
        subject=row,
    )
