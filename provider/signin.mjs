import { readFileSync } from 'node:fs';

import { errorPage, organizationPage, picture, sendPage, signInPage } from './pages.mjs';
import { membershipIn } from './people.mjs';
import { endSession } from './signout.mjs';

const STYLES = readFileSync(new URL('./pages.css', import.meta.url), 'utf8');
const FORM_LIMIT = 8 * 1024;

/** The pages people see while they sign in, with their style sheet and pictures. */
export function signInRoutes({ provider, store, people, apps, assurance }) {
  const page = (ctx, status, content) => sendPage(ctx, status, content, { formTargets: apps });

  function show(ctx, interaction, problem) {
    const status = problem ? 422 : 200;
    const action = ctx.path;
    if (interaction.prompt.name === 'select_account') {
      const who = people.bySub(interaction.session.accountId);
      return page(ctx, status, organizationPage({ action, who }));
    }
    return page(ctx, status, signInPage({
      action,
      people: people.known,
      creating: interaction.prompt.name === 'create',
      email: problem?.email ?? interaction.params.login_hint ?? '',
      problem: problem?.text,
    }));
  }

  /** What a submitted form means to the library; undefined if it cannot be used. */
  function outcome(form, { prompt, params }) {
    if (form.get('action') === 'cancel') {
      return { error: 'access_denied', error_description: 'User denied access' };
    }
    if (assurance.isUnmet) {
      return { error: 'unmet_authentication_requirements', error_description: 'Nobody can sign in like that' };
    }
    if (prompt.name === 'select_account') {
      return { select_account: { organization: form.get('organization') } };
    }
    const who = people.byKey(form.get('person')) ?? people.byEmail(form.get('email') ?? '');
    if (!who) return undefined;
    const connection = params.connection_id ?? `conn_${params.provider ?? 'password'}`;
    const asked = membershipIn(who, params.organization_id);
    return {
      login: { accountId: who.sub, amr: [connection], acr: assurance.reached(params.acr_values) },
      ...(prompt.name === 'create' && { create: {} }),
      ...(asked && { select_account: { organization: asked.id } }),
    };
  }

  /**
   * Another person than before: their session must not be inherited. The library would do this
   * with a page that sends itself by script; this way nothing needs a script.
   */
  async function startAfresh(ctx, interaction) {
    await endSession(ctx, provider, store);
    interaction.session = undefined;
    await interaction.persist();
  }

  async function interact(ctx) {
    ctx.set('Cache-Control', 'no-store');
    let interaction;
    try {
      interaction = await provider.interactionDetails(ctx.req, ctx.res);
    } catch {
      const description = 'This sign-in has expired or was finished elsewhere. Go back to the app and start again.';
      return page(ctx, 400, errorPage({ error: 'expired', description }));
    }
    if (ctx.method !== 'POST') return show(ctx, interaction);

    const form = await readForm(ctx.req);
    const result = outcome(form, interaction);
    if (!result) {
      return show(ctx, interaction, { email: form.get('email') ?? '', text: 'Enter an e-mail address, like name@example.test.' });
    }
    const before = interaction.session?.accountId;
    if (before && result.login && result.login.accountId !== before) await startAfresh(ctx, interaction);
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
    ctx.status = 303;
    return undefined;
  }

  function sendPicture(ctx, who) {
    if (!who) return;
    ctx.set('Content-Security-Policy', "default-src 'none'");
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin'); // apps show it, isolated ones too
    ctx.type = 'image/svg+xml';
    ctx.body = picture(who);
  }

  return async (ctx, next) => {
    const [, folder, name] = /^\/(signin|pictures|assets)\/([\w-]+)(?:\.\w+)?$/.exec(ctx.path) ?? [];
    if (folder === 'signin') return interact(ctx);
    if (folder === 'pictures') return sendPicture(ctx, people.bySub(name));
    if (folder === 'assets' && name === 'pages') {
      ctx.type = 'text/css';
      ctx.body = STYLES;
      return undefined;
    }
    if (ctx.path === '/favicon.ico') {
      ctx.status = 204; // browsers ask for it unasked; a 404 would end up in their consoles
      return undefined;
    }
    return next();
  };
}

async function readForm(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > FORM_LIMIT) throw new Error('the submitted form is too long');
  }
  return new URLSearchParams(text);
}
