"""Values: what a request may hold for a feature, and the words for what it may not."""

from collections.abc import Sequence

from pydantic_core import PydanticCustomError, core_schema

from rookery_core.contract import (
    AnyFeature,
    BooleanFeature,
    CategoryFeature,
    DatetimeFeature,
    NumberFeature,
)
from rookery_core.spec.datetime_format import NotADatetime, datetime_reader
from rookery_runtime.prediction.input_columns import LARGEST

LISTED_CHARACTERS = 100
"""How long the list of a category's values may be in a message."""


def value_schema(feature: AnyFeature) -> core_schema.CoreSchema:
    """Describes what a field of the feature holds: null too where it is optional."""
    value: core_schema.CoreSchema
    match feature:
        case NumberFeature():
            value = _number(feature)
        case BooleanFeature():
            value = core_schema.custom_error_schema(
                core_schema.bool_schema(strict=True),
                custom_error_type="boolean",
                custom_error_message="Input should be true or false",
            )
        case CategoryFeature(unknown="accept"):
            value = core_schema.str_schema(strict=True)
        case CategoryFeature():
            # The message of a literal lists all its values, and it is made for each row at fault.
            value = core_schema.custom_error_schema(
                core_schema.literal_schema(list(feature.values)),
                custom_error_type="category",
                custom_error_message=f"Input should be {one_of(feature.values)}",
            )
        case DatetimeFeature():
            value = _datetime(feature)
    return core_schema.nullable_schema(value) if feature.optional else value


def _number(feature: NumberFeature) -> core_schema.CoreSchema:
    low, high = bounds(feature)
    is_bounded = feature.minimum is not None or feature.maximum is not None
    if is_bounded and not feature.integer:
        return core_schema.float_schema(ge=low, le=high, allow_inf_nan=False, strict=True)

    def check(value: float) -> float:
        if abs(value) > LARGEST:
            raise PydanticCustomError(
                "float32", "Input should be a number of float32, up to 3.4e38"
            )
        if feature.integer and value != int(value):
            raise PydanticCustomError("integer", "Input should be a whole number")
        return value

    number = core_schema.float_schema(
        ge=feature.minimum, le=feature.maximum, allow_inf_nan=False, strict=True
    )
    return core_schema.no_info_after_validator_function(check, number)


def bounds(feature: NumberFeature) -> tuple[float, float]:
    """Returns the smallest and the largest number that a request may hold."""
    low = -LARGEST if feature.minimum is None else max(feature.minimum, -LARGEST)
    high = LARGEST if feature.maximum is None else min(feature.maximum, LARGEST)
    return low, high


def _datetime(feature: DatetimeFeature) -> core_schema.CoreSchema:
    read = datetime_reader(None, feature.zone)

    def check(value: str) -> str:
        try:
            read(value.strip())
        except NotADatetime as error:
            raise PydanticCustomError("datetime", f"Input {error}") from None
        return value

    return core_schema.no_info_after_validator_function(check, core_schema.str_schema(strict=True))


def one_of(values: Sequence[str]) -> str:
    """Puts the values into words: all of them where they are few and short, else their number."""
    listed = [repr(value) for value in values[:LISTED_CHARACTERS]]
    words = " or ".join([", ".join(listed[:-1]), listed[-1]] if listed[1:] else listed)
    if len(values) > LISTED_CHARACTERS or len(words) > LISTED_CHARACTERS:
        return f"one of the {len(values)} values that the model's card lists"
    return words
