"""Answers of the Open Inference Protocol: the outputs that a request asks for, JSON or binary."""

import numpy as np
from numpy.typing import NDArray

from rookery_api.base.datatypes import NUMBERS
from rookery_api.base.responses import PartedResponse, encode
from rookery_api.protocols.answers import Answers, Output, number_bytes, number_parts
from rookery_api.protocols.v2.request import HEADER_LENGTH, Asked
from rookery_api.protocols.v2.tensors import join_texts
from rookery_api.registry.champion import Champion
from rookery_runtime.steps import Steps


def answer(champion: Champion, asked: Asked, answers: Answers) -> Steps[PartedResponse]:
    """Answers the response: each output as JSON or binary, as the request asks."""
    head = [encode(_origin(champion))[:-1] + b',"outputs":[']
    tail = []
    for number, (name, binary) in enumerate(asked.outputs.items()):
        output = answers.output(name)
        about = {"name": name, "datatype": output.datatype, "shape": output.shape}
        head.append(b"," if number else b"")
        if binary:
            data = _bytes(output)
            tail.append(data)
            head.append(encode({**about, "parameters": {"binary_data_size": len(data)}}))
        elif isinstance(output.data, np.ndarray):
            head.append(encode(about)[:-1] + b',"data":[')
            head += yield from number_parts(output.data)
            head.append(b"]}")
        else:
            head.append(encode({**about, "data": output.data}))
    head.append(b"]," + encode(_trailer(champion, asked.id))[1:])
    if not tail:
        return PartedResponse(head, "application/json")
    length = {HEADER_LENGTH: str(sum(map(len, head)))}
    return PartedResponse([*head, *tail], "application/octet-stream", length)


def answer_bytes(asked: Asked, answers: Answers) -> int:
    """Estimates what the answer takes."""
    return number_bytes(answers) + len(asked.id or "")


def _bytes(output: Output) -> bytes:
    """Writes an output as the binary extension has it."""
    if not isinstance(output.data, np.ndarray):
        return join_texts(output.data)
    little: NDArray[np.floating] = output.data.astype(NUMBERS[output.datatype])
    return little.tobytes()


def _origin(champion: Champion) -> dict[str, object]:
    return {"model_name": champion.contract.model, "model_version": champion.version}


def _trailer(champion: Champion, request_id: str | None) -> dict[str, object]:
    parameters = {"run_id": champion.run_id, "data_digest": champion.manifest.data_digest}
    trailer: dict[str, object] = {"parameters": parameters}
    return trailer if request_id is None else {**trailer, "id": request_id}
