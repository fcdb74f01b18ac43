// Forms that say what they are (data-kept) are kept on this device until the server has them: without a connection, or
// when it drops on the way, nothing that was pressed is lost, also if the page is closed. Each is sent in order, with the
// moment it was pressed and a key by which the server knows it if it comes twice. Without script they are plain forms.
const PLACE = "lotone.kept";
const AGAIN = 5_000; // ms until the next try
const SERVER_ERROR = 500;
const board = document.getElementById("kept");
let sending = false;

const all = () => JSON.parse(localStorage.getItem(PLACE) ?? "[]");
const mine = () => all().filter(({ who }) => who === board.dataset.who);
const keep = (entries) => localStorage.setItem(PLACE, JSON.stringify(entries));
const without = (id) => keep(all().filter((entry) => entry.id !== id));
const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const path = (form) => new URL(form.action, location).pathname;

const parsed = (page) => new DOMParser().parseFromString(page, "text/html");

const show = (said = "") => {
  const waiting = mine();
  for (const form of document.querySelectorAll("form[data-kept]")) {
    form.toggleAttribute("data-unsent", waiting.some(({ url }) => url === path(form)));
  }
  board.hidden = waiting.length === 0 && !said;
  board.querySelector("p").textContent = said || board.dataset[navigator.onLine ? "waiting" : "offline"];
  board.querySelector("ul").replaceChildren(...waiting.map(({ what, at }) => {
    const line = document.createElement("li");
    line.textContent = `${what}, ${new Date(at).toLocaleTimeString(document.body.dataset.locale, { timeStyle: "short" })}`;
    return line;
  }));
};

const post = (entry, token) => {
  const body = new URLSearchParams(entry.body);
  body.set("csrf_token", token);
  return fetch(entry.url, { method: "POST", body, credentials: "same-origin" });
};
const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";
const fresh = async () => {
  const page = await (await fetch(location.href, { cache: "no-store" })).text();
  return parsed(page).querySelector("input[name=csrf_token]")?.value ?? "";
};

// What came back takes its place: the parts of the page that the form names, else all of it, with what the server says.
const follow = async (entry, response) => {
  if (!entry.swap && new URL(response.url).pathname !== location.pathname) {
    location.assign(response.url);
    return;
  }
  const ids = (entry.swap ?? "told work").split(" ");
  let page = parsed(await response.text());
  if (!page.getElementById(ids[0])) {
    const told = page.getElementById("told");
    page = parsed(await (await fetch(location.href)).text());
    if (told) page.getElementById("told")?.replaceWith(told); // what the server says once
  }
  const focused = document.activeElement?.id;
  for (const id of ids) {
    const [old, made] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !made) continue;
    old.className = made.className;
    old.replaceChildren(...made.childNodes);
    window.htmx?.process(old);
  }
  if (!entry.swap && response.url !== location.href) {
    history.replaceState(null, "", response.url);
    document.title = page.title;
    scrollTo(0, 0);
  }
  const wrong = ids.map((id) => document.getElementById(id)?.querySelector("[autofocus]")).find(Boolean);
  if (wrong) wrong.focus();
  else if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
};

const send = async () => {
  if (sending) return;
  sending = true;
  try {
    for (let [entry] = mine(); entry; [entry] = mine()) {
      let response = await post(entry, token());
      if (response.status === 400) response = await post(entry, await fresh()); // the session is another one by now
      if (response.status >= SERVER_ERROR) throw new Error(response.status);
      if (new URL(response.url).pathname === board.dataset.login) {
        show(board.dataset.signIn);
        return;
      }
      without(entry.id);
      if (!response.ok) {
        show(`${entry.what}: ${board.dataset.refused}`);
        return;
      }
      show();
      if (entry.page === location.pathname && (mine().length === 0 || entry.swap)) await follow(entry, response);
    }
  } catch {
    show();
    setTimeout(send, AGAIN);
  } finally {
    sending = false;
  }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.kept === undefined || form.enctype === "multipart/form-data") return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  if (!body.get("key")) body.set("key", random());
  if (!body.get("at")) body.set("at", new Date().toISOString());
  const id = body.get("key");
  const entry = { id, who: board.dataset.who, url: path(form), page: location.pathname, what: form.dataset.kept,
    swap: form.dataset.swap, at: body.get("at"), body: [...body].filter(([name]) => name !== "csrf_token") };
  const same = (other) => other.id === id || (form.dataset.swap && other.url === entry.url && other.what === entry.what);
  keep([...all().filter((other) => !same(other)), entry]); // pressed again before it was sent: the later one counts
  show();
  send();
});
addEventListener("online", send);
addEventListener("offline", () => show());
addEventListener("storage", () => show()); // another tab has sent them
show();
send();

// A tablet that sleeps loads its page anew when it wakes, perhaps without a connection: the floor's pages are kept.
navigator.serviceWorker?.register(board.dataset.worker, { scope: board.dataset.scope }).catch(() => {});
