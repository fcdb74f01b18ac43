"""The command `lotone`."""

import socket
from contextlib import closing

import pytest
from click.testing import CliRunner
from factories import a_customer, bench, bench_values, published
from sqlalchemy import select

from catalog.database import connect
from catalog.formats import dump
from configurator import schema
from configurator.cli import main
from configurator.transaction import transaction
from orders import accounts
from orders.records import Account
from orders.specifications import Configured, save
from orders.subjects import Whom


@pytest.fixture
def lotone(tmp_path):
    """Runs the command in a shop of its own."""
    def run(*arguments, **environment):
        settings = {"LOTONE_INSTANCE": str(tmp_path / "shop"), **environment}
        return CliRunner().invoke(main, arguments, env=settings)
    return run


@pytest.fixture
def shop(lotone, tmp_path):
    """The database of a shop that was set up."""
    assert lotone("migrate").exit_code == 0
    engine = connect(f"sqlite:///{tmp_path}/shop/lotone.sqlite")
    yield engine
    engine.dispose()


def commands(group, path=()):
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*path, name))


@pytest.mark.parametrize("path", list(commands(main)), ids=lambda path: " ".join(path) or "lotone")
def test_every_command_explains_itself(lotone, path):
    answer = lotone(*path, "--help")
    assert answer.exit_code == 0
    assert len(answer.output.splitlines()) > 4


def test_migrating_makes_a_private_shop_and_may_be_repeated(lotone, shop, tmp_path):
    assert schema.is_current(shop)
    assert (tmp_path / "shop").stat().st_mode & 0o077 == 0
    key = (tmp_path / "shop/secret_key").read_text()
    assert lotone("migrate").exit_code == 0
    assert (tmp_path / "shop/secret_key").read_text() == key


def test_a_port_that_is_taken_is_said(lotone, shop):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        answer = lotone("serve", LOTONE_PORT=str(taken.getsockname()[1]))
    assert answer.exit_code == 1
    assert "LOTONE_PORT" in answer.output


@pytest.mark.parametrize("command", ["serve", "account list"])
def test_without_a_database_it_says_what_to_do(lotone, tmp_path, command):
    for folder in False, True:
        if folder:
            (tmp_path / "shop").mkdir()
        answer = lotone(*command.split())
        assert answer.exit_code == 1
        assert answer.output.startswith("Error: ")
        assert "un `lotone migrate`" in answer.output


def test_a_database_that_does_not_answer_is_said_in_words(lotone):
    answer = lotone("migrate", LOTONE_DATABASE_URL="postgresql+psycopg://127.0.0.1:9/none")
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: The database cannot be opened")


def test_a_wrong_setting_is_said_in_one_line(lotone):
    answer = lotone("migrate", LOTONE_PORT="x")
    assert answer.exit_code == 1
    assert answer.output == "Error: LOTONE_PORT must be a whole number, not 'x'\n"


def test_accounts_are_added_listed_given_a_password_and_shut_out(lotone, shop):
    added = lotone("account", "add", "Rita@example.com", "--name", "Rita", "--role", "rep")
    password = added.output.split(": ")[1].split()[0]
    assert lotone("account", "list").output == "rep         rita@example.com  Rita\n"
    with transaction(shop) as session:
        assert accounts.authenticate(session, "rita@example.com", password, "")
    assert lotone("account", "password", "rita@example.com", "--password", "another sentence").exit_code == 0
    with transaction(shop) as session:
        assert accounts.authenticate(session, "rita@example.com", "another sentence", "")
    assert lotone("account", "switch", "rita@example.com", "--inactive").exit_code == 0
    with transaction(shop) as session:
        assert not session.scalar(select(Account)).active
    assert "shut out" in lotone("account", "list").output


def test_a_catalogue_is_checked_with_its_cases_and_what_is_probably_not_meant(lotone, shop, tmp_path):
    file = tmp_path / "bench.yaml"
    text = dump(bench()).replace("rules:\n", "rules:\n- {id: again, require: not lamp or wood = oak}\n")
    file.write_text(f"{text}cases:\n- {{id: pine, choose: {{wood: pine, lamp: yes}}, possible: no}}\n")
    for arguments in ("check",), ("import",), ("import", "--publish"):
        answer = lotone("catalog", *arguments, str(file))
        assert answer.exit_code == 0, answer.output
        assert "Warning: rule again: says nothing that others do not say (because of lamp_oak)" in answer.output
        assert "2,182,812 products, whatever their texts say.\n" in answer.output
        assert answer.stderr.startswith("Proving it"), "what takes long says so"
        assert "Proving" not in answer.stdout, "which others read"
    assert "Published Garden bench as bench, version 1." in answer.output
    many = "".join(f"- {{id: same_{n}, require: not lamp or wood = oak}}\n" for n in range(20))
    file.with_stem("many").write_text(text.replace("rules:\n", f"rules:\n{many}"))
    assert "rules: there are 12 more\n" in lotone("catalog", "check", f"{tmp_path}/many.yaml").output
    assert lotone("catalog", "check", "--all", f"{tmp_path}/many.yaml").output.count("Warning") == 22
    file.write_text(file.read_text().replace("possible: no", "costs: 1"))
    for arguments in ("check",), ("import", "--publish"):
        answer = lotone("catalog", *arguments, str(file))
        assert answer.exit_code == 1
        assert "Error: case pine: expected to be possible" in answer.output
    assert "version 1" in lotone("catalog", "list").output


def test_a_catalogue_that_touches_what_is_saved_says_so_and_asks(lotone, shop, tmp_path):
    with transaction(shop) as session:
        save(session, Whom(a_customer(session)), "Porch", Configured(published(session), bench_values()))
    file = tmp_path / "bench.yaml"
    file.write_text(dump(bench()).replace("price: 120", "price: 130").replace("least: 600", "least: 1300").replace(
        "standard: 1200", "standard: 1300"))
    for arguments in (), ("--publish",):
        answer = lotone("catalog", "import", *arguments, str(file))
        assert "Different: 1 specification, 0 drafts, of 1 customer.\n" in answer.output
        assert "no longer possible: Width: 1 specification, 0 drafts (S-0001)\n" in answer.output
        assert "price: higher in 1, lower in 0 specifications; at most +20.00 EUR a piece" in answer.output
    assert (answer.exit_code, "Publish it?" in answer.output) == (1, True), "nobody has answered"
    assert "version 1" in lotone("catalog", "list").output
    assert "version 2." in lotone("catalog", "import", "--publish", "--yes", str(file)).output


@pytest.mark.parametrize(("arguments", "says"), [
    (("add", "rita@example.com", "--name", "R", "--role", "rep"), "already"),
    (("add", "new@example.com", "--name", "R", "--role", "rep", "--password", "x"), "10 to 200"),
    (("add", "new@example.com", "--name", "R", "--role", "chef"), "'chef' is not one of"),
    (("password", "nobody@example.com"), "no account"), (("switch", "nobody@example.com"), "no account")])
def test_what_cannot_be_done_with_an_account_is_said(lotone, shop, arguments, says):
    lotone("account", "add", "rita@example.com", "--name", "Rita", "--role", "rep")
    answer = lotone("account", *arguments)
    assert answer.exit_code > 0
    assert says in answer.output
    with transaction(shop) as session:
        assert len(session.scalars(select(Account)).all()) == 1
