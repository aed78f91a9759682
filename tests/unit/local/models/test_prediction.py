"""The values that a person gives for a prediction."""

import pytest
from tests.unit.local.support.prediction_api import OPTIONS, Api

from rookery_core.errors import Refused
from rookery_local.models.prediction import Prediction, predict


@pytest.mark.parametrize("value", ["nan", "NaN", "-nan", "inf", "-Infinity", "1e999", "heavy", " "])
def test_a_value_that_is_no_number_is_refused_with_its_feature(api: Api, value: str) -> None:
    with pytest.raises(Refused, match=f"^mass={value} is not a number; write it like 39.1"):
        predict(api.url, "sex", {"mass": value}, OPTIONS)


@pytest.mark.parametrize("value", ["4200", "-1e3", "39.1", ""])
def test_a_number_or_nothing_is_asked(api: Api, value: str) -> None:
    predict(api.url, "sex", {"mass": value}, OPTIONS)

    assert api.asked == 1


@pytest.mark.parametrize(
    ("answer", "unit", "told"),
    [
        ({"class": "FEMALE", "probabilities": {}}, "", "FEMALE"),
        ({"value": 1234.56789}, "EUR", "1234.57 EUR"),
        ({"value": 0.25}, "", "0.25"),
        (
            {"value": 12.5, "interval": [10.125, 14.75]},
            "EUR",
            "12.5 EUR (between 10.125 and 14.75)",
        ),
    ],
)
def test_an_answer_is_told_as_a_class_or_as_a_number_with_its_unit(
    answer: dict[str, object], unit: str, told: str
) -> None:
    assert Prediction("curl ...", answer, unit).told == told


def test_who_asks_a_model_that_is_not_there_is_told_which_are(api: Api) -> None:
    with pytest.raises(Refused, match=r"^the API has no model 'beer'; it has sex, species$"):
        predict(api.url, "beer", {}, OPTIONS)


def test_each_fault_of_a_request_has_a_line(api: Api) -> None:
    api.faults = [{"path": "/mass", "message": "wrong"}, {"path": "/sex", "message": "none"}]

    with pytest.raises(Refused) as refused:
        predict(api.url, "sex", {}, OPTIONS)

    told = "the API answers 422: It does not fit.\n  /mass: wrong\n  /sex: none"
    assert str(refused.value) == told
