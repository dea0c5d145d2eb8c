"""Office holders by name: which person, of which state, in which office, at the date of the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from detente.actor.tables import GRACE, Holder, closed, holders
from detente.lang.ru.inflect import fold, noun_forms, surname_forms

_PREFIX = 3  # letters that a given name must share with the table's, for spellings vary


@dataclass(frozen=True, slots=True)
class Person:
    """Who a name means: the usual Latin-script name, the state or bloc, and the office held then."""

    name: str
    code: str
    office: str | None


class People:
    """All holders of the tables, found by any case form of their surnames."""

    def __init__(self, tenures: Iterable[Holder]) -> None:
        self._last: dict[str, list[tuple[tuple[str, ...], Holder]]] = {}
        made: dict[str, set[str]] = {}
        for holder in closed(tenures):
            for variant in _variants(holder):
                last = variant[-1]
                if last not in made:
                    made[last] = surname_forms(last) | noun_forms(last) | {last}
                for form in made[last]:
                    self._last.setdefault(form, []).append((variant, holder))

    def knows(self, word: str) -> bool:
        """Whether a folded word is a form of some holder's surname."""
        return word in self._last

    def find(
        self, words: Sequence[str], published: date | None = None, code: str | None = None, office: str | None = None
    ) -> Person | None:
        """The holder whom a name means, or None where nobody or several of different states fit.

        Args:
            words: the name as written, word by word («Яшаром Гюлером», «С. Лавров», «Эрдогана»).
            published: the day of the text; None takes tenures of any time.
            code: the state that the text gives the person to, where it does.
            office: the office that the text gives the person, where it does.
        """
        folded = [fold(word).rstrip(".") for word in words if word[:1].isalpha()]
        found = self._fitting(folded)
        if code is not None:
            found = [holder for holder in found if holder.code == code]
        if published is not None:
            near = [
                h for h in found if h.start - GRACE <= published and (h.stop is None or published <= h.stop + GRACE)
            ]
            now = [h for h in near if h.start <= published and (h.stop is None or published <= h.stop)]
            found = now or near
        else:
            now = found
        if office is not None and any(holder.office == office for holder in found):
            found = [holder for holder in found if holder.office == office]
            now = [holder for holder in now if holder.office == office]
        if not found or len({holder.code for holder in found}) > 1:
            return None
        offices = {holder.office for holder in now}
        return Person(found[-1].person, found[-1].code, offices.pop() if len(offices) == 1 else _first(now))

    def _fitting(self, words: list[str]) -> list[Holder]:
        for end in range(len(words), 0, -1):
            fitting = []
            for variant, holder in self._last.get(words[end - 1], ()):
                start = end - len(variant)
                if start < 0 or any(not _same(a, b) for a, b in zip(words[start : end - 1], variant[:-1], strict=True)):
                    continue
                if _given_fits(words[:start] + words[end:], holder):
                    fitting.append(holder)
            if fitting:
                return list(dict.fromkeys(fitting))
        return []


def _variants(holder: Holder) -> list[tuple[str, ...]]:
    given = {fold(word) for word in holder.given.replace("-", " ").split()}
    variants = [tuple(fold(holder.surname).split())]
    for other in holder.others:
        words = tuple(fold(other).split())
        if len(words) > 1 and len(variants[0]) == 1 and words[-1] == variants[0][-1]:
            continue  # a fuller name with the same surname
        if words and words[-1] not in given:
            variants.append(words[-1:] if len(words) > 1 and holder.given else words)
    return list(dict.fromkeys(variants))


def _given_fits(rest: list[str], holder: Holder) -> bool:
    """Whether the words beside the surname can be the holder's given names or initials."""
    names = [fold(word) for word in " ".join((holder.given, *holder.others)).replace("-", " ").split()]
    if not rest or not names:
        return not rest or not holder.given
    first = rest[0].replace("-", " ").split()[0]
    if len(first) == 1:
        return any(name.startswith(first) for name in names)
    return any(name[:_PREFIX] == first[:_PREFIX] for name in names)


def _same(written: str, name: str) -> bool:
    return written == name or (len(name) > 2 and written in noun_forms(name))


def _first(now: list[Holder]) -> str | None:
    ranked = ("head_of_state", "head_of_government", "foreign_minister", "defence_minister")
    held = {holder.office for holder in now}
    return next((office for office in ranked if office in held), None)


@cache
def people() -> People:
    """The holders of the package's tables, loaded once in a process."""
    return People(holders())
