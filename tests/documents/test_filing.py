"""Filing (2012 Regulations art. 27): what is filed, under which code, in which order, read only."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from coordination import charters, storage, workflow
from coordination.models import Duty, RuleSetting, Transition
from documents import filed
from documents.filing import actions, codes, gaps, parts, retention
from documents.filing import integrity as filing_integrity
from documents.filing.routes import FILING
from documents.models import (
    Attachment,
    FiledItem,
    FiledPart,
    IncomingDocument,
    OutgoingDocument,
    RetentionRule,
    VacatedCode,
)
from documents.outgoing.content import Enclosed
from documents.outgoing.routes import PATHS
from documents.routes import HANDLING, INCOMING, READING
from documents.states import FilingState
from documents.states import IncomingState as S
from documents.states import PaperState as P
from tests.cases import trying

pytestmark = pytest.mark.django_db
OFFICE = {"clerk", "clerk2", "director"}
PERSONAS = (
    "leader", "deputy", "director", "clerk", "clerk2", "head1", "groupliaison1", "legal",
    "supervisor", "member1", "sysadmin", "secadmin", "auditor",
)  # fmt: skip


def roles(item):
    return [part.role for part in parts.current(item)]


# B8, P27: who files.
def test_the_office_files_and_nobody_else(files):
    document = files.completed()
    for who in PERSONAS:
        with trying(who):
            if who in OFFICE:
                assert files.file(document, who=who).state == FilingState.FILED
                continue
            with pytest.raises(PermissionDenied, match="Office"):
                files.file(document, who=who)
            assert not FiledItem.objects.exists()


def test_only_the_director_reopens_and_the_office_files_again(files):
    item = files.file(files.completed())
    for who in PERSONAS:
        person = files.people[who]
        offered = {step.action for step in workflow.offered(person, item)}
        assert offered == ({"reopen"} if who == "director" else set()), who
        if who != "director":
            with pytest.raises(PermissionDenied, match="Director"):
                actions.take_step(item, "reopen", person=person, opinion="有误")
    item = files.reopen(item)
    for who in PERSONAS:
        person = files.people[who]
        offered = {step.action for step in workflow.offered(person, item)}
        assert offered == ({"refile"} if who in OFFICE else set()), who
        waits = FiledItem.objects.for_inbox(workflow.waiting(person, FILING))
        assert waits.exists() == (who in {"clerk", "clerk2"}), who


def test_reopening_wants_a_reason(files):
    item = files.file(files.completed())
    with pytest.raises(ValidationError, match="Give the reason"):
        files.reopen(item, "  ")


# What is done with is filed, nothing else.
@pytest.mark.parametrize("state", [s for s in S if s not in (S.COMPLETED, S.RETURNED)])
def test_what_is_not_done_with_is_not_filed(files, office, state):
    with pytest.raises(ValidationError, match="only what is done with"):
        files.file(office.at_state(state), opinion="无件")
    assert not FiledItem.objects.exists()


@pytest.mark.parametrize("state", [s for s in P if s not in (P.ISSUED, P.REVOKED, P.REPEALED)])
def test_a_paper_that_is_not_issued_is_not_filed(files, papers, state):
    path = "in_group_name" if state == P.REVIEW else "in_office_name"
    path = "upward_from_group" if state == P.HEAD_REVIEW else path
    with pytest.raises(ValidationError, match="only what is done with"):
        files.file(papers.at_state(state, path))


@pytest.mark.parametrize("state", [P.ISSUED, P.REVOKED, P.REPEALED])
def test_issued_papers_are_filed_void_ones_with_a_remark(files, papers, state, today):
    item = files.file(files.signed_for(papers.at_state(state)))
    tomorrow = today + dt.timedelta(days=1)
    remark = {P.ISSUED: "", P.REVOKED: "已撤销", P.REPEALED: f"自{tomorrow}起废止"}
    assert item.remark == remark[state]


def test_a_returned_document_is_filed_with_its_remark(files, office):
    item = files.file(office.at_state(S.RETURNED), opinion="原件已退")
    assert item.remark == "已退文；缺来文电子件"


def test_nothing_of_a_year_to_come_is_filed(files, papers, today):
    paper = files.issued()
    OutgoingDocument.objects.filter(pk=paper.pk).update(dated_on=dt.date(today.year + 1, 1, 2))
    with pytest.raises(ValidationError, match="has not begun"):
        files.file(papers.fresh(paper))


def test_nothing_is_filed_twice(files):
    document = files.completed()
    item = files.file(document)
    with pytest.raises(workflow.Conflict, match=item.code):
        files.file(document)


def test_what_changed_since_it_was_read_is_not_filed(files):
    document = files.completed()
    with pytest.raises(workflow.Conflict, match="was changed"):
        files.file(document, seen="0" * 64)


# Archival codes: 全宗号-WS·年度-期限-机构-件号, one series for each year, period and body.
def test_codes_follow_each_other_in_each_series(files, papers, today):
    year = today.year
    found = [files.file(files.completed()).code for _ in range(2)]
    found.append(files.file(files.completed(), "D30").code)
    found.append(files.file(files.issued(), "D10").code)
    found.append(files.file(files.issued("in_group_name"), "D10").code)
    assert found == [
        f"X001-WS·{year}-D10-BGS-0001",
        f"X001-WS·{year}-D10-BGS-0002",
        f"X001-WS·{year}-D30-BGS-0001",
        f"X001-WS·{year}-D10-BGS-0003",
        f"X001-WS·{year}-D10-XTZ-0001",
    ]
    assert list(filing_integrity.faults()) == []


def test_a_received_document_belongs_to_the_year_of_its_register(files, office, today):
    at = dt.datetime(today.year - 1, 11, 3, 9, tzinfo=timezone.get_current_timezone())
    document = files.attach(office.register(at=at), "a.txt")
    document = office.step(document, "pass_review", points=[*gaps_points()], at=at)
    document = office.step(document, "file_for_information", opinion="阅知", at=at)
    assert f"·{today.year - 1}-" in files.file(document).code


def gaps_points():
    from documents.states import ReviewPoint

    return [point.value for point in ReviewPoint]


@pytest.mark.parametrize("key", [codes.FONDS, "archive_body:group_office"])
def test_without_fonds_or_letters_there_is_no_code(files, key):
    RuleSetting.objects.filter(key=key).delete()
    with pytest.raises(ValidationError, match=key):
        files.file(files.completed())


def test_a_refused_filing_gives_its_number_back(files):
    document = files.completed()
    for _ in range(3):
        with pytest.raises(PermissionDenied), transaction.atomic():
            files.file(document, who="leader")
    assert files.file(document).serial == 1


# What is missing.
def made(files, office, code):
    """A completed document that lacks just this."""
    if code == "no_file":
        return office.at_state(S.COMPLETED)
    document = files.completed()
    if code == "no_answer":
        IncomingDocument.objects.filter(pk=document.pk).update(answer="")
    elif code == "unread":
        office.step(document, "circulate", opinion="阅", seats=[office.seat("legal")])
    elif code == "open_part":
        document.handlings.filter(role="co").update(state="submitted")
    elif code == "open_duty":
        Duty.objects.filter(pk=document.main_duty_id).update(
            closed_at=None, outcome="", days_late=None, days_taken=None
        )
    return office.fresh(document)


def made_paper(files, papers, code):
    """An issued paper that lacks just this."""
    paper = files.issued()
    rows = OutgoingDocument.objects.filter(pk=paper.pk)
    if code == "unsigned":
        rows.update(signed_version=None)
    elif code == "no_number":
        rows.update(document_number="")
    elif code == "unreceived":
        return papers.issued()
    elif code == "report_open":
        row = papers.sealed()
        row = papers.step(row, "issue", "clerk", issued_on=timezone.localdate(), asks=True)
        return papers.fresh(files.signed_for(row))
    elif code == "answers_open":
        rows.update(answers=files.office.register())
    elif code == "open_duty":
        part = files.office.transferred()
        duty = Duty.objects.get(pk=part.main_duty_id)
        duty.pk, duty.content_object = None, paper
        duty.content_type_id = _type_of(paper)
        duty.object_id = paper.pk
        duty.save()
    return papers.fresh(paper)


def _type_of(record):
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(record).pk


EVERY_GAP = [(line, gap.code, gap.blocks) for line, rows in gaps.GAPS.items() for gap in rows]


@pytest.mark.parametrize(("line", "code", "blocks"), EVERY_GAP)
def test_each_gap_is_found_alone_and_blocks_or_wants_a_reason(
    files, office, papers, line, code, blocks
):
    document = made(files, office, code) if line == "incoming" else made_paper(files, papers, code)
    gap = next(gap for gap in gaps.GAPS[line] if gap.code == code)
    assert [one.code for one in gaps.found(document, line)] == [code]
    rows = gaps.documents_of(line).filter(pk=document.pk)
    assert gaps.lacking(rows, line).exists()
    assert not gaps.complete(rows, line).exists()
    with pytest.raises(ValidationError, match=str(gap.words).replace(".", r"\.")):
        files.file(document)
    assert not FiledItem.objects.exists()
    if blocks:
        with pytest.raises(ValidationError, match=str(gap.words).replace(".", r"\.")):
            files.file(document, opinion="仍要归档")
        return
    item = files.file(document, opinion="已核实，照此归档")
    assert gap.remark in item.remark
    assert workflow.trail(item).get().details["missing"] == [code]


@pytest.mark.parametrize("line", list(gaps.GAPS))
def test_what_is_complete_lacks_nothing(files, papers, line):
    document = files.completed() if line == "incoming" else files.issued()
    assert gaps.found(document, line) == []
    rows = gaps.documents_of(line)
    assert gaps.complete(rows, line).count() == rows.count() == 1
    assert not gaps.lacking(rows, line).exists()


def test_a_lost_file_is_not_filed(files):
    document = files.completed()
    sha256 = document.attachments.get().file.sha256
    storage.path_of(sha256).unlink()
    with pytest.raises(ValidationError, match="files are lost"):
        files.file(document)


# Order inside an item (DA/T 22): 正本, 定稿, 附件; 复文, 处理单, 来文, 附件.
def test_a_paper_is_original_then_final_draft_then_its_attachments(files, papers):
    rows = [files.upload(name, name) for name in ("一.txt", "二.txt")]
    storage.claim(rows)
    attached = tuple(Enclosed(row.name, row.pk, row.sha256, row.name) for row in rows[::-1])
    paper = files.issued(attachments=attached)
    item = files.file(paper)
    assert roles(item) == ["original", "final_draft", "enclosure", "enclosure"]
    kept = list(parts.current(item))
    assert [part.title for part in kept[2:]] == ["二.txt", "一.txt"]
    assert kept[0].sha256 == paper.version.digest


def test_the_reply_comes_before_the_sheet_and_the_sheet_before_the_received(files, papers, office):
    document = files.completed("正文.txt", "附表.txt")
    part = document.handlings.exclude(role="co").get()
    Attachment.objects.create(document=document, handling=part, file=files.upload("办理.txt", "办"))
    reply = files.issued(answers=document.pk, answers_kind=document.kind)
    item = files.file(document)
    assert roles(item) == ["reply", "sheet", "received", "enclosure", "handlers"]
    kept = list(parts.current(item))
    assert kept[0].version == reply.version
    assert [one.title for one in kept[2:4]] == ["正文.txt", "附表.txt"]


def test_the_clerk_orders_the_files(files):
    document = files.completed("附表.txt", "正文.txt")
    first, second = (row.file_id for row in document.attachments.order_by("pk"))
    item = files.file(document, places={first: 2, second: 1})
    titles = {part.role: part.title for part in parts.current(item)}
    assert (titles["received"], titles["enclosure"]) == ("正文.txt", "附表.txt")


# Read only: no step of any route any more, but what voids a paper.
def test_nothing_that_waits_for_anybody_leaves_a_state_that_is_filed():
    """So the home page needs no rule of its own: unread readings keep a document from filing."""
    for route in (INCOMING, *PATHS):
        for step in route.steps:
            assert not (step.source in filed.FILABLE and step.waits and step.by), step


def steps_out_of(route, state):
    return [step for step in route.steps if step.source == state]


def test_every_step_of_a_filed_document_is_refused(files, office):
    document = files.completed()
    office.step(document, "circulate", opinion="阅", seats=[office.seat("legal")])
    reading = document.readings.get()
    office.step(reading, "read", "legal")
    before = {step.action for step in workflow.offered(office.people["clerk"], document)}
    assert {"circulate", "relate"} <= before
    item = files.file(office.fresh(document))
    count = Transition.objects.count()
    part = document.handlings.exclude(role="co").get()
    for record, route in ((document, INCOMING), (reading, READING), (part, HANDLING)):
        record = type(record).objects.get(pk=record.pk)
        for person in office.people.values():
            assert workflow.offered(person, record) == []
        for step in steps_out_of(route, record.state):
            if step.by:
                with pytest.raises(workflow.Conflict, match=item.code):
                    workflow.advance(record, step.action, person=office.people["clerk"])
            with pytest.raises(workflow.Conflict, match=item.code):
                workflow.follow(_cause(document), record, step.action)
    for step in steps_out_of(INCOMING, S.COMPLETED):
        if step.by:
            with pytest.raises(workflow.Conflict, match=item.code):
                workflow.require_step(office.people["clerk"], office.fresh(document), step.action)
    assert Transition.objects.count() == count


def _cause(document):
    last = workflow.trail(document).last()
    act = workflow.Act(document, None, last.person, last.acting_as, timezone.now())
    act.transition = last
    return act


@pytest.mark.parametrize("state", [P.ISSUED, P.REVOKED, P.REPEALED])
def test_of_a_filed_paper_nothing_but_its_repeal_is_left(files, papers, office, state):
    item = files.file(files.signed_for(papers.at_state(state)))
    paper = papers.fresh(item.outgoing)
    left = {step.action for step in workflow.offered(office.people["director"], paper)}
    assert left == ({"revoke", "repeal"} if state == P.ISSUED else set())
    route = workflow.route_of(paper)
    for step in steps_out_of(route, state):
        if step.action not in filed.STILL:
            with pytest.raises(workflow.Conflict, match=item.code):
                workflow.advance(paper, step.action, person=office.people["director"])


@pytest.mark.parametrize(("action", "words"), [("revoke", "已撤销"), ("repeal", "起废止")])
def test_a_paper_voided_years_later_notes_itself_in_its_item(files, papers, action, words, today):
    item = files.file(files.issued())
    data = {"void_from": today + dt.timedelta(days=400)} if action == "repeal" else {}
    papers.step(item.outgoing, action, "director", "已被代替", **data)
    item.refresh_from_db()
    assert words in item.remark
    assert [row.action for row in workflow.trail(item)] == ["file", "note_void"]
    assert list(filing_integrity.faults()) == []


def test_a_duplicate_is_not_taken_out_of_a_filed_registration(files, office):
    first, second = office.register(), office.register()
    office.step(second, "merge", opinion="重复", other=first)
    files.attach(first, "a.txt")
    first = office.step(office.fresh(first), "pass_review", points=gaps_points())
    first = office.step(first, "file_for_information", opinion="阅知")
    item = files.file(first)
    with pytest.raises(workflow.Conflict, match=item.code):
        office.step(office.fresh(second), "unmerge", opinion="弄错")
    assert office.fresh(second).state == S.MERGED


def test_reopened_it_takes_steps_again_and_filed_again_no_more(files, office):
    document = files.completed()
    item = files.reopen(files.file(document))
    office.step(office.fresh(document), "circulate", opinion="阅", seats=[office.seat("legal")])
    with pytest.raises(ValidationError, match="read round"):
        files.refile(item)
    office.step(document.readings.get(), "read", "legal")
    item = files.refile(item)
    with pytest.raises(workflow.Conflict, match=item.code):
        office.step(office.fresh(document), "circulate", opinion="阅", seats=[office.seat("head1")])
    assert list(filing_integrity.faults()) == []


# Reopened and filed again: the code follows what it says, the one it left stays on record.
def test_filed_again_for_the_same_period_it_keeps_its_code(files):
    item = files.file(files.completed("甲.txt", "乙.txt"))
    code = item.code
    keys = [row.file_id for row in item.incoming.attachments.order_by("pk")]
    item = files.refile(files.reopen(item, "顺序有误"), places={keys[0]: 2, keys[1]: 1})
    assert (item.code, item.edition) == (code, 2)
    assert [part.title for part in parts.current(item)][1] == "乙.txt"
    assert FiledPart.objects.filter(item=item, edition=1).count() == 3
    assert not VacatedCode.objects.exists()


def test_filed_again_for_another_period_it_leaves_its_code_for_good(files, today):
    item = files.file(files.completed())
    other = files.file(files.completed())
    item = files.refile(files.reopen(item, "应存三十年"), "D30")
    assert item.code == f"X001-WS·{today.year}-D30-BGS-0001"
    gone = VacatedCode.objects.get()
    assert (gone.serial, gone.reason, gone.item) == (1, "应存三十年", item)
    third = files.file(files.completed())
    assert (other.serial, third.serial) == (2, 3)
    assert list(filing_integrity.faults()) == []


def test_what_is_filed_again_is_read_again(files):
    item = files.reopen(files.file(files.completed()))
    with pytest.raises(workflow.Conflict, match="was changed"):
        files.refile(item, seen="0" * 64)


# Several at once.
def test_several_are_filed_in_one_act_by_the_table(files, papers, office, today):
    rows = [files.completed() for _ in range(3)]
    seen = {row.pk: row.content_digest() for row in rows}
    done = actions.file_many(person=office.people["clerk"], documents=rows[::-1], seen=seen)
    assert [item.serial for item in done] == [1, 2, 3]
    assert {item.retention for item in done} == {"D10"}  # the charter's table, for reports


def test_several_are_all_filed_or_none(files, office):
    rows = [files.completed(), office.at_state(S.COMPLETED)]
    seen = {row.pk: row.content_digest() for row in rows}
    with pytest.raises(ValidationError, match=rows[1].register_number), transaction.atomic():
        actions.file_many(person=office.people["clerk"], documents=rows, seen=seen)
    assert not FiledItem.objects.exists()


# The retention table.
def test_the_charter_says_for_how_long(charter, files, papers):
    table = retention.Table()
    assert table.of(files.completed()) == "D10"
    assert table.of(files.issued()) == "D30"
    assert table.of(papers.draft(kind="letter")) == "D10"
    assert table.rule("incoming", "request_for_instructions").retention == "D30"
    assert table.rule("outgoing", "minutes").retention == "Y"


def test_a_rule_of_the_office_holds_from_its_day_and_outlives_the_charter(files, office, today):
    day = today + dt.timedelta(days=3)
    actions.set_rules(
        person=office.people["clerk"],
        line="incoming",
        kinds=["report"],
        retention="D30",
        in_force_from=day,
        basis="市档案馆审定",
    )
    assert retention.Table(today).rule("incoming", "report").retention == "D10"
    assert retention.Table(day).rule("incoming", "report").retention == "D30"
    assert charters.load() == []
    assert retention.Table(day).rule("incoming", "report").retention == "D30"
    rule = RetentionRule.objects.get(kind="report", line="incoming")
    assert rule.history.first().history_user == office.people["clerk"]


def test_a_rule_whose_day_has_not_come_is_replaced(office, today):
    more = {"line": "incoming", "kinds": [], "basis": "审定", "person": office.people["clerk"]}
    day = today + dt.timedelta(days=3)
    for period in ("D30", "Y"):
        actions.set_rules(retention=period, in_force_from=day, **more)
    assert RetentionRule.objects.get(in_force_from=day).retention == "Y"


def test_no_rule_is_set_for_a_day_that_is_past(office, today):
    with pytest.raises(ValidationError, match="today or a later day"):
        actions.set_rules(
            person=office.people["clerk"], line="incoming", kinds=[], retention="Y",
            in_force_from=today - dt.timedelta(days=1), basis="x",
        )  # fmt: skip


@pytest.mark.parametrize("who", sorted(set(PERSONAS) - OFFICE))
def test_nobody_but_the_office_sets_a_period(office, today, who):
    with pytest.raises(PermissionDenied):
        actions.set_rules(
            person=office.people[who], line="incoming", kinds=[], retention="Y",
            in_force_from=today, basis="x",
        )  # fmt: skip


def test_a_changed_charter_changes_its_own_rules_with_history(charter, tmp_path):
    text = charters.DEFAULT.read_text(encoding="utf-8")
    (tmp_path / "city.toml").write_text(
        text.replace('line = "incoming"\nperiod = "D10"', 'line = "incoming"\nperiod = "Y"'),
        "utf-8",
    )
    assert charters.load(tmp_path / "city.toml")
    rule = RetentionRule.objects.get(line="incoming", kind="")
    assert rule.retention == "Y"
    assert rule.history.count() == 2


ROW = (
    '[[retention]]\nline = "incoming"\nperiod = "D10"\ncites = "P27"\n'
    'basis = "x"\nin_force_from = 2020-03-02'
)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW.replace("incoming", "sideways"), "unknown line"),
        (ROW.replace("D10", "D99"), "unknown period"),
        (ROW.replace("P27", "Z9"), "Z9"),
        (ROW + '\nkinds = ["novel"]', "unknown kind"),
        ('[[settings]]\nkey = "fonds"\nvalue = "a b"\ncites = "P27"', "capital letters"),
    ],
)
def test_a_retention_table_that_cannot_be_is_refused(charter, tmp_path, row, words):
    text = charters.DEFAULT.read_text(encoding="utf-8")
    (tmp_path / "city.toml").write_text(f"{text}\n{row}\n", encoding="utf-8")
    with pytest.raises(charters.CharterError, match=words):
        charters.load(tmp_path / "city.toml")


# The record.
@pytest.mark.parametrize("sql", ["UPDATE {} SET sha256 = 'x'", "DELETE FROM {}"])
@pytest.mark.every_engine
def test_parts_are_append_only(files, sql):
    files.file(files.completed())
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        connection.cursor().execute(sql.format(FiledPart._meta.db_table))


@pytest.mark.parametrize("sql", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}"])
@pytest.mark.every_engine
def test_vacated_codes_are_append_only(files, sql):
    files.refile(files.reopen(files.file(files.completed())), "Y")
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        connection.cursor().execute(sql.format(VacatedCode._meta.db_table))


def test_an_item_is_one_document(files, papers):
    item = files.file(files.completed())
    with pytest.raises(DatabaseError), transaction.atomic():
        FiledItem.objects.filter(pk=item.pk).update(outgoing=files.issued())
    with pytest.raises(DatabaseError), transaction.atomic():
        FiledItem.objects.filter(pk=item.pk).update(incoming=None)


def faults():
    return " ".join(filing_integrity.faults())


def test_a_gap_in_the_codes_is_found(files):
    item = files.file(files.completed())
    FiledItem.objects.filter(pk=item.pk).update(serial=2)
    assert "1 codes, but the last is 2" in faults()


def test_a_missing_and_an_altered_file_of_an_item_are_found(files):
    item = files.file(files.completed())
    path = storage.path_of(item.parts.get(role="received").sha256)
    path.write_bytes(b"other")
    assert f"{item.code}, part 2 (来文.txt): its file was changed" in faults()
    path.unlink()
    assert "its file is missing" in faults()


def test_parts_put_beside_those_that_were_filed_are_found(files):
    item = files.file(files.completed())
    FiledPart.objects.create(
        item=item, edition=1, place=9, role="enclosure", title="多出", sha256="0" * 64
    )
    assert "its parts are not those it was filed with" in faults()


def test_a_step_added_behind_the_engine_is_found(files, papers):
    item = files.file(files.issued())
    last = workflow.trail(item.outgoing).last()
    last.pk, last.serial, last.action = None, last.serial + 1, "issue"
    last.save(force_insert=True)
    assert "what it is made from was changed" in faults()
