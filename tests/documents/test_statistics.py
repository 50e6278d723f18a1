"""Statistics: every figure is right, opens exactly its rows, and is seen by whom it may be."""

import datetime as dt
import html
import random
import re
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from coordination import access, calendars, duties
from coordination.models import AuditEntry, Duty
from documents.charts import chart
from documents.models import IncomingDocument
from documents.outcomes import conditions
from documents.states import DocumentKind, IncomingState, Outcome
from documents.statistics import period_name
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db
UNITS = ("finance", "health", "justice", "market_regulation")
KINDS = (DocumentKind.REPORT, DocumentKind.LETTER, DocumentKind.NOTICE)
GROUPINGS = ("unit", "kind", "month", "quarter", "year")
ALL = "since=2019-01-01"


def random_duty(chance, document, unit, now):
    """A duty as a handler in charge may owe it: open, handed in, met or cancelled, by day or hour."""
    start = document.received_at + dt.timedelta(hours=chance.randint(0, 30))
    duty = Duty(
        organisation=unit, kind=chance.choice(["complete", "give_opinion"]), title="事项",
        subject=document, cites="B16", started_at=start, working_days=7,
        due_on=duties.local_day(start) + dt.timedelta(days=chance.randint(0, 12)),
    )  # fmt: skip
    if chance.random() < 0.3:
        duty.due_at = start + dt.timedelta(hours=chance.randint(1, 200))
        duty.due_on, duty.working_days = duties.local_day(duty.due_at), None
    fate = chance.choice(["open", "submitted", "met", "met", "met", "cancelled"])
    done = min(now, start + dt.timedelta(hours=chance.randint(0, 400)))
    if fate == "submitted" or (fate == "met" and chance.random() < 0.5):
        duties.submit(duty, done)
    if fate in ("met", "cancelled"):
        duties.close(duty, max(done, now), outcome=fate)
    duty.save()
    return duty


def random_documents(office, chance, count):
    now = timezone.now()
    units = [office.unit(key) for key in UNITS]
    for _ in range(count):
        document = office.register(
            kind=chance.choice(KINDS), sender_name=chance.choice(["甲局", "乙镇"]),
            received_at=now - dt.timedelta(hours=chance.choice([chance.randint(1, 400), chance.randint(1, 20000)])),
        )  # fmt: skip
        if chance.random() < 0.8:
            unit = chance.choice(units)
            document.main_duty = random_duty(chance, document, unit, now)
            document.handler = unit
            document.save()
            access.share(document, unit)
        if chance.random() < 0.3:
            access.share(
                document, chance.choice(units)
            )  # a co-handler sees it, and answers for none
    return now


def judged(document, now):
    """The outcome by the rules, told apart from the query."""
    duty = document.main_duty
    if duty is None or duty.outcome == "cancelled":
        return Outcome.NO_LIMIT
    if duty.closed_at is not None:
        return Outcome.LATE if duty.days_late else Outcome.ON_TIME
    late = duties.is_late(duty, duty.submitted_at or now)
    return Outcome.RUNNING_LATE if late else Outcome.RUNNING


def table(client, query):
    """The table as shown: {label: [(count, address) per outcome, together]}."""
    page = client.get(f"/incoming/statistics/?{query}").content.decode()
    found = {}
    for label, cells in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.S):
        figures = re.findall(r"<td[^>]*>(?:<a href=\"([^\"]*)\">)?([\d.–]+)(?:</a>)?</td>", cells)
        found[label] = [(text, html.unescape(address)) for address, text in figures]
    return found


def counted(client, address):
    """How many documents the opened register says it shows, and which ones."""
    page = client.get(address).content.decode()
    return int(re.search(r'class="count-line">(\d+) document', page)[1])


@pytest.mark.parametrize("seed", range(4))
def test_each_document_has_the_outcome_the_rules_give_and_no_other(office, seed):
    now = random_documents(office, random.Random(seed), 60)
    rows = IncomingDocument.objects.select_related("main_duty")
    expected = {document.pk: judged(document, now) for document in rows}
    found = {}
    for outcome in conditions(now):
        for pk in rows.of_outcome(outcome, now).values_list("pk", flat=True):
            assert pk not in found
            found[pk] = outcome
    assert found == expected


@pytest.mark.parametrize(("seed", "who"), [(0, "clerk"), (1, "finance"), (2, "health")])
@pytest.mark.one_engine
def test_a_figure_opens_exactly_the_rows_behind_it(office, client, seed, who):
    chance = random.Random(seed)
    random_documents(office, chance, 45)
    client.force_login(office.people["clerk"] if who == "clerk" else office.liaison(who))
    narrowings = ["", "&kind=report", "&sender=甲", "&since=2025-02-11&until=2026-10-07"]
    if who == "clerk":
        narrowings += [f"&charge={office.unit(key).pk}" for key in UNITS[:2]]
    opened = 0
    for by in GROUPINGS:
        lines = table(client, f"{ALL}&by={by}{chance.choice(narrowings)}")
        for label, figures in lines.items():
            shown = figures[: len(Outcome) + 1]
            assert sum(int(text) for text, _ in shown[:-1]) == int(shown[-1][0]), label
            for text, address in shown:
                assert bool(address) == (text != "0")
                if address:
                    assert counted(client, address) == int(text), (by, label, address)
                    opened += 1
    assert opened > 10


@pytest.mark.parametrize("by", GROUPINGS)
def test_the_lines_add_up_to_the_whole(office, client, by):
    now = random_documents(office, random.Random(7), 60)
    client.force_login(office.people["clerk"])
    lines = table(client, f"{ALL}&by={by}")
    total = lines.pop("All together")
    rows = list(IncomingDocument.objects.select_related("main_duty"))
    expected = [sum(judged(row, now) == outcome for row in rows) for outcome in Outcome]
    assert [int(text) for text, _ in total[:6]] == expected
    for place in range(7):
        assert sum(int(f[place][0]) for f in lines.values()) == int(total[place][0])
    done = [r.main_duty for r in rows if r.main_duty and r.main_duty.outcome == "met"]
    average = round(sum(duty.days_taken for duty in done) / len(done), 1)
    assert total[8][0] == str(average)
    assert total[7][0] == str(round(100 * expected[0] / (expected[0] + expected[1])))


def test_the_average_counts_working_days_from_the_assignment_to_the_reply(office, client):
    monday = shanghai(2026, 11, 2, 9)
    part = office.part(office.transferred("finance", at=monday), "finance")
    part = office.step(part, "accept", office.liaison("finance"), at=monday)
    office.step(
        part, "submit_reply", office.liaison("finance"), reply="已办。", at=shanghai(2026, 11, 9, 9)
    )
    office.step(office.fresh(part.document), "accept_reply", at=shanghai(2026, 11, 18, 9))
    duty = office.fresh(part.document).main_duty
    assert (duty.days_taken, duty.days_late) == (5, 0)
    client.force_login(office.people["clerk"])
    assert table(client, ALL)["市财政局"][8][0] == "5.0"


def test_a_supplement_in_time_does_not_make_good_a_late_opinion(office):
    document = office.replied(
        "finance", ("health",), at=shanghai(2026, 6, 1, 9), reply_at=shanghai(2026, 9, 1, 9)
    )
    limit = timezone.now() + dt.timedelta(days=9)
    document = office.step(document, "send_back", opinion="请补充", limit_at=limit)
    now = timezone.now()
    rows = IncomingDocument.objects.all()
    assert rows.of_outcome(Outcome.RUNNING, now).get() == document
    part = office.part(document, "finance")
    office.step(part, "submit_reply", office.liaison("finance"), reply="补充。")
    document = office.step(office.fresh(document), "accept_reply")
    assert document.main_duty.days_late == 0
    assert rows.of_outcome(Outcome.LATE, now).get() == document
    assert not rows.of_outcome(Outcome.ON_TIME, now).exists()


def test_a_unit_sees_its_own_figures_only(office, client):
    office.transferred("finance", co=("health",))
    office.transferred("justice")
    client.force_login(office.liaison("finance"))
    assert set(table(client, ALL)) == {"市财政局", "All together"}
    assert table(client, ALL)["All together"][6][0] == "1"
    client.force_login(office.liaison("health"))  # a co-handler is not in charge
    assert table(client, ALL) == {}
    foreign = client.get(f"/incoming/statistics/?charge={office.unit('justice').pk}")
    assert foreign.status_code == 422
    assert "valid choice" in foreign.content.decode()
    assert (
        client.post(f"/incoming/statistics/export/?charge={office.unit('justice').pk}").status_code
        == 404
    )


def test_a_leader_sees_all_figures_but_no_way_into_what_was_not_laid_before_them(office, client):
    office.transferred("finance")
    office.transferred("justice")
    client.force_login(office.people["leader"])
    lines = table(client, ALL)
    assert lines["All together"][6] == ("2", "")
    assert all(address == "" for figures in lines.values() for _, address in figures)
    assert (
        "opens for you once it is laid before you"
        in client.get("/incoming/statistics/").content.decode()
    )
    client.force_login(office.people["director"])  # serves in the Office, so every row opens
    assert counted(client, table(client, ALL)["All together"][6][1]) == 2


def test_the_page_costs_the_same_for_two_and_fourteen_rows(office, client):
    client.force_login(office.people["clerk"])
    counts = {by: [] for by in GROUPINGS}
    keys = iter(
        "finance health justice civil_affairs transport water agriculture commerce audit_office "
        "statistics veterans emergency taxation market_regulation".split()
    )
    for extra in (2, 12):
        for _ in range(extra):
            office.transferred(next(keys))
        for by, found in counts.items():
            client.get(f"/incoming/statistics/?by={by}")
            with CaptureQueriesContext(connection) as said:
                client.get(f"/incoming/statistics/?by={by}")
            asked = [q["sql"] for q in said.captured_queries if "SAVEPOINT" not in q["sql"]]
            assert sum("GROUP BY" in sql for sql in asked) == 1, by
            found.append(len(asked))
    for by, (few, many) in counts.items():
        assert few == many <= 12, by


def test_the_chart_says_in_words_what_it_draws(office, client):
    office.replied("finance")
    client.force_login(office.people["clerk"])
    page = client.get("/incoming/statistics/").content.decode()
    described = re.search(r'<desc id="chart-text">(.*?)</desc>', page, re.S)[1]
    assert described.strip() == "市财政局: Running, in time 1."
    assert 'role="img" aria-labelledby="chart-title chart-text"' in page
    assert " style=" not in page
    assert "<script>" not in page


def test_the_export_holds_the_table_and_is_on_record(office, client):
    office.replied("finance")
    office.register()
    client.force_login(office.people["clerk"])
    answer = client.post("/incoming/statistics/export/?by=unit")
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[1][:2] == ("Handler in charge", "Done on time")
    assert rows[2] == ("市财政局", 0, 0, 1, 0, 0, 0, 1, None, None)
    assert rows[3] == ("Not assigned", 0, 0, 0, 0, 1, 0, 1, None, None)
    assert rows[4][:8] == ("All together", 0, 0, 1, 0, 1, 0, 2)
    assert AuditEntry.objects.get(event="statistics_exported").subject == "by=unit"


@pytest.mark.parametrize(
    "query", ["by=x", "since=x", "until=9999-12-31&since=0001-01-01", "charge=9" + "9" * 30, "charge=x", "kind=x", "label=x"]
)  # fmt: skip
def test_no_question_breaks_the_statistics(office, client, query):
    office.transferred()
    client.force_login(office.people["clerk"])
    for by in ("", "&by=month"):
        assert client.get(f"/incoming/statistics/?{query}{by}").status_code in (200, 422)


def test_periods_without_documents_stand_between_those_with(office, client):
    for month in (1, 4):
        office.register(received_at=shanghai(2026, month, 15, 9))
    client.force_login(office.people["clerk"])
    assert list(table(client, "by=month")) == [
        "2026-01",
        "2026-02",
        "2026-03",
        "2026-04",
        "All together",
    ]
    assert list(table(client, "by=quarter")) == ["2026 Q1", "2026 Q2", "All together"]
    assert period_name(dt.date(2026, 10, 1), 12) == "2026"


def test_a_chart_is_bounded_and_its_longest_bar_fills_the_width():
    lines = [(str(n), {"a": n, "b": 1 if n else 0}) for n in range(41)]
    drawn = chart(lines, ["a", "b"], most=10)
    assert [bar.label for bar in drawn.bars] == [str(n) for n in range(31, 41)]
    assert drawn.left_out == 30
    last = drawn.bars[-1].parts
    assert (last[0].x, last[0].told, last[1].told) == ("0.00%", True, False)
    assert sum(float(part.width[:-1]) for part in last) == pytest.approx(100, abs=0.02)
    assert chart([], ["a"]).bars == []


def test_the_demo_of_many_documents_keeps_the_books(office):
    from documents.demo import scale

    office.register()
    scale.grow_to(120)
    rows, now = IncomingDocument.objects.all(), timezone.now()
    assert rows.of_outcome(Outcome.ON_TIME, now).count() > 50
    calendar = calendars.current()
    for duty in Duty.objects.exclude(closed_at=None):
        assert duty.started_at < duty.closed_at <= now
        assert duty.days_late == duties.late_by(duty, duty.closed_at, calendar)
    assert rows.filter(state=IncomingState.COMPLETED).count() > 100


def test_a_merged_registration_is_not_counted_and_a_returned_one_is_its_own_outcome(office, client):
    kept, twice = office.register(), office.register()
    office.step(twice, "merge", opinion="重复", other=kept)
    office.at_state(IncomingState.RETURNED)
    client.force_login(office.people["clerk"])
    lines = table(client, f"{ALL}&by=unit")
    assert list(lines) == ["Not assigned", "Returned to sender", "All together"]
    figures = {label: [text for text, _ in line[:7]] for label, line in lines.items()}
    assert figures == {
        "Not assigned": ["0", "0", "0", "0", "1", "0", "1"],
        "Returned to sender": ["0", "0", "0", "0", "0", "1", "1"],
        "All together": ["0", "0", "0", "0", "1", "1", "2"],
    }
    for line in lines.values():
        for text, address in line[:7]:
            if address:
                assert counted(client, address) == int(text)


@pytest.mark.parametrize("address", ["/incoming/statistics/", "/incoming/"])
def test_a_period_that_runs_backward_is_refused_in_words(office, client, address):
    client.force_login(office.people["clerk"])
    page = client.get(f"{address}?since=2026-03-02&until=2026-03-01").content.decode()
    assert "The last day is before the first." in page
