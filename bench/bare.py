"""The least a page can cost: session and login, the same rows by one query, the same bytes."""

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from documents.models import IncomingDocument

TEMPLATE = """{% for d in rows %}<tr><td>{{ d.register_serial }}</td><td>{{ d.title }}</td>
<td>{{ d.sender_name }}</td><td>{{ d.state }}</td><td>{{ d.handler.short_name }}</td>
<td>{{ d.main_duty.due_on }}</td></tr>{% endfor %}{{ padding }}"""
compiled = engines["django"].from_string(TEMPLATE)


def page(request, pks: list[int], size: int) -> HttpResponse:
    """The rows `pks` by one query, padded to `size` bytes."""
    rows = IncomingDocument.objects.filter(pk__in=pks).select_related("handler", "main_duty")
    name = request.user.name  # session and person are read, as on every page
    text = compiled.render({"rows": rows, "padding": name})
    missing = max(0, size - len(text.encode()))
    return HttpResponse(text + " " * missing)


state: dict = {"pks": [], "size": 0}
urlpatterns = [path("bare/", lambda request: page(request, state["pks"], state["size"]))]
