/**
 * Cookies of localhost are shared between ports: the names keep several providers apart.
 * With `lax`, they are not sent from a frame at another site, whatever the browser is told.
 */
export function cookieSettings({ port, cookies }) {
  const kind = { httpOnly: true, sameSite: cookies === 'lax' ? 'lax' : 'none' };
  return {
    names: { session: `session_${port}`, interaction: `signin_${port}`, resume: `resume_${port}` },
    long: kind,
    short: kind,
  };
}

/**
 * Koa middleware for `--cookies none`. Browsers take SameSite=None only with Secure, and take that
 * from this machine without TLS, too; the library would refuse to send it. WebKit is the other way
 * round: it wants TLS also from this machine, and no Secure for SameSite=None.
 */
export async function secureCookies(ctx, next) {
  await next();
  const lines = [ctx.response.get('Set-Cookie')].flat().filter(Boolean);
  if (lines.length > 0) ctx.set('Set-Cookie', lines.map((line) => `${line}; secure`));
}
