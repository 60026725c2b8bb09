import { Buffer } from 'node:buffer';

const segment = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What is wrong with answers of the userinfo endpoint, on purpose: through the control address. */
export class UserInfoFaults {
  /** Members to set; null removes one. */
  set = {};

  /** Another content type than the right one. */
  type = undefined;

  /** `none`: without a signature, where answers are signed. */
  alg = undefined;
}

/** Koa middleware: answers of the userinfo endpoint, signed if the provider was started so. */
export function userInfoAnswers({ options: { signedUserInfo, issuer, clientId }, keyring, faults }) {
  return async (ctx, next) => {
    await next();
    if (ctx.path !== '/userinfo' || ctx.method === 'OPTIONS' || ctx.status !== 200) return;
    const claims = { ...ctx.body, ...(signedUserInfo && { iss: issuer, aud: clientId }), ...faults.set };
    for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name];
    if (!signedUserInfo) ctx.body = claims;
    else if (faults.alg === 'none') ctx.body = `${segment({ alg: 'none' })}.${segment(claims)}.`;
    else ctx.body = await keyring.sign(claims);
    if (faults.type ?? signedUserInfo) ctx.type = faults.type ?? 'application/jwt';
  };
}
