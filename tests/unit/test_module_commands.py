"""Every `python -m MODULE` in the repository names a module that is there."""

import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = ("*.py", "*.sh", "*.md", "*.yaml", "*.tpl", "*Dockerfile", "Makefile", ".ci/run")
COMMAND = re.compile(r"""(?:"-m",\s*"|\bpython[\d.]*\)?"? -m )([a-z_][\w.]*)""")
OTHERS = {"comment"}
"""What else is named after `-m`: a match of iptables."""


def commands() -> Iterator[tuple[str, str]]:
    """Yields the path of each file with each module that it runs."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *FILES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for path in filter(None, listed.stdout.split("\0")):
        text = (ROOT / path).read_text(encoding="utf-8")
        for module in COMMAND.findall(text):
            yield path, module.rstrip(".")


def is_there(module: str) -> bool:
    """Says whether Python finds the module, from the root of the checkout too."""
    if (ROOT / module.replace(".", "/")).is_dir():
        return (ROOT / module.replace(".", "/") / "__main__.py").is_file()
    if (ROOT / module.replace(".", "/")).with_suffix(".py").is_file():
        return True
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def test_every_module_that_a_command_runs_is_there() -> None:
    found = set(commands())

    assert len({module for _, module in found}) > 20
    absent = {
        (path, module) for path, module in found if module not in OTHERS and not is_there(module)
    }
    assert not absent
