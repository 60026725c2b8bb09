// The head start: a silent sign-in begins while the app is still on its way. The app takes it over, once; without it, it does the same by itself.
start: try {
  const config = JSON.parse(document.getElementById("hushkey").textContent);
  const { client_id, metadata = {}, api = [] } = config;
  // On a page of the protocol's own nothing is asked.
  if (!client_id || [config.redirect_path ?? "/callback", config.post_logout_path ?? "/signed-out"].includes(location.pathname)) break start;
  const scalekit = config.preset === "scalekit";
  const endpoint = scalekit ? config.env_url.replace(/\/+$/, "") + "/oauth/authorize" : metadata.authorization_endpoint;
  const { last, frames } = JSON.parse(localStorage.getItem(`hushkey:${client_id}:hint`)) ?? {};
  const url = endpoint && new URL(endpoint);
  const relay = location.origin + (config.silent_path ?? "/silent-refresh.html");
  const inFragment = !scalekit && metadata.response_modes_supported?.includes("fragment");
  // A page that had to be fetched whole (a confirmed one counts 300 bytes) has no relay page in the cache either.
  const isWhole = performance.getEntriesByType("navigation")[0]?.transferSize > 300;
  // Where the answer stands in the query, no address with a code may be what the cache keeps. Browsers that know such rules heed `No-Vary-Search`, too:
  // every answer is the bare relay page to them, once they have that one, and where no frame has brought a session they may not have it.
  const bareFirst = !inFragment && (isWhole || frames !== "work") && HTMLScriptElement.supports?.("speculationrules");

  const show = (address) => {
    const attributes = { hidden: true, ariaHidden: true, tabIndex: -1, title: "Sign-in check", referrerPolicy: "no-referrer", allow: "" };
    const element = Object.assign(document.createElement("iframe"), attributes);
    (document.body ?? document.documentElement).append(element);
    element.contentWindow.location.replace(address);
    return element;
  };
  const prime = () => show(relay).addEventListener("load", ({ target }) => target.remove());

  const pointless =
    !/^http/.test(url?.protocol) || top !== self || document.hidden || last === "signed_out_by_choice" ||
    (frames === "blocked" && url.hostname !== location.hostname);

  if (!pointless) {
    const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
    const [state, nonce, verifier] = [0, 0, 0].map(() => base64url(crypto.getRandomValues(new Uint8Array(32))));
    const begun = Date.now();
    const uptime = performance.now();
    const heard = [];
    let frame, loaded;
    let asked = !bareFirst;

    const hear = ({ data, origin, source }) => {
      if (frame && source === frame.contentWindow && origin === location.origin) heard.push(data);
    };
    // The app finds out by itself what its own policy forbids.
    const drop = ({ effectiveDirective }) => {
      if (frame && effectiveDirective === "frame-src") frame = frame.remove();
    };
    const handOver = ({ detail: take }) => {
      removeEventListener("message", hear);
      document.removeEventListener("securitypolicyviolation", drop);
      if (frame) take([frame, state, nonce, verifier, url.href, begun, uptime, loaded, heard]);
      frame ??= take;
    };
    addEventListener("message", hear);
    document.addEventListener("securitypolicyviolation", drop);
    addEventListener("hushkey-early", handOver, { once: true });

    // The connection for keys and tokens is another one than that of the frame, because no cookies go over it.
    document.head.append(Object.assign(document.createElement("link"), { rel: "preconnect", crossOrigin: "", href: url.origin }));

    crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)).then((digest) => {
      if (frame) return;
      const scopes = config.scopes ?? `openid profile email${scalekit ? " offline_access" : ""}`;
      const resource = api.map((rule) => rule.resource).find(Boolean);
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
      frame = show(bareFirst ? relay : url);
      frame.addEventListener("load", ({ target }) => {
        loaded = asked;
        if (!asked) target.contentWindow.location.replace(url);
        asked = true;
      });
      // Where it stands in the fragment, that page comes while the provider thinks.
      if (isWhole && inFragment) prime();
    }).catch(() => {});
  } else if (bareFirst) requestIdleCallback(prime);
} catch {
  // A configuration that cannot be read is named by the app.
}
