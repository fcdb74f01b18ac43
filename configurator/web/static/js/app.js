// Everything works without script; this only adds a key for the search field, shows where one is in a row of pages
// that is wider than a telephone, forgets the floor's pages (worker.js), and says what became of an act of htmx that
// takes long or got no answer: the page stays as it is, and its fields are sent with the next act.
const LONG = 1_000; // ms
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
