// Everything works without script; this only adds a key for the search field, shows where one is in a row of pages
// that is wider than a telephone, forgets the floor's pages (worker.js), takes a double click for one, and says what
// became of an act of htmx that takes long or got no answer: the page stays as it is, and its fields are sent with the
// next act.
const LONG = 1_000; // ms
const AGAIN = 3_000; // ms in which nobody means the same button once more: its page is gone once it is answered
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const find = document.querySelector(".find input");
  if (find) {
    event.preventDefault();
    find.focus();
  }
});
const here = document.querySelector(".places [aria-current]");
if (here) {
  const row = here.closest(".places");
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}
let sentAt = new WeakMap();
document.addEventListener("submit", (event) => {
  const { target: form, submitter, timeStamp } = event;
  if (form.method !== "post" || form.matches("[hx-post], [data-kept]")) return; // these send one after the other
  const button = submitter ?? form;
  if (timeStamp - sentAt.get(button) < AGAIN) {
    event.preventDefault();
    event.stopPropagation();
  } else sentAt.set(button, timeStamp);
}, true); // before anybody sends it
addEventListener("pageshow", () => (sentAt = new WeakMap())); // who goes back may press it again
document.addEventListener("submit", ({ target }) => {
  if (target.action.endsWith("/account/logout")) window.caches?.delete("floor");
});

let late = 0;
const told = document.getElementById("told");
const pass = (what) => {
  told.querySelector(".passing")?.remove();
  if (what) told.append(document.getElementById(what).content.cloneNode(true));
};
document.addEventListener("htmx:beforeRequest", ({ target }) => {
  clearTimeout(late);
  if (target.closest("[hx-select-oob]")) late = setTimeout(pass, LONG, "waiting"); // somebody did it, not a clock
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  clearTimeout(late);
  if (detail.successful) pass();
});
for (const failed of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(failed, () => pass("unreached"));
document.addEventListener("htmx:responseError", () => told.querySelector(".passing") ?? pass("unreached"));
