"""Holiday notices as data: what is wrong in a file is said, nothing is guessed."""

import pytest

from coordination import calendars, notices_data

GOOD = """
[[notices]]
number = "x1"
year = 2027
published_on = 2026-11-10
title = "t"
off = [{from = 2027-01-01, to = 2027-01-03, name = "元旦"}]
work = [2027-01-09]
"""


def write(tmp_path, text):
    path = tmp_path / "n.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_notices_cover_2020_to_2026():
    notices = notices_data.load(calendars.SHIPPED)
    assert {notice.year for notice in notices} == set(range(2020, 2027))
    assert [n.number for n in notices if n.year == 2024] == ["国办发明电〔2023〕7号"]
    assert [n.number for n in notices if n.year == 2025] == ["国办发明电〔2024〕12号"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("work = [2027-01-09]", "work = [2027-01-08]", "weekday"),
        ("work = [2027-01-09]", "work = [2027-01-02]", "both off and worked"),
        ("to = 2027-01-03", "to = 2026-12-31", "backwards"),
        ("from = 2027-01-01", "from = 2025-01-01", "does not belong"),
        ('number = "x1"', "", "missing"),
        ("2027-01-09", '"2027-01-09"', "YYYY-MM-DD"),
        ("[[notices]]", "[[notices", "n.toml"),
        (GOOD, "x = 1", "no \\[\\[notices"),
        (GOOD, GOOD + GOOD, "twice"),
        (GOOD, "notices = 3", "no \\[\\[notices"),
        (GOOD, "notices = []", "no \\[\\[notices"),
        (GOOD, "notices = [1]", "wrong kind"),
        ("year = 2027", 'year = "2027"', "not a year"),
        ("year = 2027", "year = 99999", "not a year"),
        ("year = 2027", "year = true", "not a year"),
        ('number = "x1"', "number = []", "are texts"),
        ('number = "x1"', 'number = " "', "are texts"),
        ('name = "元旦"', "name = 3", "are texts"),
        ("from = 2027-01-01", "from = 2027-01-01T00:00:00", "YYYY-MM-DD"),
        ("work = [2027-01-09]", "work = [2027-01-09, 2027-01-09]", "named twice"),
        ('"元旦"}', '"元旦"}, {from = 2027-01-03, to = 2027-01-04, name = "b"}', "named twice"),
    ],
)
def test_a_wrong_file_is_refused_in_words(tmp_path, old, new, why):
    with pytest.raises(ValueError, match=why):
        notices_data.load(write(tmp_path, GOOD.replace(old, new)))


def test_a_later_notice_overrides_an_earlier_one(tmp_path):
    later = GOOD.replace("x1", "x2").replace("2026-11-10", "2027-01-02")
    later = later.replace("to = 2027-01-03", "to = 2027-01-04")
    path = write(tmp_path, later + GOOD)
    calendar = notices_data.calendar_from(notices_data.load(path))
    assert not calendar.is_workday(__import__("datetime").date(2027, 1, 4))


def test_a_notice_that_names_no_day_does_not_publish_its_year(tmp_path):
    start, end = GOOD.index("off ="), GOOD.index("]\nwork")
    empty = (GOOD[:start] + "off = [" + GOOD[end:]).replace("[2027-01-09]", "[]")
    with pytest.raises(ValueError, match="names no day"):
        notices_data.load(write(tmp_path, empty))
