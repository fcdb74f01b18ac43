"""What is in the way of a piece in a room, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from orders.places.rooms import Obstacle
from orders.places.standing import Standing


def against(rule: str, standing: Standing | None) -> str:
    """What a rule of a spot says; empty for any other rule."""
    found = standing.against(rule) if standing else None
    match found:
        case None:
            return ""
        case Obstacle(kind="door", swings=True):
            return _("It would stand in the swing of %(thing)s.", thing=found.name)
        case Obstacle(kind="door"):
            return _("It would stand in the way to %(thing)s.", thing=found.name)
        case Obstacle(kind="window"):
            return _("It would stand before %(thing)s, above the sill.", thing=found.name)
        case Obstacle():
            return _("%(thing)s is in its way.", thing=found.name)
        case "height":
            return _("It would be higher than the room.")
        case "wall":
            return _("Its back would not stand against a wall.")
    return _("It would not be in the room, or too little would stay free beside it.")
