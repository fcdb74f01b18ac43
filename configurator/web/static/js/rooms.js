// What stands in the plan of a room is dragged, or moved with the arrow keys. The fields beside it say where it stands
// and work without this: what is dropped is written there, and checked as if it had been typed.
const COARSE = 50, FINE = 10; // mm
const REACH = 80; // mm: so near to an edge it stands at it
const CLICK = 4; // px: what is moved by less is not moved
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

let held = null; // what is being moved: where it was, where it is, and where it was taken hold of
let kept = null; // whose place was sent off: it gets the focus again
let section = null; // in which a form was sent: it gets the focus if what had it is gone

const field = ({ dataset }, name) => document.getElementById(`${dataset.fields}-${name}`);
const spotOf = ({ dataset }) => dataset.spot.split(" ").map(Number);
const numbers = (shape, names) => names.map((name) => Number(shape.getAttribute(name)));

/** The part of the plan that a thing of this size covers at a spot: left, top, width, depth; see Spot.moved. */
function covered([x, y, turned], [width, depth]) {
  const [across, along] = turned % 180 ? [depth, width] : [width, depth];
  return [x - (turned === 90 || turned === 180 ? across : 0), y - (turned >= 180 ? along : 0), across, along];
}

/** The inverse: the left end of its back. */
function spot([left, top, across, along], turned) {
  return [left + (turned === 90 || turned === 180 ? across : 0), top + (turned >= 180 ? along : 0), turned];
}

/** Where it stands at an edge, if one is near, else on the grid; within the room, and free as far as it has to be. */
function snapped(at, length, room, edges, free) {
  const beside = edges.flatMap((edge) => [edge + free[0], edge - length - free[1]]);
  const near = beside.filter((other) => Math.abs(other - at) <= REACH);
  const best = near.sort((one, other) => Math.abs(one - at) - Math.abs(other - at))[0];
  return within(best ?? Math.round(at / COARSE) * COARSE, length, room, free);
}
const within = (at, length, room, [before, after]) => Math.max(before, Math.min(at, room - length - after));

/** What stays free left and right of it, from left to right and from top to bottom. */
function margins({ free }, turned) {
  const along = turned >= 180 ? free.toReversed() : free;
  return turned % 180 ? [[0, 0], along] : [along, [0, 0]];
}

/** Which wall its back is towards: another one than before only where that one is out of reach and the other near. */
function towards(turned, [, depth], [x, y], [width, height]) {
  const away = [y, width - x, height - y, x];
  const reach = depth / 2 + 2 * REACH, nearest = away.indexOf(Math.min(...away));
  return away[turned / 90] > reach && away[nearest] <= reach ? nearest * 90 : turned;
}

function hold(thing) {
  if (held?.thing.isConnected) drop(false); // what was moved by keys before is put back
  const svg = thing.ownerSVGElement;
  const room = numbers(svg.querySelector(".pic-floor"), ["width", "height"]);
  const size = numbers(thing.querySelector("rect:not(.pic-kept)"), ["width", "height"]);
  const [start, length] = numbers(thing.querySelector(".pic-kept") ?? thing.querySelector("rect"), ["x", "width"]);
  const others = [...svg.querySelectorAll(".pic-moves")].filter((other) => other !== thing);
  const edges = others.map((other) => covered(spotOf(other), numbers(other.querySelector("rect"), ["width", "height"])));
  held = { thing, room, size, free: [-start, length + start - size[0]], from: spotOf(thing), at: spotOf(thing),
    across: [0, room[0], ...edges.flatMap(([left, , width]) => [left, left + width])],
    along: [0, room[1], ...edges.flatMap(([, top, , depth]) => [top, top + depth])] };
}

/** Puts it there; a door or a window only as far along its wall. */
function place(wanted) {
  const { thing, from } = held, { along } = thing.dataset;
  const at = held.at = along ? from.map((was, index) => (along === "xy"[index] ? wanted[index] : was)) : wanted;
  thing.setAttribute("transform", `translate(${at[0]} ${at[1]}) rotate(${at[2]})`);
  ["x", "y", "turned"].forEach((name, index) => {
    const its = field(thing, name === along ? "at" : name);
    if (its) its.value = at[index];
  });
  const said = document.getElementById("moves-said");
  const [left, top] = at.map((number) => number.toLocaleString(document.body.dataset.locale));
  const name = () => thing.dataset.name; // as it is, whatever is written in it
  said.textContent = (along ? said.dataset.along : said.dataset.says).replace("{at}", along === "x" ? left : top)
    .replace("{x}", left).replace("{y}", top).replace("{name}", name);
}

function drop(keeps) {
  const { thing, at, from } = held;
  const moved = at.some((number, index) => number !== from[index]);
  if (moved && !keeps) place(from);
  held = null;
  if (!moved || !keeps) return;
  kept = thing.dataset.fields;
  field(thing, "keep").click();
}

function pointed(svg, { clientX, clientY }) {
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [x, y];
}

document.addEventListener("pointerdown", (event) => {
  const thing = event.target.closest(".pic-moves[tabindex]");
  if (!thing || event.button) return;
  hold(thing);
  held.pointer = [event.clientX, event.clientY];
  held.grip = pointed(thing.ownerSVGElement, event);
  thing.setPointerCapture(event.pointerId);
});
document.addEventListener("pointermove", (event) => {
  if (!held?.pointer || !held.thing.isConnected) return;
  if (!held.drags && Math.hypot(event.clientX - held.pointer[0], event.clientY - held.pointer[1]) < CLICK) return;
  held.drags = true;
  const [x, y] = pointed(held.thing.ownerSVGElement, event);
  const [left, top, width, depth] = covered(held.from, held.size);
  const middle = [left + width / 2 + x - held.grip[0], top + depth / 2 + y - held.grip[1]];
  const turned = field(held.thing, "turned") ? towards(held.at[2], held.size, middle, held.room) : 0;
  const [, , across, along] = covered([0, 0, turned], held.size);
  const [beside, before] = margins(held, turned);
  place(spot([snapped(middle[0] - across / 2, across, held.room[0], held.across, beside),
    snapped(middle[1] - along / 2, along, held.room[1], held.along, before), across, along], turned));
});
document.addEventListener("pointerup", () => held?.pointer && drop(held.thing.isConnected));
document.addEventListener("pointercancel", () => held?.pointer && drop(false));

document.addEventListener("keydown", (event) => {
  const thing = event.target.closest?.(".pic-moves[tabindex]");
  if (!thing || held?.pointer || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in KEYS) {
    if (held?.thing !== thing) hold(thing);
    const step = event.shiftKey ? FINE : COARSE;
    const [left, top, across, along] = covered(held.at, held.size);
    const [right, down] = KEYS[event.key], [beside, before] = margins(held, held.at[2]);
    place(spot([within(left + right * step, across, held.room[0], beside),
      within(top + down * step, along, held.room[1], before), across, along], held.at[2]));
  } else if (held?.thing === thing && (event.key === "Enter" || event.key === " ")) drop(true);
  else if (held && event.key === "Escape") drop(false);
  else return;
  event.preventDefault();
});
document.addEventListener("focusout", () => held && !held.pointer && held.thing.isConnected && drop(false));

const still = (event) => event.preventDefault(); // a finger scrolls the page: touch-action holds for whole drawings alone

/** Makes what can be moved something to take hold of, once the page is there and whenever a part of it is new. */
function offer() {
  for (const thing of document.querySelectorAll(".pic-moves")) {
    if (!field(thing, "keep")) continue;
    thing.ownerSVGElement.setAttribute("role", "group"); // a picture has no parts
    thing.setAttribute("role", "button");
    thing.setAttribute("tabindex", 0);
    thing.setAttribute("aria-label", thing.dataset.name);
    const beside = field(thing, "beside"); // that other furniture is there already
    thing.setAttribute("aria-describedby", beside ? `${beside.id} moves-how` : "moves-how");
    thing.addEventListener("touchstart", still, { passive: false });
    document.getElementById("moves-how").hidden = false;
    if (thing.dataset.fields === kept) thing.focus({ preventScroll: true });
  }
  kept = null;
}
offer();
document.addEventListener("htmx:beforeRequest", ({ target }) => (section = target.closest("section")?.id));
document.addEventListener("htmx:afterSettle", () => {
  offer();
  if (section && document.activeElement === document.body) {
    document.getElementById(section)?.focus({ preventScroll: true });
  }
  section = null;
});
