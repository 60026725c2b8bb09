// Collects everything in which a page can leave something behind: { place: text }. The last argument takes it.
const done = arguments[arguments.length - 1];
const found = {};
const put = (place, value) => {
  let text;
  try {
    text = typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    text = String(value);
  }
  if (text) found[place] = text;
};

const stores = { localStorage, sessionStorage };
for (const [name, store] of Object.entries(stores)) {
  for (let i = 0; i < store.length; i++) put(`${name}[${store.key(i)}]`, store.key(i) + " " + store.getItem(store.key(i)));
}
put("cookie", document.cookie);
put("address", location.href);
put("referrer", document.referrer);
put("history.state", history.state);
put("window.name", window.name);
put("document", document.documentElement.outerHTML);
put("form fields", [...document.querySelectorAll("input, textarea")].map((field) => field.value));

// Whatever hangs on the window, three levels deep: texts, and the memory of the app, which would hold everything.
const visited = new Set();
const walk = (value, path, depth) => {
  if (typeof value === "string") return put(`global ${path}`, value);
  if (value === null || (typeof value !== "object" && typeof value !== "function") || visited.has(value) || visited.size > 20000) return;
  visited.add(value);
  // By its name: this script's own `WebAssembly` need not be the page's.
  if (/WebAssembly\.(Memory|Instance)/.test(Object.prototype.toString.call(value))) return put(`global ${path}`, "memory of the app");
  if (depth === 0 || value instanceof Node || value === window.e2eSeen) return;
  for (const key of Object.keys(value)) {
    try {
      walk(value[key], `${path}.${key}`, depth - 1);
    } catch {
      // Some getters refuse everybody.
    }
  }
};
for (const key of Object.getOwnPropertyNames(window)) {
  const value = Object.getOwnPropertyDescriptor(window, key).value;
  const native = typeof value === "function" && /\[native code\]/.test(Function.prototype.toString.call(value));
  const isWindow = ["window", "self", "frames", "parent", "top", "opener", "document", "location", "history", "e2eSeen"].includes(key);
  if (!native && !isWindow) walk(window[key], key, 3);
}

const asPromise = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
const databases = async () => {
  for (const { name } of await indexedDB.databases()) {
    const database = await asPromise(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const rows = database.transaction(store).objectStore(store);
      put(`IndexedDB ${name}/${store}`, [await asPromise(rows.getAllKeys()), await asPromise(rows.getAll())]);
    }
    put(`IndexedDB ${name}`, name);
    database.close();
  }
};
const cached = async () => {
  for (const name of await caches.keys()) {
    put(`Cache ${name}`, name);
    const cache = await caches.open(name);
    for (const request of await cache.keys()) put(`Cache ${name}: ${request.url}`, request.url + " " + (await (await cache.match(request)).text()));
  }
};
const workers = async () => {
  for (const { scope } of await navigator.serviceWorker.getRegistrations()) put("service worker", scope);
};
const measured = performance.getEntries().map((entry) => entry.name);

Promise.all([databases(), cached(), workers()]).then(
  () => done({ found, measured, violations: window.e2eSeen?.violations ?? [] }),
  (error) => done({ error: String(error) }),
);
