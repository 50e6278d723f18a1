"""What could not be delivered, and whom nothing can be sent to: the Office sees to it (B8)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access
from .models import Appointment, Channel, Message, Messenger


def unreachable() -> list[Appointment]:
    """Appointments in force whose person has no e-mail address: they are told only here."""
    serving = Appointment.objects.active(timezone.localdate()).filter(person__email="")
    return list(
        serving.select_related("person", "seat__organisation").order_by("seat__order", "pk")
    )


@transaction.atomic
def _open(pk: int, person) -> Message:
    """The message, locked, if it still waits for the Office. Raises ValidationError otherwise."""
    access.require(person, "settle", Message)
    found = Message.objects.undeliverable().select_for_update().filter(pk=pk).first()
    if found is None:
        raise ValidationError(_("This message is dealt with already."))
    return found


@transaction.atomic
def try_again(pk: int, *, person) -> Message:
    """Have message `pk` sent once more, from the first attempt on."""
    message = _open(pk, person)
    message.status, message.closed_at = Message.Status.WAITING, None
    message.attempts, message.next_at = 0, timezone.now()
    message.save()
    return message


@transaction.atomic
def settle(pk: int, *, person, word: str) -> Message:
    """Put on record how the person was told instead, say by telephone."""
    message = _open(pk, person)
    message.status, message.closed_at = Message.Status.SETTLED, timezone.now()
    message.settled_by, message.word = person, word
    message.save()
    return message


@transaction.atomic
def set_messenger(url: str, *, person) -> None:
    """Tell the product where the messenger is; empty switches it off.

    What waits for a messenger that is switched off is needless: it stands in the product.
    """
    access.require(person, "set", Messenger)
    Messenger.objects.create(url=url, set_by=person, set_at=timezone.now())
    if not url:
        waiting = Message.objects.waiting().filter(channel=Channel.MESSENGER)
        waiting.update(status=Message.Status.NEEDLESS, closed_at=timezone.now())
