"""The champion check: does a model have a champion that another sweep would only confirm?"""

import structlog

from rookery_core.registry_names import CHAMPION, is_of
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.batch import Batch
from rookery_trainer.tracking.model_registry import ModelRegistry

_log = structlog.get_logger()


def has_champion(registry: ModelRegistry, spec: ModelSpec, batch: Batch) -> bool:
    """Checks whether the champion was trained under this very spec from the data as of `batch`."""
    number = registry.aliases().get(CHAMPION)
    champion = registry.versions().get(number) if number else None
    if champion is None or not is_of(champion.tags, spec.digest, batch.data_digest):
        return False
    _log.info("champion exists", version=number, data_digest=batch.data_digest)
    return True
