"""`/models` and `/models/{model}`: the cards."""

from starlette.requests import Request
from starlette.responses import Response

from rookery_api.base.responses import PartedResponse, encode
from rookery_api.base.turns import Turns
from rookery_api.registry.served_model import ServedModel
from rookery_api.registry.served_models import ServedModels
from rookery_runtime.steps import Steps

JSON = "application/json"


class ModelCards:
    """The cards as JSON, each made again when its model was replaced."""

    def __init__(self, models: ServedModels, turns: Turns) -> None:
        self._models = models
        self._turns = turns
        self._made: dict[str, tuple[ServedModel, bytes]] = {}

    async def list_all(self, _: Request) -> Response:
        """Answers `/models`."""
        return PartedResponse(await self._turns.share(self._all()), JSON)

    async def show_one(self, request: Request) -> Response:
        """Answers `/models/{model}`; a 404 problem where the catalog has none."""
        return Response(self._card(request.path_params["model"]), media_type=JSON)

    def _card(self, model: str) -> bytes:
        found = self._models.find(model)
        made = self._made.get(model)
        if made is None or made[0] is not found:
            made = self._made[model] = (found, self._models.card(model).model_dump_json().encode())
        return made[1]

    def _all(self) -> Steps[list[bytes]]:
        """Answers the document of all cards, in parts: one card in each step."""
        names = sorted(self._models)
        self._made = {name: made for name, made in self._made.items() if name in self._models}
        parts = [b'{"models":[']
        for name in names:
            # A poll may have taken it out of the catalog meanwhile.
            if name in self._models:
                parts += [b",", self._card(name)] if len(parts) > 1 else [self._card(name)]
            yield
        parts.append(b'],"catalog_error":' + encode(self._models.catalog_error) + b"}")
        return parts
