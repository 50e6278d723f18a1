"""Pages of the calendar: a year, the calculator, a year's notice, the cut-off hour."""

import calendar as months
from datetime import date, datetime, time

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from . import access, calendars, holidays, notice_files
from .calendar_forms import CountForm, CutOffForm, NoticeForm
from .formfields import add_refusal
from .models import CutOff, HolidayNotice
from .workdays import SHANGHAI, Term

YEARS = range(2000, 2200)
SHOWN = 100


@require_GET
def year(request):
    """Twelve months with days off and make-up days, and the notices behind them."""
    access.require(request.user, "view", HolidayNotice)
    asked = request.GET.get("year", "")
    shown = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    shown = shown if shown in YEARS else timezone.localdate().year
    calendar = calendars.current()
    drawn = [(date(shown, month, 1), _weeks(calendar, shown, month)) for month in range(1, 13)]
    context = {
        "year": shown,
        "months": drawn,
        "notices": HolidayNotice.objects.filter(year=shown),
        "published": shown in calendar.published,
        "may_publish": access.may_ever(request.user, "publish", HolidayNotice),
        "cut_offs": CutOff.objects.select_related("entered_by").order_by("-in_force_from")[:10],
    }
    return render(request, "calendar/year.html", context)


def _weeks(calendar, shown: int, month: int) -> list[list]:
    """The weeks of a month: each day with whether it is worked and what the notice names it."""
    weeks = []
    for week in months.Calendar().monthdatescalendar(shown, month):
        cells = [(day, calendar.is_workday(day), calendar.days.get(day)) for day in week]
        weeks.append([cell if cell[0].month == month else None for cell in cells])
    return weeks


@require_GET
def count(request):
    """So many working days from a day, with every day counted or skipped."""
    access.require(request.user, "view", HolidayNotice)
    form = CountForm(request.GET if "start" in request.GET else None)
    context: dict = {"form": form}
    if form.is_valid():
        calendar = calendars.current()
        start = datetime.combine(form.cleaned_data["start"], time(9), tzinfo=SHANGHAI)
        try:
            due = calendar.due(start, Term(form.cleaned_data["days"], "B16"))
        except ValueError:
            form.add_error("start", _("No calendar reaches that far."))
        else:
            context |= {"due": due, "days": calendar.strip(start, due)}
    return render(request, "calendar/count.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def enter(request):
    """Enter a year's notice: typed or from a file, previewed, then published."""
    access.require(request.user, "publish", HolidayNotice)
    form = NoticeForm(request.POST or None, request.FILES or None, initial=_initial(request))
    shown = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if "publish" in request.POST and not data["file"]:
                done = holidays.publish(
                    form.notice, person=request.user, seen=data["seen"], reason=data["reason"]
                )
                words = _("Published. Due dates moved: %(count)s; everybody concerned was told.")
                messages.success(request, words % {"count": len(done.moves)})
                return redirect(f"/calendar/?year={form.notice.year}")
        except ValidationError as error:
            add_refusal(form, error)
        shown = _shown(form, lambda: holidays.preview(form.notice))
    corrects = holidays.corrected_by(form.notice) if shown else None
    context = {"form": form, "corrects": corrects, **_preview(shown)}
    return render(request, "calendar/enter.html", context, status=422 if form.errors else 200)


def _shown(form, look):
    """What the act would do; where it cannot be done at all, why stands in the form."""
    try:
        return look()
    except ValidationError as error:
        add_refusal(form, error)
        return None


def _preview(shown) -> dict:
    """A preview for its template, no list longer than a page."""
    if shown is None:
        return {"preview": None}
    lists = {name: getattr(shown, name) for name in ("moves", "told", "changes", "relied_on")}
    cut = {f"{name}_cut": len(rows) if len(rows) > SHOWN else 0 for name, rows in lists.items()}
    first = {name: rows[:SHOWN] for name, rows in lists.items()}
    return {"preview": shown, "first": SHOWN, **first, **cut}


def _initial(request) -> dict:
    """What is entered already of the notice `?number=`, to be corrected."""
    row = HolidayNotice.objects.filter(number=request.GET.get("number", "")[:60]).first()
    if row is None:
        return {"year": timezone.localdate().year + 1}
    return {
        "number": row.number,
        "title": row.title,
        "year": row.year,
        "published_on": row.published_on,
        "lines": notice_files.lines_of(row),
    }


@require_http_methods(["GET", "POST"])
def cut_off(request):
    """Set the hour at which due days end, from a day to come: previewed, then set."""
    access.require(request.user, "publish", HolidayNotice)
    form = CutOffForm(request.POST or None)
    shown = replaced = None
    if request.method == "POST" and form.is_valid():
        entry = dict(form.cleaned_data)
        seen = entry.pop("seen")
        try:
            if "publish" in request.POST:
                done = holidays.set_cut_off(person=request.user, seen=seen, **entry)
                words = _("Set. Running due dates with another hour now: %(count)s.")
                messages.success(request, words % {"count": len(done.moves)})
                return redirect("calendar")
        except ValidationError as error:
            add_refusal(form, error)
        shown = _shown(form, lambda: holidays.preview_cut_off(person=request.user, **entry))
        replaced = holidays.cut_off_from(entry["in_force_from"]) if shown else None
    context = {"form": form, "replaced": replaced, **_preview(shown)}
    return render(request, "calendar/cut_off.html", context, status=422 if form.errors else 200)
