"""The catalog of models: the specs that ship with Rookery and those of a folder.

A file that is not a spec is a fault of the one model that it means, and changes no other model.
"""

import errno
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rookery_core.errors import Refused
from rookery_core.spec.bounded_yaml import MAX_BYTES
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import NoSpec, parse_spec, read_document, spec_of
from rookery_core.spec.table_keys import ModelName

SPEC_ENDINGS = (".yaml", ".yml")
"""How the name of a file of specs ends, in capitals or not."""
_NAME: TypeAdapter[str] = TypeAdapter(ModelName)


class Unreadable(Refused):
    """A file or folder can't be read; its content is unknown."""


@dataclass(frozen=True)
class Fault:
    """Why a file of the folder is not a spec."""

    path: Path
    reason: str
    unreadable: bool = False
    """Whether it could not be read: that may change without a change of the file."""

    def __str__(self) -> str:
        return f"{printable(self.path.name)} {self.reason}"


class Catalog(Mapping[str, ModelSpec]):
    """Every model that has a spec, by name; for each other model of the folder, why not."""

    def __init__(
        self,
        specs: Mapping[str, ModelSpec],
        faults: Mapping[str, Fault] | None = None,
        strays: tuple[Fault, ...] = (),
        files: Mapping[str, str] | None = None,
    ) -> None:
        self._specs = dict(specs)
        self.faults = dict(faults or {})
        """By the name of the model; no such model has a spec here."""
        self.strays = strays
        """Files that are not specs, and whose names can't be names of models."""
        self.files = dict(files or {})
        """The model that each file of the folder means, by the file's name."""

    def __getitem__(self, model: str) -> ModelSpec:
        return self._specs[model]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    @property
    def models(self) -> list[str]:
        """Lists the names of all models, also those without a valid spec."""
        return sorted({*self._specs, *self.faults})

    @property
    def complaints(self) -> list[str]:
        """Lists what is wrong in the folder, a sentence for each file."""
        return [str(fault) for fault in (*self.faults.values(), *self.strays)]

    @property
    def unreadable(self) -> bool:
        """Tells whether a file could not be read; reading again may help."""
        return any(fault.unreadable for fault in (*self.faults.values(), *self.strays))

    def without(self, models: Collection[str]) -> "Catalog":
        """Returns the catalog that knows nothing of these models."""
        return Catalog(
            {model: spec for model, spec in self._specs.items() if model not in models},
            {model: fault for model, fault in self.faults.items() if model not in models},
            self.strays,
            self.files,
        )

    def spec(self, model: str) -> ModelSpec:
        """Returns the model's spec, whatever is wrong with other specs.

        Raises:
            Refused: its file is not a spec, or there is none.
        """
        if fault := self.faults.get(model):
            raise Refused(f"{printable(str(fault.path))} {fault.reason}")
        if model not in self._specs:
            also = "".join(
                f"; {stray} (in {printable(str(stray.path.parent))})" for stray in self.strays
            )
            raise Refused(f"no spec is called {model!r}; there are {self.models}{also}")
        return self._specs[model]


def printable(name: str) -> str:
    """Returns a file's name as text that can be encoded; a file's name may be any bytes."""
    return name.encode(errors="backslashreplace").decode()


def load_catalog(directory: Path | None = None, meant: Mapping[str, str] | None = None) -> Catalog:
    """Loads every model by name: the shipped ones, then those of `directory` (`*.yaml`, `*.yml`).

    A file of the folder replaces the shipped spec of the same name, even if it is not a valid spec:
    the shipped one describes another table. Two files of one name are a fault of that name. A file
    in which no model is named means the model of the file's name, or the one that `meant` (the
    `files` of an earlier catalog) has for it.

    Raises:
        Unreadable: the folder itself can't be listed, so nothing is known of any model.
    """
    shipped = [
        parse_spec(entry.read_text(encoding="utf-8"), entry.name)
        for entry in sorted(files("rookery_core").joinpath("specs").iterdir(), key=str)
        if entry.name.endswith(".yaml")
    ]
    specs = {spec.name: spec for spec in shipped}
    faults: dict[str, Fault] = {}
    strays: list[Fault] = []
    claimed: dict[str, Path] = {}
    known: dict[str, str] = {}
    for path in spec_files(directory) if directory else ():
        model, found = _read(path, (meant or {}).get(path.name))
        if model is None:
            assert isinstance(found, Fault)
            strays.append(found)
            continue
        known[path.name] = model
        specs.pop(model, None)
        if model in claimed:
            twice = f"and {printable(claimed[model].name)} both name {model!r}; rename one"
            # The first fault is told: it has to be mended in any case.
            faults.setdefault(model, found if isinstance(found, Fault) else Fault(path, twice))
        elif isinstance(found, Fault):
            faults[model] = found
        else:
            specs[model] = found
        claimed[model] = path
    return Catalog(specs, faults, tuple(strays), known)


def spec_files(directory: Path) -> list[Path]:
    """Lists what is called `*.yaml` or `*.yml`, in any case, sorted, without hidden files.

    The list is empty if there is no folder.

    Raises:
        Unreadable: the folder can't be listed.
    """
    try:
        names = [entry.name for entry in os.scandir(directory)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Unreadable(
            f"the folder of specs {directory} cannot be read: {error.strerror}; mend its path or "
            "its permissions"
        ) from None
    return [
        directory / name
        for name in sorted(names)
        if name.lower().endswith(SPEC_ENDINGS) and not name.startswith(".")
    ]


def _read(path: Path, meant: str | None) -> tuple[str | None, ModelSpec | Fault]:
    """Returns the model that the file means, and its spec or why it has none.

    The file means the model that it names, or else the one that it was known to mean, or else the
    one of the file's own name.
    """
    model = meant or (path.stem if _is_name(path.stem) else None)
    try:
        text = _text(path)
        document = read_document(text)
        named = document.get("name") if isinstance(document, dict) else None
        model = named if _is_name(named) else model
        return model, spec_of(document, text)
    except NoSpec as error:
        return model, Fault(path, str(error))
    except UnicodeDecodeError as error:
        return model, Fault(path, f"cannot be read as a spec: {error}; save it as UTF-8")
    except OSError as error:
        why = f"cannot be read as a spec: {error.strerror}; mend the file"
        return model, Fault(path, why, unreadable=True)


def _text(path: Path) -> str:
    """Reads the text of a regular file, following links, up to one byte more than is allowed."""
    # Without O_NONBLOCK, opening a named pipe would wait.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > MAX_BYTES:
        raise NoSpec(f"is larger than {MAX_BYTES} bytes; a spec is a page of YAML")
    return content.decode()


def _is_name(value: object) -> bool:
    """Tells whether a model may be called so."""
    try:
        _NAME.validate_python(value, strict=True)
    except ValidationError:
        return False
    return True
