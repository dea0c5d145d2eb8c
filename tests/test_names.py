"""Every state's Russian name in CLDR resolves to its code."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from detente.actor.gazetteer import gazetteer

babel = pytest.importorskip("babel", reason="Babel is a development tool: CLDR names are not compared")


def test_every_cldr_name_resolves() -> None:
    territories = babel.Locale("ru").territories
    path = resources.files("detente.actor") / "data" / "states.csv"
    with path.open(encoding="utf-8") as lines:
        states = [(row["code"], territories.get(row["alpha2"])) for row in csv.DictReader(lines)]
    named = [(code, name) for code, name in states if name]
    assert len(named) > 190
    wrong = [(code, name, gazetteer("ru").link(name)) for code, name in named if gazetteer("ru").link(name) != code]
    assert not wrong
