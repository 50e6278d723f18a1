"""What several tests of the documents begin with."""

import pytest

from .paper_driver import Papers


@pytest.fixture
def papers(office):
    """A driver that takes outgoing papers along their routes."""
    return Papers(office)


@pytest.fixture
def files(office):
    """A driver that files documents."""
    from .filing_driver import Files

    return Files(office)
