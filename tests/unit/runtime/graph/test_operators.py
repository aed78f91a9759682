"""The rules of the operators: much of little, and reading beyond a list, are refused."""

import numpy as np
import pytest
from onnx import NodeProto, TensorProto, helper
from tests.unit.runtime.support.graphs import ANSWER, contract, model, node, scan, weight, written

from rookery_core.errors import Refused
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.prediction.input_columns import ModelInputs
from rookery_runtime.prediction.onnx_session import Session

ML = {"domain": "ai.onnx.ml"}
IDS = np.int64


def chain(width: int, number: int) -> tuple[list[NodeProto], list[TensorProto]]:
    """Nodes that repeat the table to `width` columns and multiply it with a matrix so often."""
    nodes = [node("ArrayFeatureExtractor", ["table", "wide"], ["t0"], **ML)]
    nodes += [node("MatMul", [f"t{i}", "square"], [f"t{i + 1}"]) for i in range(number)]
    nodes.append(node("ArrayFeatureExtractor", [f"t{number}", "two"], ["probabilities"], **ML))
    weights = [
        weight("wide", [0] * width, IDS),
        weight("square", np.zeros((width, width))),
        weight("two", [0, 1], IDS),
    ]
    return nodes, weights


def test_a_chain_of_products_that_takes_minutes_is_refused() -> None:
    nodes, weights = chain(1000, 3)
    rebuild(written(*nodes, weights=weights), contract())

    nodes, weights = chain(1000, 60)
    with pytest.raises(Refused, match="steps"):
        rebuild(written(*nodes, weights=weights), contract())


def test_a_few_indices_that_make_gigabytes_are_refused() -> None:
    picked = weight("all", [0] * 2000, IDS)
    nodes = [node("ArrayFeatureExtractor", ["table", "all"], ["t0"], **ML)]
    nodes += [node("Concat", [f"t{i}"] * 50, [f"t{i + 1}"], axis=1) for i in range(2)]
    nodes += [node("ReduceSum", ["t2", "axis"], ["sum"]), node("Add", ["sum", "table"], ["p"])]
    nodes.append(node("Softmax", ["p"], ["probabilities"]))

    with pytest.raises(Refused, match="MiB"):
        rebuild(written(*nodes, weights=[picked, weight("axis", [1], IDS)]), contract())


def test_weights_that_broadcast_into_gigabytes_are_refused() -> None:
    left, right = weight("left", np.zeros((20_000, 1))), weight("right", np.zeros((1, 20_000)))
    nodes = [node("Add", ["left", "right"], ["much"]), ANSWER]

    with pytest.raises(Refused, match="MiB"):
        rebuild(written(*nodes, weights=[left, right]), contract())


def test_a_scan_whose_body_takes_too_long_for_each_row_is_refused() -> None:
    points = weight("points", np.zeros((3_000_000, 2)))
    nodes = [node("Sub", ["points", "row"], ["t0"])]
    nodes += [node("Mul", [f"t{i}", f"t{i}"], [f"t{i + 1}"]) for i in range(8)]
    nodes += [node("ReduceSum", ["t8", "axis"], ["out"], keepdims=0)]
    made = scan(*nodes, weights=[points, weight("axis", [0], IDS)])

    with pytest.raises(Refused, match="steps"):
        rebuild(written(made), contract())


COMPUTED = {
    "reshape": node("Reshape", ["table", "n"], ["probabilities"]),
    "top k": node("TopK", ["table", "n"], ["probabilities", "places"]),
    "sum": node("ReduceSum", ["table", "n"], ["probabilities"]),
    "gather": node("Gather", ["table", "n"], ["probabilities"], axis=1),
    "extract": node("ArrayFeatureExtractor", ["table", "n"], ["probabilities"], **ML),
}


@pytest.mark.parametrize("case", COMPUTED)
def test_shapes_and_indices_that_are_computed_are_refused(case: str) -> None:
    cast = node("Cast", ["two"], ["n"], to=TensorProto.INT64)

    with pytest.raises(Refused, match="computed"):
        rebuild(written(cast, COMPUTED[case], weights=[weight("two", [2.0])]), contract())


def looked_up(low: int, high: int) -> bytes:
    """Looks up one of three lines of two shares, by whole numbers that are clipped to bounds."""
    nodes = [
        node("ReduceSum", ["table", "axis"], ["sum"], keepdims=0),
        node("Cast", ["sum"], ["whole"], to=TensorProto.INT64),
        node("Clip", ["whole", "low", "high"], ["place"]),
        node("Gather", ["lines", "place"], ["probabilities"], axis=0),
    ]
    weights = [
        weight("axis", [1], IDS),
        weight("low", low, IDS),
        weight("high", high, IDS),
        weight("lines", [[0, 1], [0.5, 0.5], [1, 0]]),
    ]
    return written(*nodes, weights=weights)


def test_a_place_that_is_clipped_to_the_lines_there_are_is_looked_up() -> None:
    rows = {"a": np.array([[-9], [1], [9]], np.float32), "b": np.zeros((3, 1), np.float32)}

    graph = rebuild(looked_up(0, 2), contract())

    session = Session(graph.content)
    answers = session.run(ModelInputs(contract(), session).of_columns(rows))
    assert answers.tolist() == [[0, 1], [0.5, 0.5], [1, 0]]


@pytest.mark.parametrize(("low", "high"), [(0, 3), (-1, 2), (-4, 2), (2, 0), (3, 3)])
def test_a_place_beyond_the_lines_there_are_is_refused_whatever_it_is_clipped_to(
    low: int, high: int
) -> None:
    with pytest.raises(Refused, match="computed"):
        rebuild(looked_up(low, high), contract())


def _indexed(operator: str, values: object, **more: object) -> bytes:
    made = node(operator, ["table", "i"], ["probabilities"], **more)
    return written(made, weights=[weight("i", values, IDS)])


OUT_OF_BOUNDS = {
    "gather beyond": _indexed("Gather", [0, 2], axis=1),
    "gather before": _indexed("Gather", [0, -3], axis=1),
    "extract beyond": _indexed("ArrayFeatureExtractor", [0, 2], **ML),
    "extract before": _indexed("ArrayFeatureExtractor", [-1, 0], **ML),
    "gather rows": _indexed("Gather", [0, 0], axis=0),
    "sum over rows": _indexed("ReduceSum", [0]),
    "sum beyond": _indexed("ReduceSum", [2]),
    "sum twice": _indexed("ReduceSum", [1, -1]),
    "k beyond": _indexed("TopK", [3]),
    "k of nothing": _indexed("TopK", [0]),
    "k across rows": _indexed("TopK", [1], axis=0),
    "reshape into more": _indexed("Reshape", [-1, 4]),
    "reshape rows away": _indexed("Reshape", [2, -1]),
    "reshape to nothing": _indexed("Reshape", []),
    "concat rows": written(node("Concat", ["table", "table"], ["probabilities"], axis=0)),
    "softmax over rows": written(node("Softmax", ["table"], ["probabilities"], axis=0)),
}


@pytest.mark.parametrize("case", OUT_OF_BOUNDS)
def test_an_index_out_of_bounds_or_across_rows_is_refused(case: str) -> None:
    with pytest.raises(Refused):
        rebuild(OUT_OF_BOUNDS[case], contract())


def _linear(**changes: object) -> NodeProto:
    given = {
        "classlabels_strings": ["c0", "c1"],
        "coefficients": [0.5] * 4,
        "intercepts": [0.0, 0.0],
        **changes,
    }
    return node("LinearClassifier", ["table"], ["label", "probabilities"], **ML, **given)


def _vectors(**changes: object) -> NodeProto:
    given = {
        "classlabels_strings": ["c0", "c1"],
        "coefficients": [0.5] * 3,
        "kernel_params": [0.1, 0.0, 3.0],
        "kernel_type": "RBF",
        "rho": [0.0],
        "support_vectors": [0.5] * 6,
        "vectors_per_class": [2, 1],
        **changes,
    }
    return node("SVMClassifier", ["table"], ["label", "probabilities"], **ML, **given)


def test_sound_classifiers_pass() -> None:
    for made in (_linear(), _linear(coefficients=[0.5] * 2, intercepts=[0.0]), _vectors()):
        rebuild(written(made), contract())


LENGTHS = {
    "few coefficients": _linear(coefficients=[0.5] * 3),
    "few intercepts": _linear(intercepts=[0.0] * 3, coefficients=[0.5] * 6),
    "many classes": _linear(classlabels_strings=["c0", "c1", "c2"]),
    "one class": _linear(classlabels_strings=["c0"], intercepts=[0.0], coefficients=[0.5] * 2),
    "numbered classes": _linear(classlabels_ints=[0, 1]),
    "unknown transform": _linear(post_transform="X"),
    "few vectors": _vectors(support_vectors=[0.5] * 5),
    "many vectors": _vectors(vectors_per_class=[2, 1000]),
    "negative vectors": _vectors(vectors_per_class=[4, -1]),
    "vectors of a class that is not": _vectors(vectors_per_class=[1, 1, 1]),
    "no vectors": _vectors(vectors_per_class=[0, 0], support_vectors=[], coefficients=[]),
    "few support coefficients": _vectors(coefficients=[0.5]),
    "no rho": _vectors(rho=[]),
    "few kernel parameters": _vectors(kernel_params=[0.1]),
    "half a calibration": _vectors(prob_a=[0.5]),
    "much calibration": _vectors(prob_a=[0.5] * 3, prob_b=[0.5] * 3),
    "unknown kernel": _vectors(kernel_type="X"),
}


@pytest.mark.parametrize("case", LENGTHS)
def test_a_list_of_another_length_than_its_reader_expects_is_refused(case: str) -> None:
    with pytest.raises(Refused):
        rebuild(written(LENGTHS[case]), contract())


def test_a_division_of_whole_numbers_is_refused() -> None:
    cast = node("Cast", ["table"], ["whole"], to=TensorProto.INT64)
    divided = node("Div", ["whole", "zero"], ["divided"])
    back = node("Cast", ["divided"], ["probabilities"], to=TensorProto.FLOAT)

    with pytest.raises(Refused, match="wrong kind"):
        rebuild(written(cast, divided, back, weights=[weight("zero", [0], IDS)]), contract())


def test_an_attribute_that_is_not_reviewed_is_refused() -> None:
    reference = node("Softmax", ["table"], ["probabilities"])
    reference.attribute.add(name="axis", type=2, ref_attr_name="x")
    twice = node("Softmax", ["table"], ["probabilities"], axis=1)
    twice.attribute.add(name="axis", type=2, i=1)
    other = node("Softmax", ["table"], ["probabilities"], evil=1)
    kind = node("Softmax", ["table"], ["probabilities"], axis=1.0)

    for made in (reference, twice, other, kind):
        with pytest.raises(Refused):
            rebuild(written(made), contract())


def test_tensors_are_named_once_and_before_they_are_read() -> None:
    early = [node("Softmax", ["later"], ["probabilities"]), node("Identity", ["table"], ["later"])]
    twice = [node("Identity", ["table"], ["a"]), ANSWER]
    nameless = [node("Identity", ["table"], [""]), ANSWER]

    for nodes in (early, twice, nameless):
        with pytest.raises(Refused):
            rebuild(written(*nodes), contract())


def test_rows_never_meet_columns() -> None:
    square = weight("w", np.zeros((1000, 2)))
    with pytest.raises(Refused, match="do not fit"):
        rebuild(
            written(node("Add", ["table", "w"], ["probabilities"]), weights=[square]), contract()
        )


def test_texts_are_one_hot_and_nothing_else() -> None:
    made = model(columns=("a",))
    made.graph.input[0].CopyFrom(helper.make_tensor_value_info("a", TensorProto.STRING, [None, 1]))
    with pytest.raises(Refused, match="its manifest says"):
        rebuild(made.SerializeToString(), contract(("a",)))
