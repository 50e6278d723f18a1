"""Search in Chinese, on both databases alike; and the demo data."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from coordination.models import Appointment, Person
from documents.models import FiledItem, IncomingDocument
from documents.search import grams, pairs

TITLES = ["关于优化营商环境的报告", "关于“一件事”改革的函", "环境营商", "A股 ABC-123 号", "甲"]


@pytest.mark.every_engine
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("营商", [0, 2]),
        ("营商环境", [0]),
        ("环境 营商", [0, 2]),
        ("一件事", [1]),
        ("abc", [3]),
        ("ＡＢＣ", [3]),
        ("123", [3]),
        ("甲", [4]),
        ("商", [0, 2]),
        ("不存在", []),
        ('"营商" OR *', []),
        ("。", []),
    ],
)
def test_words_of_any_length_are_found(office, question, found):
    documents = [
        office.register(title=title, sender_name="某", sender_number="") for title in TITLES
    ]
    result = IncomingDocument.objects.matching(question).order_by("pk")
    expected = [documents[n].pk for n in found] if question != "。" else [d.pk for d in documents]
    assert list(result.values_list("pk", flat=True)) == expected


@given(st.text(max_size=40))
def test_any_text_contains_what_it_is_made_of(text):
    stored = set(grams(text).split(" "))
    assert set(pairs(text)) <= stored


@pytest.mark.django_db
@pytest.mark.every_engine
def test_the_demo_loads_once_and_names_nobody(vacant, settings, tmp_path, monkeypatch, capsys):
    settings.VAR_DIR = tmp_path
    monkeypatch.setenv("DEMO_PASSWORD", "Given-password-1")
    call_command("load_demo")
    assert "79 documents, 65 logins" in capsys.readouterr().out
    history = IncomingDocument.history.count()
    hashes = list(Person.objects.order_by("pk").values_list("password", flat=True))
    call_command("load_demo")
    assert "79 documents" in capsys.readouterr().out
    assert hashes == list(Person.objects.order_by("pk").values_list("password", flat=True))
    assert IncomingDocument.history.count() == history
    assert Appointment.objects.count() == 80
    assert all(person.name.endswith("(演示)") for person in Person.objects.all())
    assert Person.objects.get(username="clerk").check_password("Given-password-1")
    call_command("check_integrity")
    year = timezone.localdate().year - 1
    assert FiledItem.objects.filter(year=year, state="filed").count() >= 6
    titles = set(IncomingDocument.objects.values_list("title", flat=True))
    assert "国务院办公厅关于2025年部分节假日安排的通知" in titles


@pytest.mark.django_db
def test_the_demo_grows_by_thousands(office, settings, tmp_path):
    from documents.demo import scale

    office.register()
    for _ in range(2):
        scale.grow_to(120)
        assert IncomingDocument.objects.count() == 120
    finance = office.unit("finance")
    from coordination import access

    seen = access.visible(office.liaison("finance"), IncomingDocument.objects.all())
    assert 0 < seen.count() == IncomingDocument.objects.filter(handler=finance).count()


@pytest.mark.django_db
def test_demo_people_have_no_place_in_production(vacant, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("load_demo")
    assert not Person.objects.exists()
