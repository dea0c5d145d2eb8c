"""The ranker: its weights fit the code, its trees and regressions say what their formulas say, and it settles acts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from detente.code import encoder, learned, ranker
from detente.code.candidate import FEATURES, STATUSES, TYPE_NAMES, Candidate
from detente.code.meaning import DIMENSIONS
from detente.errors import DataError
from detente.model import DOMAINS, Document
from detente.reading import Reader, read


def candidate(first: str, second: str, type_: str = "CONSULT", symmetric: bool = False) -> Candidate:
    return Candidate(SimpleNamespace(index=0, idle=False), type_, first, second, symmetric)  # type: ignore[arg-type]


def forest() -> learned.Forest:
    """One class, two trees: x0 <= 1 gives 1 else (x1 <= 0 gives -1 else 2); and a lone leaf of .5."""
    return learned.Forest(
        feature=np.array([0, 0, 1, 0, 0, 0]),
        threshold=np.array([1.0, 0, 0.0, 0, 0, 0]),
        left=np.array([1, 1, 3, 3, 4, 5]),
        right=np.array([2, 1, 4, 3, 4, 5]),
        value=np.array([0, 1.0, 0, -1.0, 2.0, 0.5]),
        roots=np.array([[0, 5]]),
        depth=2,
    )


def test_trees_are_walked_to_their_leaves() -> None:
    rows = np.array([[1.0, 9], [1.5, 0], [1.5, 0.1]], np.float32)
    assert forest().margins(rows)[:, 0].tolist() == [1.5, -0.5, 2.5]


def test_a_value_beside_a_threshold_goes_its_own_way() -> None:
    trees = learned.Forest(
        np.array([0, 0, 0]), np.array([0.1, 0, 0]), np.array([1, 1, 2]), np.array([2, 1, 2]), np.array([0.0, 1.0, 2.0]),
        np.array([[0]]), 1,
    )  # fmt: skip
    near = np.float32(0.1)  # a little more than .1
    rows = np.array([[near], [np.nextafter(near, np.float32(0))]], np.float32)
    assert trees.margins(rows)[:, 0].tolist() == [2.0, 1.0]


def test_regressions_give_probabilities() -> None:
    linear = learned.Linear(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.0, 0.0]))
    rows = np.array([[2.0, 1.0]])
    assert linear.softmax(rows)[0] == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))])


def test_one_act_for_a_pair_and_type_and_a_second_type_only_if_likelier() -> None:
    made = [candidate("RUS", "TUR"), candidate("TUR", "RUS"), candidate("RUS", "TUR", "AGREE"), candidate("RUS", "KAZ")]
    chance = np.array([0.5, 0.6, 0.4, 0.1])
    doubtful = np.zeros(4, bool)
    assert ranker.select(made, chance, doubtful, ranker.Bars(0.3, 0.45, 0.3)) == [1]
    assert ranker.select(made, chance, doubtful, ranker.Bars(0.3, 0.35, 0.3)) == [1, 2]
    assert ranker.select(made, chance, ~doubtful, ranker.Bars(0.3, 0.45, 0.1)) == [1, 3]


def test_an_act_is_told_where_its_place_is_likeliest() -> None:
    made = [candidate("RUS", "TUR"), candidate("TUR", "RUS"), candidate("RUS", "TUR", "AGREE")]
    chance, chosen = ranker.settle(made, np.array([0.6, 0.5, 0.9]), np.array([-1.0, 1.0, 5.0]).__getitem__, [0])
    assert chosen == [1]
    assert chance[1] == 0.6


def test_the_rules_status_gives_way_to_a_clear_lead_only() -> None:
    margins = np.array([[0.0, 0.5, 0, 0], [0.0, 2.0, 0, 0]])
    assert ranker.judge_status(margins, np.array([0, 0]), lead=1.0).tolist() == [0, 1]


def test_the_weights_of_russian_fit_the_code() -> None:
    model = ranker.load_model("ru")
    assert model is not None
    table = model.encoder.table
    width = table["word"].shape[1]
    assert table["word"].shape == (DIMENSIONS, width)
    assert table["features"].shape == (encoder.FEATURES, width)
    assert table["of_pos"].shape == (len(encoder.POS) + 1, width)
    assert table["tells"].shape == (width, len(TYPE_NAMES) + 1)
    assert [table[name].shape[1] for name in ("does", "status", "domain")] == [
        len(TYPE_NAMES), len(STATUSES), len(DOMAINS)
    ]  # fmt: skip
    assert all(layer.of_governor.shape == (len(encoder.RELATIONS) + 1, width) for layer in model.encoder.layers)
    assert model.domains.weights.shape[0] == len(DOMAINS)
    assert model.statuses.roots.shape[0] == len(STATUSES)
    for trees in (model.acts, model.places, model.statuses):
        assert trees.feature.max() < len(ranker.ALL_FEATURES)
        leaf = trees.left == np.arange(len(trees.left))
        assert (leaf == (trees.right == np.arange(len(trees.right)))).all()
        at = trees.roots.ravel()
        for _ in range(trees.depth):
            at = np.concatenate([trees.left[at], trees.right[at]])
            at = np.unique(at)
        assert leaf[at].all()
    assert len(FEATURES) == len(set(FEATURES))
    assert 0 < model.bars.trusted <= model.bars.first <= model.bars.further < 1


def test_the_encoder_reads_kinds_of_mentions_and_not_their_names() -> None:
    """The same sentence about other states gives the same chances: no state has a record with the encoder."""
    seen = []
    for first, second in (("Турции", "Ирана"), ("Канады", "Японии")):
        reader = Reader("ru")
        ranks = reader._coder._ranker
        assert ranks is not None
        reader.read(Document(f"Президент {first} обвинил власти {second} в провокациях.", language="ru"))
        assert ranks._told is not None
        seen.append(ranks._told[1])
    assert seen[0].pairs == pytest.approx(seen[1].pairs, abs=1e-4)
    assert seen[0].words == pytest.approx(seen[1].words, abs=1e-4)


def test_what_the_encoder_tells_of_a_pair_depends_on_the_direction() -> None:
    reader = Reader("ru")
    ranks = reader._coder._ranker
    assert ranks is not None
    reader.read(Document("Президент Турции обвинил власти Ирана в провокациях.", language="ru"))
    assert ranks._told is not None
    told = ranks._told[1]
    accuse = TYPE_NAMES.index("ACCUSE")
    forth, back = told.order["TUR", "IRN"], told.order["IRN", "TUR"]
    assert told.pairs[forth, accuse] > 2 * told.pairs[back, accuse]
    assert told.words.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert told.statuses.sum(axis=1) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(("name", "value"), [("ALL_FEATURES", ("other",)), ("LAYOUT", "VERB\nNOUN")])
def test_weights_of_another_coder_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    monkeypatch.setattr(ranker, name, value)
    ranker.load_model.cache_clear()
    try:
        with pytest.raises(DataError, match="train_ranker"):
            ranker.load_model("ru")
    finally:
        ranker.load_model.cache_clear()


def test_scores_are_chances_and_parties_are_whole() -> None:
    reading = read("Министры обороны России, Турции и Ирана провели переговоры в Москве.", "2017-02-01")
    (report,) = [each for each in reading.reports if each.type == "CONSULT"]
    assert {party.actor for party in report.actors} == {"RUS", "TUR", "IRN"}
    assert 0 < report.score <= 1


def test_the_same_text_gives_the_same_reading_alone_and_among_others() -> None:
    texts = [
        "США ввели новые санкции против России.",
        "Глава МИД Казахстана прибыл с визитом в Баку.",
        "Польша осудила действия Белоруссии на границе.",
    ]
    alone: list[Any] = [read(text, "2017-02-01").reports for text in texts]
    among = Reader("ru").read_many([Document(text, language="ru") for text in texts])
    assert [[(r.type, r.score, r.status) for r in found] for found in alone] == [
        [(r.type, r.score, r.status) for r in each.reports] for each in among
    ]
