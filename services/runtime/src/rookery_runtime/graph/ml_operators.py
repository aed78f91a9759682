"""The reviewed operators of ai.onnx.ml: what each makes of the shapes of its inputs.

The runtime's kernels trust the lengths and indices of their attributes, so all are checked here.
The definitions are those of https://onnx.ai/onnx/operators, opsets 1 to 3 of ai.onnx.ml.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from rookery_runtime.graph.abstract_tensors import FLOAT, STRING, Tensor
from rookery_runtime.graph.attributes import FLOAT as NUMBER
from rookery_runtime.graph.attributes import FLOATS, INT, INTS, STRINGS, Attributes
from rookery_runtime.graph.attributes import STRING as TEXT
from rookery_runtime.graph.budget import Budget
from rookery_runtime.graph.forests import check_forest
from rookery_runtime.graph.operators import Operator, check_indices

_TRANSFORMS = frozenset({"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"})
_KERNELS = frozenset({"LINEAR", "POLY", "RBF", "SIGMOID"})
_MOST = 1 << 20
"""Classes or targets; a manifest has room for fewer."""


def _width(attributes: Attributes, tensor: Tensor, kind: int = FLOAT) -> int:
    """Reads the columns of a matrix of so many rows."""
    if tensor.kind != kind or not tensor.rows or len(tensor.dims) != 1:
        raise attributes.refused("takes what is no table of rows")
    return tensor.dims[0]


def _scores(attributes: Attributes, columns: int, budget: Budget) -> Sequence[Tensor]:
    """Makes the outputs of a classifier: a label and so many scores for each row."""
    attributes.one_of("post_transform", "NONE", _TRANSFORMS)
    budget.spend(8 * columns * budget.rows)
    return [Tensor(STRING, (), rows=True), Tensor(FLOAT, (columns,), rows=True)]


def _classes(attributes: Attributes) -> int:
    number = attributes.count("classlabels_strings")
    if not 2 <= number <= _MOST:
        raise attributes.refused("has no classes")
    return number


def _extract(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    data, indices = inputs
    if not data.rows or len(data.dims) != 1 or indices.rows or data.kind == STRING:
        raise attributes.refused("takes what is no table of rows")
    check_indices(attributes, indices, data.dims[0])
    if indices.whole().min() < 0:
        raise attributes.refused("has an index out of bounds")
    budget.spend(indices.each * budget.rows)
    return [data.of(data.kind).shaped((indices.each,))]


def _impute(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    width = _width(attributes, inputs[0])
    if attributes.count("imputed_value_floats") not in (1, width):
        raise attributes.refused("has not one value for each column")
    budget.spend(width * budget.rows)
    return [inputs[0].of(FLOAT)]


def _scale(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    width = _width(attributes, inputs[0])
    lengths = {attributes.count("offset"), attributes.count("scale")}
    if lengths not in ({1}, {width}):
        raise attributes.refused("has not one value for each column")
    budget.spend(2 * width * budget.rows)
    return [inputs[0].of(FLOAT)]


def _normalize(
    attributes: Attributes, inputs: Sequence[Tensor], budget: Budget
) -> Sequence[Tensor]:
    width = _width(attributes, inputs[0])
    attributes.one_of("norm", "MAX", frozenset({"MAX", "L1", "L2"}))
    budget.spend(4 * width * budget.rows)
    return [inputs[0].of(FLOAT)]


def _one_hot(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    width = _width(attributes, inputs[0], STRING)
    values = attributes.count("cats_strings")
    if not values or attributes.integer("zeros", 1) != 1:
        raise attributes.refused("has no values, or fails on an unknown one")
    result = inputs[0].of(FLOAT).shaped((width, values))
    budget.spend(result.elements(budget.rows) + 64 * width * budget.rows)
    return [result]


def _linear(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    width, classes = _width(attributes, inputs[0]), _classes(attributes)
    lines = attributes.count("intercepts")
    if lines != classes and (lines, classes) != (1, 2):
        raise attributes.refused("has not one intercept for each class")
    if attributes.count("coefficients") != lines * width:
        raise attributes.refused("has not one coefficient for each class and feature")
    budget.spend(lines * width * budget.rows)
    return _scores(attributes, classes, budget)


def _support_vectors(
    attributes: Attributes, inputs: Sequence[Tensor], budget: Budget
) -> Sequence[Tensor]:
    width, classes = _width(attributes, inputs[0]), _classes(attributes)
    attributes.one_of("kernel_type", "LINEAR", _KERNELS)
    shares = attributes.integers("vectors_per_class")
    vectors, pairs = int(shares.sum()), classes * (classes - 1) // 2
    if len(shares) != classes or shares.min() < 0 or not vectors:
        raise attributes.refused("has not a number of vectors for each class")
    proved = attributes.count("prob_a")
    lengths = {
        "support_vectors": vectors * width,
        "coefficients": vectors * (classes - 1),
        "rho": pairs,
        "kernel_params": 3,
        "prob_b": proved,
    }
    for name, length in lengths.items():
        if attributes.count(name) != length:
            raise attributes.refused(f"has {name} of another length than its classes ask for")
    if proved not in (0, pairs):
        raise attributes.refused("has prob_a of another length than its classes ask for")
    steps = vectors * (width + classes) + pairs + (100 * classes * classes if proved else 0)
    budget.spend(steps * budget.rows)
    return _scores(attributes, classes if proved or classes == 2 else pairs, budget)


def _trees(
    leaves: str, attributes: Attributes, inputs: Sequence[Tensor], budget: Budget
) -> Sequence[Tensor]:
    width = _width(attributes, inputs[0])
    if leaves == "class":
        targets = _classes(attributes)
    else:
        targets = attributes.integer("n_targets", 0)
        attributes.one_of("aggregate_function", "SUM", frozenset({"SUM", "AVERAGE", "MIN", "MAX"}))
    if not 1 <= targets <= _MOST:
        raise attributes.refused("has no targets")
    if attributes.count("base_values") not in (0, 1, targets):
        raise attributes.refused("has not one base value for each class")
    forest = check_forest(attributes, leaves, targets, width)
    budget.spend(forest.steps * budget.rows)
    label, scores = _scores(attributes, targets, budget)
    return [label, scores] if leaves == "class" else [scores]


_TREES = {
    **{f"nodes_{name}": INTS for name in ("treeids", "nodeids", "featureids")},
    **{f"nodes_{name}": INTS for name in ("truenodeids", "falsenodeids")},
    "nodes_missing_value_tracks_true": INTS,
    "nodes_hitrates": FLOATS,
    "nodes_values": FLOATS,
    "nodes_modes": STRINGS,
    "base_values": FLOATS,
    "post_transform": TEXT,
}
_UNUSED = frozenset({"nodes_hitrates"})


def _leaves(prefix: str) -> dict[str, int]:
    lists = dict.fromkeys((f"{prefix}_{name}" for name in ("treeids", "nodeids", "ids")), INTS)
    return {**lists, f"{prefix}_weights": FLOATS}


_ONE, _TWO = range(1, 2), range(2, 3)

OPERATORS: Mapping[str, Operator] = {
    "ArrayFeatureExtractor": Operator(_extract, _TWO),
    "Imputer": Operator(
        _impute, _ONE, attributes={"imputed_value_floats": FLOATS, "replaced_value_float": NUMBER}
    ),
    "Scaler": Operator(_scale, _ONE, attributes={"offset": FLOATS, "scale": FLOATS}),
    "Normalizer": Operator(_normalize, _ONE, attributes={"norm": TEXT}),
    "OneHotEncoder": Operator(_one_hot, _ONE, attributes={"cats_strings": STRINGS, "zeros": INT}),
    "LinearClassifier": Operator(
        _linear,
        _ONE,
        outputs=2,
        attributes={
            "classlabels_strings": STRINGS,
            "coefficients": FLOATS,
            "intercepts": FLOATS,
            "multi_class": INT,
            "post_transform": TEXT,
        },
    ),
    "SVMClassifier": Operator(
        _support_vectors,
        _ONE,
        outputs=2,
        attributes={
            "classlabels_strings": STRINGS,
            "coefficients": FLOATS,
            "kernel_params": FLOATS,
            "kernel_type": TEXT,
            "post_transform": TEXT,
            "prob_a": FLOATS,
            "prob_b": FLOATS,
            "rho": FLOATS,
            "support_vectors": FLOATS,
            "vectors_per_class": INTS,
        },
    ),
    "TreeEnsembleClassifier": Operator(
        partial(_trees, "class"),
        _ONE,
        outputs=2,
        attributes={**_TREES, **_leaves("class"), "classlabels_strings": STRINGS},
        left_out=_UNUSED,
    ),
    "TreeEnsembleRegressor": Operator(
        partial(_trees, "target"),
        _ONE,
        attributes={
            **_TREES,
            **_leaves("target"),
            "n_targets": INT,
            "aggregate_function": TEXT,
        },
        left_out=_UNUSED,
    ),
}
"""By name."""
