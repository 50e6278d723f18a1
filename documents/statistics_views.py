"""Pages of the statistics: get → access → form → count → render."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from coordination import access, audit

from .charts import chart
from .models import IncomingDocument
from .states import Outcome
from .statistics import StatisticsFilter, statistics
from .statistics_export import MEDIA_TYPE, file_name, workbook


def _narrowed(request) -> StatisticsFilter:
    access.require(request.user, "count", IncomingDocument)
    countable = access.visible(request.user, IncomingDocument.objects.all(), "count")
    return StatisticsFilter(request.GET, queryset=countable, request=request)


@require_GET
def page(request):
    """How the documents of a period stand against their time limits: table and chart."""
    narrowed = _narrowed(request)
    context = {"filter": narrowed, "outcomes": Outcome.choices}
    if narrowed.form.is_valid():
        found = statistics(request.user, narrowed, timezone.now())
        drawn = [(line.label, line.counts) for line in found.lines]
        context |= {"found": found, "chart": chart(drawn, Outcome.values)}
    status = 200 if "found" in context else 422
    return render(request, "documents/statistics.html", context, status=status)


@require_POST
def export(request):
    """The same table as XLSX."""
    narrowed = _narrowed(request)
    if not narrowed.form.is_valid():
        raise Http404
    found = statistics(request.user, narrowed, timezone.now())
    audit.record_request(request, "statistics_exported", subject=request.GET.urlencode()[:200])
    response = HttpResponse(workbook(found, narrowed.form.cleaned_data), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name()}"'
    return response
