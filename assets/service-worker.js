// The app's own files out of the browser's store, the page first of all: then a reload waits for no server before it asks the provider. Written by
// `cargo xtask dist --service-worker`. It looks at nothing of the protocol: not at the callback, not at the relay page, not at any other origin.
const STORE = "hushkey-{{version}}";
const FILES = {{files}};
const APART = {{apart}};

// All of one deployment or nothing: as long as a file is missing, the worker before this one stays.
addEventListener("install", (event) => {
  const fill = async () => {
    const store = await caches.open(STORE);
    await store.addAll([new Request("/", { cache: "no-cache" }), ...FILES]);
    await skipWaiting();
  };
  event.waitUntil(fill());
});

addEventListener("activate", (event) => {
  const clear = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("hushkey-") && name !== STORE) await caches.delete(name);
    }
  };
  event.waitUntil(clear());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || APART.includes(pathname)) return;
  // A view of the app has no name of a file.
  const isView = request.mode === "navigate" && request.destination === "document" && !/\.[^/]*$/.test(pathname);
  const kept = isView ? "/" : FILES.find((file) => file === pathname);
  if (kept) event.respondWith(caches.match(kept, { cacheName: STORE }).then((found) => found ?? fetch(request)));
});
