"""The check of a spec's file: everything that can be said without a server."""

from collections.abc import Callable
from pathlib import Path

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import check_spec, parse_spec
from rookery_ingest.profile.data_check import DataCheck, check_data
from rookery_ingest.profile.number_target import LEAST_NUMBERS
from rookery_ingest.profile.target_decision import LEAST_ROWS

Say = Callable[[str], None]
SHOWN = 100
"""Characters of a record that a line shows."""


def check_spec_file(path: Path, data: Path | None, say: Say) -> str:
    """Says what is wrong with a spec, line by line, and what it does to the rows of a table.

    Returns what makes ingest or training refuse it, in one sentence; empty where nothing does.

    Raises:
        Refused: the spec can't be read, or the table as a whole.
    """
    text = _text(path)
    faults = check_spec(text)
    for fault in faults:
        place = f"{path}:{fault.line}" if fault.line else str(path)
        say(f"{place}: {fault.sentence}")
    if faults:
        count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
        return f"{path} has {count}; mend each at its line"
    spec = parse_spec(text, str(path))
    say(f"{path}: the spec of {spec.name} is valid: {_summary(spec)}")
    if data is None:
        return ""
    found = check_data(spec, data)
    _show(found, say)
    return _refusal(spec, found, data)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{path} is not UTF-8: {error.reason}; save it as UTF-8") from None
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}; name the file of a spec") from None


def _summary(spec: ModelSpec) -> str:
    predicts = "a number" if spec.task == "regression" else f"{len(spec.classes):,} classes"
    return (
        f"{len(spec.columns):,} columns, {len(spec.features):,} features, {predicts}, "
        f"{', '.join(spec.estimators) or spec.estimator}"
    )


def _show(found: DataCheck, say: Say) -> None:
    say(f"{found.rows:,} rows, {found.quarantined:,} of them would go into quarantine")
    for kind, rows in found.reasons.most_common():
        say(f"\n{rows:,} x {kind}")
        for bad in found.samples[kind]:
            text = bad.text if len(bad.text) <= SHOWN else f"{bad.text[:SHOWN]} ..."
            say(f"  line {bad.line}: {text}")
            if bad.reason != kind:
                say(f"    ({bad.reason})")
    for column, rows in found.outside.most_common():
        say(f"{rows:,} rows would be loaded with {column} outside of its range")
    if found.without_target:
        say(f"{found.without_target:,} rows have no target: loaded, not trained on")


def _refusal(spec: ModelSpec, found: DataCheck, data: Path) -> str:
    share = found.quarantined / found.rows if found.rows else 0.0
    if share > spec.source.max_bad_fraction:
        return (
            f"ingest would refuse {data}: {share:.1%} of its rows are bad, and the spec's "
            f"source.max_bad_fraction is {spec.source.max_bad_fraction:.1%}; mend one of the two"
        )
    if spec.task == "regression":
        known = found.rows - found.quarantined - found.without_target
        if known >= LEAST_NUMBERS:
            return ""
        return (
            f"training would refuse {data}: {known} rows have a {spec.target}, and about "
            f"{LEAST_NUMBERS} are needed; give more rows"
        )
    rows = dict.fromkeys(spec.classes, 0)
    for label, count in found.labels.items():
        one = spec.class_of(label)
        if one is not None:
            rows[one] += count
    few = [f"{count} of {one!r}" for one, count in rows.items() if count < LEAST_ROWS]
    if few:
        more = f" and {len(few) - 5} more classes" if len(few) > 5 else ""
        return (
            f"training would refuse {data}: {', '.join(few[:5])}{more}, and about {LEAST_ROWS} "
            "rows of each class are needed; give more rows, or say rare: {merge: [...], into: ...} "
            "or rare: {drop: [...]}"
        )
    return ""
