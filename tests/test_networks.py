"""The networks side by side say what slovnet says of each by itself."""

from __future__ import annotations

import pytest
from navec import Navec
from slovnet import NER, Morph, Syntax

from detente.lang.ru.networks import Networks
from detente.lang.ru.parser import weights

SENTENCES = [
    ["Министр", "иностранных", "дел", "России", "Сергей", "Лавров", "прибыл", "в", "Анкару", "."],
    ["Да"],
    [
        "США",
        "и",
        "ЕС",
        "ввели",
        "санкции",
        "против",
        "КНДР",
        "из-за",
        "ракетных",
        "испытаний",
        ",",
        "сообщает",
        "ТАСС",
        ".",
    ],
    ["«", "Газпром", "»", "—", "zzxq", "2017", "!"],
]


@pytest.fixture(scope="module")
def navec() -> Navec:
    return Navec.load(str(next((weights() / "emb").glob("*.tar"))))


def test_as_slovnet_says(navec: Navec) -> None:
    model = weights() / "model"
    morph = Morph.load(str(model / "slovnet_morph_news_v1.tar")).navec(navec)
    syntax = Syntax.load(str(model / "slovnet_syntax_news_v1.tar")).navec(navec)
    ner = NER.load(str(model / "slovnet_ner_news_v1.tar")).navec(navec).infer
    names = list(ner.decoder(ner.process(ner.encoder(SENTENCES))))
    told = list(Networks(model, navec)(SENTENCES))
    assert len(told) == len(SENTENCES)
    for one, tags, arcs, marks in zip(told, morph.map(SENTENCES), syntax.map(SENTENCES), names, strict=True):
        assert (one.pos, one.feats) == ([each.pos for each in tags.tokens], [each.feats for each in tags.tokens])
        assert one.heads == [int(each.head_id) - 1 for each in arcs.tokens]
        assert one.rels == [each.rel for each in arcs.tokens]
        assert one.names == marks


def test_a_full_table_begins_anew(navec: Navec, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = list(Networks(weights() / "model", navec)(SENTENCES))
    monkeypatch.setattr("detente.lang.ru.networks._KEPT", 24)
    monkeypatch.setattr("detente.lang.ru.networks._ROWS", 8)
    small = Networks(weights() / "model", navec)
    assert [list(small(SENTENCES)) for _ in range(2)] == [expected, expected]
