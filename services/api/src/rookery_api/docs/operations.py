"""Operations: what the OpenAPI document says of one method of one path."""

from rookery_api.docs.refusals import BODY, EVERYWHERE, JSON, refusals
from rookery_api.docs.schemas import Schema, ref


def get_operation(
    operation: str, tag: str, summary: str, answer: str, *statuses: int, v2: bool = False
) -> Schema:
    """Describes a GET that answers JSON of the component `answer`.

    `statuses` are problems beside the usual.
    """
    more = (*statuses, 404) if v2 else statuses
    return {
        "operationId": operation,
        "tags": [tag],
        "summary": summary,
        "description": summary,
        "responses": {
            "200": {"description": "OK", "content": {JSON: {"schema": ref(answer)}}},
            **refusals((*EVERYWHERE, *more), v2=v2),
        },
    }


def post_operation(
    operation: str,
    tag: str,
    *,
    summary: str,
    body: Schema,
    answer: Schema,
    v2: bool = False,
) -> Schema:
    """Describes a POST by the media types of its body and its answer."""
    return {
        "operationId": operation,
        "tags": [tag],
        "summary": summary,
        "description": summary,
        "requestBody": {"required": True, "content": body},
        "responses": {
            "200": {"description": "OK", "content": answer},
            **refusals(BODY, v2=v2),
        },
    }
