"""Sealing papers: who may, what is refused, what the register keeps (B8; 2012 Regulations art. 25)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from coordination import access, charters, delegations, handover_lists, storage, workflow
from coordination.models import Appointment, Transition
from documents.models import OutgoingDocument, PaperVersion, Seal, SealUse
from documents.outgoing import actions, presenters, sealing, seals
from documents.outgoing.layout import paper_of
from documents.outgoing.routes import PATHS as ROUTES
from documents.paper.content import Seal as Printed
from documents.prose import Heading, Paragraph
from documents.seals import actions as keeping
from documents.states import IssuingName
from documents.states import PaperState as S

from .paper_driver import POINTS
from .paper_ruler import measure
from .test_outgoing_routes import behind_the_guards

pytestmark = pytest.mark.django_db


def seal_of(kind="group_office"):
    return Seal.objects.get(organisation__kind=kind, closed_on=None)


def give(office, seal, login, **more):
    """Have the director give a seal to another keeper, or change it."""
    values = {
        "keeper": office.seat(login),
        "diameter_mm": seal.diameter_mm,
        "proxy_for": list(seal.proxy_for.all()),
    } | more
    return keeping.change(seal, by=office.people["director"], reason="工作调整", **values)


def offered(person, paper):
    return {step.action for step in workflow.offered(person, paper)}


def waits_for(person, paper):
    mine = OutgoingDocument.objects.filter(workflow.waiting(person, *ROUTES))
    return mine.filter(pk=paper.pk).exists()


def test_the_charter_sets_seals_up_once_and_leaves_what_the_director_changed(office, tmp_path):
    assert {seal.name for seal in Seal.objects.all()} == {"协调小组印章", "协调小组办公室印章"}
    assert {seal.keeper for seal in Seal.objects.all()} == {office.seat("clerk")}
    give(office, seal_of(), "clerk2", diameter_mm=45)
    keeping.close(seal_of("coordination_group"), by=office.people["director"], reason="换新章")
    assert charters.load() == []
    assert (seal_of().keeper, seal_of().diameter_mm) == (office.seat("clerk2"), 45)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('organisation = "nobody"\nname = "章"', "unknown organisation nobody"),
        ('organisation = "group_office"\nname = "章"\ndiameter = 61', "30 to 60 mm"),
        ('organisation = "group_office"\nname = "章"\nkeeper = "主任"', "no Office-staff seat"),
        ('organisation = "group_office"\nname = "协调小组办公室印章"', "named twice"),
        ('organisation = "group_office"\nname = "章"\nproxy_for = ["coordination_group"]', "a seal of its own"),
        ('organisation = "group_office"\nname = "章"\nproxy_for = ["nobody"]', "unknown organisation nobody"),
    ],
)  # fmt: skip
def test_a_charter_with_a_wrong_seal_is_refused(office, tmp_path, row, words):
    path = tmp_path / "charter.toml"
    text = charters.DEFAULT.read_text(encoding="utf-8")
    path.write_text(f"{text}\n[[seals]]\n{row}\n", encoding="utf-8")
    with pytest.raises(charters.CharterError, match=words):
        charters.load(path)


def test_sealing_enters_the_register_with_signature_number_and_keeper(office, papers, today):
    paper = papers.sealed("in_group_name")
    use = SealUse.objects.get()
    assert str(use) == f"用印〔{today.year}〕1号"
    assert (use.document, use.version, use.number) == (paper, paper.version, paper.numbers.get())
    assert use.matter == f"{paper.document_number} {paper.title}"
    assert (use.seal, use.copies) == (seal_of("coordination_group"), 20)
    assert (use.approver, use.approved_by) == (paper.signed_under, office.people["deputy"])
    assert (use.keeper.seat, use.person) == (office.seat("clerk"), office.people["clerk"])
    assert (use.handled_by, use.organisation) == (paper.begun_by, paper.originator)
    assert use.previous_digest == ""
    second = papers.seal(papers.numbered(), copies=3)
    assert (seals.sealed(second), seals.left(second)) == (3, 17)
    assert SealUse.objects.get(serial=2).previous_digest == use.digest
    assert list(seals.faults()) == []


def test_the_keeper_and_no_other_is_asked_until_every_copy_is_sealed(office, papers):
    paper, clerk = papers.numbered(), office.people["clerk"]
    for who in ("clerk", "clerk2", "director", "deputy"):
        person = office.people[who]
        assert ("seal" in offered(person, paper)) == (who == "clerk"), who
        assert "issue" not in offered(person, paper)
        assert waits_for(person, paper) == (who == "clerk"), who
    paper = papers.seal(paper, copies=5)
    assert {"seal", "issue"} <= offered(clerk, paper)
    assert waits_for(office.people["clerk2"], paper)  # the desk can issue it now
    paper = papers.seal(paper, copies=15)
    assert "seal" not in offered(clerk, paper)
    with pytest.raises(workflow.Conflict, match=r"All 20 copies registered are sealed.*art\. 8"):
        papers.seal(paper, copies=1)
    assert papers.step(paper, "issue", "clerk", issued_on=timezone.localdate()).state == S.ISSUED


def test_a_seal_given_to_another_keeper_is_put_on_by_that_one(office, papers):
    paper = papers.numbered()
    give(office, seal_of(), "clerk2")
    with pytest.raises(PermissionDenied):
        papers.seal(paper)
    assert not waits_for(office.people["clerk"], paper)
    assert waits_for(office.people["clerk2"], paper)
    papers.seal(paper, who="clerk2")
    assert ("seal_kept", seal_of().pk) in {
        (line.code, line.pk) for line in handover_lists.moving(office.seat("clerk2"))
    }


@pytest.mark.parametrize("path", ["in_office_name", "in_group_name"])
def test_nothing_is_issued_without_its_seal(papers, path):
    with pytest.raises(workflow.Conflict, match=r"not sealed yet.*收发文.*art\. 25"):
        papers.step(papers.numbered(path), "issue", "clerk", issued_on=timezone.localdate())


def test_minutes_bear_no_seal_and_are_issued_without(office, papers):
    paper = papers.numbered()
    OutgoingDocument.objects.filter(pk=paper.pk).update(kind="minutes")
    paper = papers.fresh(paper)
    with pytest.raises(workflow.Conflict, match="Minutes bear no seal"):
        papers.seal(paper, seal=seal_of())
    assert "issue" in offered(office.people["clerk2"], paper)
    assert waits_for(office.people["clerk2"], paper)
    way = [stage.label for stage in presenters.stages(paper, [])]
    assert "Seal" not in way
    assert papers.step(paper, "issue", "clerk", issued_on=timezone.localdate()).state == S.ISSUED


def test_the_seal_is_the_issuing_bodys_and_kept_by_this_seat(office, papers):
    paper = papers.numbered("in_group_name")
    with pytest.raises(ValidationError, match=r"Choose a seal of .*art\. 8.*art\. 9"):
        papers.seal(paper, seal=seal_of())
    with pytest.raises(ValidationError, match="Choose a seal of"):
        papers.step(paper, "seal", "clerk", copies=1)
    other = keeping.set_up(
        by=office.people["director"], organisation=paper.issuer, name="文件专用章",
        keeper=office.seat("clerk2"), diameter_mm=38, proxy_for=[], reason="新刻",
    )  # fmt: skip
    with pytest.raises(ValidationError, match=r"Another keeps this seal.*art\. 8"):
        papers.seal(paper, seal=other)
    papers.seal(paper, who="clerk2", seal=other)


@pytest.mark.parametrize(("copies", "words"), [(0, "how many copies"), (21, "at most 20")])
def test_no_more_copies_are_sealed_than_are_registered(papers, copies, words):
    paper = papers.numbered()
    with pytest.raises(ValidationError, match=words):
        papers.seal(paper, copies=copies)
    papers.seal(paper, copies=15)
    with pytest.raises(ValidationError, match=r"20 copies are registered and 15 sealed: at most 5"):
        papers.seal(paper, copies=6)
    assert seals.sealed(paper) == 15


def test_whoever_signed_does_not_seal_in_whatever_post_or_name(office, papers, today):
    delegations.give_delegation(
        person=office.people["director"], seat=office.seat("director"),
        delegate=office.people["clerk"], acts=["outgoing:sign"], since=today, until=today,
        reason="出差",
    )  # fmt: skip
    paper = papers.step(papers.submitted("in_office_name_from_group"), "agree", "head1", "同意。")
    paper = papers.step(paper, "sign", "clerk", "同意签发。")
    paper = papers.register(papers.step(paper, "pass_check", "clerk", points=POINTS))
    assert paper.signed_under.person == office.people["director"]
    with pytest.raises(ValidationError, match="signed it yourself"):
        papers.seal(paper)
    Appointment.objects.filter(seat=office.seat("clerk")).update(person=office.people["director"])
    with pytest.raises(ValidationError, match="signed it yourself"):  # the signatory in person
        papers.seal(paper, who="director")


def test_no_seal_on_a_text_changed_after_the_signature(office, papers):
    paper = papers.numbered()
    OutgoingDocument.objects.filter(pk=paper.pk).update(signed_version=None)
    with pytest.raises(ValidationError, match="does not cover this text"):
        papers.seal(papers.fresh(paper))
    paper = papers.numbered()
    number = paper.numbers.get()
    from documents.models import VoidedNumber

    VoidedNumber.objects.create(
        number=number, reason="x", voided_under=number.drawn_under, person=number.person,
        at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(ValidationError, match=r"bears no number.*art\. 25"):
        papers.seal(papers.fresh(paper))


def again(office, papers, paper):
    """Signed, checked and registered once more."""
    paper = papers.step(paper, "sign", "director", "同意签发。")
    return papers.register(papers.step(paper, "pass_check", "clerk", points=POINTS))


def test_copies_of_a_changed_version_count_no_more(office, papers, client):
    paper = papers.sealed()
    content = papers.content(subject="另一件事")
    clerk = office.people["clerk"]
    paper = again(
        office, papers, actions.revise(paper, "change", person=clerk, content=content, why="有误")
    )
    assert (seals.sealed(paper), seals.left(paper)) == (0, 20)
    with pytest.raises(workflow.Conflict, match="not sealed yet"):
        papers.step(paper, "issue", "clerk", issued_on=timezone.localdate())
    client.force_login(clerk)
    assert "On version 1 and its number" in client.get(paper.get_absolute_url()).text
    papers.seal(paper)
    assert [counts for _use, counts in seals.uses_of(paper)] == [True, False]
    assert list(seals.faults()) == []


def test_a_mended_slip_is_sealed_anew_for_the_copies_show_the_slip(office, papers):
    paper = papers.sealed()
    blocks = (
        Paragraph("现将有关事项通知如下："),
        Heading(1, "总体要求"),
        Paragraph("请抓好贯彻。"),
    )
    paper = actions.revise(
        paper, "correct_slip", person=office.people["clerk"],
        content=papers.content(blocks=blocks), why="用词",
    )  # fmt: skip
    assert seals.left(paper) == 20
    papers.seal(paper)
    assert list(seals.faults()) == []


def test_copies_under_a_void_number_count_no_more(papers):
    paper = papers.step(papers.sealed(), "void_number", "clerk", "登记有误")
    paper = papers.register(paper)
    assert seals.left(paper) == 20
    papers.seal(paper)
    assert list(seals.faults()) == []


def proxy(office, papers):
    """The Office's seal for the coordination group, which has none of its own any more."""
    director, group = office.people["director"], office.unit("coordination_group")
    with pytest.raises(ValidationError, match="no seal of their own"):
        give(office, seal_of(), "clerk", proxy_for=[group])
    keeping.close(seal_of("coordination_group"), by=director, reason="已缴销")
    paper = papers.numbered("in_group_name")
    with pytest.raises(workflow.Conflict, match="has no seal here and none seals for it"):
        papers.step(paper, "issue", "clerk", issued_on=timezone.localdate())
    give(office, seal_of(), "clerk", proxy_for=[group])
    return paper


def test_a_proxy_seal_is_set_for_a_body_without_one_and_printed(office, papers):
    paper = proxy(office, papers)
    assert waits_for(office.people["clerk"], paper)
    name = office.unit("group_office").name
    assert paper_of(paper).proxy == name  # what is printed to be sealed says so already
    papers.seal(paper)
    page = measure(sealing.as_pdf(papers.fresh(paper)))[-1]
    assert "（代章）" in "".join(line.text for line in page.lines())
    keeping.set_up(
        by=office.people["director"], organisation=paper.issuer, name="协调小组新印章",
        keeper=office.seat("clerk"), diameter_mm=42, proxy_for=[], reason="新刻",
    )  # fmt: skip
    assert paper_of(papers.fresh(paper)).proxy == name  # what was sealed stays as it was
    assert paper_of(papers.numbered("in_group_name")).proxy == ""


# The page.
def ring(page):
    return max(page.curves, key=lambda c: c["x1"] - c["x0"])


def test_the_sealed_pdf_shows_a_marked_place_over_signature_and_date(papers):
    paper = papers.sealed()
    page = next(p for p in measure(sealing.as_pdf(papers.fresh(paper))) if p.curves)
    place, date = ring(page), page.line(f"{paper.dated_on.year}年")
    assert place["x1"] - place["x0"] == pytest.approx(42 * 414 / 420, abs=1.5)
    assert (place["x0"] + place["x1"]) / 2 == pytest.approx(date.middle, abs=0.5)
    assert place["top"] < date.bottom < place["bottom"]
    mark = next(char for char in page.chars if char["text"] == "印" and "印" not in paper.title)
    assert (mark["x0"] + mark["x1"]) / 2 == pytest.approx(date.middle, abs=1)


def test_what_is_printed_to_be_sealed_has_its_lines_where_they_are_sealed(papers):
    paper = papers.numbered()
    before = measure(sealing.as_pdf(papers.fresh(paper)))
    assert not any(page.curves for page in before)
    papers.seal(paper)
    after = measure(sealing.as_pdf(papers.fresh(paper)))
    year = f"{paper.dated_on.year}年"
    find = lambda pages: next(line for p in pages for line in p.lines() if year in line.text)  # noqa: E731
    assert find(before).top == pytest.approx(find(after).top, abs=0.1)
    assert find(before).right == pytest.approx(find(after).right, abs=0.1)


def test_the_picture_of_the_day_is_printed_and_a_service_can_take_its_place(
    office, papers, monkeypatch, tmp_path
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    director, asked = office.people["director"], []
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle r="4" cx="5" cy="5"/></svg>'
    first = storage.keep_picture(SimpleUploadedFile("a.svg", svg), director)
    keeping.show(seal_of(), by=director, reason="上传", picture=first)
    paper = papers.sealed()
    second = storage.keep_picture(SimpleUploadedFile("b.svg", svg + b"\n"), director)
    keeping.show(seal_of(), by=director, reason="更换", picture=second)
    assert SealUse.objects.get().image == first

    class Service:
        def apply(self, paper, use):
            asked.append((paper.number, use))
            return b"sealed elsewhere"

    drawn = []
    monkeypatch.setattr(
        sealing, "_printed", lambda paper, picture=b"", mm=42: drawn.append(Printed(picture, mm))
    )
    sealing.as_pdf(papers.fresh(paper))
    assert drawn == [Printed(svg, 42)]
    monkeypatch.setattr(sealing, "SERVICE", Service())
    assert sealing.as_pdf(papers.fresh(paper)) == b"sealed elsewhere"
    assert asked == [(paper.document_number, SealUse.objects.get())]


def test_a_draft_asks_for_no_seal(papers, django_assert_max_num_queries):
    paper = papers.to_sign("in_group_name")
    paper = OutgoingDocument.objects.for_detail().get(pk=paper.pk)
    with django_assert_max_num_queries(0):
        assert paper_of(paper).proxy == ""


# The record.
@pytest.mark.parametrize("sql", ["UPDATE {} SET copies = 1", "DELETE FROM {}"])
@pytest.mark.every_engine
def test_the_seal_register_is_append_only(papers, sql):
    papers.sealed()
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        connection.cursor().execute(sql.format(SealUse._meta.db_table))


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE {} SET copies = 1 WHERE serial = 1", "was changed in the seal register"),
        ("UPDATE {} SET reason = '私用' WHERE serial = 2", "was changed in the seal register"),
        ("DELETE FROM {} WHERE serial = 2", "the line before it is missing"),
        ("UPDATE {} SET copies = 99 WHERE serial = 1", "more copies are sealed"),
        ("UPDATE {} SET approved_by_id = person_id", "approved and sealed by the same person"),
    ],
)
@pytest.mark.every_engine
def test_a_register_changed_behind_the_database_is_found(papers, sql, words):
    for _n in range(3):
        papers.sealed()
    assert list(seals.faults()) == []
    behind_the_guards(SealUse._meta.db_table, sql)
    assert any(words in fault for fault in seals.faults())


def test_a_use_on_a_version_nobody_signed_is_found(papers):
    paper = papers.sealed()
    PaperVersion.objects.create(
        document=paper, serial=2, content={}, digest="0" * 64, person=paper.begun_by,
        made_under=paper.signed_under, at=timezone.now(),
    )  # fmt: skip
    behind_the_guards(
        SealUse._meta.db_table,
        f"UPDATE {{}} SET version_id = {PaperVersion.objects.get(serial=2).pk}",
    )
    assert any("nobody signed" in fault for fault in seals.faults())


# The seals themselves.
def test_only_the_director_sets_up_changes_and_closes_seals(office):
    values = {"keeper": office.seat("clerk"), "diameter_mm": 42, "proxy_for": []}
    for who in ("clerk", "leader", "head1", "secadmin"):
        by = office.people[who]
        with pytest.raises(PermissionDenied, match="Director of the Office"):
            keeping.set_up(
                by=by, organisation=office.unit("group_office"), name="章", reason="r", **values
            )
        for act in (
            lambda by=by: keeping.change(seal_of(), by=by, reason="r", **values),
            lambda by=by: keeping.close(seal_of(), by=by, reason="r"),
            lambda by=by: keeping.show(seal_of(), by=by, reason="r", picture=None),
        ):
            with pytest.raises(PermissionDenied):
                act()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"keeper": "director"}, "Office's staff"),
        ({"keeper": "head1"}, "Office's staff"),
        ({"diameter_mm": 61}, "60"),
        ({"diameter_mm": 29}, "30"),
    ],
)
def test_a_seal_is_kept_by_the_offices_staff_and_has_a_usual_size(office, more, words):
    login = more.pop("keeper", "clerk")
    with pytest.raises(ValidationError, match=words):
        give(office, seal_of(), login, **more)


def test_one_open_seal_of_a_name(office):
    director, seal = office.people["director"], seal_of()
    values = {"keeper": seal.keeper, "diameter_mm": 42, "proxy_for": [], "reason": "新刻"}
    same = {"by": director, "organisation": seal.organisation, "name": seal.name}
    with pytest.raises(ValidationError, match="open seal of this name"):
        keeping.set_up(**same, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.create(
            organisation=seal.organisation, name=seal.name, keeper=seal.keeper,
            kept_from=timezone.localdate(),
        )  # fmt: skip
    keeping.close(seal, by=director, reason="磨损")
    with pytest.raises(ValidationError, match="closed already"):
        keeping.close(seal, by=director, reason="磨损")
    keeping.set_up(**same, **values)
    last = seal.history.latest("history_id")
    assert (last.history_user, last.history_change_reason) == (director, "磨损")


def test_the_picture_is_for_the_keeper_and_the_director_alone(office):
    may = {who for who, person in office.people.items() if access.may(person, "picture", seal_of())}
    assert may == {"clerk", "director"}


def test_both_directions_of_the_reach_agree(office, papers):
    rows = [papers.numbered(), papers.seal(papers.numbered(), copies=5), papers.sealed(),
            papers.numbered("in_group_name")]  # fmt: skip
    give(office, seal_of("coordination_group"), "clerk2")
    for who in ("clerk", "clerk2", "director"):
        for paper in rows:
            steps = [s for s in workflow.offered(office.people[who], paper) if s.awaited]
            posts = access.standing(office.people[who]).posts
            asked = any(posts & set(step.awaited) for step in steps)
            assert waits_for(office.people[who], paper) == asked, (who, paper)


def test_a_step_refused_leaves_nothing(papers):
    paper, taken = papers.numbered(), Transition.objects.count()
    with pytest.raises(ValidationError):
        papers.seal(paper, copies=21)
    assert (Transition.objects.count(), SealUse.objects.count()) == (taken, 0)
    again = papers.seal(paper)
    assert SealUse.objects.get().serial == 1
    assert again.state == S.NUMBERED


def test_the_year_of_the_register_is_that_of_the_sealing(office, papers, today):
    paper, later = papers.numbered(), timezone.now() + dt.timedelta(days=366)
    papers.sealed()
    data = {"seal": seal_of(), "copies": 20}
    actions.take_step(paper, "seal", person=office.people["clerk"], data=data, at=later)
    assert [str(use) for use in SealUse.objects.order_by("pk")] == [
        f"用印〔{today.year}〕1号",
        f"用印〔{today.year + 1}〕1号",
    ]


def test_a_letter_in_the_groups_name_bears_the_groups_seal(papers):
    paper = papers.sealed("in_group_name", kind="letter")
    assert SealUse.objects.get(document=paper).seal == seal_of("coordination_group")
    assert paper.route_name == "in_group_name"
    assert IssuingName.GROUP in paper.content["name"]
