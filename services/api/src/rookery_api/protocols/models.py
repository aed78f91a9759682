"""`/models` and `/models/{model}`: the cards."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rookery_api.base.responses import PartedResponse, encode
from rookery_api.base.turns import Turns
from rookery_api.registry.served_model import Entry
from rookery_api.registry.served_models import Roster
from rookery_runtime.steps import Steps

JSON = "application/json"


class CardFile:
    """The cards as JSON, each made anew when its model's entry was replaced."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._made: dict[str, tuple[Entry, bytes]] = {}

    def card(self, model: str) -> bytes:
        """The model's card; a 404 problem where the catalog has none."""
        entry = self._roster.entry(model)
        made = self._made.get(model)
        if made is None or made[0] is not entry:
            made = self._made[model] = (entry, self._roster.card(model).model_dump_json().encode())
        return made[1]

    def cards(self) -> Steps[list[bytes]]:
        """Answers the document of all cards, in parts: one card in each step."""
        names = sorted(self._roster)
        self._made = {name: made for name, made in self._made.items() if name in self._roster}
        parts = [b'{"models":[']
        for name in names:
            # A look at the spec folder may have taken it out of the catalog meanwhile.
            if name in self._roster:
                parts += [b",", self.card(name)] if len(parts) > 1 else [self.card(name)]
            yield
        parts.append(b'],"catalog_error":' + encode(self._roster.catalog_error) + b"}")
        return parts


def model_routes(roster: Roster, turns: Turns) -> list[Route]:
    """The routes of the cards."""
    file = CardFile(roster)

    async def list_models(_: Request) -> Response:
        return PartedResponse(await turns.share(file.cards()), JSON)

    async def show_model(request: Request) -> Response:
        return Response(file.card(request.path_params["model"]), media_type=JSON)

    return [Route("/models", list_models), Route("/models/{model}", show_model)]
