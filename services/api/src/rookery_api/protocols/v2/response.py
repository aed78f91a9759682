"""Answers of the Open Inference Protocol: the outputs that a request asks for, JSON or binary."""

from typing import Any

from rookery_api.base.datatypes import BYTES
from rookery_api.base.responses import PartedResponse, encode
from rookery_api.protocols.answers import number_bytes, number_parts
from rookery_api.protocols.v2.request import HEADER_LENGTH, LABEL, Asked
from rookery_api.protocols.v2.tensors import join_texts
from rookery_api.registry.champion import Champion
from rookery_core.manifest import PROBABILITIES
from rookery_runtime.prediction.onnx_session import Probabilities
from rookery_runtime.steps import Steps


def answer(
    champion: Champion, asked: Asked, labels: list[str], probabilities: Probabilities
) -> Steps[PartedResponse]:
    """Answers the response: each output as JSON or binary, as the request asks."""
    head = [encode(_origin(champion))[:-1] + b',"outputs":[']
    tail = []
    for number, (name, binary) in enumerate(asked.outputs.items()):
        output = _output(name, labels, probabilities)
        head.append(b"," if number else b"")
        if binary:
            data = join_texts(labels) if name == LABEL else probabilities.astype("<f4").tobytes()
            tail.append(data)
            head.append(encode({**output, "parameters": {"binary_data_size": len(data)}}))
        elif name == LABEL:
            head.append(encode({**output, "data": labels}))
        else:
            head.append(encode(output)[:-1] + b',"data":[')
            head += yield from number_parts(probabilities)
            head.append(b"]}")
    head.append(b"]," + encode(_trailer(champion, asked.id))[1:])
    if not tail:
        return PartedResponse(head, "application/json")
    length = {HEADER_LENGTH: str(sum(map(len, head)))}
    return PartedResponse([*head, *tail], "application/octet-stream", length)


def answer_bytes(asked: Asked, probabilities: Probabilities) -> int:
    """Estimates what the answer takes."""
    return number_bytes(probabilities) + len(asked.id or "")


def _origin(champion: Champion) -> dict[str, object]:
    return {"model_name": champion.contract.model, "model_version": champion.version}


def _trailer(champion: Champion, request_id: str | None) -> dict[str, object]:
    parameters = {"run_id": champion.run_id, "data_digest": champion.manifest.data_digest}
    trailer: dict[str, object] = {"parameters": parameters}
    return trailer if request_id is None else {**trailer, "id": request_id}


def _output(name: str, labels: list[str], probabilities: Probabilities) -> dict[str, Any]:
    if name == LABEL:
        return {"name": LABEL, "datatype": BYTES, "shape": [len(labels)]}
    return {"name": PROBABILITIES, "datatype": "FP32", "shape": list(probabilities.shape)}
