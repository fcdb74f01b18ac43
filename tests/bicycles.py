"""The touring bicycle that tests are about, and what people order of it."""

from __future__ import annotations

from typing import Any

from samples import Sample

from catalog.nodes import Answer

SAMPLE = Sample("touring_bicycle")
MODEL, broken, quantity, stages = SAMPLE.model, SAMPLE.broken, SAMPLE.quantity, SAMPLE.stages


def bicycle(**changes: Any) -> dict[str, Answer]:
    """The standard bicycle with some answers changed; sets become the frozensets of a several-of."""
    standard = SAMPLE.standard
    return standard | {name: frozenset(answer) if isinstance(answer, set) else answer
                       for name, answer in changes.items()}


STANDARD = bicycle()
SMALL = bicycle(inside_leg=690, height=1560, sit_bones=140, style="upright", luggage=15, size="s46", shape="trapeze",
                colour="pale_green", wheel="w584", tyre="t47", rim="r25", crank=160, bar="swept", stem=80,
                levers="flat_hydraulic", bell="classic", mudguards="g60", saddle="wide", gears="hub8",
                transmission="belt", cassette="belt_22", freehub="none", chainring="belt_46", axles="qr", mount="is",
                rear_light="guard", lock="frame_lock", extras={"cage_down", "mirror"}, engraving="A. B.")
TALL = bicycle(inside_leg=970, height=2050, size="s64", colour="orange", frame="aluminium", fork="aluminium",
               bar="flat", levers="flat_hydraulic", stem=110, gears="hub14", cassette="cog_16", freehub="none",
               chainring="ring_42", crank=180, rotor="r180", mount="post", brakes="disc_four", spokes=36, rim="r19",
               tyre="t37", front_rack="platform", kickstand="twin",
               extras={"cage_down", "cage_seat", "cage_under", "pump"})
LIGHT = bicycle(inside_leg=880, height=1860, luggage=0, style="sporty", size="s58", frame="titanium", colour="brushed",
                fork="carbon", gears="d1x12", cassette="xd_10_50", freehub="xd", chainring="ring_42", pedals="click",
                saddle="race", seatpost="p300", stem=100, mudguards="none", tyre="t32", rim="r19", rear_rack="none",
                front_light="battery", rear_light="battery", front_hub="plain", kickstand="none", extras=set(),
                engraving="Nordkap")
WORLD = bicycle(luggage=40, mount="is", wheel="w584", rim="r25", tyre="t50", spokes=36, gears="hub14", rotor="r180",
                transmission="belt", cassette="belt_20", freehub="none", chainring="belt_46", bar="loop",
                levers="flat_hydraulic", mudguards="g60", front_rack="lowrider", kickstand="twin", bell="classic")
NAMED = {"standard": STANDARD, "small": SMALL, "tall": TALL, "light": LIGHT, "world": WORLD}
