"""What leaves the product: messages to persons, what they carry, and how each wants them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..querysets import MessageQuerySet
from .ledger import Notice


class Channel(models.TextChoices):
    """How a notice reaches somebody outside the product."""

    MAIL = "mail", _("E-mail")
    MESSENGER = "messenger", _("Messenger")


class Timing(models.TextChoices):
    """When a channel carries notices of one kind."""

    AT_ONCE = "at_once", _("At once")
    DIGEST = "digest", _("Daily digest")
    NEVER = "never", _("Only in the product")


class Event(models.TextChoices):
    """What a notice is about, as its reader would choose."""

    WORK = "work", _("New work: assigned, laid before me, to read, to decide")
    DEADLINES = "deadlines", _("Deadlines: due soon, late, urged, moved")
    NEWS = "news", _("What became of it: replies, returns, acceptance")
    POSTS = "posts", _("Posts and stand-ins")
    FILES = "files", _("Files that were made for me")


class Preference(models.Model):
    """What one person chose for one event on one channel; without a row the default holds."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences"
    )
    event = models.CharField(max_length=20, choices=Event)
    channel = models.CharField(max_length=20, choices=Channel)
    timing = models.CharField(max_length=20, choices=Timing)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "event", "channel"], name="one_choice_per_event_and_channel"
            )
        ]

    def __str__(self):
        return f"{self.event} {self.channel} {self.timing}"


class QuietHours(models.Model):
    """When a person is left in peace: between two hours of the day, and on days off."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quiet_hours"
    )
    since = models.TimeField(_("quiet from"))
    until = models.TimeField(_("quiet until"))
    days_off = models.BooleanField(_("quiet on days off"), default=True)

    class Meta:
        verbose_name = _("quiet hours")
        verbose_name_plural = _("quiet hours")

    def __str__(self):
        return f"{self.since:%H:%M}-{self.until:%H:%M}"


class Message(models.Model):
    """One e-mail or one call of the messenger to one person, with all the notices it carries.

    Written before anything is sent, so that a repeated attempt is the same message under the
    same id. `next_at`: not before that moment.
    """

    class Status(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        NEEDLESS = "needless", _("not needed any more")
        GIVEN_UP = "given_up", _("undeliverable")
        SETTLED = "settled", _("told another way")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages"
    )
    channel = models.CharField(max_length=20, choices=Channel)
    digest = models.BooleanField(default=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("error"), max_length=200, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    word = models.CharField(_("how they were told"), max_length=200, blank=True)
    notices = models.ManyToManyField(Notice, through="Enclosure", related_name="messages")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                condition=models.Q(status="waiting"),
                name="messages_waiting",
            ),
            models.Index(
                fields=["-id"],
                condition=models.Q(status="given_up"),
                name="messages_given_up",
            ),
        ]

    def __str__(self):
        return f"{self.channel} {self.pk}"


class Enclosure(models.Model):
    """A notice in a message: each notice goes into one message of a channel, never into two."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE)
    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    channel = models.CharField(max_length=20, choices=Channel)

    class Meta:
        verbose_name = _("enclosure")
        verbose_name_plural = _("enclosures")
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "channel"], name="one_message_per_notice_and_channel"
            )
        ]

    def __str__(self):
        return f"{self.notice_id} in {self.message_id}"


class Messenger(models.Model):
    """The address of the city's messenger. Rows are added; the last one holds, empty is none."""

    url = models.URLField(_("address"), max_length=300, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("messenger")
        verbose_name_plural = _("messengers")

    def __str__(self):
        return self.url
