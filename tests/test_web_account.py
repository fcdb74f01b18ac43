"""Signing up, in and out, and changing what is kept about oneself."""

import re

import pytest
from factories import PASSWORD, a_customer, member, published, sign_in
from sqlalchemy import select

from configurator.records import Draft
from configurator.transaction import transaction
from configurator.web.access import access, guest_token
from orders import accounts
from orders.records import Account, Login

ADA = {"name": "Ada Winter", "email": "ada@example.com", "phone": "+49 171 555", "password": PASSWORD}


def draft(id_, version, **owner):
    return Draft(id=id_, version_id=version.id, proposals={}, history=[], **owner)


@pytest.fixture
def account(database):
    with transaction(database) as session:
        return member(session)


def test_signing_up_makes_a_customer_who_is_signed_in(client, database):
    answer = client.post("/account/signup", data=ADA)
    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/account/").text
    assert 'value="Ada Winter"' in page
    assert 'value="+49 171 555"' in page
    with transaction(database) as session:
        assert session.scalar(select(Account)).customer.name == "Ada Winter"


@pytest.mark.parametrize(("change", "says"), [
    ({"name": " "}, "Enter a name"), ({"name": "A\0B"}, "can be kept"), ({"name": "Ada \u202eretniW"}, "can be kept"),
    ({"name": "Ada\u2028Winter"}, "can be kept"), ({"name": "x" * 201}, "at most 200"),
    ({"email": "ada"}, "Write it like"), ({"email": "a b@example.com"}, "Write it like"),
    ({"email": ("x" * 250) + "@example.com"}, "Field cannot be longer"), ({"phone": "call me"}, "telephone number has"),
    ({"password": "short"}, "10 to 200"), ({"password": "x" * 201}, "10 to 200"),
    ({"password": ""}, "Enter a password")])
def test_a_form_that_is_wrong_says_where_and_keeps_what_was_typed(app_with, sqlite, change, says):
    answer = app_with().test_client().post("/account/signup", data=ADA | change)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert PASSWORD not in answer.text
    if "email" not in change:
        assert 'value="ada@example.com"' in answer.text
    with transaction(sqlite) as session:
        assert session.scalar(select(Account)) is None


@pytest.mark.parametrize(("role", "home"), [("customer", "/"), ("rep", "/desk/"), ("fulfilment", "/floor/"),
                                            ("manager", "/studio/"), ("admin", "/desk/")])
def test_signing_in_leads_to_ones_work_or_where_one_was_going(app_with, sqlite, role, home):
    with transaction(sqlite) as session:
        account = member(session, role)
    client = app_with().test_client()
    form = {"email": account.email, "password": PASSWORD}
    assert client.post("/account/login", data=form).location == home
    assert client.post("/account/login?next=/account/", data=form).location == "/account/"


def test_an_address_signs_up_once(client, account):
    answer = client.post("/account/signup", data=ADA | {"email": account.email.upper()})
    assert answer.status_code == 422
    assert "sign in instead" in answer.text


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, account):
    read = []
    for email in account.email, "nobody@example.com":
        answer = client.post("/account/login", data={"email": email, "password": "wrong password"})
        assert answer.status_code == 422
        read.append(re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text.replace(email, "")))
    assert read[0] == read[1]


def test_whoever_guesses_is_told_to_wait_and_it_is_kept(client, account):
    for _ in range(accounts.PER_EMAIL):
        client.post("/account/login", data={"email": account.email, "password": "wrong password"})
    answer = client.post("/account/login", data={"email": account.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.text


def test_a_guest_keeps_their_work_when_they_sign_up_or_in(client, app, database):
    @app.get("/test/guest")
    @access("public")
    def guest():
        return guest_token()

    token = client.get("/test/guest").text
    with transaction(database) as session:
        version, other = published(session), a_customer(session, "Somebody else")
        session.add_all([draft("mine", version, guest=token), draft("another guest's", version, guest="x" * 32),
                         draft("another customer's", version, customer_id=other.id)])
    client.post("/account/signup", data=ADA)
    with transaction(database) as session:
        ada = session.scalar(select(Account)).customer_id
        owners = {one.id: (one.customer_id, one.guest) for one in session.scalars(select(Draft))}
    assert owners == {"mine": (ada, None), "another guest's": (None, "x" * 32), "another customer's": (other.id, None)}


def test_staff_who_sign_in_leave_a_guests_work_with_the_guest(client, app, database):
    app.get("/test/guest")(access("public")(lambda: guest_token()))
    token = client.get("/test/guest").text
    with transaction(database) as session:
        session.add(draft("guest's", published(session), guest=token))
        rep = member(session, "rep")
    sign_in(client, rep)
    with transaction(database) as session:
        assert session.get(Draft, "guest's").guest == token


def test_details_change(client, account, database):
    sign_in(client, account)
    answer = client.post("/account/profile", data={"name": "Ada Frost", "phone": "0171", "locale": "de_AT"},
                         follow_redirects=True)
    assert "Your details are changed." in answer.text
    with transaction(database) as session:
        changed = session.get(Account, account.id)
        assert (changed.name, changed.customer.name, changed.customer.phone) == ("Ada Frost", "Ada Frost", "0171")
        assert changed.locale == "de_AT"


def test_a_locale_that_is_not_offered_is_refused(client, account):
    sign_in(client, account)
    answer = client.post("/account/profile", data={"name": "Ada", "locale": "../x"})
    assert answer.status_code == 422


def test_address_and_password_change_only_with_the_password(client, account, database):
    sign_in(client, account)
    new = "a new sentence to use"
    refused = [client.post("/account/email", data={"email": "new@example.com", "current": "wrong password"}),
               client.post("/account/password", data={"current": "wrong password", "password": new, "again": new}),
               client.post("/account/password", data={"current": PASSWORD, "password": new, "again": new + "x"})]
    assert [answer.status_code for answer in refused] == [422] * 3
    assert "This is not your password" in refused[0].text
    assert "The two new passwords differ" in refused[2].text
    client.post("/account/email", data={"email": "New@example.com", "current": PASSWORD})
    client.post("/account/password", data={"current": PASSWORD, "password": new, "again": new})
    with transaction(database) as session:
        changed = session.get(Account, account.id)
        assert changed.email == "new@example.com"
        assert accounts.verify(changed, new)


def test_a_new_password_signs_out_every_other_browser(client, app, account, database):
    other, new = app.test_client(), "a new sentence to use"
    sign_in(client, account)
    sign_in(other, account)
    client.post("/account/password", data={"current": PASSWORD, "password": new, "again": new})
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 303
    with transaction(database) as session:
        assert len(session.scalars(select(Login)).all()) == 1


def test_a_changed_name_is_kept_as_a_new_one_is(client, database):
    client.post("/account/signup", data=ADA)
    refused = client.post("/account/profile", data={"name": "Ada \u202eretniW", "locale": ""})
    assert (refused.status_code, "can be kept" in refused.text) == (422, True)
    client.post("/account/profile", data={"name": "Ada   Summer", "phone": " +49 30 1 ", "locale": ""})
    with transaction(database) as session:
        customer = session.scalar(select(Account)).customer
        assert (customer.name, customer.phone, customer.email) == ("Ada Summer", "+49 30 1", ADA["email"])


def test_a_name_that_could_be_script_is_only_a_name(client, database):
    client.post("/account/signup", data=ADA | {"name": "<script>alert(1)</script>\"'{{7*7}}"})
    page = client.get("/account/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;{{7*7}}" in page
