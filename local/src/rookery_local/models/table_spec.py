"""The spec of a table that a person names: written once, then kept, with what hands changed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from rookery_core.errors import Refused
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.columns import folded
from rookery_core.spec.estimators import DEFAULT_ESTIMATOR
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_ingest.profile.names import model_name
from rookery_ingest.profile.proposal import Proposal, propose
from rookery_ingest.profile.target_decision import Task
from rookery_local.models.spec_text import changed

FILE = "file:"
RENAME = "--name NAME, in Python name=NAME"


@dataclass(frozen=True)
class TableRequest:
    """A table, and what is to be predicted from it."""

    table: Path
    target: str
    """A column, by its header or by its name in the spec."""
    name: str
    """The name of the model."""
    estimator: str | None = None
    trials: int | None = None
    task: Task | None = None
    """How a target is read that is not in a spec yet; its values decide if not given."""

    @property
    def options(self) -> dict[tuple[str, ...], str | int]:
        """Lists the keys of the spec that the person chose."""
        chosen = {("estimator",): self.estimator, ("trials",): self.trials}
        return {path: value for path, value in chosen.items() if value is not None}


@dataclass(frozen=True)
class TableSpec:
    """The spec of a table, and where it is."""

    spec: ModelSpec
    path: Path
    is_new: bool


def require_table(table: Path) -> Path:
    """Returns the absolute path of the table.

    Raises:
        Refused: it is no file that can be read twice.
    """
    if str(table) == "-":
        raise Refused("standard input is read once, a table twice and more; save it as a file")
    if table.is_dir():
        raise Refused(f"{table} is a folder; name the file of a table in it")
    if not table.exists():
        raise Refused(f"{table} is not there; name the file of a table")
    if not table.is_file():
        raise Refused(f"{table} is no regular file, and a table is read twice; save it as a file")
    if not os.access(table, os.R_OK):
        raise Refused(f"{table} may not be read; give yourself the permission")
    return table.absolute()


def require_name(name: str) -> str:
    """Returns the name.

    Raises:
        Refused: no model can have it; with one that is like it.
    """
    if (other := model_name(name)) != name:
        raise Refused(
            f"no model can be called {name!r}: a name is of small letters, digits and single "
            f"hyphens; give another one, such as --name {other}"
        )
    return name


def table_spec(request: TableRequest, folder: Path) -> tuple[TableSpec, Proposal | None]:
    """Finds the spec of the table in the folder, or writes the one that is proposed for it.

    Raises:
        Refused: the table is none, has no such target, or the name is that of another model.
    """
    if (known := known_spec(request, folder)) is not None:
        return known, None
    estimator = request.estimator or DEFAULT_ESTIMATOR
    found = propose(
        request.table, request.target, task=request.task, name=request.name, estimator=estimator
    )
    return new_spec(request, folder, found.text), found


def known_spec(request: TableRequest, folder: Path) -> TableSpec | None:
    """Finds the spec of the model in the folder; None if there is none.

    What the person chose is written into it; all else in the file stays.

    Raises:
        Refused: the name is that of another model, or the spec is not valid.
    """
    catalog = load_catalog(folder)
    files = {model: folder / file for file, model in catalog.files.items()}
    if request.name not in files:
        if request.name in catalog.models:
            raise Refused(
                f"model {request.name!r} ships with Rookery; give yours another one: {RENAME}"
            )
        return None
    path = files[request.name]
    _require_same(catalog.spec(request.name), request, path)
    text = path.read_text(encoding="utf-8")
    wanted = _changed(text, request.options, path)
    if wanted != text:
        _replace(path, wanted)
    return TableSpec(parse_spec(wanted, path.name), path, is_new=False)


def new_spec(request: TableRequest, folder: Path, text: str) -> TableSpec:
    """Writes the text as the spec of the model, with its source and what the person chose.

    Raises:
        Refused: the options do not fit the spec, or the file was made meanwhile.
    """
    path = folder / f"{request.name}.yaml"
    url: dict[tuple[str, ...], str | int] = {("source", "url"): request.table.as_uri()}
    whole = _changed(text, {**url, **request.options}, path)
    spec = parse_spec(whole, path.name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(whole)
    except FileExistsError:
        raise Refused(f"{path} is there already; correct it, or give another --name") from None
    return TableSpec(spec, path, is_new=True)


def _changed(text: str, values: Mapping[tuple[str, ...], str | int], path: Path) -> str:
    """Writes the values into the text; one that it has already is not written again."""
    spec = parse_spec(text, path.name).model_dump(mode="json")
    fresh = {keys: value for keys, value in values.items() if _value(spec, keys) != value}
    whole = changed(text, fresh, str(path))
    parse_spec(whole, str(path))
    return whole


def _value(document: object, keys: tuple[str, ...]) -> object:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _require_same(spec: ModelSpec, request: TableRequest, path: Path) -> None:
    """Checks that the spec is of the same table and target."""
    url = spec.source.url
    source = path.parent / unquote(url.removeprefix(FILE)) if url.startswith(FILE) else None
    if source is None or source.resolve() != request.table.resolve():
        raise Refused(
            f"model {request.name!r} has another table ({url}, says {path}); give this one "
            f"another name: {RENAME}"
        )
    column = spec.column(spec.target)
    if folded(request.target) not in column.header_names:
        raise Refused(
            f"model {request.name!r} predicts {spec.target!r}, says {path}; to predict "
            f"{request.target!r}, give it another name ({RENAME}), or remove that file"
        )


def _replace(path: Path, text: str) -> None:
    whole = path.with_name(f".{path.name}.new")
    whole.write_text(text, encoding="utf-8")
    whole.rename(path)
