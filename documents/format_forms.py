"""The form of the format check."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FormatCheckForm(forms.Form):
    """A Word file to be checked; it is read and forgotten."""

    file = forms.FileField(
        label=_("Word file (.docx)"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )
