"""`/models` and `/models/{model}`: the cards."""

from fastapi import APIRouter

from rookery_api.cards import ModelCard, ModelList
from rookery_api.roster import Roster


def models_router(roster: Roster) -> APIRouter:
    """The routes of the cards."""
    router = APIRouter(tags=["models"])

    @router.get("/models", operation_id="list_models")
    async def list_models() -> ModelList:
        """Every model of the catalog: contract, champion, metrics, aliases, history."""
        return roster.cards()

    @router.get("/models/{model}", operation_id="show_model")
    async def show_model(model: str) -> ModelCard:
        """One model of the catalog."""
        return roster.card(model)

    return router
