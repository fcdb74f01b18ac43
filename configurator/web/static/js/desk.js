// The search of the desk as a combobox: arrows, Enter, Escape. Without script its form leads to the same clients.
const find = document.getElementById("find");
const hits = () => document.getElementById("hits");
const options = () => [...hits().querySelectorAll("[role=option]")];

function mark(option) {
  options().forEach((one) => one.setAttribute("aria-selected", one === option));
  find.setAttribute("aria-expanded", options().length > 0 && option !== null);
  if (option) {
    find.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    find.removeAttribute("aria-activedescendant");
  }
}

function close() {
  hits().replaceChildren();
  mark(null);
}

find.addEventListener("keydown", (event) => {
  const all = options();
  const at = all.findIndex((one) => one.ariaSelected === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!all.length) return;
    event.preventDefault();
    mark(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else if (event.key === "Enter" && at >= 0 && hits().dataset.for === find.value) {
    event.preventDefault(); // what was typed since is not answered yet: the form is sent
    location.assign(all[at].dataset.href);
  } else if (event.key === "Escape" && all.length) {
    event.preventDefault(); // once more empties the field
    close();
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "hits") return;
  document.getElementById("hits-said").textContent = hits().dataset.said;
  mark(document.activeElement === find ? options()[0] ?? null : null);
});

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("#hits [role=option]");
  if (option) {
    event.preventDefault();
    location.assign(option.dataset.href);
  } else if (!event.target.closest(".find")) {
    close();
  }
});
