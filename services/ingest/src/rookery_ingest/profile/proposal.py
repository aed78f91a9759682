"""A proposal: the spec that `rookery init` writes for a file, checked against that file."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rookery_core.errors import Refused
from rookery_core.spec.estimators import AUTO, DEFAULT_ESTIMATOR, SEARCHABLE
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_core.spec.table_keys import RESERVED_MODEL_NAMES, ModelName
from rookery_ingest.profile.data_check import DataCheck, check_data
from rookery_ingest.profile.decision import in_quotes
from rookery_ingest.profile.names import model_name
from rookery_ingest.profile.profile import Profile, profile
from rookery_ingest.profile.spec_text import spec_text
from rookery_ingest.profile.target_decision import Task

_NAME: TypeAdapter[str] = TypeAdapter(ModelName)


@dataclass(frozen=True)
class Proposal:
    """A spec with a reason beside each decision, and what its own file is to it."""

    text: str
    """The YAML of the spec."""
    spec: ModelSpec
    profile: Profile
    check: DataCheck


def propose(
    path: Path,
    target: str,
    *,
    task: Task | None = None,
    name: str | None = None,
    estimator: str = DEFAULT_ESTIMATOR,
) -> Proposal:
    """Reads a file twice: to decide what its columns are, and to read it by what was decided.

    Raises:
        Refused: it is no table that a model can be made of, or the name or the estimator is none.
    """
    name = model_name(path.stem) if name is None else _checked_name(name)
    known = sorted((*SEARCHABLE, AUTO))
    if estimator not in known:
        raise Refused(f"no estimator is called {in_quotes(estimator)}; there are {known}")
    found = profile(path, target, task)
    text = spec_text(found, name, estimator)
    spec = parse_spec(text, f"the spec of {path}")
    check = check_data(spec, path)
    return Proposal(_with_check(text, check), spec, found, check)


def _checked_name(name: str) -> str:
    try:
        valid = _NAME.validate_python(name)
    except ValidationError:
        valid = ""
    if not valid or valid in RESERVED_MODEL_NAMES:
        raise Refused(
            f"{in_quotes(name)} can't be the name of a model; write small letters, digits and "
            f"single hyphens, at most 30 in all, such as {model_name(name)}"
        )
    return valid


def _with_check(text: str, check: DataCheck) -> str:
    """Adds to the head of a spec what ingest will do with the file's own rows."""
    if not check.quarantined:
        return text
    kinds = [f"{rows:,} x {kind}" for kind, rows in check.reasons.most_common()]
    lines = [
        f"# Ingest will put {check.quarantined:,} of {check.rows:,} rows into quarantine:",
        *(f"#   {each}" for each in kinds[:10]),
    ]
    if len(kinds) > 10:
        lines.append(f"#   and {len(kinds) - 10:,} more kinds")
    head, _, rest = text.partition("\n\nspec: 2")
    return "\n".join((head, *lines)) + "\n\nspec: 2" + rest
