"""Forms of the security officer: posts, persons, bodies, the roster; each with its decision."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import seats
from .bodies import FOUNDED_HERE, Kind
from .formfields import (
    PICKER,
    AsksPassword,
    DayField,
    LineField,
    RecordField,
    RecordsField,
    TextField,
)
from .models import Organisation, Person, Seat, Unit
from .posts import Post

FILE_LIMIT = 5 * 1024 * 1024
LAST = ("decision_title", "decision_number", "decided_on", "password")  # fields at the foot


class ConfirmedForm(AsksPassword):
    """What the security officer confirms by typing their own password, `person`'s, once more."""

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.order_fields([name for name in self.fields if name not in LAST] + list(LAST))


class DecidedForm(ConfirmedForm):
    """A change with the decision behind it."""

    decision_title = TextField(label=_("Decision: title"), max_length=200)
    decision_number = TextField(label=_("Decision: number"), max_length=60, required=False)
    decided_on = DayField(label=_("Decision: date"))

    def clean_decided_on(self):
        """What is decided is decided already."""
        day = self.cleaned_data["decided_on"]
        if day > timezone.localdate():
            raise ValidationError(gettext("This day is still to come."))
        return day

    def decision(self) -> dict:
        """The fields of the decision."""
        return {
            "title": self.cleaned_data["decision_title"],
            "number": self.cleaned_data["decision_number"],
            "decided_on": self.cleaned_data["decided_on"],
        }

    def change(self) -> dict:
        """The fields of the change itself."""
        return {name: value for name, value in self.cleaned_data.items() if name not in LAST}


class AppointForm(DecidedForm):
    """Who holds a seat from which day."""

    person_appointed = RecordField(
        label=_("Person"), queryset=Person.objects.none(), widget=forms.Select(attrs=PICKER)
    )
    since = DayField(label=_("From"), initial=timezone.localdate)
    acting = forms.BooleanField(label=_("In charge of a vacant post (主持工作)"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(is_active=True).order_by("name", "pk")
        self.fields["person_appointed"].queryset = people  # type: ignore[attr-defined]


class EndForm(DecidedForm):
    """The last day of a term of office, or that there is none any more."""

    until = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: the term has no last day any more."),
    )


class TakeBackForm(ConfirmedForm):
    """Why something is taken back."""

    reason = TextField(label=_("Reason"), max_length=80)


class PersonForm(forms.Form):
    """Somebody who is to sign in."""

    username = TextField(label=_("Login"), max_length=60)
    name = LineField(label=_("Name"), max_length=60)
    phone = LineField(label=_("Office phone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    password = forms.CharField(
        label=_("First password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_("It must be changed at the first sign-in."),
    )

    def clean_username(self):
        """A login is letters, digits and a few signs, and nobody else's."""
        name = self.cleaned_data["username"]
        Person.username_validator(name)
        if Person.objects.filter(username__iexact=name).exists():
            raise ValidationError(gettext("Somebody has this login already."))
        return name

    def clean_password(self):
        """The rules for passwords hold for the first one too."""
        person = Person(
            username=self.cleaned_data.get("username", ""), name=self.cleaned_data.get("name", "")
        )
        validate_password(self.cleaned_data["password"], person)
        return self.cleaned_data["password"]


class SlipsForm(ConfirmedForm):
    """Who gets a first password."""

    persons = RecordsField(
        label=_("Persons"),
        queryset=Person.objects.none(),
        widget=forms.SelectMultiple(attrs=PICKER),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = Person.objects.filter(is_active=True).exclude(pk=self.person.pk)
        self.fields["persons"].queryset = others.order_by("name", "pk")  # type: ignore[attr-defined]


class BodyForm(DecidedForm):
    """A new thematic or support group."""

    kind = forms.ChoiceField(
        label=_("Kind of group"),
        choices=[(str(kind), kind.label) for kind in map(Kind, FOUNDED_HERE)],
    )
    name = TextField(label=_("Name of the group"), max_length=120)
    short_name = TextField(label=_("Short name"), max_length=60)
    lead_unit = RecordField(
        label=_("Lead unit"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.Select(attrs=PICKER),
    )
    founded_on = DayField(label=_("Founded on"), initial=timezone.localdate)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        units = Unit.objects.existing(timezone.localdate()).exclude(kind=Kind.SUPERIOR)
        self.fields["lead_unit"].queryset = units  # type: ignore[attr-defined]


class ChangeForm(DecidedForm):
    """Another name, lead unit or deputy units, from a day on."""

    name = TextField(label=_("Name of the group"), max_length=120)
    short_name = TextField(label=_("Short name"), max_length=60)
    lead_unit = RecordField(
        label=_("Lead unit"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.Select(attrs=PICKER),
    )
    deputy_units = RecordsField(
        label=_("Deputy units"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs=PICKER),
    )
    in_force_from = DayField(label=_("In force from"), initial=timezone.localdate)

    def __init__(self, *args, body, **kwargs):
        super().__init__(*args, **kwargs)
        units = Unit.objects.existing(timezone.localdate()).exclude(kind=Kind.SUPERIOR)
        self.fields["lead_unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["deputy_units"].queryset = units  # type: ignore[attr-defined]
        if body.kind != Kind.THEMATIC_GROUP:
            del self.fields["deputy_units"]

    def wanted(self) -> dict:
        """The day, and what was typed differently from what the form showed."""
        shown = self.change()
        kept = {"in_force_from": shown.pop("in_force_from")}
        return kept | {name: value for name, value in shown.items() if name in self.changed_data}


class CloseForm(DecidedForm):
    """When a body closes, and to whom its work goes."""

    closed_on = DayField(label=_("Closed from"), initial=timezone.localdate)
    successor = RecordField(
        label=_("What is still open goes to"),
        queryset=Organisation.objects.none(),
        widget=forms.Select(attrs=PICKER),
    )

    def __init__(self, *args, body, **kwargs):
        super().__init__(*args, **kwargs)
        able = Organisation.objects.handling().not_closed(timezone.localdate())
        self.fields["successor"].queryset = able.exclude(pk=body.pk)  # type: ignore[attr-defined]


class SeatForm(DecidedForm):
    """A further seat of a post."""

    organisation = RecordField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        widget=forms.Select(attrs=PICKER),
    )
    post = forms.ChoiceField(
        label=_("Post"), choices=[(str(post), post.label) for post in map(Post, seats.OFFERED)]
    )
    title = TextField(label=_("Title of the seat"), max_length=80)
    follows = RecordField(
        label=_("Goes with the head of"),
        queryset=Seat.objects.none(),
        required=False,
        widget=forms.Select(attrs=PICKER),
        help_text=_("Whoever heads that unit holds this seat. Empty: appoint to it by itself."),
    )
    opens_on = DayField(label=_("From"), initial=timezone.localdate)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        there = Organisation.objects.not_closed(timezone.localdate())
        there = there.exclude(kind=Kind.SUPERIOR)
        self.fields["organisation"].queryset = there  # type: ignore[attr-defined]
        self.fields["follows"].queryset = seats.heads()  # type: ignore[attr-defined]


class SeatCloseForm(DecidedForm):
    """From when a seat is not there any more."""

    closed_on = DayField(label=_("Closed from"), initial=timezone.localdate)


class RosterFileForm(forms.Form):
    """A table of liaison officers."""

    file = forms.FileField(
        label=_("Table (.xlsx, .csv)"),
        help_text=_(
            "A line each with 单位, 姓名; also read: 联络对象, 登录名, 办公电话, 电子邮件, 自. "
            "What the roster exports can be changed and read in again."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    since = DayField(
        label=_("New terms begin on, where a line names no day"), initial=timezone.localdate
    )

    def clean_file(self):
        """A table, and not a huge one."""
        upload = self.cleaned_data["file"]
        if not (upload.name or "").lower().endswith((".xlsx", ".csv")):
            raise ValidationError(gettext("Choose a .xlsx or .csv file."))
        if upload.size > FILE_LIMIT:
            raise ValidationError(gettext("This file is too large."))
        return upload


class RosterConfirmForm(DecidedForm):
    """The decision behind a previewed table."""

    kept = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**15)
    begins = forms.DateField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
