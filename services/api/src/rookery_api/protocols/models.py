"""`/models` and `/models/{model}`: the cards, sent again only to whoever has not seen them.

The entity tag of a card is that of all it says but two times, which differ from one process to
another and from one poll of the registry to the next: `registry.checked_at` and
`champion.loaded_at`.
"""

import hashlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rookery_api.base.entity_tag import is_known, not_modified, weak_tag
from rookery_api.base.responses import PartedResponse, encode
from rookery_api.base.turns import Turns
from rookery_api.registry.served_model import ServedModel
from rookery_api.registry.served_models import ServedModels
from rookery_runtime.steps import Steps

JSON = "application/json"
TIMES = {"registry": {"checked_at"}, "champion": {"loaded_at"}}
"""What a card says that is no news."""


@dataclass(frozen=True)
class CardFile:
    """A card as JSON."""

    model: ServedModel
    """What it was made of."""
    content: bytes
    digest: bytes
    """Of the content but for its times."""


class ModelCards:
    """The cards as JSON, each made again when its model was replaced."""

    def __init__(self, models: ServedModels, turns: Turns) -> None:
        self._models = models
        self._turns = turns
        self._made: dict[str, CardFile] = {}

    async def list_all(self, request: Request) -> Response:
        """Answers `/models`, or 304 to a caller who knows all that it would say."""
        parts, tag = await self._turns.share(self._all())
        if is_known(request, tag):
            return not_modified(tag)
        return PartedResponse(parts, JSON, {"ETag": tag})

    async def show_one(self, request: Request) -> Response:
        """Answers `/models/{model}`, or 304; a 404 problem where the catalog has none."""
        card = self._card(request.path_params["model"])
        tag = weak_tag([card.digest])
        if is_known(request, tag):
            return not_modified(tag)
        return Response(card.content, media_type=JSON, headers={"ETag": tag})

    def _card(self, model: str) -> CardFile:
        found = self._models.find(model)
        made = self._made.get(model)
        if made is None or made.model is not found:
            card = self._models.card(model)
            news = card.model_dump_json(exclude=TIMES).encode()
            made = CardFile(found, card.model_dump_json().encode(), hashlib.sha256(news).digest())
            self._made[model] = made
        return made

    def _all(self) -> Steps[tuple[list[bytes], str]]:
        """Answers the document of all cards, in parts, and its tag: one card in each step."""
        names = sorted(self._models)
        self._made = {name: made for name, made in self._made.items() if name in self._models}
        parts = [b'{"models":[']
        digests: list[bytes] = []
        for name in names:
            # A poll may have taken it out of the catalog meanwhile.
            if name in self._models:
                card = self._card(name)
                parts += [b",", card.content] if digests else [card.content]
                digests.append(card.digest)
            yield
        end = b'],"catalog_error":' + encode(self._models.catalog_error) + b"}"
        return [*parts, end], weak_tag([*digests, end])
