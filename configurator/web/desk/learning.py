"""What is entered per order, by how often somebody ordered: for the whole shop, and for each product."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from catalog.store import catalogue
from configurator.transaction import session
from configurator.web.access import access, found
from configurator.web.shop import chart
from orders.relation import learning as curves

learning = Blueprint("learning", __name__, url_prefix="/desk")


@learning.get("/learning")
@access("rep", "manager")
def curve() -> str:
    """The learning curve of all products together, or of the one asked for."""
    versions = {version.product.slug: version for version in catalogue(session)}
    shown = found(versions.get(request.args["product"])) if "product" in request.args else None
    steps = curves.curve(session, shown.product_id if shown else None)
    return render_template("desk/learning.html", versions=versions, shown=shown, steps=steps, marks=chart.marks(steps),
                           enough=curves.ENOUGH, most=curves.MOST)
