"""Where this machine gets its Debian packages, as `sources.list` for another Debian release."""

import re
from collections.abc import Iterator
from pathlib import Path

from tools.failure import ToolError

RELEASE = re.compile(r"^[a-z]+(?=$|-)")
DEBIAN = ("bookworm", "trixie")
ONE_LINE = re.compile(
    r"^deb\s+(?P<options>\[[^]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<rest>.+)$"
)


def sources(release: str, etc: Path = Path("/etc/apt")) -> str:
    """Returns the machine's own Debian mirrors as one-line entries for `release`, with updates."""
    lines = {
        f"deb {options}{uri} {RELEASE.sub(release, suite)} main"
        for options, uri, suite in _entries(etc)
        if suite.split("-")[0] in DEBIAN and not suite.endswith("-backports")
    }
    if not lines:
        raise ToolError(f"no Debian mirror is configured below {etc}; name one there")
    return "\n".join(sorted(lines)) + "\n"


def _entries(etc: Path) -> Iterator[tuple[str, str, str]]:
    for file in (etc / "sources.list", *sorted((etc / "sources.list.d").glob("*.list"))):
        for line in file.read_text().splitlines() if file.exists() else ():
            if (found := ONE_LINE.match(line.strip())) and "main" in found["rest"].split():
                yield found["options"] or "", found["uri"], found["suite"]
    for file in sorted((etc / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", file.read_text()):
            yield from _deb822(stanza)


def _deb822(stanza: str) -> Iterator[tuple[str, str, str]]:
    fields = {
        name.strip().lower(): value.split()
        for name, _, value in (line.partition(":") for line in stanza.splitlines())
        if not name.startswith(("#", " "))
    }
    if "deb" not in fields.get("types", []) or "main" not in fields.get("components", []):
        return
    if fields.get("enabled") == ["no"]:
        return
    signed = fields.get("signed-by")
    options = f"[signed-by={signed[0]}] " if signed and signed[0].startswith("/") else ""
    for uri in fields.get("uris", []):
        for suite in fields.get("suites", []):
            yield options, uri, suite
