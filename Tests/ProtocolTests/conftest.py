"""What the tests of the protocol's documents share."""

import pytest

from program import Program
from schema_set import SchemaSet


@pytest.fixture(scope="session")
def schemas():
    return SchemaSet()


@pytest.fixture(scope="session")
def program():
    """The real program with its demo upstream, for all tests together."""
    with Program() as running:
        yield running
