"""Names of components: what each model's own begin with.

No name ends with another: `SpeciesInstance` is of the model `species` and of no other.
"""

from collections.abc import Iterable


def prefixes(models: Iterable[str]) -> dict[str, str]:
    """Answers what the names of each model's components begin with: `Species` for `species`.

    No two are alike, upper and lower case apart: generators make names of files of them.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for model in sorted(models):
        prefix = plain = "".join(word[:1].upper() + word[1:] for word in model.split("-"))
        number = 1
        while prefix.lower() in taken:
            number += 1
            prefix = f"{plain}No{number}"
        taken.add(prefix.lower())
        found[model] = prefix
    return found
