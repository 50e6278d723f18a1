"""A page of the tests alone: a form with official prose, as a page of the product would have it."""

from django import forms
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from config.urls import urlpatterns as product
from coordination import actions
from documents import comparison
from documents.prose_field import ProseField

KEY = "test:prose"
PAGE = """
{% extends "base.html" %}
{% block title %}拟稿{% endblock %}
{% block heading %}拟稿{% endblock %}
{% block content %}
  {% include "parts/draft_notice.html" %}
  <form method="post" class="form" data-draft="{% url 'draft' key %}" novalidate>
    {% csrf_token %}{{ form }}
    <div class="thumb-bar"><button type="submit" class="btn btn-primary">送审</button> {% include "parts/draft_state.html" %}</div>
  </form>
{% endblock %}
"""
DIFFERENCE = """
{% extends "base.html" %}
{% block title %}版本对照{% endblock %}
{% block heading %}版本对照{% endblock %}
{% block content %}{% include "documents/_comparison.html" with old_name="第1稿" new_name="第2稿" %}{% endblock %}
"""
SENT_PAGE = """
{% extends "base.html" %}
{% block title %}已送审{% endblock %}
{% block heading %}已送审{% endblock %}
"""
SENT: list = []
START: list = []


class PaperForm(forms.Form):
    """A paper."""

    title = forms.CharField(label="标题", required=False)
    text = ProseField(label="正文", help_text="按公文层次拟写。")


def show(request, page, **context):
    """A page out of its words."""
    return HttpResponse(engines["django"].from_string(page).render(context, request))


def write(request):
    """Show the form, or take what was sent."""
    draft = actions.read_draft(request.user, KEY)
    initial = {"text": tuple(START)} | (draft.data if draft else {})
    form = PaperForm(request.POST or None, initial=initial)
    if form.is_valid():
        SENT.append(form.cleaned_data["text"])
        actions.drop_draft(request.user, KEY)
        return show(request, SENT_PAGE)
    return show(request, PAGE, form=form, draft=draft, key=KEY)


def difference(request):
    """Two versions side by side."""
    old, new = tuple(START), SENT[-1]
    rows = comparison.changes(comparison.compare(old, new))
    return show(request, DIFFERENCE, rows=rows)


urlpatterns = [path("test/prose/", write), path("test/difference/", difference), *product]
