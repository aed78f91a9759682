"""The OpenAPI document (https://spec.openapis.org/oas/v3.1.1): derived from the champions.

Each model has paths of its own with its features, units, ranges and examples; a flip, or a spec
that comes or goes, makes the document anew.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from rookery_api.access.access import Access
from rookery_api.base.cards import ModelCard, ModelList
from rookery_api.base.problems import MEDIA_TYPE, title
from rookery_api.base.responses import PartedResponse, encode
from rookery_api.base.turns import Turns
from rookery_api.docs import schemas
from rookery_api.docs.schemas import Schema
from rookery_api.registry.served_models import ServedModels
from rookery_core.contract import Contract
from rookery_runtime.steps import Steps

JSON = "application/json"
_REF = "#/components/schemas/{model}"

STATUSES = {
    400: "The request cannot be read: its JSON, its head or its host name.",
    401: "The API key is missing or wrong.",
    403: "The API key lacks the scope that the route needs.",
    404: "No such path, model or version.",
    405: "The path knows no such method; `Allow` lists those it knows.",
    408: "The request did not arrive in time.",
    413: "The body or the batch is too large.",
    415: "The body's media type or coding is not one that the route takes.",
    422: "The body does not fit the contract; `errors` names each field.",
    429: "Too many requests are under way with this key.",
    431: "The request's head is too large.",
    500: "The API failed; its log says why under the request id.",
    503: "Not now: `reason` says why, `Retry-After` when to come again.",
}
EVERYWHERE = (400, 405, 408, 431, 500, 503)
"""On every path; OpenAPI has no place for what a path answers to other methods than its own."""
WITH_KEY = (401, 403, 429)
"""Where a key is asked for; a path that is not there answers 401 too, without one."""
HEALTH = {
    "livez": "200 while the event loop turns; a process that fails this is to be restarted.",
    "readyz": "200 while the process belongs behind the Service: it serves a champion, or knows"
    " that there is none to serve, and is not about to end. Else 503 and the reason.",
}
BODY = (*EVERYWHERE, 404, 413, 415, 422)


class Document:
    """The document as JSON, made anew when the models has changed."""

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
        """The document of the champions of now."""
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
            [(ModelCard, "serialization"), (ModelList, "serialization")], ref_template=_REF
        )
        components: Schema = {"schemas": {**cards["$defs"], **_ERRORS}}
        if self._access.demands_keys:
            components["securitySchemes"] = {
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "bearer": {"type": "http", "scheme": "bearer"},
            }
        return components

    def _model_paths(self, contract: Contract) -> dict[str, Callable[[], Schema]]:
        """What makes each path of the model."""
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
        return self._get(operation, "inference", {"type": "object"}, v2=True)

    def _predict(self, contract: Contract) -> Schema:
        return self._post(
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
        return self._post(
            operation,
            "invocations",
            summary=f"MLflow's scoring protocol for {contract.title}; text/csv with a header too.",
            body={JSON: {"schema": schema, "example": _split_example(contract)}},
            answer={JSON: {"schema": {**answer, "required": ["predictions"]}}},
        )

    def _infer(self, contract: Contract) -> Schema:
        answer = {"type": "object", "required": ["model_name", "model_version", "outputs"]}
        return self._post(
            f"infer_{contract.model}",
            "inference",
            summary="The Open Inference Protocol; tensors may be binary, and of N rows.",
            body={JSON: {"schema": schemas.inference_schema(contract)}},
            answer={JSON: {"schema": answer}, "application/octet-stream": {}},
            v2=True,
        )

    def _common_paths(self) -> Schema:
        anything: Schema = {"type": "object"}
        listed = self._get("list_models", "models", {"$ref": _REF.format(model="ModelList")})
        show = self._get("show_model", "models", {"$ref": _REF.format(model="ModelCard")}, 404)
        names = {"type": "string", "enum": sorted(self._models)}
        show["parameters"] = [{"name": "model", "in": "path", "required": True, "schema": names}]
        paths: Schema = {"/models": {"get": listed}, "/models/{model}": {"get": show}}
        for name, summary in HEALTH.items():
            paths[f"/{name}"] = {"get": {**self._get(name, "health", anything), "summary": summary}}
        for path in ("/v2", "/v2/health/live", "/v2/health/ready"):
            operation = path[1:].replace("/", "_")
            paths[path] = {"get": self._get(operation, "inference", anything, v2=True)}
        return paths

    def _get(
        self, operation: str, tag: str, schema: Schema, *statuses: int, v2: bool = False
    ) -> Schema:
        more = (*statuses, 404) if v2 else statuses
        return {
            "operationId": operation,
            "tags": [tag],
            "responses": {
                "200": {"description": "OK", "content": {JSON: {"schema": schema}}},
                **_refusals((*EVERYWHERE, *more), v2=v2),
            },
        }

    def _post(
        self,
        operation: str,
        tag: str,
        *,
        summary: str,
        body: Schema,
        answer: Schema,
        v2: bool = False,
    ) -> Schema:
        return {
            "operationId": operation,
            "tags": [tag],
            "summary": summary,
            "requestBody": {"required": True, "content": body},
            "responses": {
                "200": {"description": "OK", "content": answer},
                **_refusals(BODY, v2=v2),
            },
        }

    def _guarded(self, paths: Schema) -> Schema:
        """Says of each operation whether it asks for a key, and what it answers without the right
        one."""
        for path, operations in paths.items():
            # The paths of the document begin as the templates of the routes do.
            demanded = self._access.needed(path) is not None
            for operation in operations.values():
                operation["security"] = [{"key": []}, {"bearer": []}] if demanded else []
                if demanded:
                    v2 = path == "/v2" or path.startswith("/v2/")
                    operation["responses"] |= _refusals(WITH_KEY, v2=v2)
        return paths


_TEXT = {"type": "string"}
_ERRORS: Schema = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457 problem details.",
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": {**_TEXT, "description": "The fact and the remedy."},
            "reason": {**_TEXT, "description": "The word for programs to decide by."},
            "request_id": _TEXT,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "path": {**_TEXT, "description": "A JSON Pointer into the body."},
                        "message": _TEXT,
                    },
                    "required": ["path", "message"],
                },
            },
        },
        "required": ["type", "title", "status", "detail", "reason", "request_id"],
    },
    "InferenceError": {
        "type": "object",
        "properties": {"error": _TEXT},
        "required": ["error"],
    },
}


def _refusals(statuses: Iterable[int], *, v2: bool) -> Schema:
    name, media = ("InferenceError", JSON) if v2 else ("Problem", MEDIA_TYPE)
    content: dict[str, Any] = {media: {"schema": {"$ref": _REF.format(model=name)}}}
    refusals: Schema = {}
    for status in sorted(set(statuses)):
        refusal: Schema = {"description": f"{title(status)}. {STATUSES[status]}"}
        if status in (429, 503):
            seconds = {"type": "integer", "minimum": 1}
            refusal["headers"] = {"Retry-After": {"required": True, "schema": seconds}}
        if status == 405:
            refusal["headers"] = {"Allow": {"required": True, "schema": _TEXT}}
        refusals[str(status)] = refusal | {"content": content}
    return refusals


def _split_example(contract: Contract) -> Schema:
    instance = schemas.example(contract)
    return {"dataframe_split": {"columns": list(instance), "data": [list(instance.values())]}}
