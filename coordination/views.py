"""Pages of the ground floor: home, notices, rulebook, organisation, the three officers."""

import json

from axes.utils import reset
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.i18n import set_language

from . import access, actions, audit, inbox, jobs, overview, paging, rulebook, subjects
from .downloads import file_response
from .formfields import NewPasswordForm
from .models import AuditEntry, Closing, Heartbeat, Job, Message, Notice, Organisation, Person, Seat
from .notices import text_of
from .registry import JOBS

ALL_WAITING = 500  # lines of the page; nobody works off more in a day
NEWEST = paging.Order(("pk",), descending=True)


@require_GET
def home(request):
    """What waits for me, what is late, what comes next; nothing else."""
    waiting, more_waiting = inbox.waiting(request.user)
    context = {"waiting": waiting, "more_waiting": more_waiting}
    if inbox.answers_for_duties(request.user):
        context["late"], context["more_late"] = inbox.late(request.user)
        context["coming"], context["more_coming"] = inbox.coming(request.user)
    if access.may_ever(request.user, "settle", Message):
        context["undelivered"] = Message.objects.undeliverable()[:100].count()
    return render(request, "home.html", context)


@require_GET
def waiting(request):
    """All that waits for a step of mine, of whatever kind."""
    rows, more = inbox.waiting(request.user, ALL_WAITING)
    context = {"waiting": rows, "more": more, "shown": ALL_WAITING}
    return render(request, "waiting.html", context)


@require_http_methods(["GET", "POST"])
def notices(request):
    """The person's notices, latest first; POST marks all as read."""
    if request.method == "POST":
        actions.read_notices(request.user)
        messages.success(request, _("All notices are marked as read."))
        return redirect("notices")
    rows = Notice.objects.alive().filter(person=request.user)
    page = paging.page_of(request, rows, NEWEST)
    shown = [(row, text_of(row)) for row in page.rows]
    return render(request, "notices.html", {"page": page, "rows": shown})


@require_POST
def notice(request, pk):
    """Open a notice: it is read now; go to what it is about."""
    row = get_object_or_404(Notice.objects.alive(), pk=pk, person=request.user)
    actions.read_notices(request.user, [row.pk])
    return redirect(subjects.link_of(row) or "notices")


@login_not_required
@require_POST
def language(request):
    """Another language: for this browser, and for the messages of whoever is signed in."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        actions.speak(request.user, chosen)
    return set_language(request)


@require_POST
def draft(request, key):
    """Keep what is typed into a form, or forget it."""
    if request.content_type != "application/json" and request.POST.get("discard"):
        actions.drop_draft(request.user, key)
        return redirect(_own_address(request))
    if request.content_type != "application/json":
        return JsonResponse({"error": "not JSON"}, status=400)
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):
        return JsonResponse({"error": "not JSON"}, status=400)
    if not actions.save_draft(request.user, key, data):
        return JsonResponse({"error": "too large"}, status=413)
    return JsonResponse({"saved_at": timezone.localtime().strftime("%H:%M")})


def _own_address(request) -> str:
    """Where the form came from, if that is a page of ours."""
    address = request.POST.get("next", "")
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"


@require_http_methods(["GET", "POST"])
def job(request, pk):
    """How far a background job is; POST starts a failed one again."""
    row = get_object_or_404(Job.objects.select_related("result"), pk=pk, person=request.user)
    if request.method == "POST":
        jobs.retry(row)
        return redirect("job", pk=pk)
    template = "parts/job.html" if request.htmx else "job.html"
    context = {"job": row, "title": row.params.get("title", ""), "why": jobs.why_failed(row)}
    return render(request, template, context)


@require_GET
def job_file(request, pk):
    """What a job made, for who asked for it, as long as they may see what is in it."""
    row = get_object_or_404(Job.objects.select_related("result"), pk=pk, person=request.user)
    if row.result is None or not JOBS[row.kind].may_read(row):
        raise Http404
    audit.record_request(request, "file_downloaded", subject=row.result.name)
    return file_response(row.result)


@require_GET
def rulebook_page(request):
    """The 50 articles and the national ones beside them."""
    return render(request, "rulebook.html", {"rule_sets": overview.rule_sets()})


@require_GET
def article(request, code):
    """One article: what it says in a line, and where the product carries it out."""
    if code not in rulebook.ARTICLES:
        raise Http404
    found = rulebook.article(code)
    context = {"article": found, "steps": overview.steps_citing(code)}
    return render(request, "article.html", context)


@require_GET
def organisation(request):
    """Units and bodies, and who holds which post today."""
    access.require(request.user, "view", Organisation)
    rows = access.visible(request.user, Organisation.objects.existing(timezone.localdate()))
    context = {
        "groups": overview.organisations(rows),
        "may_roster": access.may_ever(request.user, "view", Seat),
        "may_move": access.may_ever(request.user, "view", Closing),
    }
    return render(request, "organisation.html", context)


@require_GET
def people(request):
    """Persons, their posts, and whether they are locked out: the security officer's page."""
    access.require(request.user, "view", Person)
    rows = access.visible(request.user, Person.objects.all())
    return render(request, "people.html", {"rows": overview.people(rows)})


@require_POST
def unlock(request, pk):
    """Let a locked-out person sign in again."""
    access.require(request.user, "unlock", Person)
    person = get_object_or_404(access.visible(request.user, Person.objects.all(), "unlock"), pk=pk)
    reset(username=person.username)
    audit.record_request(request, "unlocked", subject=person.username)
    messages.success(request, _("%(person)s can sign in again.") % {"person": person})
    return redirect("people")


@require_GET
def audit_trail(request):
    """Security events, latest first: the audit officer's page."""
    access.require(request.user, "view", AuditEntry)
    rows = access.visible(request.user, AuditEntry.objects.select_related("person"))
    event = request.GET.get("event", "")
    if event:
        rows = rows.filter(event=event)
    context = {
        "page": paging.page_of(request, rows, NEWEST),
        "events": overview.EVENTS,
        "event": event,
    }
    return render(request, "audit.html", context)


@require_GET
def system(request):
    """What the machine does: the system officer's page, free of any business."""
    access.require(request.user, "view", Heartbeat)
    return render(request, "system.html", {"facts": overview.system_facts()})


@login_not_required
@require_GET
def healthz(request):
    """Whether web, database and worker live; for a monitor, without any detail."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        age = overview.worker_age()
    except DatabaseError:
        return JsonResponse({"web": "ok", "database": "down"}, status=503)
    broker = "ok" if overview.broker_answers() else "down"
    state = {"web": "ok", "database": "ok", "broker": broker, "worker_age_seconds": age}
    return JsonResponse(state)


class PasswordChange(auth_views.PasswordChangeView):
    """Change one's own password; the change is written into the audit trail."""

    form_class = NewPasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form):
        """Save, record, say so."""
        form.user.must_change_password = False
        response = super().form_valid(form)
        audit.record_request(self.request, "password_changed")
        messages.success(self.request, _("Your password was changed."))
        return response
