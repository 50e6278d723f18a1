"""Pages of the personal calendar address."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from . import access, feeds
from .models import Duty


@require_http_methods(["GET", "POST"])
def feed(request):
    """One's own calendar address: made, shown once, renewed, revoked."""
    access.require(request.user, "view", Duty)
    address = ""
    if "revoke" in request.POST:
        feeds.revoke(request.user)
        messages.success(request, _("The address opens nothing any more."))
        return redirect("feed")
    if request.method == "POST":
        secret = feeds.renew(request.user)
        address = settings.SITE_URL + reverse("feed_file", args=[secret])
    context = {"key": feeds.current(request.user), "address": address}
    return render(request, "feed.html", context)


@login_not_required
@require_GET
def feed_file(request, secret):
    """The calendar behind a secret address; unknown and revoked ones look alike."""
    person = feeds.person_of(secret)
    if person is None:
        raise Http404
    answer = HttpResponse(feeds.calendar_of(person), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="duties.ics"'
    return answer
