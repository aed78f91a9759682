"""No model takes the name of a table that all models share."""

import pytest
from pydantic import ValidationError

from rookery_core.database.sides import cuts, schemes, strata
from rookery_core.database.tables import batches
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.table_keys import RESERVED_MODEL_NAMES


def test_every_shared_table_has_a_reserved_name() -> None:
    shared = {table.name for table in (*batches.metadata.tables.values(), schemes, cuts, strata)}

    # No model's table begins with an underscore.
    assert {name for name in shared if not name.startswith("_")} == RESERVED_MODEL_NAMES


@pytest.mark.parametrize("name", sorted(RESERVED_MODEL_NAMES))
def test_a_reserved_name_is_refused(name: str) -> None:
    document = load_catalog()["species"].model_dump() | {"name": name}

    with pytest.raises(ValidationError, match="names a table of all models"):
        ModelSpec.model_validate(document)
