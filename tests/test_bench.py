"""What the bench measures on and with: models made by a rule, figures of one of them, tables."""

from itertools import permutations

import pytest

from bench import branches, measure, models
from bench.tables import Table
from catalog.formats import load
from configurator.engine import Engine, Impossible


@pytest.mark.parametrize("text", [models.window(400, 2400, 2200, 10), models.watts()], ids=["window", "watts"])
def test_models_with_sums_and_products_can_be_built(tmp_path, text):
    path = tmp_path / "model.yaml"
    path.write_text(text)
    assert Engine(load(path)).start().complete().is_complete


def test_the_window_keeps_its_limits(tmp_path):
    path = tmp_path / "window.yaml"
    path.write_text(models.window(400, 2400, 2200, 100))
    domains = Engine(load(path)).start().choose("width", 2400).domains()
    assert max(domains["height"]) <= 3_200_000 / 2400
    assert min(domains["height"]) >= 2 * 2400 / 5


def test_grown_models_keep_their_shape(tmp_path):
    """Clauses for each feature stay the same, and features stay free: else growth would tell nothing."""
    for features in 700, 1_400:
        path = tmp_path / "grown.dimacs"
        path.write_text(models.grown(features))
        model = load(path)
        assert len(model.characteristics) == features
        assert len(model.rules) == pytest.approx(features * models.CLAUSES, rel=0.05)
        assert len(Engine(model).start().forced()) < features / 10


FEATURES = """features
    shop
        mandatory
            pay
                alternative
                    card
                    cash
                    bill
        optional
            help
                or
                    chat
                    phone
constraints
    chat => card
    !(bill & phone)
"""


def test_a_model_cut_to_nothing_less_is_the_same_as_clauses(tmp_path):
    (tmp_path / "shop.uvl").write_text(FEATURES)
    (tmp_path / "cut.dimacs").write_text(branches.cut(load(tmp_path / "shop.uvl"), 9))
    whole, parts = (Engine(load(tmp_path / name)).start() for name in ("shop.uvl", "cut.dimacs"))
    names = [name for name, domain in whole.domains().items() if len(domain) > 1]
    assert {"card", "cash", "bill", "help", "chat", "phone"} == {*names}
    for pair in permutations(names, 2):
        assert _left(whole, pair) == _left(parts, pair)


def _left(configuration, chosen):
    """What choosing one after the other leaves; None if it cannot be."""
    try:
        for name in chosen:
            configuration = configuration.choose(name, True)
    except Impossible:
        return None
    return {name: [*domain] for name, domain in configuration.domains().items()}


def test_a_model_is_cut_by_whole_branches(tmp_path, monkeypatch):
    """What stays has all that it stood in; what is gone is gone with all below it."""
    monkeypatch.setattr(branches, "SHARE", 1)
    (tmp_path / "shop.uvl").write_text(FEATURES)
    (tmp_path / "cut.dimacs").write_text(branches.cut(load(tmp_path / "shop.uvl"), 5))
    cut = load(tmp_path / "cut.dimacs")
    names = {one.name for one in cut.characteristics}
    assert names == {"shop", "pay", "cash", "help", "chat"}
    assert Engine(cut).start().complete().is_complete


def test_a_model_is_measured_and_agrees_with_two_solves_per_value(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.peers.OUTSIDE", tmp_path / "absent")
    path = tmp_path / "grown.dimacs"
    path.write_text(models.grown(100))
    found = measure.figures(path)
    assert found["clicks"]
    assert found["peers"]["solves"]["different"] == 0
    assert found["peers"]["cp_sat"] is None


def test_a_table_shows_three_digits():
    table = Table("Title", "Note.", list("abcd"), [[1234.6, 12.345, 2, "–"]]).markdown()
    assert table.splitlines()[-1] == "| 1,235 | 12.3 | 2 | – |"
    assert table.startswith("## Title\n\nNote.\n")
