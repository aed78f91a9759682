import pytest
from mlflow.exceptions import MlflowException, RestException
from mlflow.store.entities import PagedList
from requests import ConnectionError as NoConnection
from requests import HTTPError, Response

from rookery_core.errors import Unavailable
from rookery_core.waiting import Wait
from rookery_trainer.tracking.client import Retrying, all_pages, away


def said(code: str, message: str) -> RestException:
    """Makes an error of the server."""
    return RestException({"error_code": code, "message": message})


def answered(status: int) -> HTTPError:
    response = Response()
    response.status_code = status
    return HTTPError(response=response)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (said("TEMPORARILY_UNAVAILABLE", "database down"), True),
        (MlflowException("API request failed"), True),
        (said("RESOURCE_DOES_NOT_EXIST", "no such run"), False),
        (said("INVALID_PARAMETER_VALUE", "bad name"), False),
        (NoConnection("refused"), True),
        (answered(503), True),
        (answered(404), False),
    ],
)
def test_only_the_servers_own_failures_may_pass(error: Exception, expected: bool) -> None:
    assert away(error) is expected


def test_a_request_is_repeated_until_the_server_is_back() -> None:
    failures = iter([NoConnection("refused"), answered(500)])

    def request() -> str:
        failure = next(failures, None)
        if failure is not None:
            raise failure
        return "done"

    assert Retrying(Wait(10, 0.001)).run(request) == "done"


def test_what_can_never_work_is_not_repeated() -> None:
    requests: list[int] = []

    def request() -> None:
        requests.append(1)
        raise said("RESOURCE_DOES_NOT_EXIST", "no such run")

    with pytest.raises(MlflowException):
        Retrying(Wait(10, 0.001)).run(request)

    assert requests == [1]


def test_retrying_ends_with_the_servers_last_error() -> None:
    def request() -> None:
        raise NoConnection("refused by 127.0.0.1")

    with pytest.raises(Unavailable, match=r"refused by 127\.0\.0\.1"):
        Retrying(Wait(0.01, 0.001)).run(request)


def test_an_answer_may_be_none() -> None:
    assert Retrying(Wait(0)).run(lambda: None) is None


@pytest.mark.parametrize("pages", [[[]], [[1, 2]], [[1, 2], [3]], [[1], [], [2, 3]]])
def test_all_pages_of_a_search_are_read_in_order(pages: list[list[int]]) -> None:
    asked: list[str | None] = []

    def search(token: str | None) -> PagedList[int]:
        asked.append(token)
        number = int(token or 0)
        more = number + 1 < len(pages)
        return PagedList(pages[number], str(number + 1) if more else None)

    found = all_pages(search)

    assert found == [each for page in pages for each in page]
    assert asked == [None, *(str(number) for number in range(1, len(pages)))]
