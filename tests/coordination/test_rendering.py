"""Controls written directly are the controls Django's templates would write."""

from django import forms
from django.forms.renderers import DjangoTemplates

from coordination.rendering import FormRenderer


class Sample(forms.Form):
    text = forms.CharField(max_length=9, initial='"<b>')
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date", "data-x": ""}))
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)
    one = forms.ChoiceField(choices=[("", "—"), ("a", "<A>"), (2, "two")], initial=2)
    grouped = forms.ChoiceField(choices=[("group", [("a", "A")])])
    off = forms.CharField(disabled=True, required=False)


def tree(html):
    from django.test.html import parse_html

    return parse_html(html)


def test_the_markup_is_djangos():
    ours, theirs = Sample(renderer=FormRenderer()), Sample(renderer=DjangoTemplates())
    for name in ours.fields:
        assert tree(str(ours[name])) == tree(str(theirs[name])), name
    assert "&lt;A&gt;" in str(ours["one"])
