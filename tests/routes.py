"""Addresses of every route."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule


def address(app: Flask, rule: Rule, **named: str) -> str:
    """An address of the route; what it names does not exist, but for what is `named`."""
    values = {name: 4711 if isinstance(converter, IntegerConverter) else "nothing-there"
              for name, converter in rule._converters.items()}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values | {name: named[name] for name in named.keys() & values.keys()})


def numbered(app: Flask) -> list[tuple[str, str]]:
    """Each route that names a number: an address with one that no database can hold, and a method."""
    return [(address(app, rule).replace("4711", str(10**20)), next(iter(rule.methods - {"OPTIONS", "HEAD"})))
            for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
