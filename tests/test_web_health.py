"""Whoever watches over the server asks it how it is."""


def test_health_says_that_the_database_answers(client):
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok"}


def test_without_its_database_health_fails_and_the_page_says_so_calmly(app_with):
    client = app_with(database_url="postgresql+psycopg://127.0.0.1:9/none?connect_timeout=1").test_client()
    client.application.testing = False
    assert client.get("/health").status_code == 500
    client.set_cookie("lotone", "")
    with client.session_transaction() as cookie:
        cookie["login"] = "somebody"
    answer = client.get("/account/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
