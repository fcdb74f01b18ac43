"""Finding clients, as a rep does with somebody on the phone: while typing, misspelt, in any script."""

import random

import pytest
from factories import HOSTILE, a_customer, bench_values, ordered, published, staff
from household import on_sqlite
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from catalog.characters import hidden
from orders import subjects
from orders.clients import words
from orders.clients.finding import CERTAIN, find
from orders.clients.sought import ClientWord, Spelling
from orders.memory import erasure
from orders.specifications import Configured, save
from orders.subjects import Whom

LETTERS = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1, max_size=12)
NAMES = st.lists(LETTERS, min_size=1, max_size=4).map(" ".join).filter(lambda name: hidden(name) is None)


def found(session, text):
    return [hit.customer for hit in find(session, text)]


def certain(session, text):
    return [hit.customer for hit in find(session, text) if hit.far <= CERTAIN]


@pytest.fixture
def people(session):
    """Three customers; Jürgen has ordered and kept something."""
    jurgen = a_customer(session, "Jürgen Müller-Çelik", phone="+49 (0)171 555 01-23", email="J.M@Example.org",
                        company="Möbel & Söhne O'Hara K.G.")
    a_customer(session, "Ada Winter", phone="0043 1 234567")
    a_customer(session, "100% Wood_Ltd", phone="")
    version = published(session)
    ordered(session, jurgen, version)
    save(session, Whom(jurgen), "Terrace", Configured(version, bench_values()), staff(session))
    return jurgen


def test_a_customer_is_found_by_what_people_say(session, people):
    for text in ("Jürgen", "jurgen", "MULLER", "celik jur", "  müller   j ", "j.m@exam", "0171 5550123",
                 "+49171/5550123", "55501-23", "0049 171 5550123", "+49 171 55", "0171 555", "1001", "2001", "S-0001",
                 "s-0001", "möbel", "soehne", "ohara", "o'hara", "KG", "k.g.", "müllerçelik", "mö ju"):
        assert people in found(session, text), text


def test_a_customer_is_found_although_it_is_misspelt(session, people):
    for text in ("Jurgn", "jürgne", "Mueller", "Mülller", "Miller", "Selik mueller", "jorgen zelik",
                 "Mobbel", "Sohnne"):
        assert people in found(session, text), text
        assert people not in certain(session, text), text


@pytest.mark.parametrize(("said", "name"), [
    ("Meyer", "Maier"), ("Schmitt", "Schmidt"), ("Filip", "Philipp"), ("Shmit", "Schmidt"),
    ("Hofmeistr", "Hoffmeister"), ("Tompson", "Thompson"), ("Katarina", "Catharina"), ("Kowalsky", "Kowalski"),
    ("Jonhson", "Johnson"),
    ("Иваонв", "Иванов"), ("Παπαδοπουλς", "Παπαδόπουλος"), ("محمود", "محمد"), ("lukasz", "Łukasz")])
def test_what_sounds_alike_or_was_typed_wrong_is_found(session, said, name):
    customer, _ = a_customer(session, f"Ada {name}"), a_customer(session, "Konstantin Unlike")
    assert found(session, said) == found(session, f"ada {said}") == [customer]


@pytest.mark.parametrize(("typed", "name"), [
    ("太郎", "山田太郎"), ("민수", "김민수"), ("山", "山田太郎"), ("कुमार", "राम कुमार"), ("нва", "Мария Нванова"),
    ("محم", "José محمد"), ("νικο", "Νίκος"), ("ssl", "Ann Heßling-Sslow"), ("hessling", "Ann Heßling")])
def test_names_of_every_script_are_found(session, typed, name):
    customer = a_customer(session, name)
    assert certain(session, typed) == [customer]


def test_nobody_else_is_found(session, people):
    for text in ("", "   ", "nobody", "0171 5550199", "S-0002", "2002", "%", "_", "\0", "' OR 1=1 --", "müller ada",
                 "1", "٣", "\ud800", "\u202e", "*", "\U0010ffff"):
        assert people not in found(session, text), text


def test_whose_number_it_is_comes_first_then_whole_words_then_beginnings_then_what_is_like_it(session, people):
    digits, whole, begun, like = (
        a_customer(session, name) for name in ("Aaron 1001", "Zoe Ander", "Bo Anders", "Al Anter"))
    assert found(session, "1001") == [people, digits]
    assert found(session, "ander") == [whole, begun, like]


def test_however_many_are_called_that_some_are_shown(session):
    for number in range(30):
        a_customer(session, f"Ann Miller {number}")
    assert len(found(session, "a m")) == len(found(session, "miller")) == 20


def test_whoever_is_called_otherwise_is_found_by_that_alone(session, people):
    people.name, people.phone, people.company = "Jürgen Öztürk", "040 999888", ""
    session.flush()
    assert found(session, "ozturk") == found(session, "40/999 888") == [people]
    for text in "müller", "mülller", "0171 5550123", "möbel":
        assert found(session, text) == [], text


def test_words_that_nobody_has_any_more_are_forgotten(session):
    first, second = a_customer(session, "Zwetschge"), a_customer(session, "Zwetschge Winter")
    count = select(func.count()).select_from(Spelling).where(Spelling.word == "zwetschge")
    assert session.scalar(count) == len(words.spellings("zwetschge"))
    erasure.erase(session, first)
    assert (session.scalar(count) > 0, found(session, "zwetchge")) == (True, [second])
    second.name = "Winter"
    session.flush()
    assert (session.scalar(count), found(session, "zwetschge")) == (0, [])


def test_whoever_is_erased_is_found_by_their_number_alone(session):
    customer = a_customer(session, "Ada Winter", phone="0171 5550123", company="Winter & Sons")
    erasure.erase(session, customer)
    assert found(session, customer.number) == [customer]
    assert [found(session, text) for text in ("ada", "0171 5550123", "sons", "erased")] == [[], [], [], []]
    assert session.scalars(select(ClientWord)).all() == []


def test_a_client_is_found_by_whom_they_order_for(session, people):
    tom = subjects.add(session, people, "person", "Tom Zwetschge")
    subjects.add(session, people, "place", "Attic")
    assert [hit.person for hit in find(session, "zwetschge")] == ["Tom Zwetschge"]
    assert [hit.person for hit in find(session, "zwetchge müller")] == ["Tom Zwetschge"]
    assert [hit.person for hit in find(session, "müller")] == [hit.person for hit in find(session, "1001")] == [""]
    assert found(session, "attic") == []
    subjects.rename(session, tom, "Tim Pflaume")
    assert (found(session, "zwetschge"), found(session, "tim pfl")) == ([], [people])
    subjects.remove(session, tom)
    assert (found(session, "pflaume"), found(session, "müller")) == ([], [people])


def test_nothing_is_left_of_whom_somebody_erased_ordered_for(session):
    customer = a_customer(session, "Ada Winter")
    subjects.add(session, customer, "person", "Tom Zwetschge")
    erasure.erase(session, customer)
    assert session.scalars(select(ClientWord)).all() == session.scalars(select(Spelling)).all() == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, where=st.integers(0, 11), how=st.sampled_from(["lacks", "doubles", "swaps"]))
@example(name="ﷺ ﷺ", where=0, how="swaps")
@example(name="Ǆ ß", where=0, how="doubles")
@on_sqlite
def test_a_misspelt_word_of_a_stored_name_is_found(session, name, where, how):
    customer = a_customer(session, name)
    word = max(words.kept([name]), key=len)
    at = where % len(word)
    slip = {"lacks": word[:at] + word[at + 1:], "doubles": word[:at] + word[at] + word[at:],
            "swaps": word[:at] + word[at + 1:at + 2] + word[at] + word[at + 2:]}[how]
    if len(word) >= 4 and words.kept([slip]) == (slip,):
        assert customer in {hit.customer for hit in find(session, slip, 10_000)}
    session.rollback()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, text=NAMES)
@on_sqlite
def test_nobody_is_found_who_is_called_nothing_like_it(session, name, text):
    customer = a_customer(session, name)
    hits = found(session, text)
    near = all(any(known.startswith(typed) or words.unlikeness(typed[0], known) is not None
                   for known in words.kept([name])) for typed in words.asked(text))
    assert customer not in hits or near
    session.rollback()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200) | st.sampled_from(HOSTILE))
@on_sqlite
def test_whatever_is_typed_is_only_looked_for(session, text):
    a_customer(session, "Ada Winter")
    assert all(hit.customer.name == "Ada Winter" for hit in find(session, text))
    session.rollback()


def test_hostile_names_are_found_by_their_words(session):
    for text in HOSTILE:
        customer = a_customer(session, text, company=text)
        if typed := [word for word, *_ in words.asked(text)]:
            assert customer in found(session, " ".join(typed[:4])), text


def test_two_words_one_slip_apart_share_a_spelling():
    chance = random.Random(5)
    for _ in range(2000):
        word = "".join(chance.choice("abcdefgh") for _ in range(chance.randint(3, 12)))
        at = chance.randrange(len(word))
        slip = word[:at] + chance.choice(("", "x", word[at] * 2)) + word[at + 1:]
        if len(slip) >= 3:
            assert words.spellings(word) & words.spellings(slip), (word, slip)
            assert words.unlikeness(slip, word) in (0, 1), (word, slip)
