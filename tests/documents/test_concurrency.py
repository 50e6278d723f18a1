"""Two people at the same moment, on real PostgreSQL: one wins, the other is told in words."""

import datetime as dt
import multiprocessing
import os
import signal
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.utils import timezone, translation

from coordination import (
    appointments,
    audit,
    bodies,
    bundling,
    calendars,
    confirmations,
    delegations,
    delivery,
    handovers,
    holidays,
    jobs,
    phrases,
    registry,
    reminders,
    workflow,
)
from coordination.models import (
    AuditEntry,
    Confirmation,
    Delegation,
    Duty,
    HandOver,
    Job,
    Message,
    Notice,
    Phrase,
    Transition,
)
from coordination.workdays import SHANGHAI
from documents import actions, labels, saved_filters
from documents.filing import actions as filing
from documents.filing import integrity as filing_integrity
from documents.models import (
    FiledItem,
    IncomingDocument,
    Label,
    OutgoingDocument,
    PaperNumber,
    Seal,
    SealUse,
)
from documents.outgoing import actions as paper_actions
from documents.outgoing import numbers, seals
from documents.seals import actions as seal_actions
from documents.states import IncomingState as S
from documents.states import PaperState
from tests import ground
from tests.conftest import everybody
from tests.documents.filing_driver import Files
from tests.documents.paper_driver import Papers
from tests.driver import POINTS, Driver

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks are PostgreSQL's"),
]


@pytest.fixture
def office():
    """A world of its own, for these tests commit."""
    ground.restore()
    return Driver(everybody())


def at_once(*acts):
    """Run the acts in threads that start together; return what each gave or raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        translation.activate("en")
        try:
            barrier.wait(timeout=10)
            results[place] = act()
        except Exception as error:  # noqa: BLE001 - what was raised is what is judged
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "one still waits for another"
    return results


def one_wins(results, words):
    errors = [r for r in results if isinstance(r, Exception)]
    assert len(errors) == len(results) - 1, results
    for error in errors:
        assert words in str(error), error


def test_two_clerks_ask_the_units_at_once_and_each_is_asked_once(office, today):
    clerks = [office.people["clerk"], office.people["director"]]
    results = at_once(
        *[
            lambda person=person: confirmations.ask_all(person=person, year=today.year)
            for person in clerks
        ]
    )
    asked = [len(rows) for rows in results]
    assert sorted(asked) == [0, Confirmation.objects.count()]
    assert Duty.objects.filter(kind=Duty.Kind.CONFIRM_LIAISON).count() == max(asked) > 0


def test_one_login_entered_twice_at_once_is_refused_in_words(office):
    by, data = office.people["secadmin"], {"name": "新人", "password": "Zhengwu-2026-office"}
    results = at_once(
        *[lambda: appointments.create_person(by=by, username="xinren", **data) for _n in range(2)]
    )
    one_wins(results, "Somebody has this login already.")
    assert isinstance(next(r for r in results if isinstance(r, Exception)), ValidationError)


@pytest.mark.parametrize("shared", [True, False])
def test_one_name_for_two_filters_at_once_is_refused_in_words(office, shared):
    who = ("clerk", "clerk2") if shared else ("clerk", "clerk")
    people = [office.people[login] for login in who]
    data = {"name": "来函", "query": "kind=letter", "shared": shared}
    results = at_once(*[lambda p=p: saved_filters.save_filter(p, **data) for p in people])
    one_wins(results, "")
    assert isinstance(next(r for r in results if isinstance(r, Exception)), ValidationError)


@pytest.mark.parametrize("shared", [True, False])
def test_frequent_opinions_stay_within_their_bound_whatever_is_sent_at_once(
    office, shared, monkeypatch
):
    clerk = office.people["clerk"]
    monkeypatch.setattr(phrases, "MOST", 2)
    at_once(*[lambda: phrases.keep(clerk, text="同意", shared=shared) for _n in range(4)])
    assert Phrase.objects.filter(text="同意").count() == 1
    at_once(*[lambda n=n: phrases.keep(clerk, text=str(n), shared=shared) for n in range(4)])
    assert Phrase.objects.count() == 2


def test_one_notice_is_published_by_one_of_two_at_once(office):
    data = holidays.notice_from(
        number="国办发明电〔2026〕9号", title="通知", year=2027,
        published_on=dt.date(2026, 11, 10), lines="2027-01-01..2027-01-03 元旦",
    )  # fmt: skip
    seen = holidays.preview(data).digest
    people = [office.people[login] for login in ("clerk", "clerk2")]
    results = at_once(*[lambda p=p: holidays.publish(data, person=p, seen=seen) for p in people])
    one_wins(results, "")
    assert isinstance(next(r for r in results if isinstance(r, Exception)), ValidationError)


def test_two_clerks_transfer_one_document(office):
    document = office.reviewed()
    results = at_once(
        lambda: office.step(document, "transfer", "clerk", **office.assignment("finance")),
        lambda: office.step(document, "transfer", "clerk2", **office.assignment("health")),
    )
    one_wins(results, "Not possible any more")
    fresh = IncomingDocument.objects.get()
    assert fresh.handlings.count() == 1
    assert fresh.handler == fresh.handlings.get().organisation
    assert Transition.objects.filter(action="transfer").count() == 1


def test_a_leader_instructs_while_the_office_withdraws(office):
    document = office.proposed("director")
    results = at_once(
        lambda: office.step(document, "instruct", "director", "同意", **office.assignment()),
        lambda: office.step(document, "withdraw_proposal", "clerk", "收回"),
    )
    assert sum(isinstance(r, Exception) for r in results) == 1
    fresh = IncomingDocument.objects.get()
    assert fresh.state in (S.IN_HANDLING, S.TO_PROPOSE)
    assert fresh.handlings.count() == (fresh.state == S.IN_HANDLING)


def test_a_unit_accepts_while_the_office_recalls(office):
    document = office.transferred("finance")
    part = office.part(document, "finance")
    results = at_once(
        lambda: office.step(part, "accept", office.liaison("finance")),
        lambda: office.step(document, "recall", "clerk", "转错"),
    )
    assert not isinstance(results[1], Exception), results
    part.refresh_from_db()
    assert part.state == "withdrawn"


def test_twenty_registrations_at_once_leave_no_gap_and_no_double(office):
    now = timezone.now() - dt.timedelta(minutes=1)
    results = at_once(*[lambda n=n: office.register(at=now, title=f"标题{n}") for n in range(20)])
    assert not [r for r in results if isinstance(r, Exception)]
    serials = sorted(IncomingDocument.objects.values_list("register_serial", flat=True))
    assert serials == list(range(1, 21))


@pytest.mark.usefixtures("liaisons_alone")
def test_two_workers_remind_and_every_reminder_is_one(office):
    ago = timezone.now() - dt.timedelta(days=30)
    for _ in range(10):
        office.transferred(at=ago)
    calendar = calendars.current()
    today = timezone.localdate()
    due = IncomingDocument.objects.first().main_duty.due_on
    day = next(
        d
        for d in (today + dt.timedelta(n) for n in range(30))
        if calendar.is_workday(d) and reminders.occasion(due, d, calendar)
    )
    now = dt.datetime.combine(day, dt.time(9), tzinfo=timezone.get_current_timezone())
    results = at_once(*[lambda: reminders.remind(now)] * 4)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert Notice.objects.filter(code="late").count() == 10


def test_four_workers_take_one_job_once(office, monkeypatch):
    done = []

    def run(job):
        done.append(job.pk)
        return "a.txt", "text/plain", b"x"

    monkeypatch.setitem(registry.JOBS, "t", registry.JobKind("t", run, lambda job: True))
    job = Job.objects.create(kind="t", person=office.people["clerk"], created_at=timezone.now())
    results = at_once(*[lambda: jobs.run(job.pk)] * 4)
    assert sorted(map(bool, results)) == [False, False, False, True]
    assert done == [job.pk]


def test_the_audit_chain_does_not_fork(office):
    at_once(*[lambda n=n: audit.record("signed_in", login=f"p{n}") for n in range(12)])
    previous = ""
    entries = list(AuditEntry.objects.order_by("pk"))
    assert len(entries) == 12
    for entry in entries:
        assert entry.previous_digest == previous
        assert audit.digest(entry) == entry.digest
        previous = entry.digest


def test_a_review_passed_twice_is_one_step(office):
    document = office.register()
    results = at_once(
        *[
            lambda who=who: office.step(document, "pass_review", who, points=POINTS)
            for who in ("clerk", "clerk2", "director")
        ]
    )
    assert sum(isinstance(r, Exception) for r in results) == 2
    assert Transition.objects.filter(action="pass_review").count() == 1


def test_one_delegation_given_twice_at_once_is_one(office):
    deputy, today = office.people["deputy"], timezone.localdate()
    give = {
        "person": deputy,
        "seat": office.seat("deputy"),
        "acts": ["incoming:instruct"],
        "since": today,
        "until": today,
        "reason": "出差",
    }
    results = at_once(
        *[
            lambda who=who: delegations.give_delegation(delegate=office.people[who], **give)
            for who in ("deputy2", "deputy2", "leader")
        ]
    )
    assert sum(isinstance(r, ValidationError) for r in results) == 2, results
    assert Delegation.objects.count() == 1


def test_a_hand_over_confirmed_twice_at_once_is_kept_and_confirmed_once(office):
    office.proposed("deputy")
    secadmin, today = office.people["secadmin"], timezone.localdate()
    deputy, successor = office.people["deputy"], office.people["member1"]
    appointments.appoint(
        by=secadmin,
        seat=office.post("deputy"),
        person=successor,
        since=today,
        decision=bodies.enter_decision(by=secadmin, title="任免", number="", decided_on=today),
    )
    change = HandOver.objects.get(seat=office.seat("deputy"))
    results = at_once(
        *[lambda who=who: handovers.confirm(change, person=who) for who in (deputy, successor) * 2],
        handovers.carry_over,
    )
    assert sum(isinstance(r, ValidationError) for r in results) == 2, results
    assert sum(isinstance(r, Exception) for r in results) == 2, results
    change.refresh_from_db()
    assert None not in (change.given_at, change.taken_at, change.listed)
    assert change.history.filter(history_change_reason="list kept").count() == 1


@pytest.mark.usefixtures("liaisons_alone")
def test_four_workers_deliver_and_each_message_goes_once(office, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    sent = dt.datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
    office.transferred("finance", at=sent, co=("health", "justice", "water", "transport"))
    assert Notice.objects.unsorted().count() == 5
    Notice.objects.update(created_at=sent)
    now = sent + bundling.LONGEST
    results = at_once(*[lambda: delivery.deliver(now)] * 4)
    assert not any(isinstance(result, Exception) for result in results), results
    assert sum(results) == 5
    assert Message.objects.filter(status="sent").count() == 5
    letters = "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert letters.count("Message-ID: <message-") == 5


def test_two_merges_into_each_other_leave_one_that_goes_on(office):
    for _ in range(10):
        first, second = office.register(), office.register()
        results = at_once(
            lambda a=first, b=second: office.step(a, "merge", "clerk", "重复", other=b),
            lambda a=first, b=second: office.step(b, "merge", "clerk2", "重复", other=a),
        )
        one_wins(results, "merged itself")
        states = {office.fresh(document).state for document in (first, second)}
        assert states == {S.MERGED, S.REGISTERED}


def test_two_labels_merged_into_each_other_leave_one_on_the_list(office, rf):
    for place in range(10):
        first, second = (Label.objects.create(name=f"{place}{name}") for name in "甲乙")
        request = rf.post("/")
        request.user = office.people["clerk"]
        results = at_once(
            lambda r=request, a=first, b=second: labels.merge_label(r, a, b),
            lambda r=request, a=first, b=second: labels.merge_label(r, b, a),
        )
        one_wins(results, "Choose another label")
        assert labels.live().filter(pk__in=[first.pk, second.pk]).count() == 1


def test_a_reply_and_a_recall_wait_for_each_other_and_never_for_ever(office):
    unit = office.liaison("market_regulation")
    for _ in range(20):
        document = office.transferred(co=("finance", "health"))
        part = office.step(office.part(document), "accept", unit)
        results = at_once(
            lambda p=part: office.step(p, "submit_reply", unit, reply="办理情况"),
            lambda d=document: office.step(d, "recall", "clerk", "转错"),
        )
        one_wins(results, "Not possible any more")
        state = office.fresh(document).state
        won = [not isinstance(result, Exception) for result in results]
        assert won == [state == S.REPLIED, state == S.TO_PROPOSE]


def test_a_reassignment_and_a_recall_of_one_document_do_not_lock_each_other(office):
    for _ in range(10):
        document = office.transferred(co=("finance",))
        part = office.part(document, "finance")
        results = at_once(
            lambda p=part: office.step(p, "reassign", "clerk2", "调整", lead=office.unit("health")),
            lambda d=document: office.step(d, "recall", "clerk", "转错"),
        )
        assert not isinstance(results[1], Exception), results
        assert not document.handlings.open().exists()


def test_several_ticked_in_two_orders_go_to_one_of_two_clerks(office):
    for _ in range(10):
        documents = [office.reviewed() for _ in range(3)]
        seen = {document.pk: document.content_digest() for document in documents}

        def transfer(who, rows, key, seen=seen):
            return actions.transfer_many(
                person=office.people[who], documents=rows, seen=seen, **office.assignment(key)
            )

        results = at_once(
            lambda d=documents, t=transfer: t("clerk", d, "finance"),
            lambda d=documents, t=transfer: t("clerk2", d[::-1], "health"),
        )
        one_wins(results, "Not possible any more")
        assert len({office.fresh(document).handler_id for document in documents}) == 1


def in_processes(*works):
    """Each in a process of its own, on a connection of its own; how each ended."""
    connections.close_all()  # nobody inherits a connection
    begun = [multiprocessing.get_context("fork").Process(target=work) for work in works]
    for process in begun:
        process.start()
    for process in begun:
        process.join()
    return [process.exitcode for process in begun]


def test_numbers_drawn_at_once_are_unique_and_without_gap(office, today):
    paper = Papers(office).checked()
    code = numbers.codes_for(paper)[0]
    held = paper.signed_under
    act = workflow.Act(paper, None, office.people["clerk"], held, timezone.now())

    def many():
        for n in range(200):
            try:
                with transaction.atomic():
                    numbers.draw(act, code)
                    if n % 10 == 9:  # an error between the number and the end
                        raise RuntimeError("gone")
            except RuntimeError:
                continue

    def dies():
        with transaction.atomic():
            numbers.draw(act, code)
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_processes(*[many] * 4, dies, *[many] * 4) == [0] * 4 + [-signal.SIGKILL] + [0] * 4
    drawn = list(PaperNumber.objects.values_list("serial", flat=True))
    assert sorted(drawn) == list(range(1, 8 * 180 + 1))
    assert list(numbers.chain_faults()) == []


def test_two_papers_registered_at_once_follow_each_other(office, today):
    papers = Papers(office)
    rows = [papers.checked(subject=f"第{n}件事") for n in range(4)]
    results = at_once(*[lambda paper=paper: papers.register(paper) for paper in rows])
    assert {paper.document_number for paper in results} == {
        f"启协办〔{today.year}〕{n}号" for n in range(1, 5)
    }


def test_two_who_may_sign_at_once_leave_one_signature(office, today):
    papers = Papers(office)
    paper = papers.to_sign()
    delegations.give_delegation(
        person=office.people["director"],
        seat=office.seat("director"),
        delegate=office.people["clerk2"],
        acts=["outgoing:sign"],
        since=today,
        until=today,
        reason="出差",
    )
    signs = [
        lambda who=who: papers.step(paper, "sign", who, "同意签发。")
        for who in ("director", "clerk2")
    ]
    one_wins(at_once(*signs), "Not possible any more")
    assert Transition.objects.filter(action="sign").count() == 1
    assert OutgoingDocument.objects.get(pk=paper.pk).state == PaperState.SIGNED


def test_a_change_and_a_number_at_once_never_leave_a_number_on_an_unsigned_text(office, today):
    papers = Papers(office)
    paper, clerk = papers.checked(), office.people["clerk"]
    content = papers.content(subject="改过的事")
    results = at_once(
        lambda: papers.register(paper),
        lambda: paper_actions.revise(paper, "change", person=clerk, content=content, why="更正"),
    )
    stands = OutgoingDocument.objects.get(pk=paper.pk)
    assert stands.state == PaperState.TO_SIGN or stands.signed_version_id == stands.version_id, (
        results
    )
    assert list(numbers.faults()) == []


def test_two_keepers_at_once_seal_no_more_copies_than_are_registered(office):
    papers, director = Papers(office), office.people["director"]
    paper = papers.numbered()
    own = Seal.objects.get(organisation=paper.issuer_id)
    other = seal_actions.set_up(
        by=director, organisation=paper.issuer, name="文件专用章", keeper=office.seat("clerk2"),
        diameter_mm=38, proxy_for=[], reason="新刻",
    )  # fmt: skip
    results = at_once(
        lambda: papers.seal(paper, copies=15, seal=own),
        lambda: papers.seal(paper, copies=15, who="clerk2", seal=other),
    )
    one_wins(results, "20 copies are registered and 15 sealed: at most 5.")
    assert seals.sealed(paper) == 15
    assert [use.serial for use in SealUse.objects.all()] == [1]


def test_the_seal_register_has_no_gap_however_many_seal_at_once(office):
    papers = Papers(office)
    rows = [papers.numbered() for _n in range(6)]
    seal = Seal.objects.get(organisation=rows[0].issuer_id)

    def spoilt():
        with transaction.atomic():
            papers.seal(rows[5], seal=seal)
            raise RuntimeError

    at_once(*[lambda paper=paper: papers.seal(paper, seal=seal) for paper in rows[:5]], spoilt)
    assert [use.serial for use in SealUse.objects.all()] == [1, 2, 3, 4, 5]
    assert list(seals.faults()) == []


def test_of_two_who_seal_one_request_at_once_one_is_told(office):
    request = seal_actions.request_seal(
        person=office.people["groupliaison1"], organisation=office.unit("streamlining"),
        seal=Seal.objects.get(organisation__kind="group_office"), matter="协议", reason="签订",
        copies=1,
    )  # fmt: skip
    request = seal_actions.take_step(
        request, "approve", person=office.people["director"], opinion="同意用印。"
    )
    act = {"person": office.people["clerk"], "data": {"copies": 1}}
    one_wins(
        at_once(*[lambda: seal_actions.take_step(request, "seal", **act) for _n in range(2)]),
        "Not possible any more",
    )
    assert SealUse.objects.count() == 1


def test_documents_filed_at_once_get_codes_without_gap_and_without_double(office):
    files = Files(office)
    rows = [files.completed() for _ in range(8)]

    def file(document, period):
        def crashing():
            with transaction.atomic():
                files.file(document, period)
                raise RuntimeError("gone")

        results = []
        for act in (crashing, lambda: files.file(document, period)):
            try:
                results.append(act())
            except RuntimeError:
                continue
        return results[0]

    results = at_once(*[lambda d=d, n=n: file(d, ("Y", "D10")[n % 2]) for n, d in enumerate(rows)])
    assert not [r for r in results if isinstance(r, Exception)], results
    for period in ("Y", "D10"):
        serials = FiledItem.objects.filter(retention=period).values_list("serial", flat=True)
        assert sorted(serials) == [1, 2, 3, 4]
    assert list(filing_integrity.faults()) == []


def test_one_document_filed_by_two_at_once_is_one_item(office):
    files = Files(office)
    document = files.completed()
    results = at_once(*[lambda w=w: files.file(document, who=w) for w in ("clerk", "clerk2")])
    one_wins(results, "already")
    assert FiledItem.objects.get().serial == 1


def test_several_of_two_periods_ticked_by_two_never_wait_for_each_other_for_ever(office):
    files = Files(office)
    for _ in range(3):
        groups = [
            [files.completed(), office_letter(files, "letter")],
            [office_letter(files, "decision"), files.completed()],
        ]

        def file(rows, who):
            seen = {row.pk: row.content_digest() for row in rows}
            return filing.file_many(person=office.people[who], documents=rows, seen=seen)

        results = at_once(
            lambda g=groups, f=file: f(g[0][::-1], "clerk"),
            lambda g=groups, f=file: f(g[1], "clerk2"),
        )
        assert not [r for r in results if isinstance(r, Exception)], results
    assert list(filing_integrity.gap_faults()) == []


def office_letter(files, kind):
    document = files.completed()
    IncomingDocument.objects.filter(pk=document.pk).update(kind=kind)
    return files.office.fresh(document)


def test_a_document_is_filed_or_circulated_not_both(office):
    files, seat = Files(office), office.seat("legal")
    for _ in range(5):
        document = files.completed()
        results = at_once(
            lambda d=document: files.file(d),
            lambda d=document: office.step(d, "circulate", opinion="阅", seats=[seat]),
        )
        one_wins(results, "")
        assert FiledItem.objects.filter(incoming=document).exists() != (document.readings.exists())
