"""What several tests of the ground floor begin with."""

import datetime as dt

import pytest

from coordination import delegations


@pytest.fixture
def secadmin(office):
    """The security officer."""
    return office.people["secadmin"]


@pytest.fixture
def entrust(office, today):
    """Let whoever holds a seat entrust acts of it to somebody for five days."""

    def give(seat, to, *acts):
        return delegations.give_delegation(
            person=seat.appointments.get(until=None).person,
            seat=seat,
            delegate=to,
            acts=acts,
            since=today,
            until=today + dt.timedelta(days=5),
            reason="出差",
        )

    return give
