"""Forms of how one is told: what goes where and when, quiet hours, the messenger's address."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import channels, webhook
from .formfields import LineField, TextField
from .models import Channel, Event, Messenger, Person, Timing


def _hour(label) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget)


class ChannelsForm(forms.ModelForm):
    """How one person is told: address, a timing for each event and channel, quiet hours."""

    phone = LineField(
        label=_("Office phone"),
        max_length=Person._meta.get_field("phone").max_length,
        required=False,
    )
    quiet_since = _hour(_("Quiet from"))
    quiet_until = _hour(_("Quiet until"))
    quiet_days_off = forms.BooleanField(label=_("Quiet on days off"), required=False)

    class Meta:
        model = Person
        fields = ("email", "phone")

    def __init__(self, *args, instance, open_channels, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.open_channels = list(open_channels)
        chosen, quiet = channels.chosen(instance), channels.quiet_of(instance)
        for event in Event:
            for channel in self.open_channels:
                self.fields[_name(event, channel)] = forms.ChoiceField(
                    label=f"{event.label} · {channel.label}",
                    choices=Timing,
                    initial=chosen[event, channel],
                )
        hours = {"since": quiet.since, "until": quiet.until, "days_off": quiet.days_off}
        for name, value in hours.items():
            self.fields[f"quiet_{name}"].initial = value

    def rows(self):
        """Each event with its select fields, each under its channel."""
        return [
            (event.label, [(c.label, self[_name(event, c)]) for c in self.open_channels])
            for event in Event
        ]

    def timings(self) -> dict[tuple[str, str], str]:
        """What was chosen, by event and channel."""
        return {
            (event, channel): self.cleaned_data[_name(event, channel)]
            for event in Event
            for channel in self.open_channels
        }

    def quiet(self) -> channels.Quiet:
        """The quiet hours that were chosen."""
        data = self.cleaned_data
        return channels.Quiet(data["quiet_since"], data["quiet_until"], data["quiet_days_off"])


def _name(event: Event, channel: Channel) -> str:
    return f"{event.value}_{channel.value}"


class SettleForm(forms.Form):
    """How somebody was told whom no message reached."""

    word = TextField(label=_("How they were told"), max_length=200)


class MessengerForm(forms.Form):
    """The address of the city's messenger."""

    url = forms.URLField(
        label=_("Address"),
        required=False,
        max_length=Messenger._meta.get_field("url").max_length,
        assume_scheme="https",
        help_text=_("Empty: no messenger."),
    )

    def clean_url(self):
        """Refuse what the operator does not allow, with what to do."""
        url = self.cleaned_data["url"]
        if url and not webhook.allowed(url):
            raise ValidationError(
                gettext(
                    "This address is not allowed. The system officer adds it to WEBHOOK_ALLOWED."
                )
            )
        if url and not webhook.signs():
            raise ValidationError(gettext("The system officer has to set WEBHOOK_SECRET first."))
        return url
