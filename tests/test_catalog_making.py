"""Prices, parts, routing and picture of a small model, against figures worked out by hand."""

from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.model import (
    Boolean,
    Check,
    Choice,
    Item,
    Layer,
    NamedQuantity,
    Number,
    Operation,
    Part,
    Pattern,
    Picture,
    Price,
    ProductModel,
    Several,
    Shape,
    Shown,
    Step,
    Template,
    Text,
    Value,
    WorkCentre,
)
from catalog.nodes import TRUE, Arithmetic, Attribute, Compare, Const, Is, Quantity, Read, Size
from catalog.parts import Measurement, bill, routing, work
from catalog.picture import caption, draw
from catalog.pricing import price
from catalog.wording import plain, rounded, say, title


def text(*pieces):
    return Template(pieces=pieces)


def shelf(**changes):
    """A shelf: board, width, brackets, hooks, an engraving and a lamp."""
    span = Arithmetic("-", (Read("width"), Arithmetic("*", (Const(2), Attribute("board", "thickness")))))
    return ProductModel(**{
        "name": "shelf", "title": "Shelf", "vat": 19,
        "characteristics": (
            Choice(name="board", title="Board", operation="cut", standard="oak", values=(
                Value(name="oak", title="Oak", price=Const(Fraction("12.345")), part="B-1", swatch="#aa8855",
                      attributes={"thickness": 18}),
                Value(name="pine", title="Pine", attributes={"thickness": 27}))),
            Number(name="width", title="Width", unit="mm", least=300, most=1000,
                   price=Arithmetic("/", (Read("width"), Const(300)))),
            Several(name="hooks", title="Hooks", values=(
                Value(name="left", title="Left", price=Const(2)), Value(name="right", title="Right", price=Const(3)))),
            Boolean(name="lamp", title="Lamp", yes=Value(name="yes", price=Const(40), part="L-1", layer="lamp")),
            Text(name="engraving", title="Engraving", most=20, price=Size("engraving"))),
        "quantities": (NamedQuantity(name="span", expression=span, unit="mm"),),
        "prices": (Price(name="base", title="Shelf", amount=Const(50)),
                   Price(name="wide", title="Wide", amount=Const(-5), when=Compare(">", Read("width"), Const(900)))),
        "parts": (Part(number="B-1", title="Board"), Part(number="L-1", title="Lamp"), Part(number="S", title="Screw")),
        "items": (Item(part="S", quantity=Arithmetic("*", (Const(2), Size("hooks"))), operation="fit"),
                  Item(part="B-1", quantity=Const(1), operation="cut", measures={"length": Quantity("span")},
                       note=text("for ", Shown(name="board")))),
        "work_centres": (WorkCentre(name="saw", title="Panel saw"),),
        "operations": (
            Operation(name="cut", title="Cut", work_centre="saw", minutes=Const(Fraction(5, 2)), steps=(
                Step(text=text("Cut the ", Shown(name="board")), value=text(Quantity("span"), " mm"), tool="Stop",
                     part=text(Shown(name="board", aspect="part")), picture=("board",), check=Check(
                         name="Length", nominal=Quantity("span"), minus=Const(Fraction(1, 2)), unit="mm")),),
                setup=text(Shown(name="board"), ", one by one")),
            Operation(name="fit", work_centre="bench", minutes=Const(4), when=Is("lamp", (True,)))),
        "picture": Picture(view=(Const(0), Const(0), Read("width"), Const(100)), layers=(
            Layer(name="board", shapes=(Shape(element="rect", attributes={
                "width": text(Read("width")), "fill": text(Shown(name="board", aspect="swatch"))}),)),
            Layer(name="lamp", shapes=(Shape(element="circle", attributes={"r": text("5")}),)),
            Layer(name="hooks", repeat=("i", Size("hooks")), shapes=(
                Shape(element="line", attributes={"x1": text(Arithmetic("*", (Read("i"), Const(10))))}),)),
            Layer(name="words", shapes=(Shape(element="text", attributes={}, text=text(Shown(name="engraving"))),))),
            caption=text(Read("width"), " mm")),
        **changes})


def answers(**changes):
    return {"board": "oak", "width": 1000, "hooks": frozenset({"right"}), "lamp": True, "engraving": "", **changes}


def test_each_line_is_exact_rounded_once_and_names_its_rule():
    sheet = price(shelf(), answers())
    assert [(line.rule, line.title, line.amount) for line in sheet.lines] == [
        ("base", "Shelf", 5000), ("wide", "Wide", -500), ("board=oak", "Board: Oak", 1235), ("width", "Width", 333),
        ("hooks=right", "Hooks: Right", 300), ("lamp=yes", "Lamp", 4000)]
    assert (sheet.total, sheet.currency) == (10368, "EUR")
    assert sheet.vat == 1655  # 103.68 * 19 / 119 = 16.5539...


def test_money_follows_the_currency_and_lines_of_nothing_are_left_out():
    yen = price(shelf(currency="JPY"), answers(width=900, lamp=False, hooks=frozenset()))
    assert [(line.rule, line.amount) for line in yen.lines] == [("base", 50), ("board=oak", 12), ("width", 3)]


@given(st.fractions(), st.integers(0, 4))
def test_rounding_takes_the_nearest_and_halves_away_from_zero(value, places):
    unit = Fraction(1, 10**places)
    nearest = rounded(value, places) * unit
    assert abs(nearest - value) <= unit / 2
    if abs(nearest - value) == unit / 2:
        assert abs(nearest) > abs(value)


def test_the_bill_holds_what_the_values_add_and_what_the_items_compute():
    lines = [(line.part.number, line.quantity, dict(line.measures), line.operation, line.note)
             for line in bill(shelf(), answers())]
    assert lines == [("B-1", 1, {}, "cut", ""), ("L-1", 1, {}, None, ""), ("S", 2, {}, "fit", ""),
                     ("B-1", 1, {"length": 964}, "cut", "for Oak")]


def test_an_item_of_quantity_zero_is_no_line():
    assert "S" not in [line.part.number for line in bill(shelf(), answers(hooks=frozenset()))]


def test_less_than_nothing_is_an_error_rather_than_a_part_that_is_left_out():
    model = replace(shelf(), items=(Item(part="S", quantity=Arithmetic("-", (Const(1), Const(3)))),))
    with pytest.raises(ValueError, match="part S: its quantity is -2"):
        bill(model, answers())


def test_the_routing_computes_minutes_steps_and_takes_its_parts():
    cut, fit = routing(shelf(), answers(board="pine"))
    assert (cut.title, cut.work_centre, cut.minutes) == ("Cut", "Panel saw", Fraction(5, 2))
    assert [(task.text, task.value, task.tool) for task in cut.tasks] == [("Cut the Pine", "946 mm", "Stop")]
    assert [line.part.number for line in cut.lines] == ["B-1"]
    assert (fit.title, fit.work_centre, [line.part.number for line in fit.lines]) == ("fit", "bench", ["S"])
    assert [stage.name for stage in routing(shelf(), answers(lamp=False))] == ["cut"]
    assert work(shelf(), answers()) == cut.minutes + fit.minutes


def test_a_step_says_the_part_in_hand_what_it_is_about_and_what_is_measured():
    cut = routing(shelf(), answers())[0]
    assert cut.setup == "Oak, one by one"
    assert [(task.part, task.layers) for task in cut.tasks] == [("B-1", ("board",))]
    assert cut.tasks[0].check == Measurement("Length", "mm", 964, Fraction(1927, 2), 964)
    assert routing(shelf(), answers(board="pine"))[0].tasks[0].part == "", "pine adds no part"


def test_the_picture_is_to_scale_and_follows_the_choices():
    drawn = ElementTree.fromstring(draw(shelf(), answers(hooks=frozenset({"left", "right"}))))
    assert drawn.attrib["viewBox"] == "0 0 1000 100"
    assert drawn.find("g[@data-layer='board']/rect").attrib == {"width": "1000", "fill": "#aa8855"}
    assert [line.attrib["x1"] for line in drawn.iterfind(".//line")] == ["0", "10"]
    assert drawn.find(".//circle") is not None
    assert ElementTree.fromstring(draw(shelf(), answers(lamp=False))).find(".//circle") is None
    assert drawn.attrib["aria-label"] == caption(shelf(), answers()) == "1000 mm"


@given(st.lists(st.builds(
    answers, board=st.sampled_from(["oak", "pine"]), width=st.sampled_from([300, 1000]), lamp=st.booleans(),
    hooks=st.frozensets(st.sampled_from(["left", "right"])), engraving=st.sampled_from(["", "Ida"]))))
def test_a_picture_is_the_same_whatever_was_drawn_before(sequence):
    for made in shelf, woven:
        model = made()
        assert [draw(model, values) for values in sequence] == [draw(made(), values) for values in sequence]


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><image href=x>', "=1+1", "../../etc", "&lt;"])
def test_a_text_in_a_picture_is_only_ever_text(hostile):
    drawn = ElementTree.fromstring(draw(shelf(), answers(engraving=hostile)))
    assert drawn.find("g[@data-layer='words']/text").text == hostile
    assert {element.tag for element in drawn.iter()} <= {"svg", "g", "rect", "circle", "line", "text"}


def woven(transform="rotate(30)"):
    """A shelf filled with a pattern as wide as its board is thick; another pattern fills nothing."""
    cloth = Pattern(
        name="cloth", width=Attribute("board", "thickness"), height=Const(5), transform=text(transform), shapes=(
            Shape(element="rect", attributes={"fill": text(Shown(name="board", aspect="swatch"))}),
            Shape(element="text", attributes={}, text=text(Shown(name="engraving")))))
    other = replace(cloth, name="other", width=Const(7))
    board = Layer(name="board", shapes=(Shape(element="path", attributes={"fill": text("cloth")}),))
    view = Const(0), Const(0), Read("width"), Const(100)
    return shelf(picture=Picture(view=view, patterns=(cloth, other), layers=(board,)))


def test_a_shape_is_filled_with_a_pattern_that_follows_the_choices():
    drawn = ElementTree.fromstring(draw(woven(), answers()))
    tile, = drawn.iterfind("defs/pattern")
    assert drawn.find("g/path").attrib["fill"] == f"url(#{tile.attrib['id']})"
    assert {key: tile.attrib[key] for key in ("width", "height", "patternTransform", "patternUnits")} == {
        "width": "18", "height": "5", "patternTransform": "rotate(30)", "patternUnits": "userSpaceOnUse"}
    assert tile.find("rect").attrib["fill"] == "#aa8855"
    assert ElementTree.fromstring(draw(woven(), answers(board="pine"))).find("defs/pattern").attrib["width"] == "27"


def test_patterns_of_one_page_have_the_same_id_only_if_they_are_the_same():
    def pattern(model, **changes):
        return ElementTree.fromstring(draw(model, answers(**changes))).find("defs/pattern").attrib["id"]
    assert pattern(woven()) == pattern(woven(), width=300, hooks=frozenset())
    assert len({pattern(woven()), pattern(woven("rotate(60)")), pattern(woven(), board="pine"),
                pattern(woven(), engraving="Ida")}) == 4


@pytest.mark.parametrize("hostile", ['"><script>alert(1)</script>', "</pattern></defs><image href='x'/>", "url(#x)"])
def test_a_text_in_a_pattern_is_only_ever_text(hostile):
    drawn = ElementTree.fromstring(draw(woven(hostile), answers(engraving=hostile)))
    tile, = drawn.iterfind("defs/pattern")
    assert (tile.attrib["patternTransform"], tile.find("text").text) == (hostile, hostile)
    assert {element.tag for element in drawn.iter()} == {"svg", "defs", "pattern", "rect", "text", "g", "path"}


def test_a_model_without_a_picture_draws_nothing():
    assert draw(shelf(picture=None), answers()) == ""


def test_answers_in_words():
    model = shelf()
    assert say(model["board"], "pine") == "Pine"
    assert say(model["hooks"], frozenset({"right", "left"})) == "Left, Right"
    assert say(model["hooks"], frozenset()) == "none"
    assert (say(model["lamp"], True), say(model["lamp"], False)) == ("yes", "no")
    titled = replace(model["lamp"], yes=Value(name="yes", title="With a lamp"))
    assert (say(titled, True), say(titled, False)) == ("With a lamp", "no")
    assert say(model["width"], 300) == "300 mm"
    assert [plain(Fraction(n, 3)) for n in (3, 1, 2)] == ["1", "0.3", "0.7"]
    assert plain(0) == "0"
    assert TRUE.operands == ()


def test_a_part_without_a_title_is_called_by_its_number_and_says_nothing_of_its_cost():
    assert title(Part(number="X-1", cost=Fraction(7, 2))) == "X-1"
