import { parseArgs } from 'node:util';

export const USAGE = `Usage: node provider/main.mjs --port 8081 --api-port 8082 --app http://localhost:8080
  --app ORIGIN              origin of the app; may be given several times
  --client-id ID            default spac_hushkey
  --issuer URL              default http://localhost:PORT
  --redirect-path PATH      default /callback
  --silent-path PATH        default /silent-refresh.html
  --post-logout-path PATH   default /signed-out
  --access-token-ttl, --id-token-ttl, --refresh-token-ttl, --session-ttl, --code-ttl SECONDS
  --state FILE              keep sessions, people and signing keys across restarts
  --refresh-grace SECONDS   how long a used refresh token still works, default 30;
                            0: its use ends all tokens of the sign-in
  --no-silent-switch        prompt=none does not switch the organization
  --no-iss, --no-scope      leave iss out of callbacks, scope out of token responses
  --no-discovery-cors       apps cannot read the discovery document
  --cookies lax|none|loose  none: also sent from frames at other sites, if the browser allows;
                            loose: the same without Secure, for WebKit
  --profile-in-userinfo     ID tokens say who it is, and nothing more about them
  --signed-userinfo         the userinfo endpoint answers with a signed JWT
  --session-management      check_session_iframe and session_state
  --frontchannel-path PATH  front-channel logout: the page of the apps for that
  --par optional|required   a pushed authorization request endpoint
  --resource URI            a resource to have tokens for; may be given several times
  --userinfo-audience       tokens for a resource are for the userinfo endpoint, too
  --dpop                binds tokens to keys (RFC 9449) for whoever proves one
  --dpop-nonces         the same, and every proof needs a nonce of its server
  --no-dpop-cors        apps cannot read the headers of it (DPoP-Nonce, WWW-Authenticate)
  --control-port PORT       tests only: see README.md
  --exit-with-stdin         stop when stdin is closed`;

const DAY = 24 * 60 * 60;
const text = (fallback) => ({ type: 'string', default: fallback });
const flag = { type: 'boolean', default: false };

const SPEC = {
  port: text('8081'),
  'api-port': text('8082'),
  'control-port': { type: 'string' },
  app: { type: 'string', multiple: true, default: ['http://localhost:8080'] },
  'client-id': text('spac_hushkey'),
  issuer: { type: 'string' },
  'redirect-path': text('/callback'),
  'silent-path': text('/silent-refresh.html'),
  'post-logout-path': text('/signed-out'),
  'access-token-ttl': text('300'),
  'id-token-ttl': text('1800'),
  'refresh-token-ttl': text(String(30 * DAY)),
  'session-ttl': text(String(30 * DAY)),
  'code-ttl': text('600'),
  'refresh-grace': text('30'),
  'no-silent-switch': flag,
  'no-iss': flag,
  'no-scope': flag,
  'no-discovery-cors': flag,
  cookies: text('lax'),
  'session-management': flag,
  'frontchannel-path': { type: 'string' },
  par: text('no'),
  resource: { type: 'string', multiple: true, default: [] },
  'userinfo-audience': flag,
  'profile-in-userinfo': flag,
  'signed-userinfo': flag,
  dpop: flag,
  'dpop-nonces': flag,
  'no-dpop-cors': flag,
  state: { type: 'string' },
  'exit-with-stdin': flag,
  help: flag,
};

/** A mistake on the command line; its message is one sentence for the person who made it. */
export class UsageError extends Error {}

export function readOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({ args, options: SPEC }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const number = (name, max, min = 1) => {
    const value = Number(values[name]);
    if (!/^\d+$/.test(values[name]) || value < min || value > max) {
      throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not "${values[name]}".`);
    }
    return value;
  };
  const port = (name) => number(name, 65535);
  const seconds = (name) => number(name, 10 * 365 * DAY);
  const path = (name) => {
    if (!/^\/[^?#]*$/.test(values[name])) {
      throw new UsageError(`--${name} must start with "/" and have no query or fragment.`);
    }
    return values[name];
  };

  const oneOf = (name, ...words) => {
    if (!words.includes(values[name])) throw new UsageError(`--${name} must be one of ${words.join(', ')}, not "${values[name]}".`);
    return values[name];
  };

  const apps = [...new Set(values.app.map(originOf))];
  const registered = (name) => apps.map((origin) => origin + path(name));
  return {
    help: values.help,
    port: port('port'),
    apiPort: port('api-port'),
    controlPort: values['control-port'] === undefined ? undefined : port('control-port'),
    issuer: (values.issuer ?? `http://localhost:${values.port}`).replace(/\/$/, ''),
    clientId: values['client-id'],
    apps,
    redirectUris: [...registered('redirect-path'), ...registered('silent-path')],
    postLogoutUris: registered('post-logout-path'),
    ttl: {
      accessToken: seconds('access-token-ttl'),
      idToken: seconds('id-token-ttl'),
      refreshToken: seconds('refresh-token-ttl'),
      session: seconds('session-ttl'),
      code: seconds('code-ttl'),
    },
    refreshGrace: number('refresh-grace', DAY, 0),
    silentSwitch: !values['no-silent-switch'],
    answers: { iss: !values['no-iss'], scope: !values['no-scope'] },
    discoveryCors: !values['no-discovery-cors'],
    cookies: oneOf('cookies', 'lax', 'none', 'loose'),
    sessionManagement: values['session-management'],
    frontchannelPath: values['frontchannel-path'] === undefined ? undefined : path('frontchannel-path'),
    par: oneOf('par', 'no', 'optional', 'required'),
    resources: values.resource,
    userInfoAudience: values['userinfo-audience'],
    profileInUserInfo: values['profile-in-userinfo'],
    signedUserInfo: values['signed-userinfo'],
    dpop: values.dpop || values['dpop-nonces'],
    dpopNonces: values['dpop-nonces'],
    dpopCors: !values['no-dpop-cors'],
    stateFile: values.state,
    exitWithStdin: values['exit-with-stdin'],
  };
}

function originOf(app) {
  if (!URL.canParse(app) || !/^https?:$/.test(new URL(app).protocol)) {
    throw new UsageError(`--app must be an http or https origin, not "${app}".`);
  }
  return new URL(app).origin;
}
