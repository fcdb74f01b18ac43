// The configuring page works without this; with it every answer is sent as soon as it is given.
const ARROWS = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);
const PRESSING = 50; // ms
const BROWSING = 450; // ms: arrow keys pass through values, and only the one they stop at is meant

let arrows = false; // whether a radio is being changed by arrow keys
let pressed = false; // whether something is being pressed: it must not be swapped away under the finger
let waiting = 0;
let sent = null; // the form as it was sent last
let then = null; // what takes the focus if the button that was pressed is gone
let typing = null;
let unfolded = [];
let acted = null; // what had the focus: in what is unfolded htmx cannot give it back, for that is folded then

const answer = (form, delay) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (pressed) answer(form, PRESSING);
    else if (form.isConnected) form.dispatchEvent(new Event("answer"));
  }, delay);
};
const asked = (field) => (field.name?.startsWith("a.") ? field.closest("#ask") : null);

document.addEventListener("keydown", (event) => {
  arrows = ARROWS.has(event.key);
});
document.addEventListener("pointerdown", () => {
  arrows = false;
  pressed = true;
});
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(() => (pressed = false))); // after the click that it makes
}
document.addEventListener("change", ({ target }) => {
  const form = asked(target);
  if (form && target.type !== "text") answer(form, arrows && target.type === "radio" ? BROWSING : 0);
});
document.addEventListener("focusout", ({ target }) => {
  const form = asked(target);
  if (form && target.type === "text" && target.value !== target.defaultValue) answer(form, 0);
});
document.addEventListener("input", ({ target }) => {
  target.removeAttribute("data-proposed"); // what is edited is no proposal any more
  const count = document.querySelector(`[data-count="${target.id}"]`);
  if (count) count.textContent = count.textContent.replace(/\d+/, target.value.length);
});
document.addEventListener("submit", (event) => {
  clearTimeout(waiting);
  then = event.submitter?.dataset.then ?? null;
});
document.addEventListener("htmx:configRequest", ({ detail }) => {
  // htmx sends the button that has, or had, the focus: only one that was pressed is meant, wherever it stands
  const button = detail.triggeringEvent?.submitter;
  for (const other of document.querySelectorAll("button[name]")) delete detail.parameters[other.name];
  if (button?.name) detail.parameters[button.name] = button.value;
});
document.addEventListener("htmx:beforeRequest", () => {
  const form = document.getElementById("ask");
  sent = form && new FormData(form);
});

// What is typed while an answer arrives stays typed, and what was unfolded stays so.
document.addEventListener("htmx:beforeSwap", () => {
  const field = document.activeElement;
  typing = asked(field) && field.type === "text" && field.value !== sent?.get(field.name) ? [field.id, field.value] : null;
  acted = field.id;
  unfolded = [...document.querySelectorAll("#work details[id][open]:not(.steps-fold)")].map((details) => details.id);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  const field = typing && document.getElementById(typing[0]);
  if (field) {
    field.value = typing[1];
    field.removeAttribute("data-proposed");
  }
  const lost = () => document.activeElement === document.body;
  if (lost() && acted) document.getElementById(acted)?.focus({ preventScroll: true });
  if (lost() && then) document.getElementById(then)?.focus({ preventScroll: then !== "group" });
  if (document.activeElement.closest("#ask")) document.activeElement.scrollIntoView({ block: "nearest" });
  then = typing = acted = null;
  unfolded = [];
});
