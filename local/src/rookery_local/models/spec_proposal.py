"""The spec of a new table: written to a file, and shown column by column."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rookery_core.errors import Refused
from rookery_core.spec.column_checks import MOST_COLUMNS
from rookery_ingest.profile.decision import Decision, in_quotes
from rookery_ingest.profile.first_line import number_names
from rookery_ingest.profile.proposal import Proposal
from rookery_ingest.profile.table_room import NO_ROOM
from rookery_local.console.terminal import printable

SHOWN = 60
"""How many columns are shown at most; the spec has the reasons of all."""
_FIRST_SHOWN = ("target", "leak", "group", "ignored", "feature")
"""What is shown first where columns are too many, in the order of the file all the same."""
_STYLES = {"target": "bold", "leak": "red", "ignored": "dim", "group": "yellow"}
_ROLES = {"leak": "left out: leak", "ignored": "left out", "group": "no feature"}


def write_new(path: Path, text: str) -> None:
    """Writes a file that is not there yet.

    Raises:
        Refused: it is there, or can't be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Refused(f"{path} is there already; name another file with -o, or remove it") from None
    except OSError as error:
        raise Refused(
            f"{path} can't be written: {error.strerror}; name another file with -o"
        ) from None


def show_proposal(console: Console, say: Callable[[str], None], found: Proposal) -> None:
    """Shows what was decided about each column: as a table in a terminal, else a line for each.

    Of a wide table, what a person would look at: the target, what is left out, the first features.
    """
    facts = found.profile.facts
    say(f"{found.profile.table.path.name}: {facts.rows:,} rows, {len(facts.columns):,} columns")
    shown, others = _pick(found.profile.decisions)
    if console.is_terminal:
        console.print(_table(shown))
    else:
        for each in shown:
            say(f"  {each.header.strip() or '(no name)'}: {_decided(each)} ({each.reason})")
    if others:
        kinds = Counter(map(_decided, others)).most_common()
        say(
            f"{len(others):,} more columns: {', '.join(f'{n:,} {kind}' for kind, n in kinds)}; "
            "the spec has the reason of each"
        )
    for line in _remarks(found):
        say(line)


def _pick(decisions: Sequence[Decision]) -> tuple[list[Decision], list[Decision]]:
    """Returns the columns to show, and the others, both in the order of the file."""
    places = range(len(decisions))
    first = sorted(places, key=lambda place: _FIRST_SHOWN.index(decisions[place].role))
    chosen = set(first[:SHOWN])
    return (
        [decisions[place] for place in places if place in chosen],
        [decisions[place] for place in places if place not in chosen],
    )


def _table(decisions: Sequence[Decision]) -> Table:
    table = Table("column", "decided", "because", box=None, pad_edge=False)
    for each in decisions:
        reason = "; ".join((each.reason, *each.notes)) if each.role != "target" else each.reason
        cells = (each.header.strip() or "(no name)", _decided(each), reason)
        style = _STYLES.get(each.role, "")
        table.add_row(*(Text(printable(cell), style=style) for cell in cells))
    return table


def _decided(each: Decision) -> str:
    if each.role in _ROLES:
        return _ROLES[each.role]
    return f"target, {each.kind}" if each.role == "target" else each.kind


def _remarks(found: Proposal) -> list[str]:
    target, check = found.profile.target, found.check
    remarks = []
    if numbers := number_names(found.profile.table.header):
        remarks.append(
            f"numbers are the names of columns, such as {in_quotes(numbers[0])}: if the first line "
            "is data, write a header before it"
        )
    if target.without:
        remarks.append(f"{target.without:,} rows have no target: loaded, not trained on")
    if target.rare:
        what = {"merge": f"merged into {target.rare_into!r}", "drop": "left out"}
        done = what.get(target.rare_key, "more rows are needed")
        names = ", ".join(map(repr, target.rare[:5]))
        more = f" and {len(target.rare) - 5:,} more" if len(target.rare) > 5 else ""
        remarks.append(f"classes of fewer than 30 rows: {names}{more}; {done}")
    if check.quarantined:
        kind, rows = check.reasons.most_common(1)[0]
        remarks.append(
            f"{check.quarantined:,} of {check.rows:,} rows would go into quarantine, "
            f"{rows:,} of them: {kind}"
        )
    crowded = sum(each.reason.startswith(NO_ROOM) for each in found.profile.decisions)
    if crowded:
        remarks.append(
            f"{crowded:,} columns are left out, because a table has at most {MOST_COLUMNS:,}: "
            "those with fewest values, then the last; to choose others, exchange columns "
            "for lines of ignore in the spec"
        )
    groups = [each.header for each in found.profile.decisions if each.role == "group"]
    if groups:
        remarks.append(f"rows repeat in {', '.join(groups)}: see holdout in the spec")
    return remarks
