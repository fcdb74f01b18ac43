// A key that is held down places no order.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.repeat && event.target.closest("button")) event.preventDefault();
});
