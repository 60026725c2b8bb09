// Test support: a provider and an API inside of the page that runs the tests. The authorization endpoint is a real page (authorize.html) in the real
// frame; token endpoint, keys and API stand behind a replaced fetch(). Signatures are real.

const realFetch = window.fetch.bind(window);
const keys = crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
let leave = null;

const provider = {};
window.provider = provider;

/** What every proof so far says, with the thumbprint of its key, and whether its signature holds. */
export async function proofs() {
  const read = (part) => JSON.parse(atob(part.replace(/-/g, "+").replace(/_/g, "/")));
  const list = provider.proved.filter(({ dpop }) => dpop !== null).map(async ({ path, dpop, authorization }) => {
    const [header, claims, signature] = dpop.split(".");
    const { jwk } = read(header);
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
    const bytes = Uint8Array.from(atob(signature.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const holds = await crypto.subtle.verify(algorithm, key, bytes, new TextEncoder().encode(`${header}.${claims}`));
    const members = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
    const jkt = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(members)));
    return { path, authorization, header: read(header), claims: read(claims), holds, jkt };
  });
  return JSON.stringify(await Promise.all(list));
}

/** As at the start: everybody is signed in, tokens live five minutes, and nothing has been asked. */
export function reset() {
  Object.assign(provider, {
    authorization: "code", response: null, asked: 0, keys: 0, signals: [], sent: [], lifetime: 300, refresh: false, refused: [], down: false, issued: 0, grants: [], targets: [], unknown: undefined, nonces: [], calls: [], left: [], subject: "usr_1", name: "Ada", slow: 0, held: false, revoked: [], revocation: 200, forms: [], challenge: null, status: 401, claims: {}, userinfo: {}, asked_userinfo: [],
    named: [], proved: [], canned: {}, tokenType: "Bearer", nonce: null,
  });
  window.fetch = answer;
  if (leave === null) {
    leave = true;
    // A test page that really left would never come to the end of its tests.
    navigation.addEventListener("navigate", (event) => {
      if (event.destination.sameDocument) return;
      provider.left.push(event.destination.url);
      provider.forms.push(event.formData && Object.fromEntries(event.formData));
      event.preventDefault();
    });
  }
}

export const set = (name, json) => { provider[name] = JSON.parse(json); };
export const get = (name) => JSON.stringify(provider[name]);

const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const text = (value) => base64url(new TextEncoder().encode(value));
const json = (value, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...(provider.nonce && { "dpop-nonce": provider.nonce }) } });

async function answer(address, options) {
  const url = new URL(address, location.href);
  provider.signals.push(options.signal);
  provider.sent.push({ method: options.method, credentials: options.credentials, redirect: options.redirect, referrerPolicy: options.referrerPolicy, cache: options.cache, keepalive: options.keepalive });
  const { dpop = null, authorization = null } = Object.fromEntries(new Headers(options.headers));
  provider.proved.push({ path: url.pathname, dpop, authorization });
  const next = provider.canned[url.pathname]?.shift();
  if (next) return new Response(JSON.stringify(next.body ?? {}), { status: next.status, headers: { "content-type": "application/json", ...next.headers } });
  if (provider.down) throw new TypeError("Failed to fetch");
  if (url.pathname === "/provider/token") return token(new URLSearchParams(options.body));
  if (url.pathname === "/provider/keys") {
    provider.keys += 1;
    return json({ keys: [{ ...(await crypto.subtle.exportKey("jwk", (await keys).publicKey)), kid: "k1", use: "sig", key_ops: undefined }] });
  }
  if (url.pathname === "/provider/revoke") {
    provider.revoked.push(Object.fromEntries(new URLSearchParams(options.body)));
    // What a script is told where the provider does not let it read the answer.
    if (provider.revocation === "cors") throw new TypeError("Failed to fetch");
    return json(provider.revocation === 200 ? {} : { error: "unsupported_token_type" }, provider.revocation);
  }
  if (url.pathname === "/provider/userinfo") {
    provider.asked_userinfo.push({ url: url.href, method: options.method, body: options.body ?? null, cache: options.cache, headers: Object.fromEntries(options.headers) });
    return json(provider.userinfo);
  }
  if (url.pathname.startsWith("/api/")) return api(url, options);
  return realFetch(address, options);
}

async function token(form) {
  const grant = form.get("grant_type");
  provider.grants.push(grant);
  provider.targets.push(form.get("resource"));
  if (provider.unknown === form.get("resource")) return json({ error: "invalid_target" }, 400);
  while (provider.held) await new Promise((done) => setTimeout(done, 5));
  let nonce;
  if (grant === "authorization_code") {
    const [, sent, challenge] = form.get("code").split("~");
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(form.get("code_verifier")));
    if (base64url(digest) !== challenge) return json({ error: "invalid_grant" }, 400);
    nonce = sent;
    provider.nonces.push(nonce);
  }
  provider.issued += 1;
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: `${location.origin}/provider`, aud: form.get("client_id"), sub: provider.subject, sid: "ses_1", name: provider.name, iat: now, exp: now + 300, nonce, ...provider.claims };
  const input = `${text(JSON.stringify({ alg: "ES256", kid: "k1" }))}.${text(JSON.stringify(claims))}`;
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, (await keys).privateKey, new TextEncoder().encode(input));
  return json({
    access_token: `canary-at-${provider.issued}`, token_type: provider.tokenType, expires_in: provider.lifetime,
    id_token: grant === "authorization_code" ? `${input}.${base64url(signature)}` : undefined,
    refresh_token: provider.refresh ? `canary-rt-${provider.issued}` : undefined,
  });
}

async function api(url, options) {
  const headers = Object.fromEntries(options.headers);
  const { method, credentials, redirect, referrerPolicy, body = null } = options;
  if (provider.slow) await new Promise((done) => setTimeout(done, provider.slow));
  provider.calls.push({ path: url.pathname, method, credentials, redirect, referrerPolicy, body, headers });
  const used = headers.authorization?.replace(/^(Bearer|DPoP) /, "");
  if (provider.challenge) return new Response("{}", { status: provider.status, headers: { "www-authenticate": provider.challenge } });
  if (provider.refused === "all" || provider.refused.includes(used)) return json({ error: "invalid_token" }, 401);
  return json({ used, asked: url.pathname });
}
