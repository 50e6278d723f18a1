"""The charter: complete, idempotent, honest about changes; and what the database refuses."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from coordination import charters
from coordination.models import (
    Appointment,
    AuditEntry,
    Body,
    Decision,
    NumberCode,
    Organisation,
    Person,
    RuleSetting,
    Seat,
    Transition,
    Unit,
)

pytestmark = pytest.mark.django_db
LOGINS = [
    "leader",
    "deputy",
    "deputy2",
    "director",
    "clerk",
    "clerk2",
    "deputyhead1",
    "legal",
    "supervisor",
    "member1",
    "sysadmin",
    "secadmin",
    "auditor",
]
LOGINS += [f"head{n}" for n in range(1, 7)] + [f"groupliaison{n}" for n in range(1, 7)]
LOGINS += [f"liaison{n}" for n in range(1, 41)]


def test_the_bodies_of_article_4(charter):
    kinds = [body.kind for body in Body.objects.all()]
    assert kinds.count("thematic_group") == 6
    assert kinds.count("support_group") == 3
    assert Body.objects.get(kind="group_office").lead_unit.name == "启东市政务服务管理办公室"
    assert all(body.founded_by_id for body in Body.objects.all())
    assert all(body.lead_unit_id for body in Body.objects.filter(kind="thematic_group"))


def test_the_seats_of_articles_2_3_and_c3_c4(charter):
    posts = list(Seat.objects.values_list("post", flat=True))
    assert posts.count("group_leader") == 1
    assert posts.count("deputy_leader") == 3
    assert posts.count("office_director") == 1
    assert posts.count("group_head") == 6
    assert posts.count("group_liaison") == 6
    deputies = sum(body.deputy_units.count() for body in Body.objects.all())
    assert posts.count("deputy_unit_liaison") == deputies > 0
    units = Unit.objects.exclude(kind="superior").count()
    assert posts.count("unit_liaison") == units >= 40
    assert sorted(Seat.objects.exclude(login="").values_list("login", flat=True)) == sorted(LOGINS)


def test_loading_again_changes_nothing(charter):
    history = Unit.history.count()
    assert charters.load() == []
    assert Unit.history.count() == history


def test_a_changed_charter_says_what_it_changes(charter, tmp_path):
    text = charters.DEFAULT.read_text(encoding="utf-8")
    path = tmp_path / "changed.toml"
    path.write_text(
        text.replace('short_name = "市监局"', 'short_name = "市市监局"'), encoding="utf-8"
    )
    changes = charters.load(path)
    assert [str(change) for change in changes] == [
        "changed: unit 启东市市场监督管理局 (short_name: 市监局 → 市市监局)"
    ]
    assert Unit.objects.get(key="market_regulation").history.count() == 2


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('key = "finance"', 'key = "justice"', "used twice"),
        ('post = "group_leader"', 'post = "boss"', "unknown post"),
        ('cites = "B16 C12"', 'cites = "B99"', "no article"),
        ("[charter]", "[charter", "Expected"),
        ('lead_unit = "health"', 'lead_unit = "nowhere"', "not defined"),
    ],
)
def test_a_wrong_charter_changes_nothing(charter, tmp_path, old, new, why):
    path = tmp_path / "wrong.toml"
    text = charters.DEFAULT.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    before = (Organisation.objects.count(), Seat.objects.count(), Unit.history.count())
    with pytest.raises(charters.CharterError, match=why):
        charters.load(path)
    assert before == (Organisation.objects.count(), Seat.objects.count(), Unit.history.count())


def test_the_command_reports(charter, capsys):
    call_command("load_charter")
    assert "nothing changed" in capsys.readouterr().out


def appoint(seat, since, until=None, name="p"):
    person, _ = Person.objects.get_or_create(username=name, defaults={"name": name})
    decision = Decision.objects.get(key="working_rules")
    return Appointment.objects.create(
        person=person, seat=seat, since=since, until=until, decision=decision
    )


def test_one_active_leader_and_one_liaison_per_scope(vacant):
    day = dt.date(2026, 1, 1)
    for post in ("group_leader", "unit_liaison", "group_liaison", "group_head", "office_director"):
        seat = Seat.objects.filter(post=post).first()
        appoint(seat, day)
        with pytest.raises(IntegrityError), transaction.atomic():
            appoint(seat, day, name="other")
        with pytest.raises(IntegrityError), transaction.atomic():
            Seat.objects.create(
                organisation=seat.organisation, post=post, title="second", cites="A2"
            )


def test_terms_of_office_on_one_seat_do_not_overlap(vacant):
    seat = Seat.objects.get(post="group_leader")
    appoint(seat, dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    with pytest.raises(IntegrityError), transaction.atomic():
        appoint(seat, dt.date(2024, 12, 31), name="too-early")
    appoint(seat, dt.date(2025, 1, 1), name="successor")
    assert Appointment.objects.current(dt.date(2024, 12, 31)).get(seat=seat).person.username == "p"
    assert (
        Appointment.objects.current(dt.date(2025, 1, 1)).get(seat=seat).person.username
        == "successor"
    )


def test_one_deputy_units_liaison_per_lead_unit(charter):
    seat = Seat.objects.filter(post="deputy_unit_liaison").first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(
            organisation=seat.organisation, post=seat.post, scope=seat.scope, title="x", cites="C4"
        )


@pytest.mark.parametrize("model", [Unit, Body, Organisation])
@pytest.mark.every_engine
def test_organisations_are_never_deleted(charter, model):
    from django.db import connection

    table = model._meta.db_table
    refused = pytest.raises(DatabaseError, match="never_deleted")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_closing_needs_a_decision(charter):
    body = Body.objects.get(key="streamlining")
    body.closed_on = dt.date(2026, 1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        body.save()
    body.closed_by = Decision.objects.get(key="working_rules")
    body.save()
    assert body not in Organisation.objects.existing(dt.date(2026, 1, 1))
    assert body.organisation_ptr in Organisation.objects.existing(dt.date(2025, 12, 31))


def test_the_trail_is_append_only(office):
    document = office.register()
    step = Transition.objects.get(object_id=document.pk)
    AuditEntry.objects.create(at=document.received_at, event="signed_in", digest="x")
    for rows in (Transition.objects.filter(pk=step.pk), AuditEntry.objects.all()):
        with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
            rows.update(**({"opinion": "x"} if rows.model is Transition else {"event": "x"}))
        with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
            rows.delete()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('[[number_codes]]\norganisation = "nowhere"\ncode = "启无"', "unknown organisation"),
        (
            '[[number_codes]]\norganisation = "group_office"\ncode = "启无"\nkinds = ["poem"]',
            "unknown kind poem",
        ),
        (
            '[[settings]]\nkey = "c11_head"\nvalue = "nobody"\ncites = "C11"',
            "one of thematic_group",
        ),
        ('[[settings]]\nkey = "x"\nvalue = "y"\ncites = "Z9"', "Z9"),
    ],
)
def test_a_code_or_setting_that_cannot_be_is_refused(charter, tmp_path, row, words):
    text = charters.DEFAULT.read_text(encoding="utf-8")
    (tmp_path / "city.toml").write_text(f"{text}\n{row}\n", encoding="utf-8")
    with pytest.raises(charters.CharterError, match=words):
        charters.load(tmp_path / "city.toml")


def test_codes_and_settings_of_the_charter_are_loaded_and_follow_it(charter, tmp_path):
    codes = {row.code: (row.organisation.key, row.kinds) for row in NumberCode.objects.all()}
    assert codes["启协办"] == ("group_office", [])
    assert codes["启协函"] == ("coordination_group", ["letter"])
    text = charters.DEFAULT.read_text(encoding="utf-8")
    other = text.replace('value = "thematic_group"', 'value = "group_leader"')
    (tmp_path / "city.toml").write_text(other, encoding="utf-8")
    changes = [str(change) for change in charters.load(tmp_path / "city.toml")]
    assert len(changes) == 1
    assert "thematic_group → group_leader" in changes[0]
    assert RuleSetting.objects.get(key="c11_head").value == "group_leader"
