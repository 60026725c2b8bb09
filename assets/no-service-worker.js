// This deployment has no service worker. One of an earlier deployment finds this in its place, and ends with all that it kept.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => {
  const end = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("hushkey-")) await caches.delete(name);
    }
    await registration.unregister();
  };
  event.waitUntil(end());
});
