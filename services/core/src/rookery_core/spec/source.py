"""The source of a model's data: where it is, and how its texts are written."""

import codecs
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rookery_core.frozen import Frozen

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

_ASCII = "".join(map(chr, range(1, 128)))


def _absent(value: object) -> bool:
    return value is None or value == ""


class Source(Frozen):
    """Where the data comes from: a CSV, a Parquet file, or a query."""

    url: Annotated[str, Field(pattern=r"^(package:|file:|https?://|s3://|postgresql://).+")]
    """`file:PATH`, `https://...`, `http://...`, `s3://BUCKET/KEY`, or `package:NAME` for a file
    that ships with Rookery. Under `spec: 2` a name that ends in `.parquet` means a Parquet file,
    and `postgresql://HOST[:PORT]/DATABASE` what `query` finds there."""
    sha256: Sha256 | None = None
    """The content's SHA-256; another content is refused. Unchecked where absent."""
    max_bytes: Annotated[int, Field(gt=0)] = 4 * 1024**3
    """The largest source accepted, in bytes."""
    max_bad_fraction: Annotated[float, Field(ge=0, lt=1)] = 0.05
    """The share of rows that may be quarantined before the whole batch is refused."""
    mode: Annotated[Literal["snapshot", "append"] | None, Field(exclude_if=_absent)] = None
    """What the table holds: `snapshot`, the rows of the last accepted source, or `append`, the rows
    of all. `snapshot` where absent under `spec: 2`; without `spec: 2` it is always `append`."""
    query: Annotated[str, Field(max_length=100_000, exclude_if=_absent)] = ""
    """One SELECT statement for a `postgresql://` source, ordered by the key. Needs `spec: 2`."""
    credentials: Annotated[
        str, Field(max_length=63, pattern=r"^([a-z](-?[a-z0-9])*)?$", exclude_if=_absent)
    ] = ""
    """Names the Secret, or the environment's variables, with the user and the password of a
    `postgresql://` source; neither may stand in the spec. Needs `spec: 2`."""

    @model_validator(mode="after")
    def _of_its_scheme(self) -> Self:
        if self.is_postgresql:
            self._check_postgresql()
        else:
            for key, value in (("query", self.query), ("credentials", self.credentials)):
                if value:
                    raise ValueError(
                        f"{key}: only a postgresql:// source has it, and url is {self.url!r}"
                    )
        return self

    def _check_postgresql(self) -> None:
        address = self.url.removeprefix("postgresql://")
        if "@" in address:
            raise ValueError(
                "url: a user or a password may not stand in the spec; name a Secret by credentials"
            )
        host, _, database = address.partition("/")
        if not host or not database or set(database) & set("/?#"):
            raise ValueError(
                "url: a PostgreSQL source is written postgresql://HOST[:PORT]/DATABASE, without "
                "anything after it"
            )
        if not self.query.strip():
            raise ValueError(
                "query: a postgresql:// source needs one, such as SELECT * FROM t ORDER BY id"
            )

    @property
    def is_postgresql(self) -> bool:
        """Tells whether the data is what a query finds."""
        return self.url.startswith("postgresql://")

    @property
    def is_parquet(self) -> bool:
        """Tells whether the data is a Parquet file."""
        return self.url.partition("?")[0].lower().endswith(".parquet")


class CsvDialect(Frozen):
    """How the texts of a CSV are written."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """The character between cells; `"\\t"` for a tab."""
    decimal: Literal[".", ","] = "."
    """The mark before a number's fraction."""
    thousands: Literal["", ".", ",", " ", "'"] = ""
    """The mark between each three digits of a number; a space means no-break spaces as well, and an
    apostrophe the typographic one."""
    encoding: Annotated[str, Field(min_length=1, max_length=40)] = "utf-8"
    """The encoding of the text, by Python's name, such as `cp1252` or `latin-1`."""
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    """The character round a cell that holds a delimiter; within it, it is written twice."""

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}; change one")
        if self.delimiter == self.quote:
            raise ValueError(f"delimiter and quote are both {self.quote!r}; change one")
        for key, mark in (("delimiter", self.delimiter), ("quote", self.quote)):
            if mark in "\r\n\0\ufeff" or mark.isalnum():
                raise ValueError(f"{key}: {mark!r} cannot be one; write a mark such as ';' or '|'")
        try:
            name = codecs.lookup(self.encoding).name
            is_text = _ASCII.encode().decode(name) == _ASCII
        except (LookupError, UnicodeError, ValueError):
            is_text = False
        if not is_text:
            raise ValueError(
                f"encoding: {self.encoding!r} is not one in which ASCII is as it is; write utf-8, "
                "cp1252, latin-1 or the like, and save a file of UTF-16 as UTF-8"
            )
        return self
