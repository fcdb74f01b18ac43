"""What the memory is fed with: orders, past orders, saved specifications, facts told to other families."""

from datetime import UTC, datetime, timedelta
from typing import Any

from factories import TODAY, a_customer, bench, bench_values, ordered, published
from sqlalchemy.orm import Session

from catalog.formats import from_document, to_document
from catalog.model import ProductModel
from catalog.records import Version
from configurator.engines import engine_of
from configurator.memory import Proposal, Reason
from configurator.recollection import propose
from orders import specifications, subjects
from orders.memory import consents, evidence, experience, facts
from orders.memory.history import Report, Row
from orders.memory.remembered import Forgotten
from orders.records import Customer
from orders.subjects import Whom

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)


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
    specifications.save(session, Whom(ada), "For the balcony", specifications.Configured(version, values, values))
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


def test_past_orders_out_of_files_are_understood_under_the_names_of_later_versions(session: Session, tmp_path):
    version = published(session)
    path = tmp_path / "past.csv"
    path.write_text("any")
    report = Report(rows=8, valid=8)
    report.orders.update({Row((("wood", "pine"),), None): 8})
    experience.keep(session, version.product, path, report)
    characteristics = to_document(bench())["characteristics"]
    wood = next(c for c in characteristics if c["name"] == "wood")
    wood |= {"name": "timber", "was": ["wood"]}
    wood["values"][1] |= {"name": "larch", "replaces": ["pine"]}
    later = published(session, from_document({"lot_one": 1, "name": "bench", "characteristics": [
        {key: entry for key, entry in c.items() if key in ("name", "kind", "least", "most", "was", "about")}
        | ({"values": [{key: entry for key, entry in value.items() if key in ("name", "replaces")}
                       for value in c["values"]]} if "values" in c else {}) for c in characteristics]}))
    assert proposed(session, later, None).configuration.values()["timber"] == "larch"


def whom(session: Session, customer: Customer, version: Version, **named: str) -> Whom:
    """A customer with a person or a place of these names, which they have or get."""
    known = {(subject.kind, subject.name): subject for subject in customer.subjects}
    found = {kind: known.get((kind, name)) or subjects.add(session, customer, kind, name)
             for kind, name in named.items()}
    session.refresh(customer)
    return subjects.likely(session, Whom(customer, **found), version)


def values(session: Session, version: Version, whom: Whom | None) -> dict[str, Any]:
    return dict(propose(session, version, engine_of(version).start(), whom).configuration.values())


def order_for(session: Session, whom: Whom, version: Version, **changes: Any) -> None:
    ordered(session, whom.customer, version, person=whom.person, place=whom.place, **changes)


def test_people_of_one_customer_are_not_mixed_up(session: Session):
    version, ada = published(session), a_customer(session)
    tom = whom(session, ada, version, person="Tom")
    order_for(session, tom, version, height=1300, wood="pine")
    order_for(session, whom(session, ada, version, person=ada.name), version, height=1810, wood="oak", engraving="Ada")
    proposal = propose(session, version, engine_of(version).start(), tom)
    assert proposal.configuration.values()["height"] == 1300
    assert proposal.configuration.values()["wood"] == "pine"
    assert proposal.reasons["height"].kind == "fact"


def test_what_is_about_a_place_holds_there_alone(session: Session):
    version, ada = published(session), a_customer(session)
    living, attic = (whom(session, ada, version, place=name) for name in ("Living room", "Attic"))
    order_for(session, attic, version, width=700, wood="pine")
    order_for(session, living, version, width=2000, wood="pine", height=1810, today=TODAY + timedelta(1))
    found = values(session, version, attic)
    assert (found["width"], found["height"], found["wood"]) == (700, 1810, "pine")
    new = values(session, version, whom(session, ada, version, place="Hall"))
    assert (new["width"], new["height"], new["wood"]) == (1200, 1810, "pine")


def test_for_another_person_the_product_is_a_hint_and_the_body_is_not(session: Session):
    version, ada = published(session), a_customer(session)
    order_for(session, whom(session, ada, version), version, height=1810, wood="pine")
    found = values(session, version, whom(session, ada, version, person="Tom"))
    assert (found["height"], found["wood"]) == (1750, "pine")


def test_who_does_not_want_proposals_is_shown_what_anybody_is(session: Session):
    version, ada = published(session), a_customer(session)
    stranger = values(session, version, None)
    order_for(session, whom(session, ada, version), version, height=1810, wood="pine", engraving="For Ada")
    ada_here = whom(session, ada, version)
    assert values(session, version, ada_here)["wood"] == "pine"
    consents.say(session, ada, "proposals", False, None)
    assert values(session, version, ada_here) == stranger
    consents.say(session, ada, "proposals", True, None)
    assert values(session, version, ada_here)["engraving"] == "For Ada"


def test_who_does_not_want_to_be_others_experience_still_gets_their_own(session: Session):
    version, people = published(session), [a_customer(session, f"Customer {number}") for number in range(6)]
    for person in people:
        order_for(session, whom(session, person, version), version, wood="pine", lamp=False)
    assert values(session, version, None)["wood"] == "pine"
    for person in people[:3]:
        consents.say(session, person, "experience", False, None)
    assert values(session, version, None)["wood"] == "oak", "too few are left to tell"
    assert values(session, version, whom(session, people[0], version))["wood"] == "pine"


def test_what_is_forgotten_is_used_no_more_until_it_is_said_again(session: Session):
    version, ada = published(session), a_customer(session)
    here = whom(session, ada, version)
    order_for(session, here, version, height=1810, wood="pine")
    for key in "height", "bench.wood":
        session.add(Forgotten(customer_id=ada.id, subject_id=here.person.id, key=key, at=NOW + timedelta(1)))
    evidence.changed(session, ada)
    found = values(session, version, here)
    assert (found["height"], found["wood"]) == (1750, "oak")
    order_for(session, here, version, wood="pine", today=TODAY + timedelta(2))
    assert values(session, version, here)["wood"] == "pine"


def test_a_verdict_moves_the_next_proposal_at_once(session: Session):
    version, ada = published(session), a_customer(session)
    here = whom(session, ada, version)
    order = ordered(session, ada, version, height=1750, wood="pine")
    occasion = evidence.Occasion(f"order {order.number}", order=order, at=order.placed_at + timedelta(9))
    evidence.keep(session, here, evidence.Said("verdict", version, bench_values(wood="pine"), verdicts={
        "width": {"is": "small", "rather": 1300, "why": ""}, "height": {"is": "large", "rather": None, "why": ""},
        "wood": {"is": "right", "rather": None, "why": ""}}), occasion)
    proposal = propose(session, version, engine_of(version).start(), here)
    found = proposal.configuration.values()
    assert (found["width"], found["height"], found["wood"]) == (1300, 1740, "pine")
    assert proposal.reasons["width"].kind == "feedback"


def test_a_renamed_value_is_remembered_under_its_new_name(session: Session):
    ada, old = a_customer(session), published(session)
    order_for(session, whom(session, ada, old), old, wood="pine")
    document = to_document(bench())
    wood = next(c for c in document["characteristics"] if c["name"] == "wood")
    wood["values"][1] = {**wood["values"][1], "name": "larch", "title": "Larch", "replaces": ["pine"]}
    new = published(session, from_document(document))
    assert values(session, new, whom(session, ada, new))["wood"] == "larch"


def test_what_was_set_once_and_accepted_ever_since_is_not_asked_again(session: Session):
    version, ada = published(session), a_customer(session)
    here = whom(session, ada, version)
    for year in range(4):
        order_for(session, here, version, height=1810, wood="pine", today=TODAY + timedelta(300 * year),
                  corrected={} if year else {"height": 1750, "wood": "oak"})
    proposal = propose(session, version, engine_of(version).start(), here, NOW + timedelta(1000))
    assert not {"height", "wood"} & set(proposal.questions)


def test_a_measure_that_was_just_told_is_sure(session: Session):
    version, ada = published(session), a_customer(session)
    here = whom(session, ada, version)
    for day in range(4):
        order_for(session, here, version, height=1750 + 10 * day, today=TODAY + timedelta(day))
    facts.state(session, here.person, "height", 1880, "mm", "this page", at=NOW + timedelta(9))
    proposal = propose(session, version, engine_of(version).start(), here, NOW + timedelta(9))
    assert proposal.configuration.values()["height"] == 1880
    assert "height" not in proposal.questions
