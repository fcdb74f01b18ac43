// The floor's pages as they were last seen, for when there is no connection; with one, always the server's.
const SHELF = "floor";
const MOST = 60; // pages and files

const remember = async (request, response) => {
  const shelf = await caches.open(SHELF);
  await shelf.put(request, response);
  const kept = await shelf.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST))) await shelf.delete(old);
};
const answer = async (event) => {
  try {
    const response = await fetch(event.request);
    const stays = !response.headers.get("Cache-Control")?.includes("no-store"); // photos of problems do not
    if (response.ok && !response.redirected && stays) event.waitUntil(remember(event.request, response.clone()));
    return response;
  } catch (error) {
    const known = await caches.match(event.request, { ignoreSearch: event.request.mode === "navigate" });
    if (known) return known;
    throw error;
  }
};
const kept = (request) => request.mode === "navigate" || ["style", "script", "image"].includes(request.destination);

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const own = new URL(request.url).origin === location.origin;
  if (request.method === "GET" && own && kept(request)) event.respondWith(answer(event));
});
