"""The hall that tests of pieces in a plan are about, and the bench that is made for it."""

from __future__ import annotations

from orders.places.rooms import Block, Opening, Plan

HALL = Plan(3000, 2400, 2500, walls=(Block(1000, 0, 800, 400, 2500, "Chimney"),),
            openings=(Opening("door", "front", 500, 900, 900, 0, 2000, "Door"),),
            furniture=(Block(2200, 1500, 800, 900, 900, "Chest <b>"), Block(2700, 1000, 300, 200, 1500, "Lamp"),
                        Block(0, 1200, 300, 300, 900, "Basket")))
"""Along the upper wall 1,000 mm left of the chimney, 1,200 mm right of it; nowhere more."""
FOOTPRINT = {"width": "width", "depth": 400, "height": 500, "clearance": {"front": 300}, "against": "wall",
             "alcove": {"width": "width"}}


def sized() -> dict[str, object]:
    """The bench, as wide as one likes, in a place."""
    return {"footprint": {key: value for key, value in FOOTPRINT.items() if key != "alcove"}, "characteristics": [
        {"name": "width", "kind": "number", "title": "Width", "group": "look", "least": 600, "most": 2400, "unit": "mm",
         "step": 10, "standard": 1300},
        {"name": "floor", "kind": "choice", "title": "Floor", "about": "place", "group": "body",
         "values": [{"name": "wood"}, {"name": "stone"}]},
        {"name": "wood", "kind": "choice", "title": "Wood", "group": "look", "operation": "saw", "standard": "oak",
         "values": [{"name": "oak", "price": 120, "part": "W-OAK", "swatch": "#aa8855"},
                    {"name": "pine", "price": 0, "part": "W-PINE", "swatch": "#ddcc99"}]},
        {"name": "hooks", "kind": "several", "title": "Hooks", "group": "look", "values": [{"name": "left"}]},
        {"name": "engraving", "kind": "text", "title": "Engraving", "group": "look", "most": 60}], "rules": []}
