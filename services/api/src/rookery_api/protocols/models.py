"""`/models` and `/models/{model}`: the cards."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rookery_api.base.responses import PartedResponse, encode
from rookery_api.base.turns import Turns
from rookery_api.registry.served_model import ServedModel
from rookery_api.registry.served_models import ServedModels
from rookery_runtime.steps import Steps

JSON = "application/json"


class CardFile:
    """The cards as JSON, each made anew when its model's entry was replaced."""

    def __init__(self, models: ServedModels) -> None:
        self._models = models
        self._made: dict[str, tuple[ServedModel, bytes]] = {}

    def card(self, model: str) -> bytes:
        """The model's card; a 404 problem where the catalog has none."""
        entry = self._models.find(model)
        made = self._made.get(model)
        if made is None or made[0] is not entry:
            made = self._made[model] = (entry, self._models.card(model).model_dump_json().encode())
        return made[1]

    def cards(self) -> Steps[list[bytes]]:
        """Answers the document of all cards, in parts: one card in each step."""
        names = sorted(self._models)
        self._made = {name: made for name, made in self._made.items() if name in self._models}
        parts = [b'{"models":[']
        for name in names:
            # A look at the spec folder may have taken it out of the catalog meanwhile.
            if name in self._models:
                parts += [b",", self.card(name)] if len(parts) > 1 else [self.card(name)]
            yield
        parts.append(b'],"catalog_error":' + encode(self._models.catalog_error) + b"}")
        return parts


def model_routes(models: ServedModels, turns: Turns) -> list[Route]:
    """The routes of the cards."""
    file = CardFile(models)

    async def list_models(_: Request) -> Response:
        return PartedResponse(await turns.share(file.cards()), JSON)

    async def show_model(request: Request) -> Response:
        return Response(file.card(request.path_params["model"]), media_type=JSON)

    return [Route("/models", list_models), Route("/models/{model}", show_model)]
