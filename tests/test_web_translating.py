"""Another language is files added, and nothing else."""

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from factories import a_customer, ordered

from catalog.wording import WORDS
from configurator.settings import ROOT
from configurator.transaction import transaction
from configurator.web.desk import attention
from configurator.web.quotes import quoting


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """Every text of the program, as `make translations` finds them."""
    found = tmp_path_factory.mktemp("texts") / "messages.pot"
    keywords = re.findall(r"--keywords (\S+)", (ROOT / "Makefile").read_text())
    CommandLineInterface().run(["pybabel", "-q", "extract", "-F", str(ROOT / "babel.cfg"),
                                *(f"--keywords={keyword}" for keyword in keywords), "-o", str(found), str(ROOT)])
    with found.open("rb") as file:
        return [message.id for message in read_po(file) if message.id]


@pytest.fixture(scope="module")
def mirrored(texts, tmp_path_factory):
    """A folder with a language in which every text stands in brackets."""
    catalog = Catalog(locale="fr")
    for text in texts:
        catalog.add(text, tuple(f"[{one}]" for one in text) if isinstance(text, tuple) else f"[{text}]")
    folder = tmp_path_factory.mktemp("translations")
    (folder / "fr/LC_MESSAGES").mkdir(parents=True)
    with (folder / "fr/LC_MESSAGES/messages.mo").open("wb") as file:
        write_mo(file, catalog)
    return folder


def test_every_text_can_be_translated_by_adding_a_file(app_with, mirrored, texts):
    assert len(texts) > 50
    client = app_with(translations=mirrored).test_client()
    french = client.get("/account/login", headers={"Accept-Language": "fr"}).text
    assert '<html lang="fr" dir="ltr">' in french
    for text in "Sign in", "Sign up", "Password", "Skip to content", "I am new here":
        assert f">[{text}]<" in french
        assert f">{text}<" not in french
    assert "[There is no such page]" in client.get("/nothing", headers={"Accept-Language": "fr-CH"}).text


def test_words_that_are_made_when_the_program_starts_are_among_the_texts(texts):
    made = {*attention.TITLES.values(), *quoting.TITLES.values()}
    assert {str(words) for words in made} <= set(texts)


def test_a_build_sheet_is_written_in_the_language_of_the_shop(app_with, mirrored):
    app = app_with(translations=mirrored, locale="fr")
    with transaction(app.extensions["engine"]) as session:
        order = ordered(session, a_customer(session), lamp=True, hooks=frozenset())
        said = {row["name"]: row["said"] for group in order.sheet["groups"] for row in group["rows"]}
    assert (said["lamp"], said["hooks"]) == ("[yes]", "[none]")
    app_with(translations=mirrored)
    assert WORDS["yes"] == "yes"


def test_who_reads_another_language_reads_english(app_with, mirrored):
    client = app_with(translations=mirrored).test_client()
    for language in "de", "en", "":
        answer = client.get("/account/login", headers={"Accept-Language": language}).text
        assert '<html lang="en" dir="ltr">' in answer
        assert ">Sign in<" in answer
