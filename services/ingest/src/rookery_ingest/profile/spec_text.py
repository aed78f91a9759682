"""The text of a spec, with the reason of each decision beside it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

from rookery_core.spec.bounded_yaml import NotYaml, read_yaml
from rookery_core.spec.columns import folded
from rookery_core.spec.estimators import AUTO, DEFAULT_ESTIMATOR
from rookery_core.spec.holdout import Holdout
from rookery_core.spec.source import CsvDialect, Source
from rookery_ingest.profile.decision import Decision, KeyValue, in_quotes
from rookery_ingest.profile.holdout_share import holdout_share
from rookery_ingest.profile.names import column_names
from rookery_ingest.profile.number_decision import LEAST_GROUPS
from rookery_ingest.profile.number_target import LEAST_NUMBERS
from rookery_ingest.profile.profile import Profile
from rookery_ingest.profile.target_decision import Target

_WIDTH = 100
UNEQUAL = 0.1
"""The share of the rows up to which a class is rarely the more probable one."""
INTERVAL = (
    "# Beside each number two more are answered, between which this share of the truths is to lie.",
    "interval: 0.9",
)
_PLAIN = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./ ()+-]*\Z")


def spec_text(found: Profile, name: str, estimator: str = DEFAULT_ESTIMATOR) -> str:
    """Writes a spec of the second version, which the validator takes as it is."""
    names = dict(zip(found.table.header, column_names(found.table.header), strict=True))
    sections = [
        _head(found),
        ["spec: 2", f"name: {name}"],
        _source(found),
        _ignored(found),
        _columns(found, names),
        _target(found, names),
        _features(found, names),
        _holdout(found, names),
        [
            "# Every estimator is tried; name one to try it alone."
            if estimator == AUTO
            else f"# The search space that {estimator} ships is used; search_space: names another.",
            f"estimator: {estimator}",
        ],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def scalar(value: object) -> str:
    """Writes a value so that YAML reads that value again, and texts as texts."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.match(value) and value == value.strip() and ": " not in value:
        try:
            if read_yaml(value) == value:
                return value
        except NotYaml:
            pass
    return "".join(map(_escaped, json.dumps(value, ensure_ascii=False)))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}" if ord(character) > 0xFFFF else f"\\u{ord(character):04x}"


def sequence(values: Sequence[object]) -> str:
    """Writes values as a list on one line."""
    return f"[{', '.join(_item(value) for value in values)}]"


def _item(value: object) -> str:
    said = scalar(value)
    return f'"{said}"' if "," in said and not said.startswith('"') else said


def _head(found: Profile) -> list[str]:
    facts, file = found.facts, found.table
    lines = [
        f"# Written by `rookery init` from {file.path.name}: {facts.rows:,} rows, "
        f"{len(facts.columns):,} columns.",
        "# Each column has the reason of its kind beside it. Change what you know better.",
    ]
    if facts.fault_count:
        lines.append(
            f"# {facts.fault_count:,} records are no rows and go into quarantine, such as:"
        )
        lines += [f"#   line {line}: {why}" for line, why in facts.faults]
    return lines


def _source(found: Profile) -> list[str]:
    path = found.table.path.resolve()
    lines = ["source:", f"  url: {scalar(f'file:{path}')}"]
    size = path.stat().st_size
    most = Source(url="file:x").max_bytes
    if size > most / 2:
        lines.append(f"  max_bytes: {max(most, size * 2)}")
    if found.table.form.is_json:
        return lines
    dialect = {
        "delimiter": found.table.form.delimiter,
        "decimal": found.numbers.decimal,
        "thousands": found.numbers.thousands,
        "quote": found.table.form.quote,
        "encoding": found.table.encoding,
    }
    plain = CsvDialect()
    told = [
        f"{key}: {scalar(value) if len(value) > 1 else json.dumps(value)}"
        for key, value in dialect.items()
        if key in {"delimiter", "decimal", "encoding"} or value != getattr(plain, key)
    ]
    lines += ["", f"csv: {{{', '.join(told)}}}"]
    if found.table.encoding != plain.encoding:
        lines.insert(
            -1,
            f"# The bytes are not UTF-8, so they are read as {found.table.encoding}: look whether "
            "accents are right.",
        )
    return lines


def _ignored(found: Profile) -> list[str]:
    left_out = [each for each in found.decisions if not each.is_column]
    if not left_out:
        return []
    lines = [
        "# Used for nothing. To use one all the same, take it out here and describe it in columns.",
        "ignore:",
    ]
    for each in left_out:
        lines += [f"  {line}" for line in _comment(each)]
        line = f"  - {scalar(each.header.strip())}"
        if line not in lines:
            lines.append(line)
    return lines


def _comment(each: Decision) -> Iterator[str]:
    for line in (each.reason, *each.notes):
        yield f"# {_one_line(line)}"


def _one_line(text: str) -> str:
    return "".join(map(_escaped, text))


def _columns(found: Profile, names: Mapping[str, str]) -> list[str]:
    lines = ["columns:"]
    for each in found.decisions:
        if each.is_column:
            lines += [f"  {line}" for line in _comment(each)]
            lines += [f"  {line}" for line in _column(each, names[each.header])]
    lines.insert(
        0,
        "# Ranges are those seen, widened by half their width on both sides; numbers outside are "
        "loaded\n# and counted (out_of_range: quarantine refuses them).",
    )
    return lines


def _column(each: Decision, name: str) -> Iterator[str]:
    yield f"- name: {scalar(name)}"
    if folded(each.header) != name:
        yield f"  aliases: {sequence([each.header.strip()])}"
    yield f"  kind: {each.kind}"
    for key, value in each.keys.items():
        yield from _key(key, value)


def _key(key: str, value: KeyValue) -> Iterator[str]:
    # YAML reads a plain true as no text.
    written = json.dumps(key) if key in {"true", "false"} else key
    if not isinstance(value, tuple):
        yield f"  {written}: {scalar(value)}"
        return
    whole = f"  {written}: {sequence([_number(item) for item in value])}"
    if len(whole) <= _WIDTH:
        yield whole
        return
    yield f"  {written}:"
    for item in value:
        yield f"    - {scalar(item)}"


def _number(value: str | float) -> str | float:
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return int(value) if is_whole else value


def _target(found: Profile, names: Mapping[str, str]) -> list[str]:
    target = found.target
    lines = [f"target: {scalar(names[target.decision.header])}"]
    if target.without:
        lines.append(f"# {target.without:,} rows have no target: they are loaded, not trained on.")
    if target.is_number:
        return [*lines, *_few_numbers(found), *INTERVAL]
    lines += _decision(target)
    if not target.rare:
        return lines
    counts = ", ".join(f"{in_quotes(label)} {target.rows[label]:,}" for label in target.rare[:20])
    more = f" and {len(target.rare) - 20:,} more" if len(target.rare) > 20 else ""
    lines.append(f"# Classes of fewer than 30 rows: {_one_line(counts)}{more}.")
    if target.rare_key == "merge":
        lines.append("# They become one class; without this line training refuses them:")
        lines.append(f"rare: {{merge: {sequence(target.rare)}, into: {_item(target.rare_into)}}}")
    elif target.rare_key == "drop":
        lines.append("# Their rows are left out; without this line training refuses them:")
        lines.append(f"rare: {{drop: {sequence(target.rare)}}}")
    else:
        lines.append("# Training refuses them: more rows are needed.")
    return lines


def _decision(target: Target) -> Iterator[str]:
    """Says that there is a key for a positive class that few rows have, and writes none."""
    total = target.rows.total()
    label, rows = min(target.rows.items(), key=itemgetter(1))
    if len(target.rows) != 2 or rows > UNEQUAL * total:
        return
    share, positive = f"{100 * rows / total:.2g} %", _one_line(_item(label))
    yield f"# {_one_line(in_quotes(label))} is {share} of the rows; to say what errors cost:"
    yield f"# decision: {{positive: {positive}, costs: {{false_positive: 1, false_negative: 10}}}}"


def _few_numbers(found: Profile) -> list[str]:
    known = found.facts.rows - found.target.without
    if known >= LEAST_NUMBERS:
        return []
    return [f"# {known:,} rows have a number, and training needs about {LEAST_NUMBERS}."]


def _features(found: Profile, names: Mapping[str, str]) -> list[str]:
    groups = [names[each.header] for each in found.decisions if each.role == "group"]
    return [f"features: {{except: {sequence(groups)}}}" if groups else "features: all"]


def _holdout(found: Profile, names: Mapping[str, str]) -> list[str]:
    share = holdout_share(found.target, found.facts.rows)
    own = []
    if share != Holdout().fraction:
        own = [
            "# This share of so many rows is enough to judge a model; it is trained on the rest.",
            f"holdout: {{fraction: {share:g}}}",
        ]
    return [*own, *_other_holdouts(found, names, bool(own))]


def _other_holdouts(found: Profile, names: Mapping[str, str], in_place: bool) -> list[str]:
    groups = [each for each in found.decisions if each.role == "group"]
    moments = [each for each in found.features if each.kind == "datetime"]
    if not groups and not moments:
        return []
    lines = ["# Rows that are held out are drawn one by one. These lines would hold out otherwise:"]
    if in_place:
        lines[0] = lines[0].replace("would", "in place of that one would")
    for each in groups:
        lines += [
            f"# all rows of one {_one_line(each.header)} on one side (at least {LEAST_GROUPS}), so "
            "that a model is judged on new ones:",
            f"# holdout: {{by: group, column: {names[each.header]}}}",
        ]
    for each in moments:
        lines += [
            f"# the latest rows by {_one_line(each.header)}, so that a model is judged on the "
            "future:",
            f"# holdout: {{by: time, column: {names[each.header]}}}",
        ]
    return lines
