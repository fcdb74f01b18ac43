// Everything works without script; this only adds a key for the search field, and forgets the floor's pages (worker.js).
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const find = document.querySelector(".find input");
  if (find) {
    event.preventDefault();
    find.focus();
  }
});
document.addEventListener("submit", ({ target }) => {
  if (target.action.endsWith("/account/logout")) window.caches?.delete("floor");
});
