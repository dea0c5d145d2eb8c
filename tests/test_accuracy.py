"""The accuracy gate: no score may fall. Floors stand a little under the figures that were measured last.

The small gold of our own always runs; the rest is skipped where ``../shared`` is missing.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"

FLOORS_SMALL = {
    "dyad": 0.83, "dyad+type": 0.68, "full": 0.61, "domain": 0.80, "status": 0.92, "dates": 0.94, "speaker": 0.91,
}  # fmt: skip
FLOORS_DEV = {"dyad": 0.64, "dyad+type": 0.575, "full": 0.47, "domain": 0.77, "status": 0.86}
FLOORS_OWN = {
    "dyad": 0.82, "dyad+type": 0.68, "full": 0.62, "domain": 0.87, "status": 0.97, "dates": 0.92, "speaker": 0.61,
    "habitual": 0.97, "aspect": 0.57,
}  # fmt: skip


@pytest.fixture(scope="module")
def events() -> ModuleType:
    spec = importlib.util.spec_from_file_location("events_benchmark", BENCHMARKS / "events.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def hold(figures: dict[str, float], floors: dict[str, float]) -> None:
    fallen = {name: (round(figures[name], 3), floor) for name, floor in floors.items() if figures[name] < floor}
    assert not fallen, f"fell under the floor (now, floor): {fallen}"


def test_small_gold(events: ModuleType) -> None:
    rows = events.load_small()
    hold(events.own_scores(rows, events.code(rows)), FLOORS_SMALL)


def test_dev_gold(events: ModuleType) -> None:
    if not events.DEV.exists():
        pytest.skip("../shared is missing: ru_dev is not scored")
    rows = events.load_dev()
    hold(events.scores(rows, events.code(rows)), FLOORS_DEV)


def test_own_set(events: ModuleType) -> None:
    if not (events.SHARED / "data" / "news_ru_2017.jsonl.gz").exists():
        pytest.skip("../shared is missing: the drawn sentences have no text")
    rows = events.load_own()
    hold(events.own_scores(rows, events.code(rows)), FLOORS_OWN)
