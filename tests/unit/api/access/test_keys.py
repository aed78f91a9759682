"""How keys are given, and which are refused before anybody can show them."""

import json

import pytest
from pydantic import SecretStr, ValidationError

from rookery_api.access.keys import Key, Scope, read_keys
from rookery_api.base.settings import ApiSettings
from rookery_core.errors import Refused

ONE, OTHER = "one-key-of-many-letters", "another-key-of-letters"
SHOP = {"shop": {"key": OTHER, "scopes": ["predict"], "max_in_flight": 5}}


def given(**settings: object) -> tuple[Key, ...]:
    """The keys of these settings; `keys` as an object."""
    if isinstance(settings.get("keys"), dict):
        settings["keys"] = json.dumps(settings["keys"])
    return read_keys(ApiSettings.model_validate(settings))


def refusal(**settings: object) -> str:
    """What is said of settings that are refused; never with the secret."""
    with pytest.raises(Refused) as caught:
        given(**settings)
    assert caught.value.exit_code == 42
    said = str(caught.value)
    assert "\n" not in said
    assert ONE not in said
    assert OTHER not in said
    return said


def test_a_key_alone_is_the_default_one_and_opens_everything() -> None:
    (key,) = given(api_key=ONE)

    assert (key.name, key.scopes, key.max_in_flight) == ("default", frozenset(Scope), None)
    assert ONE not in repr(key)


def test_named_keys_have_scopes_and_limits() -> None:
    alone, shop = given(api_key=ONE, keys=SHOP)

    assert alone.name == "default"
    assert (shop.name, shop.scopes, shop.max_in_flight) == ("shop", frozenset({Scope.PREDICT}), 5)


def test_two_keys_of_one_caller_are_two_names() -> None:
    keys = {"shop": {"key": ONE, "scopes": ["read"]}, "shop-2": {"key": OTHER, "scopes": ["read"]}}

    assert [key.name for key in given(keys=keys)] == ["shop", "shop-2"]


def test_where_nothing_is_said_keys_are_demanded() -> None:
    said = refusal()

    assert "ROOKERY_API_API_KEY" in said
    assert "ROOKERY_API_ACCESS=open" in said


def test_open_is_open_without_a_key() -> None:
    assert given(access="open") == ()


@pytest.mark.parametrize("keys", [{"api_key": ONE}, {"keys": SHOP}])
def test_a_key_that_nobody_would_be_asked_for_is_refused(keys: dict[str, object]) -> None:
    assert "nobody would be asked" in refusal(access="open", **keys)


@pytest.mark.parametrize("access", [{}, {"access": "keys"}, {"access": "open"}])
@pytest.mark.parametrize(
    "secret",
    [
        *(
            "",
            " ",
            "\t",
            "\n",
            " " * 20,
            "short",
            "x" * 15,
            f"{ONE}\n",
            f" {ONE}",
            "two words of it",
        ),
        *("sixteen-letters-é", "\u00a0" * 16, "x" * 513, "null\0byte-of-letters"),
    ],
)
def test_what_is_no_key_is_refused_whatever_the_access(
    access: dict[str, object], secret: str
) -> None:
    assert "16 to 512 characters" in refusal(api_key=secret, **access)
    keys = {"shop": {"key": secret, "scopes": ["read"]}}
    assert "the key 'shop' of ROOKERY_API_KEYS" in refusal(keys=keys, **access)


@pytest.mark.parametrize("secret", ["x" * 16, "!" * 512, "!~" * 8])
def test_what_is_long_enough_is_a_key(secret: str) -> None:
    assert len(given(api_key=secret)) == 1


def test_equal_keys_are_refused() -> None:
    keys = {"shop": {"key": ONE, "scopes": ["read"]}}

    assert "'default' and 'shop' are equal" in refusal(api_key=ONE, keys=keys)


def test_a_name_is_given_once() -> None:
    keys = {"default": {"key": OTHER, "scopes": ["read"]}}

    assert "two keys are named 'default'" in refusal(api_key=ONE, keys=keys)
    twice = f'{{"a": {json.dumps(SHOP["shop"])}, "a": {json.dumps(SHOP["shop"])}}}'
    assert "each name once" in refusal(keys=twice)


@pytest.mark.parametrize(
    "text", ["", " ", ONE, f'"{ONE}', "[" * 100_000, "{'shop': 1}", '{"shop": {"key"'], ids=len
)
def test_what_is_not_json_is_refused(text: str) -> None:
    assert "ROOKERY_API_KEYS is not a JSON object" in refusal(keys=text)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([ONE], ""),
        (ONE, ""),
        ({"shop": ONE}, "shop"),
        ({"shop": {"key": ONE}}, "shop.scopes"),
        ({"shop": {"scopes": ["read"]}}, "shop.key"),
        ({"shop": {"key": None, "scopes": ["read"]}}, "shop.key"),
        ({"shop": {"key": 1234567890123456, "scopes": ["read"]}}, "shop.key"),
        ({"shop": {"key": ONE, "scopes": []}}, "shop.scopes"),
        ({"shop": {"key": ONE, "scopes": "read"}}, "shop.scopes"),
        ({"shop": {"key": ONE, "scopes": ["admin"]}}, "'predict' or 'read'"),
        ({"shop": {"key": ONE, "scopes": ["feedback"]}}, "'predict' or 'read'"),
        ({"shop": {"key": ONE, "scopes": ["read"], "max_in_flight": 0}}, "shop.max_in_flight"),
        ({"shop": {"key": ONE, "scopes": ["read"], "max_in_flight": True}}, "shop.max_in_flight"),
        ({"shop": {"key": ONE, "scopes": ["read"], "max_in_flight": "5"}}, "shop.max_in_flight"),
        ({"shop": {"key": ONE, "scopes": ["read"], "limit": 5}}, "shop.limit"),
        # A secret in the place of a name.
        ({f"{ONE}-{OTHER}": {"key": ONE, "scopes": ["read"]}}, "?"),
        ({"shop": {f"{ONE}-{OTHER}": "x", "scopes": ["read"]}}, "shop.?"),
        ({"Shop": {"key": ONE, "scopes": ["read"]}}, "?"),
        ({"sh\nop": {"key": ONE, "scopes": ["read"]}}, "?"),
        ({"shop\n": {"key": ONE, "scopes": ["read"]}}, "?"),
        ({"": {"key": ONE, "scopes": ["read"]}}, "?"),
        ({f"k{n}": {"key": f"{ONE}-{n}", "scopes": ["read"]} for n in range(65)}, "64"),
    ],
)
def test_what_is_not_as_it_should_be_is_named_and_not_repeated(
    document: object, place: str
) -> None:
    assert place in refusal(keys=json.dumps(document))


def test_an_empty_object_is_no_key() -> None:
    assert "names no key" in refusal(keys={})
    assert "names no key" in refusal(keys={}, access="open")


@pytest.mark.parametrize("access", ["", "OPEN", "none", "keys "])
def test_another_access_is_refused(access: str) -> None:
    with pytest.raises(ValidationError, match="'keys' or 'open'"):
        ApiSettings.model_validate({"access": access})


def test_settings_do_not_show_a_key() -> None:
    settings = ApiSettings(api_key=SecretStr(ONE), keys=SecretStr(json.dumps(SHOP)))

    assert ONE not in repr(settings)
    assert OTHER not in repr(settings)
