// The head start: a silent sign-in begins while the app is still on its way. The app takes it over, once, and believes nothing of it that it has not
// looked at itself; without it, it does the same alone.
try {
  const config = JSON.parse(document.getElementById("hushkey").textContent);
  const { client_id, preset, env_url, api = [] } = config;
  const base = preset && env_url.replace(/\/+$/, "");
  const scalekit = { issuer: config.issuer ?? base, authorization_endpoint: base + "/oauth/authorize", token_endpoint: base + "/oauth/token", jwks_uri: base + "/keys" };
  const metadata = preset ? scalekit : config.metadata ?? {};
  const { issuer, authorization_endpoint } = metadata;
  const hint = JSON.parse(localStorage.getItem(`hushkey:${client_id}:hint`)) ?? {};
  const url = authorization_endpoint && new URL(authorization_endpoint);
  const pointless =
    !client_id || !/^http/.test(url?.protocol) || top !== self || document.hidden || hint.last === "signed_out_by_choice" ||
    (hint.frames === "blocked" && url.hostname !== location.hostname) ||
    [config.redirect_path ?? "/callback", config.post_logout_path ?? "/signed-out"].includes(location.pathname);

  if (!pointless) {
    const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
    const [state, nonce, verifier] = [0, 0, 0].map(() => base64url(crypto.getRandomValues(new Uint8Array(32))));
    const begun = Date.now();
    const uptime = performance.now();
    const heard = [];
    const requests = [];
    let frame, loaded;

    const relay = location.origin + (config.silent_path ?? "/silent-refresh.html");
    const inFragment = metadata.response_modes_supported?.includes("fragment");
    const resource = api.find((rule) => rule.resource)?.resource;

    // What the app would ask for next. It takes the answer if it comes to ask for the very same.
    const ask = (address, body) => {
      const { href } = new URL(address);
      const abort = new AbortController();
      const response = fetch(href, {
        method: body && "POST",
        headers: { Accept: "application/json" },
        body,
        cache: body && "no-store",
        credentials: "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: abort.signal,
      });
      response.catch(() => {});
      requests.push([href, body && "" + body, abort, response]);
    };
    // A code is redeemed at once if nothing whatever is odd about the answer. What is odd is left to the app.
    const redeem = async (data) => {
      const { query, fragment } = JSON.parse(data);
      const [answer, other] = inFragment ? [fragment, query] : [query, fragment];
      const parameters = [...new URLSearchParams(answer.slice(1))];
      const names = parameters.map(([name]) => name).sort().join();
      const { code, state: returned, iss = !metadata.authorization_response_iss_parameter_supported && issuer } = Object.fromEntries(parameters);
      if (!other && answer.length < 9999 && /^code(,iss)?(,scope)?(,session_state)?,state$/.test(names) && code && returned === state && iss === issuer) {
        const form = { client_id, grant_type: "authorization_code", code, redirect_uri: relay, code_verifier: verifier, ...(resource && { resource }) };
        ask(metadata.token_endpoint, new URLSearchParams(form));
      }
    };
    const hear = ({ data, origin, source }) => {
      if (frame && source === frame.contentWindow && origin === location.origin && heard.push(data) === 1) redeem(data).catch(() => {});
    };
    // The app finds out by itself what its own policy forbids.
    const drop = ({ effectiveDirective }) => {
      if (effectiveDirective === "frame-src") frame = void frame?.remove();
    };
    const handOver = ({ detail: take }) => {
      removeEventListener("message", hear);
      document.removeEventListener("securitypolicyviolation", drop);
      if (frame) take([frame, state, nonce, verifier, url.href, begun, uptime, loaded, heard, requests]);
      frame ??= take;
    };
    addEventListener("message", hear);
    document.addEventListener("securitypolicyviolation", drop);
    addEventListener("hushkey-early", handOver, { once: true });

    // The connection for keys and tokens is another one than that of the frame, because no cookies go over it.
    const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
    document.head.append(make("link", { rel: "preconnect", crossOrigin: "", href: url.origin }));

    const show = (address) => {
      // With its address from the beginning: an empty page less. There is no identity in this one, and it makes no entry in the history.
      const element = make("iframe", { src: address, hidden: true, ariaHidden: true, tabIndex: -1, title: "Sign-in check", referrerPolicy: "no-referrer", allow: "" });
      (document.body ?? document.documentElement).append(element);
      return element;
    };

    crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)).then((digest) => {
      if (frame) return;
      const scopes = config.scopes ?? `openid profile email${preset ? " offline_access" : ""}`;
      const parameters = {
        response_type: "code",
        client_id,
        redirect_uri: relay,
        scope: [...new Set(scopes.split?.(/\s+/).filter(Boolean) ?? scopes)].join(" "),
        state,
        nonce,
        code_challenge: base64url(digest),
        code_challenge_method: "S256",
        ...(inFragment && { response_mode: "fragment" }),
        prompt: "none",
        ...(resource && { resource }),
      };
      for (const name in parameters) url.searchParams.append(name, parameters[name]);
      frame = show(url);
      frame.addEventListener("load", () => (loaded = true));

      // A page that had to be fetched whole (a confirmed one counts 300 bytes) has no relay page in the cache either: it comes while the provider thinks.
      if (inFragment && performance.getEntriesByType("navigation")[0]?.transferSize > 300) {
        const primer = show(relay);
        primer.addEventListener("load", () => primer.remove());
      }
      ask(metadata.jwks_uri);
    }).catch(() => {});
  }
} catch {
  // A configuration that cannot be read is named by the app.
}
