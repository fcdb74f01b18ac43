"""What the memory is fed with: orders, past orders, saved specifications, facts told to other families."""

from datetime import timedelta
from typing import Any

from factories import TODAY, a_customer, bench, bench_values, ordered, published
from sqlalchemy.orm import Session

from catalog.formats import from_document
from catalog.model import ProductModel
from catalog.records import Version
from configurator.engines import engine_of
from configurator.memory import Proposal, Reason
from configurator.recollection import propose
from orders import experience, specifications, subjects
from orders.history import Report, Row
from orders.records import Customer
from orders.subjects import Whom


def bed(**height: Any) -> ProductModel:
    """Another family, which asks for the height too, in steps of its own, and has a wood of its own."""
    told = {"trait": "height", "about": "person", "least": 1200, "most": 2200, "step": 25, "unit": "mm", **height}
    return from_document({
        "lot_one": 1, "name": "bed", "traits": [{"name": "height", "unit": "mm"}, {"name": "timber"}],
        "characteristics": [
            {"name": "sleeper", "kind": "number", **told},
            {"name": "timber", "kind": "choice", "trait": "timber", "standard": "ash",
             "values": [{"name": "ash"}, {"name": "oak"}, {"name": "pine"}]}]})


def proposed(session: Session, version: Version, customer: Customer | None) -> Proposal:
    return propose(session, version, engine_of(version).start(),
                   customer and subjects.likely(session, Whom(customer), version))


def test_opening_a_product_again_proposes_the_last_order(session: Session):
    ada, version = a_customer(session), published(session)
    ordered(session, ada, version, wood="pine", engraving="For Ada", width=900)
    ordered(session, ada, version, wood="pine", engraving="For Ben", width=1000, today=TODAY + timedelta(1))
    proposal = proposed(session, version, ada)
    assert proposal.configuration.values() == bench_values(wood="pine", engraving="For Ben", width=1000)
    assert proposal.reasons["engraving"] == Reason("own", 1, 2, last=True)
    assert proposal.questions == ("engraving",)  # it differs from time to time


def test_every_new_order_is_remembered_without_reading_the_old_ones_again(session: Session):
    version = published(session)
    for number in range(3):
        customer = a_customer(session, f"Customer {number}")
        assert proposed(session, version, customer).reasons["wood"].kind != "own"
        ordered(session, customer, version, wood="pine")
        proposal = proposed(session, version, customer)
        assert proposal.reasons["wood"] == Reason("own", 1, 1, last=True)
        for name in "lamp", "wood", "hooks":
            assert proposal.reasons[name].total == 1


def test_orders_of_an_older_version_count_where_they_still_say_something(session: Session):
    ada, old = a_customer(session), published(session)
    ordered(session, ada, old, wood="pine", width=900)
    wider = bench(title="Wider bench")
    new = published(session, wider)
    assert new.id != old.id
    assert proposed(session, new, ada).configuration.values()["width"] == 900


def test_a_saved_specification_is_proposed_like_an_order(session: Session):
    ada, version = a_customer(session), published(session)
    values = bench_values(wood="pine", engraving="Anna & Paul")
    specifications.save(session, ada, version, "For the balcony", values, values, None)
    proposal = proposed(session, version, ada)
    assert proposal.configuration.values() == values
    assert proposal.reasons["engraving"] == Reason("fact", source="specification S-0001 rev. A")


def test_what_one_family_was_told_another_one_knows(session: Session):
    ada, bench_version, bed_version = a_customer(session), published(session), published(session, bed())
    ordered(session, ada, bench_version, height=1690)
    proposal = proposed(session, bed_version, ada)
    assert proposal.configuration.values()["sleeper"] == 1700  # the nearest that a bed is made for
    assert proposal.reasons["sleeper"].kind == "fact"
    assert "sleeper" not in proposal.questions
    assert "sleeper" in proposed(session, bed_version, None).questions


def test_a_trait_of_another_family_helps_only_until_the_product_itself_was_ordered(session: Session):
    ada, bed_version = a_customer(session), published(session, bed())
    crib = published(session, from_document({
        "lot_one": 1, "name": "crib", "traits": [{"name": "timber"}], "characteristics": [
            {"name": "wood", "kind": "choice", "trait": "timber", "values": [{"name": "oak"}, {"name": "pine"}]}]}))
    ordered(session, ada, crib, values={"wood": "oak"})
    assert proposed(session, bed_version, ada).configuration.values()["timber"] == "oak"
    ordered(session, ada, bed_version, values={"sleeper": 1700, "timber": "pine"})
    ordered(session, ada, crib, values={"wood": "oak"})
    again = proposed(session, bed_version, ada)
    assert again.configuration.values()["timber"] == "pine"
    assert again.questions == ()


def test_the_same_word_in_another_unit_is_not_the_same_fact(session: Session):
    ada, bench_version = a_customer(session), published(session)
    inches = published(session, bed(unit="in", least=40, most=2200, step=1, standard=60))
    ordered(session, ada, bench_version, height=1690)
    assert proposed(session, inches, ada).configuration.values()["sleeper"] == 60


def test_customers_do_not_share_what_is_theirs(session: Session):
    version, bed_version = published(session), published(session, bed())
    for number in range(6):
        ordered(session, a_customer(session, f"Customer {number}"), version, height=1690, engraving="Ada", wood="pine")
    other = a_customer(session, "Somebody Else")
    for customer in other, None:
        proposal = proposed(session, version, customer)
        values = proposal.configuration.values()
        assert (values["engraving"], values["height"]) == ("", 1750)
        assert proposal.reasons["wood"] == Reason("others", 6, 6)
        assert proposed(session, bed_version, customer).configuration.values()["sleeper"] != 1700


def test_past_orders_out_of_files_count_and_are_replaced_when_read_again(session: Session, tmp_path):
    ada, version = a_customer(session), published(session)
    path = tmp_path / "past.csv"
    path.write_text("any")
    pine, oak = (Row((("wood", wood),), customer) for wood, customer in (("pine", None), ("oak", ada.number)))
    report = Report(rows=9, valid=9)
    report.orders.update({pine: 8, oak: 1})
    experience.keep(session, version.product, path, report)
    assert proposed(session, version, None).configuration.values()["wood"] == "pine"
    assert proposed(session, version, ada).configuration.values()["wood"] == "oak"
    experience.keep(session, version.product, path, Report())
    assert proposed(session, version, None).configuration.values()["wood"] == "oak"
    assert proposed(session, version, None).reasons["wood"] == Reason("standard")
