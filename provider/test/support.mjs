import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const APP = 'http://localhost:8080';
export const OTHER_APP = 'http://localhost:9090';
export const CLIENT_ID = 'spac_hushkey';
const MAIN = fileURLToPath(new URL('../main.mjs', import.meta.url));

/**
 * Ports that nobody has now. They lie below those that systems give to outgoing connections, of
 * which the tests make many: one of these might take the port before the provider does.
 */
export async function freePorts(count) {
  const ports = new Set();
  while (ports.size < count) {
    const port = 15_000 + randomInt(15_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port) {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}

/** A provider in a process of its own. `ready` is the line it printed. */
export async function startProvider(args = [], ports) {
  const [port, apiPort, controlPort] = ports ?? await freePorts(3);
  const child = spawn(process.execPath, [
    MAIN, '--port', port, '--api-port', apiPort, '--control-port', controlPort,
    '--app', APP, '--app', OTHER_APP, '--exit-with-stdin', ...args,
  ], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit').then(([code]) => code);
  const firstLine = once(createInterface(child.stdout), 'line').then(([line]) => line);
  const line = await Promise.race([firstLine, exited.then((code) => {
    throw new Error(`the provider ended with code ${code} before it was ready`);
  })]);
  const control = async (method, path) => {
    const response = await fetch(`http://localhost:${controlPort}${path}`, { method });
    return response.json();
  };
  return {
    ready: JSON.parse(line),
    issuer: `http://localhost:${port}`,
    api: `http://localhost:${apiPort}`,
    ports: [port, apiPort, controlPort],
    child,
    exited,
    control,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

export function pkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** As much of a browser as a sign-in needs: cookies with paths, and redirects up to the app. */
export class Browser {
  #cookies = new Map();
  /** The headers by which it was given cookies. */
  setCookie = [];

  constructor(provider) {
    this.provider = provider;
  }

  /** A second browser with the same cookies, which it keeps whatever happens to the first. */
  copy() {
    const copy = new Browser(this.provider);
    copy.#cookies = new Map(this.#cookies);
    return copy;
  }

  /** What `document.cookie` is to a page of the provider. */
  get scriptCookies() {
    return [...this.#cookies.values()].filter(({ httpOnly }) => !httpOnly).map(({ pair }) => pair).join('; ');
  }

  /** Follows redirects while they stay at the provider. `location` is set once one leaves it. */
  async visit(url, init = {}) {
    const { pathname } = new URL(url);
    const cookie = [...this.#cookies.values()].filter(({ path }) => pathname.startsWith(path)).map(({ pair }) => pair).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie, accept: 'text/html' } });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const target = response.headers.get('location');
    if (!target) return { url, status: response.status, headers: response.headers, body: await response.text() };
    const location = new URL(target, url);
    if (location.origin === this.provider.issuer) return this.visit(location.href);
    return { status: response.status, location, answer: Object.fromEntries(location.searchParams) };
  }

  #keep(line) {
    this.setCookie.push(line);
    const [pair, ...attributes] = line.split('; ');
    const read = (name) => attributes.find((each) => each.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
    const [name] = pair.split('=');
    const path = read('path') ?? '/';
    const expires = read('expires');
    if (expires && new Date(expires) <= new Date()) this.#cookies.delete(`${name} ${path}`);
    else this.#cookies.set(`${name} ${path}`, { pair, path, httpOnly: attributes.some((each) => /^httponly$/i.test(each)) });
  }

  submit(page, fields) {
    return this.visit(page.url, { method: 'POST', body: new URLSearchParams(fields) });
  }

  async authorize(params = {}) {
    const { verifier, challenge } = pkce();
    const query = authorizationRequest(challenge, params);
    return { verifier, ...await this.visit(`${this.provider.issuer}/oauth/authorize?${query}`) };
  }

  async redeem({ verifier, answer }, redirectUri = `${APP}/callback`) {
    return token(this.provider, {
      grant_type: 'authorization_code', code: answer.code, redirect_uri: redirectUri, code_verifier: verifier,
    });
  }

  /** Signs in from the start to the tokens. */
  async signIn(fields = { person: 'alice' }, params = {}) {
    const { verifier, ...page } = await this.authorize(params);
    const { answer } = await this.submit(page, fields);
    return { code: answer.code, ...(await this.redeem({ verifier, answer })).json };
  }
}

export async function token(provider, fields, origin = APP) {
  const response = await fetch(`${provider.issuer}/oauth/token`, {
    method: 'POST',
    headers: { origin },
    body: new URLSearchParams({ client_id: CLIENT_ID, ...fields }),
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

export const refresh = (provider, refreshToken) => token(provider, { grant_type: 'refresh_token', refresh_token: refreshToken });

/** A provider for one test, stopped with it. */
export async function providerFor(t, ...args) {
  const provider = await startProvider(...args);
  t.after(() => provider.stop());
  return provider;
}

export const callApi = (provider, path, accessToken, init = {}) => fetch(provider.api + path, {
  ...init, headers: { origin: APP, ...(accessToken && { authorization: `Bearer ${accessToken}` }), ...init.headers },
});

/** The parameters of an authorization request. */
export function authorizationRequest(challenge, params = {}) {
  return new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT_ID,
    redirect_uri: `${APP}/callback`,
    scope: 'openid profile email offline_access',
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...params,
  });
}
