"""Who may ask: host names, and what a key opens."""

import pytest
from starlette.routing import Mount

from rookery_api.access.access import OPEN, PAGES, SCOPES, Access, template_of
from rookery_api.access.hosts import Headers, HostList
from rookery_api.access.keys import Key, Scope, digest
from rookery_api.base.problems import Problem

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


ALL, READER = b"all-of-the-letters-1", b"reader-of-the-cards-2"
KEYS = (
    Key("default", frozenset(Scope), None, digest(ALL)),
    Key("reader", frozenset({Scope.READ}), None, digest(READER)),
)
ACCESS = Access(KEYS, open_pages=False)


def enter(route: str | None, headers: Headers) -> None:
    """Returns where the request is let in."""
    keyed = ACCESS.authenticate(route, headers)
    assert keyed is not None
    keyed.authorize()


def refusal(route: str | None, headers: Headers) -> Problem:
    """The problem that such a request is answered with."""
    with pytest.raises(Problem) as caught:
        enter(route, headers)
    return caught.value


@pytest.mark.parametrize(
    "header",
    [
        (b"x-api-key", ALL),
        (b"authorization", b"Bearer " + ALL),
        (b"authorization", b"bearer " + ALL),
    ],
)
def test_right_key_passes(header: tuple[bytes, bytes]) -> None:
    keyed = ACCESS.authenticate("/predict/{model}", [header])

    assert keyed is not None
    assert keyed.key == "default"
    keyed.authorize()


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"x-api-key", ALL[:-1])],
        [(b"x-api-key", ALL + b" ")],
        [(b"x-api-key", ALL.upper())],
        [(b"x-api-key", b"")],
        [(b"authorization", b"Basic " + ALL)],
        [(b"authorization", ALL)],
        [(b"authorization", b"Bearer")],
        # Whoever is in between may have looked at the other one.
        [(b"x-api-key", ALL), (b"x-api-key", ALL)],
        [(b"x-api-key", READER), (b"x-api-key", ALL)],
        [(b"authorization", b"Bearer " + ALL)] * 2,
        [(b"x-api-key", b"no"), (b"authorization", b"Bearer " + ALL)],
        [(b"x-api-key", b"\xff\x00")],
    ],
)
@pytest.mark.parametrize("route", ["/predict/{model}", "/models", "/v2", "/", None, "/new/{route}"])
def test_no_key_and_any_other_key_are_refused(route: str | None, headers: Headers) -> None:
    problem = refusal(route, headers)

    assert problem.status == 401
    assert ALL.decode() not in str(problem.body("1"))


def test_a_bearer_token_of_somebody_else_does_not_hide_the_key() -> None:
    headers = [(b"authorization", b"Bearer of-a-proxy"), (b"x-api-key", ALL)]

    assert ACCESS.authenticate("/models", headers) is not None


@pytest.mark.parametrize("route", ["/predict/{model}", "/invocations", "/v2/models/{model}/infer"])
def test_a_key_without_the_scope_is_told_which_one_it_lacks(route: str) -> None:
    problem = refusal(route, [(b"x-api-key", READER)])

    assert problem.status == 403
    assert "scope predict" in problem.detail


def test_a_route_of_no_list_needs_every_scope() -> None:
    problem = refusal("/new/{route}", [(b"x-api-key", READER)])

    assert problem.status == 403
    assert ACCESS.required_scopes("/new/{route}") == frozenset(Scope)
    assert ACCESS.required_scopes(template_of(Mount("/", routes=[]))) == frozenset(Scope)


@pytest.mark.parametrize("route", sorted(OPEN))
def test_what_is_open_asks_for_no_key(route: str) -> None:
    assert ACCESS.authenticate(route, []) is None


def test_a_path_without_a_route_is_not_found_by_whoever_has_a_key() -> None:
    keyed = ACCESS.authenticate(None, [(b"x-api-key", READER)])

    assert keyed is not None
    keyed.authorize()


@pytest.mark.parametrize("segment", sorted(PAGES))
def test_page_and_documents_are_open_where_that_is_said(segment: str) -> None:
    opened = Access(KEYS, open_pages=True)

    assert ACCESS.required_scopes(f"/{segment}") == frozenset({Scope.READ})
    assert opened.required_scopes(f"/{segment}") is None
    assert opened.required_scopes("/models") == frozenset({Scope.READ})


@pytest.mark.parametrize(
    "route", [*(f"/{segment}" for segment in sorted(SCOPES)), "/new/{route}", None]
)
def test_without_keys_nobody_is_asked(route: str | None) -> None:
    assert Access((), open_pages=False).authenticate(route, []) is None


def test_a_key_has_room_for_so_many_requests_and_no_more() -> None:
    access = Access((Key("k", frozenset(Scope), 1, digest(ALL)), KEYS[1]), open_pages=False)
    headers = [(b"x-api-key", ALL)]
    first = access.authenticate("/models", headers)
    assert first is not None
    first.authorize()

    second = access.authenticate("/models", headers)
    assert second is not None
    with pytest.raises(Problem) as caught:
        second.authorize()
    second.end()
    first.end()

    assert caught.value.status == 429
    assert caught.value.headers == {"Retry-After": "1"}
    for again in (
        access.authenticate("/models", headers),
        access.authenticate("/", [(b"x-api-key", READER)]),
    ):
        assert again is not None
        again.authorize()
