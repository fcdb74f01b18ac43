"""What every answer carries, and what is refused whoever asks."""

from pathlib import Path

import pytest
from factories import PASSWORD, member, sign_in
from flask import url_for
from household import on_sqlite
from routes import address

from configurator.app import create_app
from configurator.transaction import transaction
from configurator.web.access import admitted

REQUIRED = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}


@pytest.fixture
def strict(settings):
    """The application as it is served, with CSRF."""
    app = create_app(settings)
    yield app
    app.extensions["engine"].dispose()


@on_sqlite
@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/health", 200), ("GET", "/account/login", 200), ("GET", "/account/", 303), ("GET", "/no-such-page", 404),
    ("DELETE", "/account/login", 405), ("POST", "/account/login", 400), ("GET", "/static/css/base.css", 200),
    ("GET", "/static/../settings.py", 404), ("GET", "/account", 308)])
def test_every_answer_has_the_headers_errors_too(strict, method, path, status):
    answer = strict.test_client().open(path, method=method)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in REQUIRED} == REQUIRED
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "Permissions-Policy" in answer.headers
    assert "Strict-Transport-Security" not in answer.headers


def test_by_https_browsers_insist_on_it(settings):
    from dataclasses import replace

    app = create_app(replace(settings, https=True))
    answer = app.test_client().get("/account/login", base_url="https://shop.example")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-lotone=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    app.extensions["engine"].dispose()


def test_an_error_of_ours_is_a_page_with_headers_and_without_secrets(strict):
    strict.config["PROPAGATE_EXCEPTIONS"] = False
    strict.extensions["engine"].dispose()
    strict.view_functions["health"] = broken
    broken.admitted = {"public"}
    answer = strict.test_client().get("/health")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "the secret is 42" not in answer.text
    assert 'class="bar"' in answer.text


def broken():
    raise RuntimeError("the secret is 42")


def test_no_route_takes_a_post_without_the_token_of_its_form(strict):
    client = strict.test_client()
    rules = [rule for rule in strict.url_map.iter_rules() if rule.methods & {"POST", "PUT", "PATCH", "DELETE"}]
    assert len(rules) >= 5
    for rule in rules:
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            is_public = "public" in admitted(strict, rule.endpoint)
            refused = (415 if is_public else 401) if rule.endpoint.startswith("api.") else 400  # what no form can send
            assert client.open(address(strict, rule), method=method).status_code == refused, rule


def test_a_token_belongs_to_one_session(strict, database):
    mine, other = strict.test_client(), strict.test_client()
    token = mine.get("/account/login").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    other.get("/account/login")
    form = {"email": "a@example.com", "password": "b", "csrf_token": token}
    assert other.post("/account/login", data=form).status_code == 400
    assert mine.post("/account/login", data=form).status_code == 422


def test_too_large_a_body_is_refused(client, app):
    answer = client.post("/account/login", data={"email": "x" * app.config["MAX_CONTENT_LENGTH"]})
    assert answer.status_code == 413
    assert "That is too much at once" in answer.text


def test_a_host_that_is_not_ours_is_refused(settings):
    from dataclasses import replace

    app = create_app(replace(settings, trusted_hosts=("shop.example",)))
    assert app.test_client().get("/health", base_url="http://shop.example").status_code == 200
    assert app.test_client().get("/health", base_url="http://evil.example").status_code == 400
    app.extensions["engine"].dispose()


def test_signing_in_starts_a_new_session_and_signing_out_ends_it_everywhere(client, app, database):
    with transaction(database) as session:
        account = member(session)
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    sign_in(client, account)
    with client.session_transaction() as cookie:
        assert set(cookie) == {"_permanent", "login"}
    copied = client.get_cookie("lotone").value
    assert client.get("/account/").status_code == 200
    client.post("/account/logout")
    thief = app.test_client()
    thief.set_cookie("lotone", copied)
    assert thief.get("/account/").status_code == 303


def test_a_session_ends_with_its_account(client, database):
    with transaction(database) as session:
        account = member(session)
    sign_in(client, account)
    with transaction(database) as session:
        session.merge(account).active = False
    assert client.get("/account/").status_code == 303
    answer = client.post("/account/login", data={"email": account.email, "password": PASSWORD})
    assert answer.status_code == 422


def test_an_answer_that_changes_nothing_of_the_session_leaves_its_cookie_alone(strict, database):
    """A slow one would bring back an older session: what was told in the meantime would never be read."""
    client = strict.test_client()
    with transaction(database) as session:
        account = member(session, "fulfilment")
    strict.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, account)
    client.get("/floor/stock")  # the token of its forms is kept
    for path in "/static/css/base.css", "/floor/worker.js", "/floor/stock":
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers, path


def test_static_files_are_the_same_for_everybody_and_kept_by_their_stamp(client, app):
    with app.test_request_context():
        address = url_for("static", filename="style.css")
    answer = client.get(address)
    assert {"immutable", "public"} <= set(answer.headers["Cache-Control"].split(", "))
    assert "Vary" not in answer.headers
    for sheet in Path(app.static_folder, "css").iterdir():  # none is forgotten in the one file that pages name
        assert sheet.read_text() in answer.text, sheet.name
    assert address in client.get("/").text
    unstamped = client.get("/static/style.css")
    assert unstamped.headers["Cache-Control"] == "no-cache"
    again = client.get("/static/style.css", headers={"If-None-Match": unstamped.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")


def test_a_forged_cookie_is_worth_nothing(client):
    client.set_cookie("lotone", "eyJsb2dpbiI6IngifQ.aaaaaa.forged")
    assert client.get("/account/").status_code == 303


@on_sqlite
@pytest.mark.parametrize("there", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)",
                                   "/account/\r\nX: y", "evil"])
def test_signing_in_leads_to_no_other_site(client, database, there):
    with transaction(database) as session:
        account = member(session)
    answer = client.post("/account/login", query_string={"next": there},
                         data={"email": account.email, "password": PASSWORD})
    assert answer.location == "/"


def test_errors_of_the_api_are_problems(client):
    answer = client.get("/api/no-such-thing")
    assert answer.mimetype == "application/problem+json"
    assert (answer.json["status"], answer.json["title"]) == (404, "Not Found")


def test_numbers_with_signs_that_no_database_holds_are_not_there(client, database):
    """On both databases: PostgreSQL takes no NUL in a text."""
    with transaction(database) as session:
        admin = member(session, "admin")
    sign_in(client, admin)
    answers = {path: client.get(path).status_code for path in (
        "/floor/orders/%00", "/floor/orders/%00.pdf", "/orders/%00", "/desk/clients/%00", "/specifications/%00")}
    assert set(answers.values()) <= {400, 404}, answers
    assert client.get("/desk/?q=%00").status_code == 200
