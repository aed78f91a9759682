"""The reviewed operators of ONNX's own domain: what each makes of the shapes of its inputs.

Each rule answers the outputs' abstract tensors and spends what the operator takes. The definitions
are those of https://onnx.ai/onnx/operators, opsets 13 to 21, in which these do not change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import prod

from rookery_core.errors import Refused
from rookery_runtime.graph.abstract_tensors import BOOL, INT64, NUMBERS, REALS, Tensor, broadcast
from rookery_runtime.graph.attributes import INT, Attributes
from rookery_runtime.graph.budget import Budget

Rule = Callable[[Attributes, Sequence[Tensor], Budget], Sequence[Tensor]]


@dataclass(frozen=True)
class Operator:
    """A reviewed operator."""

    rule: Rule
    inputs: range
    """How many inputs a node of it may have."""
    outputs: int = 1
    """The most outputs a node of it may have."""
    attributes: Mapping[str, int] = field(default_factory=dict)
    """Name to type of every attribute that is understood."""
    left_out: frozenset[str] = frozenset()
    """Attributes without any effect."""


def _exactly(number: int) -> range:
    return range(number, number + 1)


def _check_kind(tensors: Sequence[Tensor], kinds: frozenset[int], operator: str) -> None:
    if any(tensor.kind not in kinds for tensor in tensors):
        raise Refused(f"an operator {operator} of the model has inputs of a wrong kind")


def _elementwise(
    kinds: frozenset[int],
    answers: int | None,
    attributes: Attributes,
    inputs: Sequence[Tensor],
    budget: Budget,
) -> Sequence[Tensor]:
    _check_kind(inputs, kinds, attributes.operator)
    result = broadcast(list(inputs))
    budget.spend(result.elements(budget.rows) * max(1, len(inputs)))
    return [result if answers is None else result.of(answers)]


def _clip(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    _check_kind(inputs, NUMBERS, attributes.operator)
    value, *bounds = inputs
    if any(bound.kind != value.kind or bound.dims or bound.rows for bound in bounds):
        raise attributes.refused("has bounds that are no single numbers")
    budget.spend(value.elements(budget.rows))
    clipped = value.of(value.kind)
    if value.kind == INT64 and all(bound.value is not None for bound in bounds):
        low, high = (int(bound.whole()) for bound in bounds)
        # Where the lower bound is above the upper one, the runtime answers the upper one.
        if 0 <= low <= high:
            clipped = replace(clipped, below=high + 1)
    return [clipped]


def _cast(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    kinds = NUMBERS | {BOOL}
    _check_kind(inputs, kinds, attributes.operator)
    kind = attributes.integer("to", 0)
    if kind not in kinds:
        raise attributes.refused("makes a kind that is not reviewed")
    budget.spend(inputs[0].elements(budget.rows))
    return [inputs[0].of(kind)]


def _concat(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    first = inputs[0]
    if "axis" not in attributes:
        raise attributes.refused("has no axis")
    axis = first.axis(attributes.integer("axis", 0))
    for other in inputs[1:]:
        aligned = (*first.dims[:axis], *other.dims[axis : axis + 1], *first.dims[axis + 1 :])
        if (other.kind, other.rows, other.dims) != (first.kind, first.rows, aligned):
            raise attributes.refused("joins tensors that do not fit")
    dims = list(first.dims)
    dims[axis] = sum(tensor.dims[axis] for tensor in inputs)
    result = first.of(first.kind).shaped(tuple(dims))
    budget.spend(result.elements(budget.rows))
    return [result]


def _gather(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    data, indices = inputs
    axis = data.axis(attributes.integer("axis", 0))
    check_indices(attributes, indices, data.dims[axis])
    if data.rows and indices.rows:
        raise attributes.refused("picks for each row from each row")
    dims = (*data.dims[:axis], *indices.dims, *data.dims[axis + 1 :])
    if indices.rows and axis:
        raise attributes.refused("picks rows into the midst of a tensor")
    result = replace(data, rows=data.rows or indices.rows, value=None, below=None).shaped(dims)
    budget.spend(result.elements(budget.rows))
    return [result]


def check_indices(attributes: Attributes, indices: Tensor, length: int) -> None:
    """Returns where every index is one of a dimension of that length.

    Raises:
        Refused: where one is not, or is not known to be.
    """
    if indices.kind == INT64 and indices.below is not None and indices.below <= length:
        return
    whole = indices.whole()
    if whole.size and not -length <= whole.min() <= whole.max() < length:
        raise attributes.refused("has an index out of bounds")


def _reshape(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    data, shape = inputs
    if len(shape.dims) != 1 or shape.rows:
        raise attributes.refused("has a shape that is none")
    wanted = [int(length) for length in shape.whole()]
    if data.rows:
        if wanted[0] not in (-1, 0):
            raise attributes.refused("gives the rows of a batch another number")
        wanted = wanted[1:]
    if any(length < 1 for length in wanted) or prod(wanted) != data.each:
        raise attributes.refused("changes the number of elements")
    budget.spend(data.elements(budget.rows))
    return [data.of(data.kind).shaped(tuple(wanted))]


def _reduce(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    data, axes = inputs
    _check_kind([data], NUMBERS, attributes.operator)
    found = {data.axis(int(axis)) for axis in axes.whole().ravel()}
    if not found or len(found) != axes.each or len(axes.dims) != 1:
        raise attributes.refused("has axes that are none")
    keep = attributes.integer("keepdims", 1)
    dims = [
        1 if position in found else length
        for position, length in enumerate(data.dims)
        if keep or position not in found
    ]
    budget.spend(data.elements(budget.rows))
    return [data.of(data.kind).shaped(tuple(dims))]


def _softmax(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    _check_kind(inputs, REALS, attributes.operator)
    inputs[0].axis(attributes.integer("axis", -1))
    budget.spend(8 * inputs[0].elements(budget.rows))
    return [inputs[0].of(inputs[0].kind)]


def _matmul(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    one, other = inputs
    _check_kind(inputs, REALS, attributes.operator)
    fits = one.rank == other.rank == 2 and not other.rows and one.kind == other.kind
    if not fits or one.dims[-1:] != other.dims[:1]:
        raise attributes.refused("multiplies matrices that do not fit")
    result = one.of(one.kind).shaped((*one.dims[:-1], other.dims[1]))
    budget.spend(result.elements(budget.rows) * other.dims[0])
    return [result]


def _top_k(attributes: Attributes, inputs: Sequence[Tensor], budget: Budget) -> Sequence[Tensor]:
    data, count = inputs
    _check_kind([data], NUMBERS, attributes.operator)
    axis = data.axis(attributes.integer("axis", -1))
    length, wanted = data.dims[axis], count.whole().ravel().tolist()
    if len(wanted) != 1 or not 1 <= wanted[0] <= length:
        raise attributes.refused("wants more than there is")
    dims = (*data.dims[:axis], wanted[0], *data.dims[axis + 1 :])
    result = data.of(data.kind).shaped(dims)
    budget.spend(data.elements(budget.rows) * (length.bit_length() + 1))
    return [result, replace(result.of(INT64), below=length)]


_ANY = NUMBERS | {BOOL}
_ONE, _TWO, _SEVERAL = _exactly(1), _exactly(2), range(1, 1001)

OPERATORS: Mapping[str, Operator] = {
    **{
        name: Operator(partial(_elementwise, kinds, None), _ONE)
        for kinds, names in (
            (NUMBERS, "Abs Neg"),
            (REALS, "Exp Log Sqrt Sigmoid Tanh"),
            (_ANY, "Identity"),
            (frozenset({BOOL}), "Not"),
        )
        for name in names.split()
    },
    **{
        name: Operator(partial(_elementwise, NUMBERS, None), _TWO) for name in ("Add", "Sub", "Mul")
    },
    # Not of whole numbers: the processor traps a division by 0.
    **{name: Operator(partial(_elementwise, REALS, None), _TWO) for name in ("Div", "Pow")},
    **{
        name: Operator(partial(_elementwise, NUMBERS, BOOL), _TWO)
        for name in ("Less", "Greater", "Equal")
    },
    **{
        name: Operator(partial(_elementwise, REALS, None), _SEVERAL)
        for name in ("Sum", "Max", "Min")
    },
    "Clip": Operator(_clip, _exactly(3)),
    "Cast": Operator(_cast, _ONE, attributes={"to": INT}),
    "Concat": Operator(_concat, _SEVERAL, attributes={"axis": INT}),
    "Gather": Operator(_gather, _TWO, attributes={"axis": INT}),
    "Reshape": Operator(_reshape, _TWO),
    "ReduceSum": Operator(_reduce, _TWO, attributes={"keepdims": INT}),
    "Softmax": Operator(_softmax, _ONE, attributes={"axis": INT}),
    "MatMul": Operator(_matmul, _TWO),
    "TopK": Operator(
        _top_k, _TWO, outputs=2, attributes={"axis": INT, "largest": INT, "sorted": INT}
    ),
}
"""By name. Scan, whose body is a graph, is `graph`'s."""
