"""The form of a frequent opinion."""

from django import forms
from django.utils.translation import gettext_lazy as _

from . import access
from .formfields import TextField
from .models import Phrase


class PhraseForm(forms.Form):
    """A short text and, for the Office, whether everybody is offered it."""

    text = TextField(label=_("Text"), max_length=500, widget=forms.Textarea({"rows": 3}))
    shared = forms.BooleanField(label=_("Offer it to everybody"), required=False)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        if not access.may_ever(person, "share", Phrase):
            del self.fields["shared"]
