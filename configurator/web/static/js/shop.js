// The configuring page works without this; with it every answer is sent as soon as it is given.
const ARROWS = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);
const BROWSING = 450; // ms: arrow keys pass through values, and only the one they stop at is meant

let arrows = false;
let waiting = 0;
let then = null;
let typing = null;

document.addEventListener("keydown", (event) => {
  arrows = ARROWS.has(event.key);
});
document.addEventListener("pointerdown", () => {
  arrows = false;
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("#ask");
  if (!form || !event.target.name.startsWith("a.")) return;
  clearTimeout(waiting);
  const send = () => form.isConnected && form.dispatchEvent(new Event("answer"));
  waiting = setTimeout(send, arrows && event.target.type === "radio" ? BROWSING : 0);
});

document.addEventListener("input", (event) => {
  event.target.removeAttribute("data-proposed"); // what is edited is no proposal any more
  const count = document.querySelector(`[data-count="${event.target.id}"]`);
  if (count) count.textContent = count.textContent.replace(/\d+/, event.target.value.length);
});

document.addEventListener("submit", (event) => {
  then = event.submitter?.dataset.then ?? null;
});

// What somebody is typing while an answer arrives stays typed, and open lists stay open.
document.addEventListener("htmx:beforeSwap", () => {
  const field = document.activeElement;
  typing = field?.matches("#work input.input") && field.value !== field.defaultValue ? { id: field.id, value: field.value } : null;
  open = [...document.querySelectorAll("#work details[id]")].map((details) => [details.id, details.open]);
});
let open = [];

document.addEventListener("htmx:afterSettle", () => {
  for (const [id, was] of open) document.getElementById(id)?.toggleAttribute("open", was);
  const field = typing && document.getElementById(typing.id);
  if (field && field.getAttribute("aria-invalid") !== "true") {
    field.value = typing.value;
    field.removeAttribute("data-proposed");
  }
  if (then && (!document.activeElement || document.activeElement === document.body)) {
    document.getElementById(then)?.focus({ preventScroll: then !== "group" });
  }
  then = typing = null;
  open = [];
});
