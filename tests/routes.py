"""Addresses of every route."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule


def address(app: Flask, rule: Rule, **named: str) -> str:
    """An address of the route; what it names does not exist, but for what is `named`."""
    values = {name: 4711 if isinstance(converter, IntegerConverter) else "nothing-there"
              for name, converter in rule._converters.items()}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values | {name: named[name] for name in named.keys() & values.keys()})
