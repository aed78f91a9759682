"""The task of a model: classes are predicted or numbers, with the metrics and losses of each."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

from rookery_core.spec.columns import AnyColumn, NumberColumn

if TYPE_CHECKING:
    from rookery_core.spec.model_spec import ModelSpec

Task = Literal["classification", "regression"]
Loss = Literal["squared", "absolute"]
Transform = Literal["none", "log"]
ClassMetric = Literal[
    "accuracy", "balanced_accuracy", "macro_f1", "log_loss", "roc_auc", "average_precision"
]
ValueMetric = Literal["rmse", "mae", "r2"]
MetricName = Literal[ClassMetric, ValueMetric]
METRICS: Mapping[Task, tuple[MetricName, ...]] = {
    "classification": get_args(ClassMetric),
    "regression": get_args(ValueMetric),
}
"""The metrics of each task."""
LOWER_IS_BETTER: frozenset[MetricName] = frozenset({"log_loss", "rmse", "mae"})
"""The metrics whose lower values are the better ones; of the others, the higher ones are."""
OF_LABELS: frozenset[MetricName] = frozenset({"accuracy", "balanced_accuracy", "macro_f1"})
"""The metrics that look at labels alone, and not at how probable they are."""
Calibrate = Literal["auto", "none"]
ClassWeight = Literal["balanced", "none"]
_OF_REGRESSION = ("loss", "transform", "interval")
"""Keys that only a model of numbers may have."""


def task_of(target: AnyColumn) -> Task:
    """Returns the task of a model with this target."""
    return "regression" if isinstance(target, NumberColumn) else "classification"


def default_metric(valid: Mapping[str, Any]) -> MetricName:
    """Returns the headline metric of a spec that names none."""
    return "rmse" if task_of_valid(valid) == "regression" else "balanced_accuracy"


def default_selection(valid: Mapping[str, Any]) -> MetricName:
    """Returns the metric that selects the best trial where a spec names none."""
    if task_of_valid(valid) == "classification":
        return "log_loss"
    return "mae" if valid["loss"] == "absolute" else "rmse"


def task_of_valid(valid: Mapping[str, Any]) -> Task:
    """Returns the task of a spec of which these keys are known to be valid."""
    columns: Iterable[AnyColumn] = valid["columns"]
    tasks = [task_of(column) for column in columns if column.name == valid["target"]]
    return "regression" if "regression" in tasks else "classification"


def check_task(spec: "ModelSpec") -> None:
    """Checks that the spec's keys are those of its task.

    Raises:
        ValueError: they aren't; names the key, and what to write instead.
    """
    task, name = spec.task, spec.target
    if task == "regression":
        if "rare" in spec.model_fields_set:
            raise ValueError(
                f"rare: the target {name!r} is a number, and has no rare labels; leave it out"
            )
        if "calibrate" in spec.model_fields_set:
            raise ValueError(
                f"calibrate: the target {name!r} is a number, and has no probabilities; "
                "leave it out"
            )
        if spec.class_weight is not None:
            raise ValueError(
                f"class_weight: the target {name!r} is a number, and has no classes; leave it out"
            )
        target = spec.column(name)
        if isinstance(target, NumberColumn) and target.offset:
            raise ValueError(
                f"target: {name!r} has an offset, which only features need; leave offset out"
            )
    else:
        for key in _OF_REGRESSION:
            if key in spec.model_fields_set:
                raise ValueError(
                    f"{key}: only a target of kind number has one, and {name!r} is a "
                    f"{spec.column(name).kind}; leave it out"
                )
    for key, metric in (("metric", spec.metric), ("select_by", spec.select_by)):
        if metric not in METRICS[task]:
            kind = "numbers" if task == "regression" else "classes"
            raise ValueError(
                f"{key}: {metric} is no metric of {kind}, which {name!r} has; "
                f"write one of: {', '.join(METRICS[task])}"
            )
