"""Pages of how one is told, of what could not be delivered, and of the messenger."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import access, audit, channels, contacts, delivery, paging, undeliverable, webhook
from .channel_forms import ChannelsForm, MessengerForm, SettleForm
from .formfields import add_refusal
from .models import Message, Messenger, Person
from .notices import text_of

NEWEST = paging.Order(("pk",), descending=True)


@require_http_methods(["GET", "POST"])
def preferences(request):
    """How I am told: my address, what goes where and when, my quiet hours."""
    person = Person.objects.get(pk=request.user.pk)
    in_use = channels.in_use()
    form = ChannelsForm(request.POST or None, instance=person, open_channels=in_use)
    if request.method == "POST" and form.is_valid():
        person.refresh_from_db()
        data = form.cleaned_data
        if contacts.reach(person, email=data["email"], phone=data["phone"]):
            audit.record_request(request, "contact_changed", subject=person.username)
        channels.choose(person, form.timings(), form.quiet())
        messages.success(request, _("Kept. It holds for what comes from now on."))
        return redirect("preferences")
    context = {"form": form, "channels": in_use, "digest_at": channels.DIGEST_AT}
    return render(request, "preferences.html", context, status=422 if form.errors else 200)


@require_GET
def undelivered(request):
    """Messages that were given up, and persons nothing can be sent to."""
    access.require(request.user, "view", Message)
    rows = access.visible(request.user, Message.objects.undeliverable())
    page = paging.page_of(request, rows.select_related("person"), NEWEST)
    enclosed = delivery.enclosed(page.rows)
    context = {
        "page": page,
        "rows": [(row, [text_of(n) for n in enclosed.get(row.pk, [])]) for row in page.rows],
        "unreachable": undeliverable.unreachable(),
        "waiting": Message.objects.waiting().filter(next_at__lte=timezone.now()).count(),
        "form": SettleForm(auto_id=False),
    }
    return render(request, "undelivered.html", context)


@require_POST
def message_again(request, pk):
    """Have a message sent once more."""
    get_object_or_404(access.visible(request.user, Message.objects.all(), "settle"), pk=pk)
    try:
        undeliverable.try_again(pk, person=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("It is sent again within a minute."))
    return redirect("undelivered")


@require_http_methods(["GET", "POST"])
def message_settled(request, pk):
    """Put on record how the person was told instead."""
    rows = access.visible(request.user, Message.objects.select_related("person"), "settle")
    message = get_object_or_404(rows, pk=pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            undeliverable.settle(pk, person=request.user, word=form.cleaned_data["word"])
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Noted: %(person)s was told.") % {"person": message.person})
            return redirect("undelivered")
    context = {
        "form": form,
        "heading": _("%(person)s was told another way") % {"person": message.person},
        "note": message.last_error,
        "submit": _("Note it"),
        "back": "undelivered",
    }
    return render(request, "form_page.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def messenger(request):
    """Where the city's messenger is called; a call can be tried before it is relied upon."""
    access.require(request.user, "set", Messenger)
    form = MessengerForm(request.POST or None, initial={"url": channels.messenger()})
    if request.method == "POST" and form.is_valid():
        url = form.cleaned_data["url"]
        if "test" in request.POST:
            _try(request, form, url)
        else:
            undeliverable.set_messenger(url, person=request.user)
            audit.record_request(request, "messenger_set", subject=url or "-")
            messages.success(request, _("Kept. It holds for what comes from now on."))
            return redirect("messenger")
    rows = access.visible(request.user, Messenger.objects.select_related("set_by"))
    context = {"form": form, "rows": rows.order_by("-pk")[:10]}
    return render(request, "messenger.html", context, status=422 if form.errors else 200)


def _try(request, form, url: str) -> None:
    """Call the messenger once and say what it answered."""
    person = {"login": request.user.username, "name": request.user.name}
    text = _("A trial of the coordination group's office system.")
    moment = timezone.now().strftime("%Y%m%d%H%M%S%f")
    try:
        webhook.post(url, f"trial-{moment}", {"to": person, "subject": text, "text": text})
    except OSError as error:
        form.add_error("url", _("The messenger did not take the trial: %(why)s") % {"why": error})
    else:
        messages.success(request, _("The messenger took the trial."))
