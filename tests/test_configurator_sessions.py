"""A configuration in progress: what a customer relies on while they change their mind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import TODAY, a_customer, bench, bench_values, guest_draft, member, ordered, published, staff
from sqlalchemy import Engine as Database
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from catalog.database import writing_late
from catalog.formats import from_document, to_document
from catalog.model import Choice, ProductModel, Rule, Value, to_plain
from catalog.nodes import Implies, Is
from catalog.store import publish
from configurator.drafts import sessions, steps
from configurator.drafts.progress import progress_of
from configurator.engine import Impossible
from configurator.engines import engine_of
from configurator.memory import Reason
from configurator.records import Draft
from configurator.transaction import committed, open_session, transaction
from orders import specifications
from orders.memory import consents
from orders.records import Customer
from orders.subjects import Whom


@pytest.fixture
def draft(session: Session) -> Draft:
    return guest_draft(session)


def test_an_answer_is_an_input_and_an_accepted_proposal_is_none(session: Session, draft: Draft) -> None:
    shown = progress_of(session, draft)
    assert shown.state("wood") == "proposed"
    steps.keep(session, draft, ["wood"])
    assert (progress_of(session, draft).state("wood"), draft.inputs) == ("chosen", 0)
    steps.undo(draft)
    steps.answer(session, draft, {"wood": shown.values["wood"]})  # marked, but as it was proposed
    assert draft.inputs == 0
    steps.answer(session, draft, {"width": 900, "engraving": "Ada"})
    assert draft.inputs == 2
    steps.answer(session, draft, {"width": 900})
    assert draft.inputs == 2


def test_what_is_left_to_the_customer_is_an_input_whatever_they_answer(session: Session, draft: Draft) -> None:
    shown = progress_of(session, draft)
    assert shown.state("height") == "open", "nobody knows how tall a guest is"
    steps.answer(session, draft, {"height": shown.values["height"]})
    assert draft.inputs == 1


def test_the_second_order_is_proposed_from_the_first_and_takes_no_input(session: Session) -> None:
    customer, version = a_customer(session), published(session)
    order = ordered(session, customer, version, height=1810, wood="pine", engraving="For E.")
    progress = progress_of(session, sessions.open_draft(session, version, Whom(customer)))
    assert to_plain(progress.values) == order.values
    assert (progress.questions, progress.draft.inputs) == ((), 0)


def test_a_forced_value_follows_and_says_from_what(session: Session, draft: Draft) -> None:
    steps.answer(session, draft, {"lamp": True})
    progress = progress_of(session, draft)
    assert progress.state("wood") == "follows"
    assert progress.values["wood"] == "oak"
    assert progress.configuration.explain("wood", "pine").choices == ("lamp",)


def test_answers_that_fit_only_together_are_taken_together(session: Session, draft: Draft) -> None:
    steps.answer(session, draft, {"lamp": True, "wood": "oak"})
    assert steps.answer(session, draft, {"wood": "pine", "lamp": False}) == {}
    assert progress_of(session, draft).values["wood"] == "pine"


def test_of_answers_that_contradict_the_rest_is_kept_and_one_refused(session: Session, draft: Draft) -> None:
    refused = steps.answer(session, draft, {"lamp": True, "wood": "pine", "width": 900})
    assert list(refused) == ["wood"]
    assert refused["wood"].explanation.rules == ("lamp_oak",)
    progress = progress_of(session, draft)
    assert dict(progress.configuration.choices) == {"lamp": True, "width": 900}
    assert draft.inputs == 2


def test_a_repair_gives_up_what_it_names_and_is_one_input(session: Session, draft: Draft) -> None:
    steps.answer(session, draft, {"lamp": True})
    steps.repair(session, draft, "wood", {"wood": "pine", "lamp": False}, ())
    assert dict(progress_of(session, draft).configuration.choices) == {"wood": "pine", "lamp": False}
    assert draft.inputs == 2


def test_what_was_wrong_is_replaced_by_what_moves_nothing_else_if_it_can(session: Session) -> None:
    model = ProductModel(name="stool", characteristics=(
        Choice(name="wood", values=(Value(name="oak"), Value(name="pine"), Value(name="ash"))),
        Choice(name="legs", values=(Value(name="straight"), Value(name="turned"))),
    ), rules=(Rule(name="soft", condition=Implies(Is("wood", ("pine",)), Is("legs", ("straight",)))),))
    made = {"wood": "oak", "legs": "turned"}
    draft = sessions.open_draft(session, published(session, model), begun=sessions.Begun(shown=made), guest="a guest")
    steps.doubt(session, draft, ["wood"])
    assert progress_of(session, draft).values == {"wood": "ash", "legs": "turned"}
    steps.answer(session, draft, {"wood": "pine"})
    now = progress_of(session, draft)
    assert (now.values["legs"], now.reason("legs")) == ("straight", Reason("fits", made="turned"))


def test_a_repair_that_no_longer_helps_changes_nothing(session: Session, draft: Draft) -> None:
    steps.answer(session, draft, {"lamp": True})
    before = (draft.history, draft.position, draft.inputs)
    with pytest.raises(Impossible):
        steps.repair(session, draft, "wood", {"wood": "pine"}, ())
    assert (draft.history, draft.position, draft.inputs) == before


def test_a_new_answer_after_undo_takes_the_place_of_what_could_be_redone(session: Session, draft: Draft) -> None:
    steps.answer(session, draft, {"width": 900})
    steps.answer(session, draft, {"width": 1000})
    steps.undo(draft)
    steps.answer(session, draft, {"height": 1500})
    steps.redo(draft)
    assert dict(progress_of(session, draft).configuration.choices) == {"width": 900, "height": 1500}


def test_only_so_many_steps_are_kept_but_always_the_first(session: Session, draft: Draft,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STEPS", 5)
    for width in range(600, 612):
        steps.answer(session, draft, {"width": width})
    assert len(draft.history) == 6
    for _ in range(9):
        steps.undo(draft)
    assert not progress_of(session, draft).configuration.choices


def test_a_saved_specification_opens_as_it_was_saved(session: Session) -> None:
    version, customer = published(session), a_customer(session)
    values = bench_values(wood="pine", width=777, engraving="For E.")
    revision = specifications.save(session, Whom(customer), "Porch",
                                   specifications.Configured(version, values, {"wood": "pine"}))
    session.flush()
    draft = sessions.open_draft(session, version, Whom.of(revision.specification), sessions.Begun.of(revision))
    progress = progress_of(session, draft)
    assert progress.values == values
    assert dict(progress.configuration.choices) == {"wood": "pine"}


def test_what_a_newer_catalogue_does_not_have_is_left_out(session: Session) -> None:
    draft = guest_draft(session, choices={"wood": "pine", "width": 900}, shown=bench_values(wood="pine", width=900))
    document = to_document(bench())
    wood = next(c for c in document["characteristics"] if c["name"] == "wood")
    wood["values"] = [value for value in wood["values"] if value["name"] != "pine"]
    assert sessions.renewed(session, draft) is None
    newest = publish(session, from_document(document))
    renewed = sessions.renewed(session, draft)
    assert renewed is not None
    progress = progress_of(session, renewed)
    assert (renewed.version, dict(progress.configuration.choices)) == (newest, {"width": 900})
    assert progress.values["wood"] == "oak"
    assert progress_of(session, draft).values["wood"] == "pine", "the old draft stays as it is"


def test_a_draft_is_found_by_its_owner_alone(session: Session) -> None:
    owner, stranger, rep = a_customer(session), a_customer(session, "Somebody Else"), staff(session)
    version = published(session)
    theirs = sessions.open_draft(session, version, Whom(owner), rep=rep)
    guests = sessions.open_draft(session, version, guest="a guest")
    assert sessions.find(session, theirs.id, owner, None, None) is theirs
    assert sessions.find(session, theirs.id, None, None, rep) is theirs
    assert sessions.find(session, guests.id, None, "a guest", None) is guests
    for customer, guest, account in [(stranger, None, None), (None, "a guest", staff(session)), (None, None, None)]:
        assert sessions.find(session, theirs.id, customer, guest, account) is None
    assert sessions.find(session, guests.id, owner, None, rep) is None
    assert sessions.find(session, guests.id, None, "another", None) is None


def test_one_draft_is_one_order(session: Session) -> None:
    customer = a_customer(session)
    draft = sessions.open_draft(session, published(session), Whom(customer))
    assert sessions.ordered(session, draft) is None
    assert sessions.ordered(session, draft) is None
    order = ordered(session, customer, key=draft.id)
    assert sessions.ordered(session, draft) is order


def test_an_engine_is_compiled_once(session: Session) -> None:
    assert engine_of(published(session)) is engine_of(published(session))


def test_a_draft_survives_a_restart(database: Database) -> None:
    with transaction(database) as first:
        account = member(first)
        draft = sessions.open_draft(first, published(first), Whom(account.customer))
        steps.answer(first, draft, {"wood": "pine", "engraving": "=1+1"})
        key, customer_id = draft.id, account.customer_id
    with transaction(database) as second:
        again = second.get_one(Draft, key)
        assert again.customer_id == customer_id
        assert dict(progress_of(second, again).configuration.choices) == {"wood": "pine", "engraving": "=1+1"}


def coloured() -> ProductModel:
    """Wood and red do not go together."""
    colours = [{"name": name} for name in ("red", "blue", "green")]
    return from_document({"lot_one": 1, "name": "frame", "characteristics": [
        {"name": "frame", "kind": "choice", "values": [{"name": "steel"}, {"name": "wood"}], "standard": "steel"},
        {"name": "colour", "kind": "choice", "values": colours, "standard": "red"}],
        "rules": [{"id": "no_red_wood", "says": "No red wood.", "exclude": ["frame = wood", "colour = red"]}]})


def test_a_draft_that_is_written_late_keeps_all_that_was_changed_on_it(database: Database) -> None:
    with transaction(database) as session:
        kept, customer = guest_draft(session).id, a_customer(session).id
    with open_session(writing_late(database), autoflush=False) as session, committed(session):
        draft, owner = session.get_one(Draft, kept), session.get_one(Customer, customer)
        assert draft.customer is None
        draft.customer, draft.guest = owner, None
        session.flush()
        assert draft.customer is owner
        assert draft.version.product.slug
    with transaction(database) as session:
        assert session.get_one(Draft, kept).customer is session.get_one(Customer, customer)


def test_a_draft_that_is_written_late_is_stored_where_everything_beside_it_was_set_anew(database: Database) -> None:
    with transaction(database) as session:
        kept = guest_draft(session).id
    with open_session(writing_late(database), autoflush=False) as session, committed(session):
        draft = session.get_one(Draft, kept)
        for beside in inspect(Draft).relationships:
            setattr(draft, beside.key, getattr(draft, beside.key))
        draft.inputs = 7
    with transaction(database) as session:
        assert session.get_one(Draft, kept).inputs == 7


def test_what_gives_way_for_one_customer_is_not_told_another(session: Session) -> None:
    version = published(session, coloured())
    drafts = []
    for second in "blue", "green":
        customer = a_customer(session, second)
        for day, colour in enumerate((second, "red", "red")):
            ordered(session, customer, version, TODAY + timedelta(day), values={"frame": "steel", "colour": colour})
        drafts.append((second, sessions.open_draft(session, version, Whom(customer))))
    for second, draft in drafts:
        steps.answer(session, draft, {"frame": "wood"})
        assert progress_of(session, draft).values["colour"] == second


@pytest.mark.parametrize("anew", [False, True])
def test_what_is_refused_is_shown_by_no_step_of_any_draft(session: Session, anew: bool) -> None:
    customer, version = a_customer(session), published(session)
    order = ordered(session, customer, version, height=1810, wood="pine", engraving="For E.")
    drafts = [sessions.open_draft(session, version, Whom(customer)) for _ in range(12)]
    for draft in drafts:
        steps.answer(session, draft, {"lamp": False, "hooks": frozenset({"right"})})
    consents.say(session, customer, "proposals", False, None)
    if anew:
        for draft in drafts:
            steps.propose_anew(session, draft)
    for draft in drafts:
        for _ in range(3):
            progress = progress_of(session, draft)
            assert (progress.values["height"], progress.values["engraving"]) == (1750, "")
            assert not {"own", "fact"} & {reason.kind for reason in progress.proposed.reasons.values()}
            steps.undo(draft)
    consents.say(session, customer, "proposals", True, None)
    assert progress_of(session, drafts[0]).values["height"] == order.values["height"]


def test_a_measure_that_a_choice_left_no_room_for_comes_back_with_the_room(session: Session) -> None:
    small = {"id": "small_pine", "says": "Pine is for small people.", "when": "wood = pine", "then": "height <= 1700"}
    version, customer = published(session, bench(rules=[small])), a_customer(session)
    ordered(session, customer, version, height=1810)
    draft = sessions.open_draft(session, version, Whom(customer))
    steps.answer(session, draft, {"wood": "pine"})
    assert progress_of(session, draft).values["height"] == 1700
    assert progress_of(session, draft).overruled == {"height": 1810}
    steps.answer(session, draft, {"wood": "oak"})
    assert progress_of(session, draft).values["height"] == 1810
