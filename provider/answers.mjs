/**
 * Lets `change` edit the parameters of an answer that is on its way to an app. Any other response
 * of the endpoint (a sign-in page, an error page) is left alone.
 */
export function editAnswer(ctx, apps, change, endpoint = '/oauth/authorize') {
  const location = ctx.response.get('Location');
  if (!ctx.path.startsWith(endpoint) || !URL.canParse(location)) return;
  const address = new URL(location);
  if (!apps.includes(address.origin)) return;
  if (address.hash) {
    const params = new URLSearchParams(address.hash.slice(1)); // response_mode=fragment
    change(params, address.origin);
    address.hash = params;
  } else {
    change(address.searchParams, address.origin);
  }
  ctx.redirect(address.href); // the body names the address, too
}

/**
 * Koa middleware: the members of answers in which Scalekit, or one of its environments, differs
 * from the library.
 */
export function scalekitAnswers({ apps, answers: { iss, scope } }) {
  function token({ oidc, body }) {
    if (!scope) delete body.scope;
    const refreshing = oidc.params?.grant_type === 'refresh_token';
    // Scalekit does not say what was wrong with a refresh token.
    if (refreshing && body.error === 'invalid_grant') delete body.error_description;
  }

  return async (ctx, next) => {
    await next();
    if (ctx.path === '/oauth/token' && ctx.oidc && ctx.body) token(ctx);
    if (iss) return;
    editAnswer(ctx, apps, (params) => params.delete('iss'));
    if (ctx.path.startsWith('/.well-known/') && ctx.body) delete ctx.body.authorization_response_iss_parameter_supported;
  };
}
