// Everything works without script; this only adds a key for the search field, shows where one is in a row of pages
// that is wider than a telephone, and forgets the floor's pages (worker.js).
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
