"""Fixtures of the tests of specs."""

import pytest
from tests.unit.core.support.second_version import Document, shop_document


@pytest.fixture
def shop() -> Document:
    """Makes a spec with every key of the second version."""
    return shop_document()
