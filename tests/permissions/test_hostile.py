"""No address answers 500, whatever is asked of it or sent to it."""

import itertools
import json

import pytest
from django.urls import URLPattern, get_resolver
from django.urls.converters import get_converters

from coordination import workflow
from documents.models import IncomingDocument
from documents.states import IncomingState as S
from tests.cases import trying
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
NUMBERS = ["0", "1", "9" * 30]
STRINGS = ["%00", "a" * 300, "%F0%9F%98%80", "%E2%80%AE", "..%2F..", "B16", "'%22--", "%25s"]
VALUES = [
    "\x00", "9" * 400, "-1", "1e999", "NaN", "<script>alert(1)</script>", "甲" * 1500, "\u202e",
    "😀", "\x0b\x1f\ufffe", "%s%d{}", "' OR 1=1 --", "0000-00-00", "9999-12-31T23:59", "0001-01-01T00:00", "[]", "on",
]  # fmt: skip
QUERY = (
    "q state lamp unit sender kind since until mine sort after before event show next outcome label "
    "charge unassigned exact by ticked"
).split()
FIELDS = (
    "title sender sender_name sender_number kind dated_on received_at copies urgency secrecy contact "
    "remarks opinion points lead co_handlers limit_at laid_before method answer reply removed "
    "kept_files files seen language next discard username password name shared into labels documents "
    "label act text seats other relations due_on due_at duties word delegate acts since until reason "
    "year begins seen kept put persons instead decision_title decided_on working_days number published_on lines hour in_force_from decision_number person_appointed acting organisation post follows opens_on closed_on successor founded_on short_name lead_unit deputy_units absent note email phone work_mail quiet_since quiet_until url test publish confirmed "
    "main copies subject attached_order printed_as takes members organisation outside_name_0 "
    "outside_rank_0 outside_as_0"
).split()


def patterns(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield text, pattern.pattern.converters
        else:
            yield from patterns(pattern, text)


def addresses():
    known = {type(c): name for name, c in get_converters().items()}
    for text, converters in patterns(get_resolver()):
        choices = []
        for name, converter in converters.items():
            kind = known[type(converter)]
            values = NUMBERS if kind == "int" else ["recall", "x"] if kind == "slug" else STRINGS
            choices.append([(f"<{kind}:{name}>", value) for value in values])
        for combination in itertools.product(*choices):
            address = text
            for place, value in combination:
                address = address.replace(place, value)
            yield "/" + address


ADDRESSES = sorted(set(addresses()))
WHO = ("clerk", "handler", "secadmin", "auditor", "sysadmin")


def test_there_are_addresses_to_try():
    assert len(ADDRESSES) > 60


@pytest.mark.parametrize("who", WHO)
def test_no_address_breaks(office, client, who):
    """The clerk tries every address; the others, who see less, one in four each."""
    office.transferred()
    person = office.liaison("market_regulation") if who == "handler" else office.people[who]
    others = len(WHO) - 1
    mine = ADDRESSES if who == "clerk" else ADDRESSES[WHO.index(who) - 1 :: others]
    for address in mine:
        client.force_login(person)
        for method in (client.get, client.post):
            assert method(address).status_code < 500, (method.__name__, address)


READS = [  # who, which page, and the questions it reads, each asked alone too
    ("clerk", "/incoming/", QUERY),
    (
        "clerk",
        "/incoming/statistics/",
        ["by", "since", "until", "charge", "kind", "sender", "label"],
    ),
    ("clerk", "/incoming/filters/new/", ["kind", "since"]),
    ("clerk", "/duties/", ["show", "after", "before"]),
    ("clerk", "/duties/urged/", ["unit"]),
    ("clerk", "/notices/", ["after", "before"]),
    ("clerk", "/undelivered/", ["after", "before"]),
    ("clerk", "/calendar/", ["year"]),
    ("clerk", "/calendar/count/", ["start", "days"]),
    ("clerk", "/calendar/new/", ["number"]),
    ("clerk", "/roster/", ["q", "on", "by"]),
    ("clerk", "/roster/confirmation/", ["year"]),
    ("clerk", "/stand-ins/new/", ["seat"]),
    ("clerk", "/outgoing/new/", ["kind"]),
    ("clerk", "/outgoing/templates/notice/history/", ["after", "before"]),
    ("clerk", "/", []),
    ("clerk", "/rulebook/", []),
    ("secadmin", "/posts/", ["q"]),
    ("secadmin", "/people/", []),
    ("auditor", "/audit/", ["event", "after", "before"]),
]


@pytest.mark.parametrize("number", range(len(VALUES)))
def test_no_question_breaks_a_list(office, client, number):
    """All at once; and alone, for each question every third value, another third for the next."""
    value = VALUES[number]
    office.transferred()
    question = dict.fromkeys([*QUERY, "start", "days", "year", "number", "on", "seat"], value)
    for who, address, names in READS:
        client.force_login(office.people[who])
        assert client.get(address, question).status_code < 500, address
        for name in names[number % 3 :: 3]:
            assert client.get(address, {name: value}).status_code < 500, (address, name)
    client.force_login(office.people["clerk"])
    assert client.post("/incoming/export/?q=x", question).status_code < 500


@pytest.fixture
def one_in_each_state(office):
    """A document in every state, by state."""
    return {state: office.at_state(state) for state in S}


def test_no_form_breaks_and_nothing_moves(office, one_in_each_state, client):
    documents = one_in_each_state
    for value in VALUES:
        with trying(value[:40]):
            everything_is_filled_with(value, office, documents, client)
            for state, document in documents.items():
                assert IncomingDocument.objects.get(pk=document.pk).state == state


def everything_is_filled_with(value, office, documents, client):
    """Send `value` in every field of every form."""
    part = office.part(documents[S.IN_HANDLING])
    data = dict.fromkeys(FIELDS, value)
    director = office.people["director"]
    by_action = {  # each act once: its form is the same wherever the document stands
        step.action: f"/incoming/{document.pk}/{step.action}/"
        for document in documents.values()
        for step in workflow.offered(director, document)
    }
    addresses = list(by_action.values())
    assert len(addresses) > 12
    client.force_login(director)
    for address in (
        *addresses,
        "/incoming/new/",
        "/outgoing/new/",
        "/outgoing/lists/new/",
        "/incoming/transfer/",
        "/incoming/from-file/",
        "/duties/urge/",
        f"/stand-ins/new/?seat={office.seat('director').pk}",
        "/absences/new/",
        "/calendar/new/",
        "/calendar/cut-off/",
        "/preferences/",
        "/incoming/labels/",
        "/incoming/labelling/",
        "/incoming/filters/new/?kind=letter",
        "/incoming/statistics/export/",
        "/phrases/",
        "/password/",
        "/login/",
        "/language/",
        "/drafts/k/",
    ):
        assert client.post(address, data).status_code < 500, address
    for body in (json.dumps(data), json.dumps([value]), value):
        answer = client.post("/drafts/k/", body, content_type="application/json")
        assert answer.status_code < 500
    client.force_login(office.people["secadmin"])
    term, seat = office.seat("legal").appointments.get(), office.seat("member1")
    group = office.unit("streamlining").pk
    posts = data | {"password": PASSWORD}  # so that the rest of the form is judged too
    for address in (
        "/messenger/",
        "/posts/new/",
        f"/posts/{office.seat('legal').pk}/appoint/",
        f"/posts/{seat.pk}/close/",
        f"/appointments/{term.pk}/end/",
        "/bodies/new/",
        f"/bodies/{group}/change/",
        f"/bodies/{group}/close/",
    ):
        assert client.post(address, posts).status_code < 500, address
    client.force_login(office.liaison("market_regulation"))
    duty = part.duty_id
    assert client.post(f"/duties/{duty}/extension/", data).status_code < 500
    for action in ("accept", "hand_back", "submit_reply"):
        assert client.post(f"/incoming/handling/{part.pk}/{action}/", data).status_code < 500
