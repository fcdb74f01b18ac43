"""Who may call what: every route as every role, and as nobody.

Every route has its line here, so that a new one cannot pass without somebody saying who it is for.
"""

from datetime import timedelta

import pytest
from conftest import application, settings_for
from factories import bench_values, member, ordered, published, sent_quote, sign_in, staff
from routes import address, numbered

from configurator.drafts.sessions import open_draft
from configurator.transaction import transaction
from configurator.web.access import access, admitted, require_access
from orders.lifecycle import move
from orders.records import ROLES
from orders.specifications import Configured, save
from orders.subjects import Whom

NOBODY = "nobody"
EVERYBODY = {NOBODY, *ROLES}
SIGNED_IN = set(ROLES)
CUSTOMER = {"customer"}
DESK = {"rep", "admin"}
FLOOR = {"fulfilment", "admin"}
STUDIO = {"manager", "admin"}
PEOPLE = ("page", "add", "one", "rename", "remove", "plan", "change", "drop")
MEMORY = "page", "correct", "forget", "consent", "take_json", "take_csv", "bring"

WHO_MAY = {
    "static": EVERYBODY, "health": EVERYBODY,
    "account.login": EVERYBODY, "account.signup": EVERYBODY, "account.logout": EVERYBODY,
    "account.profile": SIGNED_IN, "account.change_profile": SIGNED_IN, "account.change_email": SIGNED_IN,
    "account.change_password": SIGNED_IN,
    "shop.products": EVERYBODY, "shop.product": EVERYBODY, "shop.open_product": EVERYBODY, "shop.link": EVERYBODY,
    "shop.open_link": EVERYBODY, "shop.configure": EVERYBODY, "shop.act": EVERYBODY, "shop.switch": EVERYBODY,
    "ordering.review": EVERYBODY, "ordering.place": EVERYBODY,
    "api.products": EVERYBODY, "api.open_product": EVERYBODY, "api.show": EVERYBODY, "api.change": EVERYBODY,
    "api.why": EVERYBODY, "api.people": EVERYBODY, "api.switch": EVERYBODY,
    "api.trace_rule": EVERYBODY, "api.ranges": EVERYBODY,
    "api.kept": CUSTOMER, "api.specification": CUSTOMER | DESK, "api.open_specification": CUSTOMER | DESK,
    "api.open_order": CUSTOMER | DESK, "api.renew": EVERYBODY,
    "orders.orders": CUSTOMER, "orders.kept": CUSTOMER,
    "orders.order": CUSTOMER | DESK, "orders.again": CUSTOMER | DESK,
    **{f"changing.{view}": CUSTOMER | DESK for view in ("begin", "review", "confirm", "drop", "take_back")},
    "changing.let_go": DESK | FLOOR,
    **{f"granting.{view}": FLOOR for view in ("waiting", "approve", "refuse")},
    **{f"granting.{view}": FLOOR | DESK for view in ("old", "old_pdf", "notice")},
    "orders.specification": CUSTOMER | DESK, "orders.rename": CUSTOMER | DESK, "orders.copy": CUSTOMER | DESK,
    "orders.reopen": CUSTOMER | DESK,
    "feedback.right": CUSTOMER | DESK, "feedback.answer": CUSTOMER | DESK, "feedback.remake": CUSTOMER | DESK,
    **{f"people.{view}": CUSTOMER for view in PEOPLE}, **{f"client_people.{view}": DESK for view in PEOPLE},
    **{f"erasure.{view}": CUSTOMER for view in ("page", "erase")},
    **{f"client_erasure.{view}": DESK for view in ("page", "erase")},
    **{f"memory.{view}": CUSTOMER for view in MEMORY}, **{f"client_memory.{view}": DESK for view in MEMORY},
    **{f"client.{view}": DESK for view in ("edit", "call", "write", "change")},
    "desk.clients": DESK, "desk.find": DESK, "desk.new_client": DESK, "desk.client": DESK, "desk.order": DESK,
    "learning.curve": DESK | STUDIO,
    "keeping.page": STUDIO,
    **{f"quotes.{view}": DESK | STUDIO for view in ("page", "begin", "quote", "change", "act", "charge", "revision",
                                                    "pdf")},
    **{f"quote_lines.{view}": DESK | STUDIO for view in ("put", "add", "reopen")},
    **{f"quoted.{view}": EVERYBODY for view in ("page", "pdf", "accept", "ask")},
    **{f"own_quotes.{view}": CUSTOMER for view in ("page", "quote", "pdf", "accept", "ask")},
    "charges.mine": CUSTOMER,
    **{f"charges.{view}": STUDIO for view in ("page", "note", "remove", "begin", "limit")},
    "floor.queue": FLOOR, "floor.sheet": FLOOR | DESK, "floor.pdf": FLOOR | DESK,
    "floor.sign": FLOOR, "floor.undo": FLOOR, "feedback.by_link": EVERYBODY, "feedback.answer_by_link": EVERYBODY,
    **{f"outbox.{view}": DESK | STUDIO for view in ("page", "one", "resend")},
    "shipping.ship": FLOOR, "shipping.carriers": FLOOR | STUDIO, "shipping.keep": FLOOR | STUDIO,
    **{f"shipping.{view}": FLOOR | DESK for view in ("page", "delivered", "returned", "packing_list", "label")},
    **{f"bench.{view}": FLOOR for view in ("operation", "others", "begin", "pause", "done", "undo", "count")},
    "sheets.choose": FLOOR, "sheets.worker": EVERYBODY,
    **{f"sheets.{view}": FLOOR | DESK for view in ("pdf", "label", "parts", "steps", "data")},
    "measured.measure": FLOOR, "measured.decide": FLOOR,
    "troubles.report": FLOOR, "troubles.settle": FLOOR, "troubles.photo": FLOOR | DESK,
    "tracing.batches": FLOOR | DESK, "tracing.use": FLOOR, "tracing.drop": FLOOR,
    "queues.centres": FLOOR, **{f"picking.{view}": FLOOR for view in ("lists", "pick", "back", "spoilt")},
    **{f"attending.{view}": DESK for view in ("list_", "done", "undo")},
    **{f"relation.{view}": DESK | STUDIO for view in ("kinds", "nexts")},
    **{f"relation.{view}": STUDIO for view in ("everybody", "tenth", "lots")},
    **{f"tiers.{view}": DESK | STUDIO for view in ("all_", "client", "members")},
    **{f"tiers.{view}": STUDIO for view in ("delete", "edit", "new", "put")},
    **{f"memory.{act}_noted": CUSTOMER for act in ("correct", "forget")},
    **{f"client_memory.{act}_noted": DESK for act in ("correct", "forget")},
    "board.board": FLOOR | DESK, "board.times": STUDIO,
    **dict.fromkeys((
        "stocking.parts", "stocking.take", "stocking.bring", "stocking.part", "stocking.change", "buying.needs",
        "buying.order", "buying.receive", "hours.week", "hours.change", "hours.close"), FLOOR | STUDIO),
    "studio.catalogues": STUDIO, "studio.receive": STUDIO, "studio.version": STUDIO, "studio.source": STUDIO,
    "studio.proven": STUDIO,
}


def test_the_table_is_about_the_routes_there_are(app):
    assert set(WHO_MAY) == set(app.view_functions)


def test_there_is_nothing_at_a_number_that_no_database_can_hold(sqlite_app):
    app, _ = sqlite_app
    found = {(at, method): app.test_client().open(at, method=method).status_code for at, method in numbered(app)}
    assert len(found) > 20
    assert set(found.values()) <= {404, 405}, found


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


OPEN = ("/static/", "/products/", "/api/products/", "/quoted/", "/asked/")
"""Where addresses name what belongs to nobody in particular, or to whoever has the address."""


@pytest.fixture
def belongings(sqlite):
    """What Ada has, by the beginning of its addresses: an order, a specification, a configuration in progress."""
    with transaction(sqlite) as session:
        ada, version = member(session, name="Ada Winter"), published(session)
        saved = save(session, Whom(ada.customer), "Mine", Configured(version, bench_values()), ada)
        order = ordered(session, ada.customer, version, revision=saved)
        placed = ordered(session, ada.customer, version, free_for=timedelta(1))
        changing, draft = (open_draft(session, version, Whom(ada.customer)) for _ in range(2))
        changing.changes = placed
        quote = sent_quote(session, ada.customer)
        for state in "in_production", "built", "shipped":  # so that it can be said whether it was right
            move(session, order, state, staff(session, "fulfilment"))
        return ada, {
            "/orders/": {"number": order.number}, "/configure/<draft>/change": {"draft": changing.id},
            "/configure/": {"draft": draft.id}, "/api/drafts/": {"draft": draft.id},
            "/specifications/": {"number": saved.specification.number, "letter": "A"},
            "/api/specifications/": {"number": saved.specification.number, "letter": "A"},
            "/api/orders/": {"number": order.number}, "/quotes/": {"number": quote.number},
            "/people/": {"subject": next(s.id for s in ada.customer.subjects if s.kind == "place")}}


def test_what_is_somebody_elses_is_not_there(sqlite_app, belongings):
    app, accounts = sqlite_app
    ada, things = belongings
    owner, strangers = app.test_client(), {who: app.test_client() for who in (NOBODY, "customer", "fulfilment")}
    sign_in(owner, ada)
    for who in strangers.keys() - {NOBODY}:
        sign_in(strangers[who], accounts[who])
    rules = [rule for rule in app.url_map.iter_rules() if rule.arguments and not rule.rule.startswith(OPEN)
             and admitted(app, rule.endpoint) & {"public", "customer"}]
    assert len(rules) >= 9
    for rule in rules:
        named = next(named for start, named in things.items() if rule.rule.startswith(start))
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            for who, client in strangers.items():
                sent = {"json": {}} if rule.endpoint.startswith("api.") else {}
                answer = client.open(address(app, rule, **named), method=method, **sent)
                assert answer.status_code == 404 or not let_in(answer), f"{who} {method} {rule}: {answer.status}"
        if "GET" in rule.methods:
            assert owner.get(address(app, rule, **named)).status_code in (200, 422), rule


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
