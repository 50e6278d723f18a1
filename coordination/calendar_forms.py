"""Forms about the calendar: a year's notice, the calculator, the cut-off hour."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import holidays, notice_files, notices_data
from .formfields import DayField, LineField, TextField
from .notices_data import NoticeData

FILE_LIMIT = 1024 * 1024


class NoticeForm(forms.Form):
    """A State Council notice: its number and the days it names, typed or from a file."""

    number = LineField(
        label=_("Notice number"), max_length=notices_data.NUMBER, help_text="国办发明电〔2025〕7号"
    )
    title = LineField(label=_("Title"), max_length=notices_data.TITLE)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2199)
    published_on = DayField(label=_("Published on"))
    lines = TextField(
        label=_("Days off and make-up days"),
        max_length=60000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_("A line each: 2027-01-01..2027-01-03 元旦 for days off, 班 2027-01-30 worked."),
    )
    file = forms.FileField(
        label=_("Or a file (.csv, .ics)"),
        required=False,
        help_text=_("CSV: day, 休 or 班, name. It takes the place of the lines above."),
    )
    reason = TextField(label=_("Reason of the change"), max_length=120, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    notice: NoticeData

    def clean(self):
        """Turn a file into lines; the notice is made of them."""
        data: dict[str, Any] = super().clean() or {}
        upload = data.get("file")
        if upload is not None:
            self._read_file(upload)
        if self.errors:
            return data
        if not data.get("lines"):
            self.add_error("lines", gettext("Name the days, or choose a file."))
            return data
        fields = ("number", "title", "year", "published_on", "lines")
        try:
            self.notice = holidays.notice_from(**{name: data[name] for name in fields})
        except ValidationError as error:
            self.add_error(None if hasattr(error, "error_dict") else "lines", error)
        return data

    def _read_file(self, upload) -> None:
        """The lines a file holds take the place of those typed, and are shown to be checked."""
        if upload.size > FILE_LIMIT:
            self.add_error("file", gettext("This file is too large."))
            return
        name, content = (upload.name or "").lower(), upload.read()
        try:
            if name.endswith(".ics"):
                lines = notice_files.from_ics(content)
            elif name.endswith(".csv"):
                lines = notice_files.from_csv(content)
            else:
                raise ValidationError(gettext("Choose a .csv or .ics file."))
        except ValidationError as error:
            self.add_error("file", error)
            return
        self.cleaned_data["lines"] = lines
        typed: Any = self.data
        self.data = typed.copy()
        self.data["lines"] = lines  # type: ignore[index]


class CountForm(forms.Form):
    """So many working days from a day."""

    start = DayField(label=_("From"), initial=timezone.localdate)
    days = forms.IntegerField(label=_("Working days"), min_value=1, max_value=400, initial=7)


class CutOffForm(forms.Form):
    """The hour at which a due day ends."""

    hour = forms.TimeField(
        label=_("A due day ends at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Empty: at 24:00."),
    )
    in_force_from = DayField(
        label=_("In force from"),
        help_text=_(
            "What was set from this day before is replaced while the day is still to come."
        ),
    )
    reason = TextField(label=_("Reason"), max_length=200)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
