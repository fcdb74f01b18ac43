"""What publishing would do to what is saved is known before."""

from __future__ import annotations

from dataclasses import replace

from factories import a_customer, bench, bench_values, ordered, published
from test_configurator_carrying import changed

from catalog.model import ProductModel
from configurator.drafts import sessions, steps
from configurator.engine import Engine
from configurator.publication.impact import MOST, Impact, saved
from orders.specifications import Configured, save
from orders.subjects import Whom


def impact(session, model: ProductModel, seconds: float = 5) -> Impact:
    return saved(session, model.name).impact(Engine(model), seconds)


def keep(session, customer, version, of=None, **changes):
    """A specification of the bench, or its next revision; nothing in it was chosen."""
    return save(session, Whom(customer), "Porch", Configured(version, bench_values(**changes)), None, of)


def pine(**wood: object) -> ProductModel:
    """A bench without oak."""
    return replace(changed(wood={"values": ["pine"], "standard": "pine", **wood}), rules=())


def test_nothing_saved_nothing_touched(session):
    assert impact(session, bench()) == Impact()
    published(session)
    assert impact(session, pine()) == Impact()


def test_what_gives_way_is_counted_with_the_specifications_named(session):
    version, ada, mira = published(session), a_customer(session), a_customer(session, "Mira")
    for _ in range(MOST + 2):
        keep(session, ada, version)
    keep(session, mira, version, wood="pine")
    found = impact(session, pine())
    assert (found.specifications, found.touched, found.customers) == (MOST + 3, MOST + 3, {ada.id, mira.id})
    touch, = (touch for touch in found.touches if touch.kind == "changed")
    assert (touch.new.name, touch.was, touch.now, touch.specifications) == ("wood", "oak", "pine", MOST + 2)
    assert len(touch.numbers) == MOST
    assert set(touch.numbers) < {f"S-{number:04}" for number in range(1, MOST + 3)}
    assert (found.cheaper, found.dearer, found.most) == (MOST + 2, 0, -12000)


def test_only_the_newest_revision_counts_and_what_was_ordered_is_no_draft(session):
    version, ada = published(session), a_customer(session)
    first = keep(session, ada, version)
    keep(session, ada, version, first.specification, wood="pine")
    draft = sessions.open_draft(session, version, Whom(ada))
    guest = sessions.open_draft(session, version, guest="a guest")
    steps.answer(session, guest, {"wood": "oak"})
    session.flush()
    ordered(session, ada, key=draft.id)
    found = impact(session, pine())
    assert (found.specifications, found.drafts) == (1, 1)
    touch, = (touch for touch in found.touches if touch.kind == "changed")
    assert (touch.specifications, touch.drafts, touch.numbers) == (0, 1, ())
    assert found.customers == {ada.id}


def test_a_successor_is_told_of_every_older_version(session):
    ada = a_customer(session)
    keep(session, ada, published(session))
    second = pine(values=[{"name": "oak_oiled", "was": ["oak"]}, "pine"])
    keep(session, ada, published(session, second), wood="oak_oiled")
    third = pine(values=[{"name": "larch", "replaces": ["oak_oiled"]}, "pine"])
    found = {(touch.was, touch.now, touch.numbers) for touch in impact(session, third).touches
             if touch.kind == "replaced"}
    assert found == {("oak", "larch", ("S-0001",)), ("oak_oiled", "larch", ("S-0002",))}


def test_measures_are_counted_together_whatever_they_were(session):
    version, ada = published(session), a_customer(session)
    for width in (700, 800, 900):
        keep(session, ada, version, width=width, wood="pine")
    narrow = changed(width={"most": 650, "standard": 650})
    touch, = (touch for touch in impact(session, narrow).touches if touch.kind == "changed")
    assert (touch.new.name, touch.was, touch.now, touch.specifications) == ("width", None, None, 3)


def test_it_stops_in_time_and_says_what_it_left(session):
    version, ada = published(session), a_customer(session)
    keep(session, ada, version)
    found = impact(session, pine(), seconds=-1)
    assert (found.specifications, found.left, found.touches) == (0, 1, ())
