"""A mandate opens to its stand-in what the entrusted acts are about, and nothing else (P22)."""

from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination import (
    access,
    calendars,
    confirmations,
    delegations,
    entrusting,
    extensions,
    workflow,
)
from coordination.models import Appointment, Confirmation, Duty, Extension, Seat
from coordination.posts import Post
from documents.models import Handling, IncomingDocument, Reading

from ..cases import trying
from ..documents.test_deliveries import ENTRUSTED as COPIES
from ..documents.test_outgoing_opinions import ENTRUSTED as ASKED
from ..documents.test_outgoing_routes import ENTRUSTED
from ..documents.test_seal_requests import ENTRUSTED as SEAL_ACTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("liaisons_alone")]
MODELS = (IncomingDocument, Handling, Reading, Extension, Duty, Confirmation)


def seen(person, model, verb="view"):
    return set(access.visible(person, model.objects.all(), verb).values_list("pk", flat=True))


@pytest.fixture
def helper(office, outsider):
    """Somebody in the unit whose post opens nothing by itself."""
    unit, decision = office.unit("finance"), Appointment.objects.first().decision
    seat = Seat.objects.create(
        organisation=unit, post=Post.DEPUTY_UNIT_LIAISON, title="干部", cites="C4"
    )
    today = timezone.localdate()
    Appointment.objects.create(person=outsider, seat=seat, since=today, decision=decision)
    return outsider


def asked(office, duty, who="finance"):
    return extensions.ask_for_extension(
        duty,
        person=office.liaison(who),
        reason="需补充",
        due_on=calendars.current().add(duty.due_on, 3),
    )


@pytest.fixture
def world(office):
    """What deputy has laid before, to read, once instructed and once read; what finance owes."""
    deputy = office.seat("deputy")
    confirmations.ask_all(person=office.people["clerk"], year=timezone.localdate().year)
    given = office.assignment("finance", co=("health",))
    running = office.step(office.proposed("deputy"), "instruct", "deputy", "同意", **given)
    found = {
        "laid": office.proposed("deputy"),
        "other": office.proposed("leader"),
        "running": running,
        "to_read": office.step(office.reviewed(), "circulate", opinion="参考", seats=[deputy]),
        "was_read": office.step(office.reviewed(), "circulate", opinion="参考", seats=[deputy]),
        "accepted": office.transferred("finance"),
        "co_accepted": office.transferred("health", co=("finance",)),
        "new": office.transferred("finance"),
        "elsewhere": office.transferred("health"),
    }
    office.step(found["was_read"].readings.get(), "read", "deputy")
    for name in ("accepted", "co_accepted"):
        office.step(office.part(found[name], "finance"), "accept", office.liaison("finance"))
    asked(office, running.main_duty)
    return found


LEADERS_ACTS = {
    "incoming:instruct": {"laid"},
    "incoming:lay_further": {"laid"},
    "incoming:return_proposal": {"laid"},
    "incoming:add_co_handlers": {"running"},
    "incoming:recall": {"running"},
    "handling:cancel": {"running"},
    "handling:reassign": {"running"},
    "extension:grant": set(),
    "extension:refuse": set(),
    "reading:read": {"to_read"},
    "reading:remark": {"was_read"},
}
DESKS_ACTS = {"incoming:lay_again"}  # within the Office, which reads every paper
UNITS_ACTS = {
    "handling:accept": {"new", "running"},
    "handling:hand_back": {"new", "running"},
    "handling:report_progress": {"accepted", "co_accepted"},
    "handling:give_opinion": {"co_accepted"},
    "handling:submit_reply": {"accepted"},
    "extension:ask": set(),
    "extension:withdraw": set(),
    "confirmation:confirm": set(),
    "confirmation:name_another": set(),
}


def test_every_act_that_can_be_entrusted_is_looked_at():
    acts = {key for post in Post for key, _step in entrusting.delegable(post)}
    entrusted = {*ENTRUSTED, *ASKED, *SEAL_ACTS, *COPIES}
    assert acts == {*LEADERS_ACTS, *DESKS_ACTS, *UNITS_ACTS, *entrusted}


def test_a_leaders_stand_in_reads_what_the_act_is_about(office, world, entrust, client):
    deputy2 = office.people["deputy2"]
    assert not any(seen(deputy2, model) for model in MODELS)
    for act, about in LEADERS_ACTS.items():
        with trying(act):
            entrust(office.seat("deputy"), deputy2, act)
            documents = named(world, deputy2)
            assert documents == about
            assert named(world, deputy2, "print") == documents - {"to_read", "was_read"}
            usable(client, deputy2, act)


def test_a_units_stand_in_reads_what_the_act_is_about(office, world, helper, entrust, client):
    assert not any(seen(helper, model) for model in MODELS)
    seat = Seat.objects.get(organisation__key="finance", post="unit_liaison")
    for act, about in UNITS_ACTS.items():
        with trying(act):
            entrust(seat, helper, act)
            assert named(world, helper) == about
            usable(client, helper, act)


def named(world, person, verb="view"):
    """What of the world somebody reaches, by the names given there; in a new request."""
    person.standing_cache = {}
    rows = seen(person, IncomingDocument, verb)
    return {name for name, row in world.items() if row.pk in rows}


def usable(client, person, act):
    """The page of some step the act allows opens, and with every record that waits for it."""
    client.force_login(person)
    name, action = act.split(":")
    route = next(route for route in workflow.ROUTES.values() if route.name == name)
    model = next((m for m in MODELS if m._meta.label_lower == route.model), None)
    steps = [step for step in route.steps if step.action == action]
    if action == "ask":
        duties = Duty.objects.filter(pk__in=seen(person, Duty))
        assert {duty.organisation.key for duty in duties} == {"finance"}
        for duty in duties.filter(kind=Duty.Kind.COMPLETE):
            assert client.get(reverse("extension_new", args=[duty.pk])).status_code == 200
        return
    states = {step.source for step in steps}
    mine = [
        row
        for row in model.objects.filter(state__in=states)
        if action in {step.action for step in workflow.offered(person, row)}
    ]
    assert mine
    urls = {
        "incoming": "documents:step",
        "handling": "documents:part_step",
        "reading": "documents:reading_step",
        "extension": "extension_step",
        "confirmation": "confirmation_step",
    }
    for row in mine:
        assert client.get(reverse(urls[name], args=[row.pk, action])).status_code == 200
        assert client.get(row.get_absolute_url()).status_code == 200
    assert client.get("/").status_code == 200
    assert seen(person, model) == {row.pk for row in mine}


def test_what_was_done_under_it_stays_readable_while_it_lasts(office, world, entrust):
    deputy2, deputy = office.people["deputy2"], office.people["deputy"]
    given = entrust(office.seat("deputy"), deputy2, "incoming:instruct")
    office.step(world["laid"], "instruct", "deputy2", "同意", **office.assignment())
    assert seen(deputy2, IncomingDocument) == {world["laid"].pk}
    delegations.revoke_delegation(given, person=deputy, reason="已返岗")
    assert seen(deputy2, IncomingDocument) == set()


def test_reading_in_anothers_name_is_done_and_told(office, world, entrust, client):
    deputy2, reading = office.people["deputy2"], world["to_read"].readings.get()
    entrust(office.seat("deputy"), deputy2, "reading:read")
    client.force_login(deputy2)
    assert client.get(reverse("documents:reading", args=[reading.pk])).status_code == 302
    url = reverse("documents:reading_step", args=[reading.pk, "read"])
    typed = {"opinion": "已阅", "seen": reading.content_digest()}
    assert client.post(url, typed).status_code == 302
    assert workflow.trail(reading).last().acting_as.person == office.people["deputy"]


def test_an_extension_opens_the_duty_and_its_title_not_the_papers(office, world, entrust, client):
    deputy2, duty = office.people["deputy2"], world["running"].main_duty
    entrust(office.seat("deputy"), deputy2, "extension:grant")
    assert seen(deputy2, Duty) == {duty.pk}
    client.force_login(deputy2)
    page = client.get(reverse("duty", args=[duty.pk])).content.decode()
    assert duty.title in page
    papers = world["running"].get_absolute_url()
    for address in ("/", reverse("duties"), reverse("duty", args=[duty.pk])):
        assert papers not in client.get(address).content.decode()
    assert client.get(papers).status_code == 404


def test_the_register_costs_the_same_with_a_mandate(
    office, world, entrust, client, django_assert_max_num_queries
):
    entrust(office.seat("deputy"), office.people["deputy2"], *LEADERS_ACTS)
    client.force_login(office.people["deputy2"])
    client.get("/")
    with django_assert_max_num_queries(12):
        assert client.get("/incoming/").status_code == 200


def test_both_names_stand_on_buttons_forms_strip_and_the_delegations_page(
    office, world, entrust, client
):
    deputy, deputy2 = office.people["deputy"], office.people["deputy2"]
    given = entrust(office.seat("deputy"), deputy2, *LEADERS_ACTS)
    client.force_login(deputy2)
    laid, running = world["laid"], world["running"]
    page = client.get(laid.get_absolute_url()).content.decode()
    assert page.count(f"(for {deputy})") == 4  # agree, instruct, lay further, return
    form = client.get(reverse("documents:step", args=[laid.pk, "instruct"])).content.decode()
    assert "in another's name" in unescape(form)
    assert f"(for {deputy})" in form
    page = client.get(running.get_absolute_url()).content.decode()
    assert f"Give it to another unit (for {deputy})" in page
    duty = client.get(reverse("duty", args=[running.main_duty_id])).content.decode()
    assert f"Grant the extension (for {deputy})" in duty
    extension = Extension.objects.get()
    for action in ("grant", "refuse"):
        url = reverse("extension_step", args=[extension.pk, action])
        assert f"(for {deputy})" in client.get(url).content.decode()
    reading = client.get(world["to_read"].get_absolute_url()).content.decode()
    assert f"I have read it (for {deputy})" in reading
    office.step(laid, "instruct", "deputy2", "同意", **office.assignment())
    strip = client.get(laid.get_absolute_url()).content.decode()
    assert f"{deputy2} for {deputy}" in strip
    page = client.get(reverse("delegation", args=[given.pk])).content.decode()
    assert f"{deputy2} for {deputy}" in page


def test_in_ones_own_name_nothing_is_added(office, world, entrust, client):
    entrust(office.seat("deputy"), office.people["deputy2"], *LEADERS_ACTS)
    own = office.proposed("deputy2")
    client.force_login(office.people["deputy2"])
    for url in (own.get_absolute_url(), reverse("documents:step", args=[own.pk, "instruct"])):
        page = client.get(url).content.decode()
        assert "(for " not in page
        assert "in another's name" not in unescape(page)


def test_a_liaisons_stand_in_reads_whose_name_they_act_in(office, world, entrust, helper, client):
    seat = Seat.objects.get(organisation__key="finance", post="unit_liaison")
    entrust(seat, helper, "extension:ask", "confirmation:confirm", "handling:accept")
    client.force_login(helper)
    asked = Confirmation.objects.get(organisation__key="finance")
    duty = world["accepted"].main_duty
    name = f"(for {office.liaison('finance')})"
    for url in (
        reverse("duty", args=[duty.pk]),
        reverse("extension_new", args=[duty.pk]),
        reverse("confirmation_step", args=[asked.pk, "confirm"]),
        world["new"].get_absolute_url(),
    ):
        assert name in client.get(url).content.decode(), url
