"""What people do with requests for a seal, and what the director does with the seals themselves."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, history, notices, storage
from coordination.models import Organisation, Seat, StoredFile
from coordination.posts import OFFICE_DESK
from coordination.workflow import Step, advance, begin
from documents.actions import said_in
from documents.models import Seal, SealRequest
from documents.outgoing import keepers as keepers_of_papers
from documents.states import SealRequestState

from .routes import ASKERS

OPEN = (SealRequestState.REQUESTED, SealRequestState.APPROVED)


def asking_for(person):
    """The organisations in whose name `person` requests a seal."""
    held = access.standing(person).organisations(ASKERS)
    return Organisation.objects.existing(timezone.localdate()).filter(pk__in=held)


@transaction.atomic
def request_seal(
    *,
    person,
    seal: Seal,
    organisation: Organisation,
    matter: str,
    reason: str,
    copies: int,
    files: Iterable[StoredFile] = (),
    at: datetime | None = None,
) -> SealRequest:
    """Ask to have something sealed; see workflow.begin for refusals."""
    at, files = at or timezone.now(), list(files)
    request = SealRequest(
        seal=Seal.objects.select_for_update(of=("self",)).get(pk=seal.pk),
        organisation=organisation,
        requested_by=person,
        requested_at=at,
        matter=matter,
        reason=reason,
        copies=copies,
    )
    history.note(request, person, "request")
    request.save()
    request.files.set(files)  # before the step: its digest covers them
    storage.claim(files, at)
    return begin(request, "request", person=person, at=at)


def take_step(request, action: str, *, person, opinion="", data=None, seen=None, at=None):
    """Take one step of a request; see workflow.advance for refusals."""
    return advance(
        request, action, person=person, opinion=opinion, data=data or {}, seen=seen, at=at
    )


def take_form_step(request: SealRequest, step: Step, *, person, form) -> SealRequest:
    """Take `step` with what a valid form of it holds."""
    opinion, seen, data = said_in(form)
    return take_step(request, step.action, person=person, opinion=opinion, data=data, seen=seen)


def keepers():
    """The seats that can keep a seal: those of the Office's staff (B8)."""
    return Seat.objects.open(timezone.localdate()).filter(post__in=OFFICE_DESK)


def without_seal():
    """The organisations that have no seal of their own here, for which another seals (代章)."""
    today = timezone.localdate()
    owners = Seal.objects.open(today).values("organisation")
    return Organisation.objects.existing(today).exclude(pk__in=owners)


@transaction.atomic
def set_up(*, by, organisation: Organisation, name: str, reason: str, **values: Any) -> Seal:
    """Have a seal from today (B8): `keeper`, `diameter_mm`, `proxy_for`.

    Raises PermissionDenied unless `by` is the Office's director, ValidationError where there is an
    open seal of this name, or another rule is broken.
    """
    access.require(by, "add", Seal)
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if Seal.objects.filter(organisation=organisation, name=name, closed_on=None).exists():
        raise ValidationError({"name": _("There is an open seal of this name already.")})
    seal = Seal(organisation=organisation, name=name, kept_from=timezone.localdate())
    _change(seal, by, reason, values)
    return seal


@transaction.atomic
def change(seal: Seal, *, by, reason: str, **values: Any) -> Seal:
    """Give a seal to another keeper, or change its size or for whom it seals too; see `set_up`."""
    access.require(by, "change", Seal)
    seal = _locked(seal)
    _change(seal, by, reason, values)
    return seal


def _change(seal: Seal, by, reason: str, values: dict[str, Any]) -> None:
    before, keeper = seal.keeper_id, values["keeper"]
    if not keepers().filter(pk=keeper.pk).exists():
        raise ValidationError({"keeper": _("Choose a seat of the Office's staff.")})
    proxies = list(values["proxy_for"])
    able = without_seal().filter(pk__in=[one.pk for one in proxies])
    if seal.organisation in proxies or able.count() != len(proxies):
        raise ValidationError({"proxy_for": _("Choose bodies that have no seal of their own.")})
    seal.keeper, seal.diameter_mm = keeper, values["diameter_mm"]
    seal.clean_fields(exclude=["image"])
    history.note(seal, by, reason)
    seal.save()
    if set(seal.proxy_for.all()) != set(proxies):
        history.note(seal, by, reason)
        seal.proxy_for.set(proxies)
    keepers_of_papers.tell_of_all(timezone.now())
    held = access.holder(keeper)
    if held is not None and before != keeper.pk:
        params, key = {"title": str(seal)}, f"seal:{seal.pk}:{timezone.now().isoformat()}"
        notices.notify([held.person], "seal_kept", key=key, params=params, subject=seal)


@transaction.atomic
def show(seal: Seal, *, by, reason: str, picture: StoredFile | None) -> Seal:
    """Print this picture of the seal from now on, or none; what is sealed keeps what it had."""
    access.require(by, "change", Seal)
    seal = _locked(seal)
    seal.image = picture
    if picture is not None:
        storage.claim([picture])
    history.note(seal, by, reason)
    seal.save()
    return seal


@transaction.atomic
def close(seal: Seal, *, by, reason: str) -> Seal:
    """Use a seal no more, from today; the register keeps what it sealed.

    Raises ValidationError while requests for it are open.
    """
    access.require(by, "change", Seal)
    seal = _locked(seal)
    count = seal.requests.filter(state__in=OPEN).count()
    if count:
        raise ValidationError(
            _("%(count)s requests for this seal are open. Have them sealed or refused first.")
            % {"count": count},
            code="requests",
        )
    seal.closed_on = timezone.localdate()
    history.note(seal, by, reason)
    seal.save()
    keepers_of_papers.tell_of_all(timezone.now())
    return seal


def _locked(seal: Seal) -> Seal:
    """The seal as it stands, locked. Raises ValidationError for one that is closed."""
    seal = Seal.objects.select_for_update(of=("self",)).get(pk=seal.pk)
    if seal.closed_on is not None:
        raise ValidationError(_("This seal is closed already."), code="closed")
    return seal


def owners():
    """The organisations that can have a seal kept by the Office."""
    return Organisation.objects.existing(timezone.localdate())
