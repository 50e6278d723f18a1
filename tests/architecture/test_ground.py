"""The ground the tests stand on: what puts it back leaves the guards of the database up."""

import pytest
from django.db import DatabaseError, transaction

from coordination import audit
from coordination.models import Appointment, AuditEntry, Person
from tests import ground

pytestmark = pytest.mark.django_db


def test_what_is_append_only_is_so_after_the_ground_was_put_back(vacant):
    ground.restore()
    assert Person.objects.filter(username="clerk").exists()
    assert Appointment.objects.exists()
    audit.record("login", person=Person.objects.get(username="clerk"))
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        AuditEntry.objects.all().delete()
