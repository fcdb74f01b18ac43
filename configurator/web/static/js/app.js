// Everything works without script; this only adds a key for the search field.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const find = document.querySelector(".find input");
  if (find) {
    event.preventDefault();
    find.focus();
  }
});
