"""What every dataset reader needs: days, counts, roles and ids of rows."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from detente.model import content_id

_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_ROLES = {"043": ("host", "party"), "045": ("mediator", "party")}


class Days:
    """Days by their text, each parsed once."""

    def __init__(self) -> None:
        self._known: dict[str, date | None] = {}

    def __call__(self, text: str) -> date | None:
        """The day of «2018-01-31…» or «20180131…»; None where there is none."""
        if text in self._known:
            return self._known[text]
        match = _DAY.match(text)
        found = None
        if match is not None:
            try:
                found = date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                found = None
        if len(self._known) < 100_000:
            self._known[text] = found
        return found


def number(text: str) -> int | None:
    """A count; None where the field is empty or no whole number."""
    return int(text) if text.isascii() and text.isdigit() else None


def roles(code: str) -> tuple[str, str]:
    """The roles that a CAMEO code gives actor and recipient: a host of a visit, a mediator."""
    return _ROLES.get(code, ("party", "party"))


class Ids:
    """Ids for rows that have none: from their content, and their number among equal rows of the input."""

    def __init__(self, dataset: str, repeats: bool = True) -> None:
        """``repeats`` is False where the input has no equal rows, which spares the memory of all of them."""
        self._dataset = dataset
        self._repeats = repeats
        self._seen: Counter[str] = Counter()

    def __call__(self, *parts: str) -> str:
        """The id of a row by its content."""
        made = content_id("r", self._dataset, *parts)
        if not self._repeats:
            return made
        self._seen[made] += 1
        return made if self._seen[made] == 1 else f"{made}-{self._seen[made]}"


def first_cells(line: str, delimiter: str = ",") -> list[str]:
    """The cells of one line; none where it is no line of a table."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def csv_rows(lines: Iterable[str], delimiter: str = ",") -> Iterator[list[str] | str]:
    """The rows of a quoted table; a text that says why where a stretch of it cannot be split."""
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"no row of a table: {error}"
