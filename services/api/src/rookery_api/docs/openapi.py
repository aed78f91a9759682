"""The OpenAPI document (https://spec.openapis.org/oas/v3.1.1): derived from the champions.

Each model has paths of its own with its features, units, ranges and examples; when a
champion changes, or a spec comes or goes, the document is made again.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from rookery_api.access.access import Access
from rookery_api.base.cards import ModelCard, ModelList
from rookery_api.base.compression import Compressed, compressed
from rookery_api.base.responses import PartedResponse, encode
from rookery_api.base.turns import Turns
from rookery_api.docs import inference_schemas, schemas, scoring_schemas
from rookery_api.docs.component_names import prefixes
from rookery_api.docs.operations import get_operation, post_operation
from rookery_api.docs.refusals import ERRORS, JSON, WITH_KEY, refusals
from rookery_api.docs.schemas import REF, Schema, ref
from rookery_api.registry.served_models import ServedModels
from rookery_core.contract import Contract
from rookery_runtime.steps import Steps

IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of an earlier answer: 304 where nothing is new.",
    "schema": {"type": "string"},
}
PARTIAL = {
    "name": "partial",
    "in": "query",
    "description": "Whether the good rows of a batch are answered where others do not fit the"
    " contract: then these have errors in the place of their prediction.",
    "schema": {"type": "boolean", "default": False},
}
HEALTH = {
    "livez": "200 while the event loop turns; a process that fails this is to be restarted.",
    "readyz": "200 while the process belongs behind the Service: it serves a champion, or knows"
    " that there is none to serve, and is not about to end. Else 503 and the reason.",
    "ping": "What /readyz says, for clients of MLflow's scoring protocol.",
    "health": "What /readyz says, for clients of MLflow's scoring protocol.",
}
VERSION = "Says which version of Rookery this is, for clients of MLflow's scoring protocol."
SERVER = {
    "/v2": ("Describes the server.", "ServerMetadata"),
    "/v2/health/live": ("Whether the server is alive.", "ServerLive"),
    "/v2/health/ready": ("Whether the server is ready.", "ServerReady"),
}
"""What the Open Inference Protocol asks of the server: a summary, and the answer's component."""
TAGS = {
    "predict": "Rookery's own form.",
    "invocations": "MLflow's scoring protocol.",
    "inference": "The Open Inference Protocol, version 2, over HTTP.",
    "models": "What is served, and how it came to be.",
    "health": "Probes.",
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
        self._made = (-1, Compressed((), ()))

    async def answer(self, request: Request) -> Response:
        """Answers the document of today's champions."""
        async with self._making:
            revision = self._models.revision
            if self._made[0] != revision:
                found = (self._models.find(model).contract for model in sorted(self._models))
                contracts = [contract for contract in found if contract is not None]
                parts = await self._turns.share(self.build(contracts))
                self._made = (revision, await self._turns.share(compressed(parts)))
        content, headers = self._made[1].asked(request)
        return PartedResponse(content, JSON, headers)

    def build(self, contracts: Iterable[Contract]) -> Steps[list[bytes]]:
        """Answers the document of models with these contracts, in parts: one path in each step."""
        info = {
            "title": "Rookery",
            "version": self._version,
            "description": "Serves the champion of every model.",
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
            "contact": {"name": "Rookery"},
        }
        head = {
            "openapi": "3.1.0",
            "info": info,
            "servers": [{"url": "/"}],
            "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        }
        parts = [encode(head)[:-1] + b',"paths":{']
        contracts = list(contracts)
        names = prefixes(contract.model for contract in contracts)
        for contract in contracts:
            for path, make in self._model_paths(contract, names[contract.model]).items():
                parts.append(encode(self._guarded({path: make()}))[1:-1] + b",")
                yield
        common = encode(self._guarded(self._common_paths()))[1:]
        parts += [common, b',"components":{"schemas":{']
        for contract in contracts:
            for make in self._model_components(contract, names[contract.model]):
                parts.append(encode(make())[1:-1] + b",")
                yield
        parts += [encode(_common_components())[1:], self._security_schemes(), b"}}"]
        return parts

    def _security_schemes(self) -> bytes:
        """Writes the ways to show a key, as what follows the schemas."""
        if not self._access.demands_keys:
            return b""
        schemes = {
            "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            "bearer": {"type": "http", "scheme": "bearer"},
        }
        return b',"securitySchemes":' + encode(schemes)

    def _model_components(self, contract: Contract, prefix: str) -> list[Callable[[], Schema]]:
        """Lists what describes the model's components, one protocol each."""
        return [
            partial(schemas.predict_components, contract, prefix, self._max_batch),
            partial(scoring_schemas.scoring_components, contract, prefix, self._max_batch),
            partial(inference_schemas.inference_components, contract, prefix),
        ]

    def _model_paths(self, contract: Contract, prefix: str) -> dict[str, Callable[[], Schema]]:
        """Lists each path of the model with what describes it."""
        name = contract.model
        inference = f"/v2/models/{name}"
        paths: dict[str, Callable[[], Schema]] = {
            f"/predict/{name}": lambda: {"post": _predict(contract, prefix)},
            f"/invocations/{name}": lambda: {"post": _invoke(contract, prefix, f"invoke_{name}")},
            inference: lambda: {
                "get": get_operation(
                    f"describe_{name}",
                    "inference",
                    f"Describes {name}: its inputs and outputs.",
                    "ModelMetadata",
                    v2=True,
                )
            },
            f"{inference}/ready": lambda: {
                "get": get_operation(
                    f"is_ready_{name}",
                    "inference",
                    f"Whether {name} is ready.",
                    "ModelReady",
                    v2=True,
                )
            },
            f"{inference}/infer": lambda: {"post": _infer(contract, prefix)},
        }
        if name == self._models.default_model:
            paths["/invocations"] = lambda: {"post": _invoke(contract, prefix, "invoke")}
        return paths

    def _common_paths(self) -> Schema:
        listed = get_operation("list_models", "models", "Lists every model.", "ModelList")
        show = get_operation("show_model", "models", "Shows one model.", "ModelCard", 404)
        names = {"type": "string", "enum": sorted(self._models)}
        show["parameters"] = [{"name": "model", "in": "path", "required": True, "schema": names}]
        for cards in (listed, show):
            cards.setdefault("parameters", []).append(IF_NONE_MATCH)
            cards["responses"]["304"] = {"description": "Not Modified: nothing is new."}
        paths: Schema = {"/models": {"get": listed}, "/models/{model}": {"get": show}}
        for name, summary in HEALTH.items():
            paths[f"/{name}"] = {"get": get_operation(name, "health", summary, "ProbeAnswer")}
        version = get_operation("version", "health", VERSION, "ProbeAnswer")
        version["responses"]["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
        paths["/version"] = {"get": version}
        for path, (summary, answer) in SERVER.items():
            operation = path[1:].replace("/", "_")
            paths[path] = {"get": get_operation(operation, "inference", summary, answer, v2=True)}
        # The protocol says it in the same form, be it so or not.
        unready = paths["/v2/health/ready"]["get"]["responses"]["503"]["content"][JSON]
        unready["schema"] = {"anyOf": [ref("ServerReady"), ref("InferenceError")]}
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


def _common_components() -> Schema:
    _, cards = models_json_schema(
        [(ModelCard, "serialization"), (ModelList, "serialization")], ref_template=REF
    )
    text = {"type": "string"}
    return {
        **schemas.with_nullable_types(cards["$defs"]),
        **schemas.origin_components(),
        **inference_schemas.protocol_components(),
        "ProbeAnswer": schemas.closed_object({"status": text}),
        **ERRORS,
    }


def _predict(contract: Contract, prefix: str) -> Schema:
    operation = post_operation(
        f"predict_{contract.model}",
        "predict",
        summary=contract.description or f"Predicts {contract.target}.",
        body={JSON: {"schema": schemas.predict_body(prefix)}},
        answer={JSON: {"schema": schemas.predict_answer(prefix)}},
    )
    return operation | {"parameters": [PARTIAL]}


def _invoke(contract: Contract, prefix: str, operation: str) -> Schema:
    schema = scoring_schemas.scoring_body(prefix)
    return post_operation(
        operation,
        "invocations",
        summary=f"MLflow's scoring protocol for {contract.title}; text/csv with a header too.",
        body={JSON: {"schema": schema, "example": _split_example(contract)}},
        answer={JSON: {"schema": ref(scoring_schemas.scoring_answer(contract, prefix))}},
    )


def _infer(contract: Contract, prefix: str) -> Schema:
    return post_operation(
        f"infer_{contract.model}",
        "inference",
        summary="The Open Inference Protocol; tensors of N rows, or one of all features.",
        body={JSON: {"schema": ref(f"{prefix}Inference")}},
        # Without a type of its own the binary answer would make the other one's unknown too.
        answer={
            JSON: {"schema": ref("InferenceResponse")},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
        v2=True,
    )


def _split_example(contract: Contract) -> Schema:
    instance = schemas.example(contract)
    return {"dataframe_split": {"columns": list(instance), "data": [list(instance.values())]}}
