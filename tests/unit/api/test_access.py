"""Who may ask: host names and the API key."""

import pytest
from pydantic import SecretStr

from rookery_api.access import ApiKey, HostList
from rookery_api.problems import Problem

HOSTS = HostList(("localhost", "*.example.org", "[::1]"))


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "LOCALHOST", "a.example.org", "a.b.example.org:80"]
)
def test_listed_hosts_pass(host: str) -> None:
    HOSTS.check([(b"host", host.encode())])
    HOSTS.check([(b"host", host.encode())])


@pytest.mark.parametrize(
    "host",
    [
        *("example.org", "evilexample.org", "localhost.evil", "localhost:", "localhost:123456", ""),
        *("localhost/x", "localhost@evil", "loc\\alhost", "[::2]", "localhost:80:80", "løcalhost"),
    ],
)
def test_other_hosts_are_refused(host: str) -> None:
    with pytest.raises(Problem):
        HOSTS.check([(b"host", host.encode())])


@pytest.mark.parametrize("headers", [[], [(b"host", b"localhost")] * 2])
def test_host_is_given_exactly_once(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Problem):
        HOSTS.check(headers)


def test_star_is_every_name_that_is_one() -> None:
    anybody = HostList(("*",))

    anybody.check([(b"host", b"10.0.0.1:8000")])
    with pytest.raises(Problem):
        anybody.check([(b"host", b"a b")])


KEY = ApiKey(SecretStr("s3cret"))


@pytest.mark.parametrize(
    "header",
    [(b"x-api-key", b"s3cret"), (b"authorization", b"Bearer s3cret")],
    ids=["X-API-Key", "Bearer"],
)
def test_right_key_passes(header: tuple[bytes, bytes]) -> None:
    KEY.check("/predict/m", [header])


@pytest.mark.parametrize("path", ["/predict/m", "/invocations", "/models", "/v2/models/m/infer"])
@pytest.mark.parametrize(
    "headers",
    [[], [(b"x-api-key", b"s3cre")], [(b"authorization", b"Basic s3cret")], [(b"x-api-key", b"")]],
    ids=["none", "wrong", "basic", "empty"],
)
def test_guarded_path_without_the_key_is_refused(
    path: str, headers: list[tuple[bytes, bytes]]
) -> None:
    with pytest.raises(Problem) as caught:
        KEY.check(path, headers)

    assert caught.value.status == 401
    assert "s3cret" not in str(caught.value.body("1"))


@pytest.mark.parametrize("path", ["/livez", "/metrics", "/", "/docs", "/v2/health/ready"])
def test_open_paths_ask_for_no_key(path: str) -> None:
    KEY.check(path, [])


def test_no_key_is_asked_for_where_none_is_set() -> None:
    ApiKey(None).check("/predict/m", [])
