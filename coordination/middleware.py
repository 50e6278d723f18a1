"""What holds for every page: privacy, idle time-out, refusals in words."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render

from . import audit, calendars

LAST_SEEN = "last_seen"
FREE = ("/password/", "/logout/", "/language/")  # open while the first password still holds
WRITTEN = ("opinion", "reply", "answer", "reason")  # what somebody may have worked on for long
SEEN_EVERY = 60  # seconds between writes of the session


class PrivatePagesMiddleware:
    """Signed-in pages are never stored; an idle session ends; standing is read once a request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Guard one request."""
        if request.session.session_key and request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get(LAST_SEEN, now)
            if now - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
                return redirect_to_login(request.get_full_path())
            if now - seen >= SEEN_EVERY or LAST_SEEN not in request.session:
                request.session[LAST_SEEN] = now
            request.user.standing_cache = {}
            if request.user.must_change_password and not request.path.startswith(FREE):
                return redirect("password_change")
        with calendars.one_per_request():
            response = self.get_response(request)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "no-store, private"
        return response


class NullCharacterMiddleware:
    """Nobody types the character NUL and no database stores it: it is not understood."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Look at the address."""
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "400.html", status=400)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Look at the fields of a form, once it is known to come from one of our pages."""
        if request.method != "POST" or request.content_type == "application/json":
            return None
        if any("\x00" in value for _, values in request.POST.lists() for value in values):
            return render(request, "400.html", status=400)
        return None


class RefusalMiddleware:
    """A refusal says which article stands behind it and who could; it is written down."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Nothing to do on the way in."""
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Turn a refusal into the product's page."""
        if not isinstance(exception, PermissionDenied):
            return None
        audit.record_request(request, "refused", subject=request.path, succeeded=False)
        words = [request.POST[name] for name in WRITTEN if request.POST.get(name)]
        context = {"reason": str(exception), "words": words}
        return render(request, "403.html", context, status=403)
