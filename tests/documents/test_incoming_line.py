"""The incoming line, article by article: Office rules 8, 16; thematic rules 12; Regulations 24."""

import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from coordination import chains, workflow
from coordination.models import Duty, Notice, Series, Transition
from documents.models import IncomingDocument
from documents.states import IncomingState as S
from tests.conftest import shanghai
from tests.driver import POINTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("liaisons_alone")]


def told(record, code):
    about = ContentType.objects.get_for_model(record)
    return set(
        Notice.objects.alive()
        .filter(code=code, content_type=about, object_id=record.pk)
        .values_list("person__username", flat=True)
    )


# Office rules art. 8, Regulations art. 24: signing for, registering ------------------------------
def test_b8_the_register_numbers_run_per_year_without_gaps(office):
    first, second = office.register(), office.register()
    year = timezone.localdate().year
    assert [d.register_number for d in (first, second)] == [f"收〔{year}〕1号", f"收〔{year}〕2号"]
    with pytest.raises(RuntimeError, match="rolled back"), transaction.atomic():
        office.register()
        raise RuntimeError("rolled back")
    assert office.register().register_serial == 3
    last_year = office.register(received_at=shanghai(year - 1, 12, 31, 23))
    assert last_year.register_number == f"收〔{year - 1}〕1号"
    assert Series.objects.count() == 2


def test_b8_only_the_office_registers(office):
    for login in ("leader", "liaison1", "head1", "sysadmin"):
        driver_clerk, office.people["clerk"] = office.people["clerk"], office.people[login]
        with pytest.raises(PermissionDenied, match="Office staff"):
            office.register()
        office.people["clerk"] = driver_clerk
    assert not IncomingDocument.objects.exists()
    assert not Series.objects.filter(last__gt=0).exists()


# Regulations art. 24: preliminary review ---------------------------------------------------------
def test_p24_review_passes_only_with_all_five_points(office):
    document = office.register()
    for missing in POINTS:
        points = [point for point in POINTS if point != missing]
        with pytest.raises(ValidationError, match="Not confirmed"):
            office.step(document, "pass_review", points=points)
    assert office.step(document, "pass_review", points=POINTS).state == S.TO_PROPOSE


def test_p24_a_failing_document_returns_with_the_reason_to_the_sender(office):
    document = office.register(sender=office.unit("finance"), sender_name="启东市财政局")
    with pytest.raises(ValidationError, match="reason"):
        office.step(document, "return_to_sender", points=POINTS[:4])
    with pytest.raises(ValidationError, match="All five"):
        office.step(document, "return_to_sender", opinion="x", points=POINTS)
    document = office.step(document, "return_to_sender", opinion="未会签", points=POINTS[:4])
    assert document.state == S.RETURNED
    notice = Notice.objects.get(code="returned_to_sender")
    assert notice.person == office.liaison("finance")
    assert notice.params["reason"] == "未会签"
    assert notice.object_id is None  # the sender hears the reason; the file stays the office's
    step = Transition.objects.get(action="return_to_sender")
    assert step.details["points"] == sorted(POINTS[:4])


# Regulations art. 24: proposal and instruction ---------------------------------------------------
@pytest.mark.parametrize("login", ["director", "deputy", "leader"])
def test_p24_the_seat_it_is_laid_before_instructs_and_no_other(office, login):
    document = office.proposed(login)
    assert document.state == S.AWAITING_INSTRUCTION
    assert told(document, "laid_before") == {login}
    for other in {"director", "deputy", "deputy2", "leader", "clerk"} - {login}:
        with pytest.raises(PermissionDenied):
            office.step(document, "instruct", other, "同意", **office.assignment())
    document = office.step(document, "instruct", login, "同意", **office.assignment())
    assert document.state == S.IN_HANDLING
    assert told(document, "laid_before") == set()
    assert told(document, "instructed") == {"clerk", "clerk2"}
    step = Transition.objects.get(action="instruct")
    assert (step.acting_as.seat.login, step.opinion, step.cites) == (login, "同意", "B16 C12 P24")


def test_p22_no_silent_approval(office):
    document = office.proposed()
    with pytest.raises(ValidationError, match="opinion"):
        office.step(document, "instruct", "director", "  ", **office.assignment())


def test_a_leader_may_change_who_handles_it(office):
    document = office.proposed()
    document = office.step(
        document,
        "instruct",
        "director",
        "请财政局牵头",
        **office.assignment("finance", ("health",)),
    )
    assert document.handler.key == "finance"
    assert document.main_duty.working_days == 10


def test_the_director_lays_it_before_the_leader_with_an_opinion(office):
    document = office.proposed("director", co=("finance",))
    document = office.step(
        document,
        "lay_further",
        "director",
        "拟同意，请组长批示。",
        laid_before=office.seat("leader"),
    )
    assert document.laid_before.login == "leader"
    assert told(document, "laid_before") == {"leader"}
    with pytest.raises(PermissionDenied):
        office.step(document, "instruct", "director", "同意", **office.assignment())
    assert {u.key for u in document.proposals.last().co_handlers.all()} == {"finance"}


def test_a_proposal_comes_back_with_the_reason_or_is_withdrawn(office):
    document = office.proposed()
    with pytest.raises(ValidationError, match="reason"):
        office.step(document, "return_proposal", "director")
    document = office.step(document, "return_proposal", "director", "请补充会签单位")
    assert document.state == S.TO_PROPOSE
    assert document.laid_before is None
    assert told(document, "proposal_returned") == {"clerk", "clerk2"}
    document = office.step(
        document,
        "propose_handling",
        opinion="x",
        laid_before=office.seat("leader"),
        **office.assignment(),
    )
    document = office.step(document, "withdraw_proposal", "clerk2", "领导出差")
    assert (document.state, told(document, "laid_before")) == (S.TO_PROPOSE, set())


def test_a_proposal_needs_a_seat_somebody_holds(office):
    document = office.reviewed()
    vacant = office.seat("leader").__class__.objects.filter(post="deputy_leader", login="").get()
    for seat in (None, vacant):
        with pytest.raises(ValidationError):
            office.step(
                document, "propose_handling", opinion="x", laid_before=seat, **office.assignment()
            )


# Office rules art. 16, thematic rules art. 12: transfer and limits -------------------------------
def test_b16_transfer_gives_one_unit_seven_days_to_complete(office):
    document = office.transferred()
    assert (document.main_duty.kind, document.main_duty.working_days) == ("complete", 7)
    assert told(document, "assigned") == {office.liaison("market_regulation").username}


def test_c12_a_thematic_group_has_the_same_limits(office):
    document = office.transferred("streamlining")
    assert document.main_duty.working_days == 7
    assert told(document, "assigned") == {"head1", "deputyhead1", "groupliaison1"}
    part = office.step(office.part(document, "streamlining"), "accept", "groupliaison1")
    assert office.step(part, "submit_reply", "head1", reply="已办").state == "submitted"


def test_b16_joint_handling_names_a_lead_with_ten_days(office):
    document = office.transferred(co=("finance", "health"))
    roles = {part.organisation.key: part.role for part in document.handlings.all()}
    assert roles == {"market_regulation": "lead", "finance": "co", "health": "co"}
    assert document.main_duty.working_days == 10


def test_b16_urgent_documents_need_their_own_limit(office):
    document = office.reviewed(urgency="extra_urgent")
    with pytest.raises(ValidationError, match="day and hour"):
        office.step(document, "transfer", **office.assignment())
    past = timezone.now() - dt.timedelta(hours=1)
    with pytest.raises(ValidationError, match="already past"):
        office.step(document, "transfer", **office.assignment(limit_at=past))
    limit = timezone.now() + dt.timedelta(hours=30)
    document = office.step(
        document, "transfer", **office.assignment(co=("finance",), limit_at=limit)
    )
    assert document.main_duty.due_at == limit
    co = Duty.objects.get(kind="co_opinion")
    assert document.handlings.first().assigned_at < co.due_at < limit


@pytest.mark.parametrize(
    ("lead", "co", "why"),
    [
        (None, (), "Choose who"),
        ("finance", ("finance",), "co-handler too"),
        ("coordination_group", (), "cannot be given"),
        ("finance", ("state_council",), "cannot be given"),
    ],
)
def test_a_transfer_to_nobody_to_itself_or_to_a_superior_is_refused(office, lead, co, why):
    document = office.reviewed()
    data = {"lead": lead and office.unit(lead), "co_handlers": [office.unit(k) for k in co]}
    with pytest.raises(ValidationError, match=why):
        office.step(document, "transfer", limit_at=None, **data)


def test_a_unit_nobody_answers_for_is_refused_by_name(office):
    from coordination.models import Appointment

    Appointment.objects.filter(person=office.liaison("finance")).delete()
    for lead, co in (("finance", ()), ("health", ("finance",)), ("legal_affairs", ())):
        with pytest.raises(ValidationError, match=r"Nobody answers for (市财政局|法治组) today"):
            office.transferred(lead, co)
    assert not Duty.objects.exists()


def test_the_offices_news_ends_when_it_acts_and_when_the_document_closes(office):
    document = office.transferred()
    office.step(office.part(document), "hand_back", office.liaison("market_regulation"), "无关")
    assert told(document, "handed_back") == {"clerk", "clerk2"}
    document = office.step(office.fresh(document), "transfer", **office.assignment("finance"))
    assert told(document, "handed_back") == set()
    part = office.step(office.part(document, "finance"), "accept", office.liaison("finance"))
    office.step(part, "submit_reply", office.liaison("finance"), reply="x")
    document = office.step(office.fresh(document), "send_back", opinion="补充", limit_at=None)
    assert told(document, "sent_back") == {office.liaison("finance").username}
    office.step(
        office.part(document, "finance"), "submit_reply", office.liaison("finance"), reply="y"
    )
    assert told(document, "sent_back") == set()
    document = office.step(office.fresh(document), "accept_reply")
    document = office.step(document, "answer_sender", method="none", answer="")
    office.step(document, "complete")
    clerks = {"clerk", "clerk2", "director"}
    alive = Notice.objects.alive().filter(person__username__in=clerks)
    assert not alive.exists()


def test_the_co_handlers_term_must_end_before_the_leads(office):
    from coordination.models import TimeLimit

    TimeLimit.objects.filter(key="co_opinion").update(working_days=10)
    with pytest.raises(ValueError, match="before the lead"):
        office.transferred(co=("finance",))
    assert not Duty.objects.exists()


# Handling ----------------------------------------------------------------------------------------
def test_a_handler_hands_back_with_the_reason_and_the_office_proposes_anew(office):
    document = office.transferred(co=("finance",))
    lead = office.liaison("market_regulation")
    with pytest.raises(ValidationError, match="reason"):
        office.step(office.part(document), "hand_back", lead)
    office.step(office.part(document), "hand_back", lead, "不属于我局职责")
    document = office.fresh(document)
    assert (document.state, document.handler, document.main_duty) == (S.TO_PROPOSE, None, None)
    assert set(Duty.objects.values_list("outcome", flat=True)) == {"cancelled"}
    states = {p.organisation.key: p.state for p in document.handlings.all()}
    assert states == {"market_regulation": "handed_back", "finance": "withdrawn"}
    assert told(document, "handed_back") == {"clerk", "clerk2"}
    gone = document.handlings.get(organisation__key="finance")
    assert told(gone, "withdrawn") == {office.liaison("finance").username}
    document = office.step(document, "transfer", **office.assignment("finance"))
    assert document.handler.key == "finance"


def test_a_co_handler_hands_back_and_the_rest_goes_on(office):
    document = office.transferred(co=("finance",))
    office.step(office.part(document, "finance"), "hand_back", office.liaison("finance"), "无关")
    document = office.fresh(document)
    assert document.state == S.IN_HANDLING
    assert office.part(document).state == "assigned"


def test_once_accepted_it_cannot_be_handed_back(office):
    document = office.transferred()
    lead = office.liaison("market_regulation")
    part = office.step(office.part(document), "accept", lead)
    with pytest.raises(workflow.Conflict):
        office.step(part, "hand_back", lead, "x")


def test_each_handler_acts_for_its_own_part_only(office):
    document = office.transferred(co=("finance",))
    for who in ("finance", "health"):
        with pytest.raises(PermissionDenied):
            office.step(office.part(document), "accept", office.liaison(who))
    co = office.step(office.part(document, "finance"), "accept", office.liaison("finance"))
    with pytest.raises(PermissionDenied):
        office.step(co, "submit_reply", office.liaison("finance"), reply="x")
    lead = office.step(office.part(document), "accept", office.liaison("market_regulation"))
    with pytest.raises(PermissionDenied):
        office.step(lead, "give_opinion", office.liaison("market_regulation"), reply="x")


def test_the_lead_hears_of_each_opinion_and_the_office_of_the_reply(office):
    document = office.transferred(co=("finance",))
    lead = office.liaison("market_regulation")
    part = office.step(office.part(document, "finance"), "accept", office.liaison("finance"))
    office.step(part, "give_opinion", office.liaison("finance"), reply="无不同意见")
    assert told(document, "opinion_given") == {lead.username}
    part = office.step(office.part(document), "accept", lead)
    office.step(part, "submit_reply", lead, reply="意见")
    assert told(document, "opinion_given") == set()
    assert told(document, "replied") == {"clerk", "clerk2"}
    assert office.fresh(document).state == S.REPLIED


def test_the_office_recalls_a_transfer_it_got_wrong(office):
    document = office.transferred()
    document = office.step(document, "recall", opinion="转错单位")
    assert (document.state, document.main_duty) == (S.TO_PROPOSE, None)
    gone = document.handlings.get()
    assert told(gone, "withdrawn") == {office.liaison("market_regulation").username}
    assert told(document, "assigned") == set()


def test_a_lead_may_reply_without_a_late_co_handler_whose_part_ends_with_acceptance(office):
    document = office.transferred(co=("finance",))
    lead = office.liaison("market_regulation")
    part = office.step(office.part(document), "accept", lead)
    office.step(part, "submit_reply", lead, reply="意见")
    document = office.step(office.fresh(document), "accept_reply")
    assert Duty.objects.get(kind="co_opinion").outcome == "cancelled"
    assert document.handlings.open().count() == 0


# Regulations art. 24: answer and completion ------------------------------------------------------
def test_p24_the_sender_is_told_and_the_document_completed(office):
    document = office.replied(sender=office.unit("health"), sender_name="启东市卫生健康委员会")
    document = office.step(document, "accept_reply")
    assert document.state == S.TO_ANSWER
    with pytest.raises(ValidationError, match="sender is told"):
        office.step(document, "answer_sender", method="letter", answer=" ")
    document = office.step(document, "answer_sender", method="system", answer="已办结")
    notice = Notice.objects.get(code="answer")
    assert (notice.person, notice.params["answer"]) == (office.liaison("health"), "已办结")
    document = office.step(document, "complete")
    assert document.state == S.COMPLETED
    assert not Duty.objects.open().exists()


def test_p24_no_answer_where_none_is_needed(office):
    document = office.step(office.replied(), "accept_reply")
    assert office.step(document, "answer_sender", method="none", answer="").state == S.ANSWERED


def test_p24_for_information_ends_with_a_reason(office):
    document = office.reviewed()
    with pytest.raises(ValidationError, match="reason"):
        office.step(document, "file_for_information")
    assert office.step(document, "file_for_information", opinion="阅存").state == S.COMPLETED


# The record --------------------------------------------------------------------------------------
def test_every_step_is_on_record_and_chained(office):
    document = office.step(office.replied(co=("finance",)), "accept_reply", opinion="同意")
    rows = list(workflow.trail(document, *document.handlings.all()))
    assert [r.action for r in rows if r.content_type.model == "incomingdocument"] == [
        "register", "pass_review", "transfer", "take_reply", "accept_reply",
    ]  # fmt: skip
    for record in (document, *document.handlings.all()):
        previous = ""
        for serial, row in enumerate(workflow.trail(record), start=1):
            assert (row.serial, row.previous_digest) == (serial, previous)
            assert row.digest == chains.digest(row)
            previous = row.digest
    consequence = next(r for r in rows if r.action == "take_reply")
    assert consequence.cause.action == "submit_reply"
    assert consequence.person == office.liaison("market_regulation")


def test_a_correction_keeps_the_old_value_and_warns_a_leader_who_read_it(office):
    from documents.actions import correct_registration

    document = office.proposed()
    seen = document.content_digest()
    correct_registration(
        document, person=office.people["clerk"], data={"title": "改正后的标题"}, reason="标题有误"
    )
    with pytest.raises(workflow.Conflict, match="changed since"):
        workflow.advance(
            document, "instruct", person=office.people["director"], opinion="同意",
            data=office.assignment(), seen=seen,
        )  # fmt: skip
    fresh = office.fresh(document)
    assert fresh.title == "改正后的标题"
    assert document.title in {h.title for h in fresh.history.all()}
    assert fresh.history.latest().history_change_reason == "标题有误"
    assert list(IncomingDocument.objects.matching("改正后")) == [fresh]


def test_a_refused_step_changes_nothing(office):
    document = office.reviewed()
    before = (Transition.objects.count(), Notice.objects.count(), document.history.count())
    with pytest.raises(ValidationError):
        office.step(document, "transfer", lead=None, co_handlers=[], limit_at=None)
    assert before == (Transition.objects.count(), Notice.objects.count(), document.history.count())
    assert office.fresh(document).state == S.TO_PROPOSE
