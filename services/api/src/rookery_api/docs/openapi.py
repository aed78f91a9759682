"""The OpenAPI document (https://spec.openapis.org/oas/v3.1.1): derived from the champions.

Each model has paths of its own with its features, units, ranges and examples; when a
champion changes, or a spec comes or goes, the document is made again.
"""

import asyncio
from collections.abc import Callable, Iterable

from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from rookery_api.access.access import Access
from rookery_api.base.cards import ModelCard, ModelList
from rookery_api.base.responses import PartedResponse, encode
from rookery_api.base.turns import Turns
from rookery_api.docs import schemas
from rookery_api.docs.operations import get_operation, post_operation
from rookery_api.docs.refusals import ERRORS, JSON, REF, WITH_KEY, refusals
from rookery_api.docs.schemas import Schema
from rookery_api.registry.served_models import ServedModels
from rookery_core.contract import Contract
from rookery_runtime.steps import Steps

IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of an earlier answer: 304 where nothing is new.",
    "schema": {"type": "string"},
}
HEALTH = {
    "livez": "200 while the event loop turns; a process that fails this is to be restarted.",
    "readyz": "200 while the process belongs behind the Service: it serves a champion, or knows"
    " that there is none to serve, and is not about to end. Else 503 and the reason.",
}


class Document:
    """The document as JSON, made again when a model has changed."""

    def __init__(
        self, models: ServedModels, turns: Turns, version: str, max_batch: int, access: Access
    ) -> None:
        self._models = models
        self._turns = turns
        self._version = version
        self._max_batch = max_batch
        self._access = access
        self._making = asyncio.Lock()
        self._made: tuple[int, list[bytes]] = (-1, [])

    async def answer(self, _: Request) -> Response:
        """Answers the document of today's champions."""
        async with self._making:
            revision = self._models.revision
            if self._made[0] != revision:
                found = (self._models.find(model).contract for model in sorted(self._models))
                contracts = [contract for contract in found if contract is not None]
                self._made = (revision, await self._turns.share(self.build(contracts)))
        return PartedResponse(self._made[1], JSON)

    def build(self, contracts: Iterable[Contract]) -> Steps[list[bytes]]:
        """Answers the document of models with these contracts, in parts: one path in each step."""
        info = {
            "title": "Rookery",
            "version": self._version,
            "description": "Serves the champion of every model.",
        }
        parts = [encode({"openapi": "3.1.0", "info": info})[:-1] + b',"paths":{']
        for contract in contracts:
            for path, make in self._model_paths(contract).items():
                parts.append(encode(self._guarded({path: make()}))[1:-1] + b",")
                yield
        common = encode(self._guarded(self._common_paths()))[1:]
        parts += [common, b',"components":', encode(self._components())]
        return [*parts, b"}"]

    def _components(self) -> Schema:
        _, cards = models_json_schema(
            [(ModelCard, "serialization"), (ModelList, "serialization")], ref_template=REF
        )
        components: Schema = {"schemas": {**cards["$defs"], **ERRORS}}
        if self._access.demands_keys:
            components["securitySchemes"] = {
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "bearer": {"type": "http", "scheme": "bearer"},
            }
        return components

    def _model_paths(self, contract: Contract) -> dict[str, Callable[[], Schema]]:
        """Lists each path of the model with what describes it."""
        name = contract.model
        inference = f"/v2/models/{name}"
        paths: dict[str, Callable[[], Schema]] = {
            f"/predict/{name}": lambda: {"post": self._predict(contract)},
            f"/invocations/{name}": lambda: {"post": self._invoke(contract, f"invoke_{name}")},
            inference: lambda: {"get": self._about(f"describe_{name}")},
            f"{inference}/ready": lambda: {"get": self._about(f"is_ready_{name}")},
            f"{inference}/infer": lambda: {"post": self._infer(contract)},
        }
        if name == self._models.default_model:
            paths["/invocations"] = lambda: {"post": self._invoke(contract, "invoke")}
        return paths

    def _about(self, operation: str) -> Schema:
        return get_operation(operation, "inference", {"type": "object"}, v2=True)

    def _predict(self, contract: Contract) -> Schema:
        return post_operation(
            f"predict_{contract.model}",
            "predict",
            summary=contract.description or f"Predicts {contract.target}.",
            body={JSON: {"schema": schemas.predict_schema(contract, self._max_batch)}},
            answer={JSON: {"schema": schemas.answer_schema(contract)}},
        )

    def _invoke(self, contract: Contract, operation: str) -> Schema:
        labels = {"type": "array", "items": {"enum": list(contract.classes)}}
        answer = {"type": "object", "properties": {"predictions": labels}}
        schema = schemas.scoring_schema(contract, self._max_batch)
        return post_operation(
            operation,
            "invocations",
            summary=f"MLflow's scoring protocol for {contract.title}; text/csv with a header too.",
            body={JSON: {"schema": schema, "example": _split_example(contract)}},
            answer={JSON: {"schema": {**answer, "required": ["predictions"]}}},
        )

    def _infer(self, contract: Contract) -> Schema:
        answer = {"type": "object", "required": ["model_name", "model_version", "outputs"]}
        return post_operation(
            f"infer_{contract.model}",
            "inference",
            summary="The Open Inference Protocol; tensors may be binary, and of N rows.",
            body={JSON: {"schema": schemas.inference_schema(contract)}},
            answer={JSON: {"schema": answer}, "application/octet-stream": {}},
            v2=True,
        )

    def _common_paths(self) -> Schema:
        anything: Schema = {"type": "object"}
        listed = get_operation("list_models", "models", {"$ref": REF.format(model="ModelList")})
        show = get_operation("show_model", "models", {"$ref": REF.format(model="ModelCard")}, 404)
        names = {"type": "string", "enum": sorted(self._models)}
        show["parameters"] = [{"name": "model", "in": "path", "required": True, "schema": names}]
        for cards in (listed, show):
            cards.setdefault("parameters", []).append(IF_NONE_MATCH)
            cards["responses"]["304"] = {"description": "Not Modified: nothing is new."}
        paths: Schema = {"/models": {"get": listed}, "/models/{model}": {"get": show}}
        for name, summary in HEALTH.items():
            paths[f"/{name}"] = {
                "get": {**get_operation(name, "health", anything), "summary": summary}
            }
        for path in ("/v2", "/v2/health/live", "/v2/health/ready"):
            operation = path[1:].replace("/", "_")
            paths[path] = {"get": get_operation(operation, "inference", anything, v2=True)}
        return paths

    def _guarded(self, paths: Schema) -> Schema:
        """Says of each operation whether it asks for a key, and what it answers without the right
        one."""
        for path, operations in paths.items():
            # The paths of the document begin as the templates of the routes do.
            demanded = self._access.required_scopes(path) is not None
            for operation in operations.values():
                operation["security"] = [{"key": []}, {"bearer": []}] if demanded else []
                if demanded:
                    v2 = path == "/v2" or path.startswith("/v2/")
                    operation["responses"] |= refusals(WITH_KEY, v2=v2)
        return paths


def _split_example(contract: Contract) -> Schema:
    instance = schemas.example(contract)
    return {"dataframe_split": {"columns": list(instance), "data": [list(instance.values())]}}
