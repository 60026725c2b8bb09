// The head start: a silent sign-in begins while the app is still on its way. The app takes it over, once, and believes nothing of it that it has not
// looked at itself; without it, it does the same alone.
start: try {
  const config = JSON.parse(hushkey.text);
  const { client_id, preset, env_url, api = [] } = config;
  // On a page of the protocol's own nothing is asked.
  if (!client_id || [config.redirect_path ?? "/callback", config.post_logout_path ?? "/signed-out"].includes(location.pathname)) break start;
  const base = env_url?.replace(/\/+$/, "");
  const scalekit = { issuer: config.issuer ?? base, authorization_endpoint: base + "/oauth/authorize", token_endpoint: base + "/oauth/token", jwks_uri: base + "/keys" };
  const metadata = preset ? scalekit : config.metadata ?? {};
  const { issuer, authorization_endpoint, token_endpoint } = metadata;
  const { last, frames } = JSON.parse(localStorage.getItem(`hushkey:${client_id}:hint`)) ?? {};
  const url = authorization_endpoint && new URL(authorization_endpoint);
  const relay = location.origin + (config.silent_path ?? "/silent-refresh.html");
  const inFragment = metadata.response_modes_supported?.includes("fragment");
  const [resource, second] = new Set(api.flatMap((rule) => rule.resource ?? []));
  // A page that had to be fetched whole (a confirmed one counts 300 bytes) has no relay page in the cache either.
  const isWhole = performance.getEntriesByType("navigation")[0]?.transferSize > 300;
  // Where the answer stands in the query, no address with a code may be what the cache keeps. Browsers that draw pages before they are gone to heed
  // `No-Vary-Search`, too: every answer is the bare relay page to them, once they have that one, and where no frame has brought a session they may not have it.
  const bareFirst = !inFragment && (isWhole || frames !== "work") && "prerendering" in document;

  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const show = (address) => {
    // With its address from the beginning: an empty page less. There is no identity in this one, and it makes no entry in the history.
    const element = make("iframe", { src: address, hidden: true, referrerPolicy: "no-referrer" });
    document.documentElement.append(element);
    return element;
  };

  // Requests that are pushed, and tokens that are bound to a key, need the app, as tokens for several resources do.
  const pointless =
    second || /(ests|dpop)\W+t/.test(hushkey.text) || !/^http/.test(url) || parent !== self || last === "signed_out_by_choice" || document.hidden ||
    (frames === "blocked" && url.hostname !== location.hostname);

  if (!pointless) {
    const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace("=", "");
    const [state, nonce, verifier] = [0, 0, 0].map(() => base64url(crypto.getRandomValues(new Uint8Array(32))));
    const begun = Date.now();
    const uptime = performance.now();
    const heard = [];
    const requests = [];
    let frame, loaded;
    let asked = !bareFirst;

    // What the app would ask for next. It takes the answer if it comes to ask for the very same.
    const ask = (address, body) => {
      const abort = new AbortController();
      const response = fetch(address, {
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
      requests.push([address, body && "" + body, abort, response, performance.now()]);
    };
    // A code is redeemed at once, and once, if nothing whatever is odd about the answer. What is odd is left to the app.
    const redeem = async (data) => {
      const { query, fragment } = JSON.parse(data);
      const [answer, other] = inFragment ? [fragment, query] : [query, fragment];
      const parameters = [...new URLSearchParams(answer.slice(1))];
      const names = parameters.map(([name]) => name).sort().join();
      const { code, state: returned, iss = !metadata.authorization_response_iss_parameter_supported && issuer } = Object.fromEntries(parameters);
      if (!requests[1] && !other && answer.length < 9999 && /^code(,iss)?(,scope)?(,session_state)?,state$/.test(names) && code && returned === state && iss === issuer) {
        const form = { client_id, grant_type: "authorization_code", code, redirect_uri: relay, code_verifier: verifier, ...(resource && { resource }) };
        ask(token_endpoint, new URLSearchParams(form));
      }
    };
    const hear = ({ data, origin, source }) => {
      if (source === frame?.contentWindow && origin === location.origin) {
        heard.push(data);
        redeem(data).catch(() => {});
      }
    };
    // The app finds out by itself what its own policy forbids.
    const drop = ({ effectiveDirective }) => {
      if (effectiveDirective === "frame-src") frame = frame?.remove();
    };
    addEventListener("message", hear);
    addEventListener("securitypolicyviolation", drop);
    addEventListener("hushkey-early", ({ detail: take }) => {
      removeEventListener("message", hear);
      removeEventListener("securitypolicyviolation", drop);
      if (frame) take([frame, state, nonce, verifier, url.href, begun, uptime, loaded, heard, requests]);
      frame ??= take;
    }, { once: true });

    // The connection for keys and tokens is another one than that of the frame, because no cookies go over it.
    document.head.append(make("link", { rel: "preconnect", crossOrigin: "", href: url.origin }));

    crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)).then((digest) => {
      if (frame) return;
      const scopes = config.scopes ?? `openid profile email${preset ? " offline_access" : ""}`;
      const parameters = {
        response_type: "code",
        client_id,
        redirect_uri: relay,
        scope: [...new Set([scopes].flat().join(" ").match(/\S+/g))].join(" "),
        state,
        nonce,
        code_challenge: base64url(digest),
        code_challenge_method: "S256",
        ...(inFragment && { response_mode: "fragment" }),
        prompt: "none",
        ...(resource && { resource }),
      };
      for (const name in parameters) url.searchParams.append(name, parameters[name]);
      frame = show(bareFirst ? relay : url);
      frame.onload = ({ target }) => {
        loaded = asked;
        if (!asked) target.contentWindow.location.replace(url);
        asked = true;
      };
      // Where it stands in the fragment, that page comes while the provider thinks.
      if (isWhole && inFragment) show(relay).onload = ({ target }) => target.remove();
      ask(metadata.jwks_uri);
    }).catch(() => {});
  }
} catch {
  // A configuration that cannot be read is named by the app.
}
