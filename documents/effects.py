"""What follows from a step of an incoming document: parts, duties, shares, notices. Rows only."""

from coordination import access, calendars, duties, notices, storage, terms
from coordination.models import Duty, Organisation
from coordination.posts import HANDLERS, OFFICE_DESK
from coordination.workflow import Act, follow

from .deadlines import Limit, limits
from .models import Attachment, Handling, IncomingDocument
from .querysets import OPEN_PARTS
from .states import HandlingState, Role, Urgency

# what the office is told until it acts again
DISPATCHING = ("handed_back", "proposal_returned", "recalled")
REPLYING = ("sent_back", "opinion_given")  # what the lead is told until it replies
OFFICE_NEWS = (*DISPATCHING, "instructed", "replied")


def _office() -> list[Organisation]:
    return list(Organisation.objects.filter(kind=Organisation.Kind.GROUP_OFFICE))


def tell_office(act: Act, document: IncomingDocument, code: str, **params) -> None:
    """The Office's desk hears of it."""
    notices.notify_posts(
        _office(),
        OFFICE_DESK,
        code,
        key=f"step:{act.transition.pk}:{code}",
        params={"title": str(document), **params},
        subject=document,
    )


def dispatch(act: Act) -> None:
    """Hand the document to its handlers: parts, duties with their limits, shares, notices (B16)."""
    document, co_handlers = act.record, list(act.data.get("co_handlers", ()))
    given = limits(
        terms.current(),
        joint=bool(co_handlers),
        sent_at=act.at,
        explicit=act.data.get("limit_at"),
        calendar=calendars.current(),
    )
    role = Role.LEAD if co_handlers else Role.SOLE
    kind = Duty.Kind.GIVE_OPINION if co_handlers else Duty.Kind.COMPLETE
    main = assign(act, document, act.data["lead"], role, kind, given.main)
    for organisation in co_handlers:
        assign(act, document, organisation, Role.CO, Duty.Kind.CO_OPINION, given.co or Limit())
    document.handler, document.main_duty = main.organisation, main.duty
    document.save()
    notices.end(subject=document, codes=DISPATCHING, at=act.at)


def assign(
    act: Act, document: IncomingDocument, organisation, role: str, kind: str, limit: Limit
) -> Handling:
    """Give `organisation` a part in `document`: its duty, its share, and the notice of it.

    That an earlier part of it was taken away is no news any more.
    """
    for ended in document.handlings.filter(organisation=organisation).exclude(state__in=OPEN_PARTS):
        notices.end(subject=ended, codes=("withdrawn",), at=act.at)
    part = Handling(
        document=document,
        organisation=organisation,
        role=role,
        assigned_at=act.at,
        state="",
        duty=open_duty(act, document, organisation, kind, limit),
    )
    part = follow(act, part, "assign")
    access.share(document, organisation)
    return part


def open_duty(
    act: Act,
    document,
    organisation,
    kind: str,
    limit: Limit,
    *,
    since=None,
    under=None,
    granted: Duty | None = None,
) -> Duty:
    """Open a part's duty, counted from this act or from `since`, and tell its handlers.

    `under`: whose appointment decides on it, if not that of this act. `granted`: a duty this one
    takes the place of; a later day that was granted for it stays.
    """
    duty = duties.open_duty(
        organisation,
        kind,
        subject=document,
        title=document.title,
        cites=act.step.cites,
        started_at=since or act.at,
        term=limit.term,
        limit_at=limit.at,
        assigned_under=under or act.appointment,
        urgent=document.urgency != Urgency.ORDINARY,
        by=act.person,
    )
    if granted and granted.working_days is None and granted.due_on > duty.due_on:
        duties.extend(duty, granted.due_on, granted.due_at, by=act.person)
    notices.notify_posts(
        [organisation],
        HANDLERS,
        "assigned",
        key=f"duty:{duty.pk}:assigned",
        params={
            "title": str(document),
            "organisation": organisation.short_name,
            **notices.due_params(duty),
        },
        subject=document,
        duty=duty,
    )
    return duty


def _withdraw(act: Act, part: Handling, reason: str) -> None:
    """End one part, its duty, and tell its handler."""
    follow(act, part, "withdraw", opinion=reason)
    end_part(act, part, reason)


def end_part(act: Act, part: Handling, reason: str) -> None:
    """The part is nobody's any more: nothing is owed or shown, its handler hears why."""
    leave(act, part)
    notices.notify_posts(
        [part.organisation],
        HANDLERS,
        "withdrawn",
        key=f"part:{part.pk}:withdrawn",
        params={"title": str(part.document), "reason": reason},
        subject=part,
    )


def leave(act: Act, part: Handling) -> None:
    """The handler is out: its duty is cancelled, what it was asked ends, its share too.

    The share stays only where another part of the same organisation is open or settled.
    """
    cancel_duty(act, part)
    document = part.document
    if part.role != Role.CO:
        notices.end(subject=document, codes=REPLYING, at=act.at)
    if not document.handlings.sharing().filter(organisation=part.organisation).exists():
        access.unshare(document, part.organisation)


def cancel_duty(act: Act, part: Handling) -> None:
    """Nothing is owed for this part any more."""
    if part.duty is not None and part.duty.closed_at is None:
        duties.close(part.duty, act.at, outcome=Duty.Outcome.CANCELLED, by=act.person, cause=act)


def withdraw_parts(act: Act) -> None:
    """The document comes back: nobody goes on working on it, what the Office heard is over."""
    document = act.record
    notices.end(subject=document, codes=OFFICE_NEWS, at=act.at)
    for part in document.handlings.open().select_related("organisation", "duty", "document"):
        _withdraw(act, part, act.opinion)
    document.handler = document.main_duty = None
    document.save()


def hand_back(act: Act) -> None:
    """Not ours: the duty ends; with the handler in charge the whole document comes back."""
    part = act.record
    leave(act, part)
    if part.role != Role.CO:
        follow(act, part.document, "take_hand_back", opinion=act.opinion)
    tell_office(
        act,
        part.document,
        "handed_back",
        organisation=part.organisation.short_name,
        reason=act.opinion,
    )


def _keep_reply(act: Act) -> None:
    """Put words and files of a reply on record."""
    part = act.record
    part.reply = act.data["reply"].strip()
    part.save()
    files = list(act.data.get("files", ()))
    for file in files:
        Attachment.objects.create(document=part.document, handling=part, file=file)
    storage.claim(files, act.at)


def give_opinion(act: Act) -> None:
    """The co-handler's share is done; the lead hears of it."""
    part = act.record
    _keep_reply(act)
    duties.close(part.duty, act.at, by=act.person, cause=act)
    leads = part.document.handlings.open().filter(role=Role.LEAD).select_related("organisation")
    notices.notify_posts(
        [lead.organisation for lead in leads],
        HANDLERS,
        "opinion_given",
        key=f"step:{act.transition.pk}:opinion",
        params={"title": str(part.document), "organisation": part.organisation.short_name},
        subject=part.document,
    )


def submit_reply(act: Act) -> None:
    """The two clocks end differently (B16): a lead has given its opinion and is done; a sole
    handler completes only when the office accepts, so its clock rests until then.
    """
    part = act.record
    _keep_reply(act)
    if part.duty.kind == Duty.Kind.COMPLETE:
        duties.submit(part.duty, act.at, by=act.person, cause=act)
    else:
        duties.close(part.duty, act.at, by=act.person, cause=act)
    notices.end(subject=part.document, codes=REPLYING, at=act.at)
    follow(act, part.document, "take_reply")
    tell_office(act, part.document, "replied", organisation=part.organisation.short_name)


def _in_charge(document: IncomingDocument) -> Handling:
    return (
        document.handlings.select_related("organisation", "duty")
        .exclude(role=Role.CO)
        .get(state=HandlingState.SUBMITTED)
    )


def settle_parts(act: Act) -> None:
    """The reply is accepted: every part is settled, what co-handlers still owed is cancelled."""
    document = act.record
    for part in document.handlings.open().select_related("organisation", "duty", "document"):
        if part.state != HandlingState.SUBMITTED:
            _withdraw(act, part, act.opinion)
            continue
        follow(act, part, "settle", opinion=act.opinion)
        if part.duty.closed_at is None:
            duties.close(part.duty, act.at, by=act.person, cause=act)
        if part.role != Role.CO:
            _tell_handler(act, part, "reply_accepted")
    notices.end(subject=document, codes=("replied", "handed_back", *REPLYING), at=act.at)


def _tell_handler(act: Act, part: Handling, code: str, **params) -> None:
    notices.notify_posts(
        [part.organisation],
        HANDLERS,
        code,
        key=f"step:{act.transition.pk}:{code}",
        params={"title": str(part.document), **params},
        subject=part.document,
    )


def reopen_part(act: Act) -> None:
    """Sent back: a sole handler's clock runs on; a lead, whose opinion was given in its time,
    owes a supplement by a day of its own.
    """
    document, part = act.record, _in_charge(act.record)
    limit_at = act.data.get("limit_at")
    part = follow(act, part, "reopen", opinion=act.opinion)
    if part.duty.closed_at is None:
        duties.send_back(part.duty, by=act.person)
    else:
        limit, under = Limit(at=limit_at), part.duty.assigned_under
        part.duty = open_duty(
            act, document, part.organisation, Duty.Kind.SUPPLEMENT, limit, under=under
        )
        part.save()
        document.main_duty = part.duty
        document.save()
    notices.end(subject=document, codes=("replied",), at=act.at)
    _tell_handler(act, part, "sent_back", reason=act.opinion)


def keep_answer(act: Act) -> None:
    """Put on record what the sender was told."""
    act.record.answer = act.data.get("answer", "").strip()
    act.record.save()


def end_news(act: Act) -> None:
    """The document is closed: nothing about it waits on the office's desk."""
    notices.end(subject=act.record, codes=OFFICE_NEWS, at=act.at)


def _tell_sender(act: Act, code: str, **params) -> None:
    """A sender with a desk in this system is told in words; the document itself stays closed."""
    document = act.record
    if document.sender is None:
        return
    notices.notify_posts(
        [document.sender],
        HANDLERS,
        code,
        key=f"step:{act.transition.pk}:{code}",
        params={"title": f"{document.sender_number} {document.title}".strip(), **params},
    )


def tell_returned(act: Act) -> None:
    """The sender hears that its document comes back, and why (art. 24)."""
    _tell_sender(act, "returned_to_sender", reason=act.opinion)


def tell_answer(act: Act) -> None:
    """The sender hears the result (art. 24)."""
    if act.record.answer:
        _tell_sender(act, "answer", answer=act.record.answer)
