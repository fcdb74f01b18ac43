"""Whoever watches over the server asks it how it is."""


def test_health_says_that_the_database_answers(client):
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok"}
