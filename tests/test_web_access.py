"""Who may call what: every route as every role, and as nobody.

Every route has its line here, so that a new one cannot pass without somebody saying who it is for.
"""

import pytest
from conftest import application, settings_for
from factories import member, sign_in

from configurator.transaction import transaction
from configurator.web.access import access, require_access
from orders.records import ROLES

NOBODY = "nobody"
EVERYBODY = {NOBODY, *ROLES}
SIGNED_IN = set(ROLES)
CUSTOMER = {"customer"}
DESK = {"rep", "admin"}
FLOOR = {"fulfilment", "admin"}
STUDIO = {"manager", "admin"}

WHO_MAY = {
    "static": EVERYBODY, "health": EVERYBODY,
    "account.login": EVERYBODY, "account.signup": EVERYBODY, "account.logout": EVERYBODY,
    "account.profile": SIGNED_IN, "account.change_profile": SIGNED_IN, "account.change_email": SIGNED_IN,
    "account.change_password": SIGNED_IN,
    "floor.queue": FLOOR, "floor.sheet": FLOOR | DESK, "floor.pdf": FLOOR | DESK,
    "floor.sign": FLOOR, "floor.undo": FLOOR, "floor.ship": FLOOR,
    "studio.catalogues": STUDIO, "studio.receive": STUDIO, "studio.version": STUDIO, "studio.source": STUDIO,
}


def test_the_table_is_about_the_routes_there_are(app):
    assert set(WHO_MAY) == set(app.view_functions)


def test_every_route_lets_in_who_may_and_nobody_else(sqlite_app):
    app, accounts = sqlite_app
    routes = [(rule, method) for rule in app.url_map.iter_rules() for method in rule.methods - {"OPTIONS", "HEAD"}]
    assert len(routes) >= len(WHO_MAY)
    for who in EVERYBODY:
        client = app.test_client()
        if who != NOBODY:
            sign_in(client, accounts[who])
        for rule, method in sorted(routes, key=lambda route: route[0].endpoint == "account.logout"):
            answer = client.open(address(app, rule), method=method)
            assert let_in(answer) == (who in WHO_MAY[rule.endpoint]), f"{who} {method} {rule}: {answer.status}"


@pytest.fixture
def sqlite_app(sqlite, tmp_path):
    """The application on SQLite, and an account of each role."""
    with transaction(sqlite) as session:
        accounts = {role: member(session, role) for role in ROLES}
    with application(settings_for(sqlite, tmp_path)) as app:
        yield app, accounts


def address(app, rule):
    """An address of the route; what it names does not exist."""
    values = {name: 4711 if type(converter).__name__ == "IntegerConverter" else "nothing-there"
              for name, converter in rule._converters.items()}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values) if values else rule.rule


def let_in(answer):
    """Whether the view was reached: what is not there is 404 only to those who may look for it."""
    sent_away = answer.status_code == 303 and "/account/login" in answer.location
    return answer.status_code not in {401, 403} and (not sent_away or answer.request.path == "/account/logout")


def test_a_view_that_does_not_say_who_it_is_for_stops_the_start(app):
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(RuntimeError, match="forgotten"):
        require_access(app)


def test_only_known_roles_can_be_named():
    for roles in ((), ("rep", "chef")):
        with pytest.raises(ValueError, match="public or some of"):
            access(*roles)


def test_who_is_not_signed_in_is_asked_to_and_comes_back(client):
    answer = client.get("/account/?a=b")
    assert (answer.status_code, answer.location) == (303, "/account/login?next=/account/?a%3Db")
    assert client.post("/account/profile").location == "/account/login"


def test_a_fragment_asked_for_without_a_session_moves_the_whole_page(client):
    answer = client.get("/account/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/account/login")
