"""Form fields the floors share: several files that survive a rejected form, pickers, moments."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import own_password, storage
from .models import StoredFile
from .text import clean_text

MAX_FILES = 20
PICKER = {"data-picker": ""}


class MultipleFileInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several uploads as a list; none is fine."""

    widget = MultipleFileInput

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", gettext_lazy("Files"))
        super().__init__(**kwargs)
        self.widget.attrs["data-files"] = ""

    def clean(self, data, initial=None):
        """Clean each upload; errors name the file they are about."""
        uploads = data if isinstance(data, (list, tuple)) else [data] if data else []
        cleaned, errors = [], []
        for upload in uploads:
            try:
                cleaned.append(super().clean(upload, initial))
            except ValidationError as error:
                errors += [f"{clean_text(upload.name)}: {text}" for text in error.messages]
        if errors:
            raise ValidationError(errors)
        return cleaned


class TextField(forms.CharField):
    """Text without invisible characters that turn or hide what is read."""

    def clean(self, value):
        """Take out control and direction marks before anything else looks at it."""
        return super().clean(clean_text(value) if isinstance(value, str) else value)


class LineField(TextField):
    """Text on one line, however it was pasted."""

    def clean(self, value):
        """Line ends and runs of spaces become one space."""
        return super().clean(" ".join(value.split()) if isinstance(value, str) else value)


class MomentField(forms.DateTimeField):
    """A day and an hour, entered with the browser's own control, in office time."""

    def __init__(self, **kwargs):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def clean(self, value):
        """Refuse years no office has dealings with; databases and calendars end somewhere."""
        moment = super().clean(value)
        if moment is not None and not 1949 <= moment.year <= 2199:
            raise ValidationError(_("Enter a year between 1949 and 2199."))
        return moment


class DayField(forms.DateField):
    """A day, entered with the browser's own control."""

    def __init__(self, **kwargs):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **kwargs)

    def clean(self, value):
        """Refuse years no office has dealings with."""
        day = super().clean(value)
        if day is not None and not 1949 <= day.year <= 2199:
            raise ValidationError(_("Enter a year between 1949 and 2199."))
        return day


class RecordField(forms.ModelChoiceField):
    """One record to choose; a key no database can hold is no choice rather than an error."""

    def to_python(self, value):
        """Refuse what cannot be a primary key before the database is asked."""
        if value not in self.empty_values and not storage.PRIMARY_KEY.fullmatch(str(value)):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class RecordsField(forms.ModelMultipleChoiceField):
    """Several records to choose; a key no database can hold is no choice rather than an error."""

    def clean(self, value):
        """Refuse what cannot be a primary key before the database is asked."""
        for key in value or ():
            if not storage.PRIMARY_KEY.fullmatch(str(key)):
                code = "invalid_choice"
                raise ValidationError(
                    self.error_messages[code], code=code, params={"value": str(key)[:40]}
                )
        return super().clean(value)


class AsksPassword(forms.Form):
    """What `person`, who must be set, confirms by typing their own password once more."""

    person: Any
    password = forms.CharField(
        label=gettext_lazy("Your own password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_password(self):
        """Whoever signed in is really at the keyboard; what was typed goes no further."""
        own_password.confirm(self.person, self.cleaned_data["password"])
        return ""


class NewPasswordForm(PasswordChangeForm):
    """A new password of one's own; the old one is guessed at no longer than elsewhere."""

    def clean_old_password(self):
        """Whoever signed in is really at the keyboard."""
        own_password.confirm(self.user, self.cleaned_data["old_password"])
        return self.cleaned_data["old_password"]


class KeepsFiles(forms.Form):
    """A form whose uploads are stored at once, so that a rejected form does not lose them.

    `person` uploads; `kept` are the files it holds, from this and from earlier submissions.
    """

    files = FilesField()  # type: ignore[assignment]

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.kept: list[StoredFile] = []
        if self.is_bound:
            wanted = self.data.getlist("kept_files") if hasattr(self.data, "getlist") else []
            self.kept = list(storage.unclaimed(person, wanted))

    def store(self, upload) -> StoredFile:
        """Judge one upload and store it. Raises ValidationError, in words."""
        return storage.keep(upload, self.person)

    def may_store(self) -> bool:
        """Whether the uploads of this submission may be stored at all."""
        return True

    def clean(self):
        """Store what came up; refuse, file by file, what may not."""
        cleaned = super().clean()
        uploads = self.files.getlist("files") if hasattr(self.files, "getlist") else []
        if not self.may_store():
            return cleaned
        if len(self.kept) + len(uploads) > MAX_FILES:
            self.add_error("files", _("At most %(count)s files.") % {"count": MAX_FILES})
            return cleaned
        for upload in uploads:
            if not upload.size:
                continue  # the field has refused it already
            try:
                self.kept.append(self.store(upload))
            except ValidationError as error:
                name = clean_text(upload.name)
                self.add_error("files", [f"{name}: {text}" for text in error.messages])
        return cleaned


def add_refusal(form: forms.Form, error: ValidationError) -> None:
    """Show a refusal of the step engine in the form it came from, beside its field if any."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
