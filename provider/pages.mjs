import { picturePath } from './people.mjs';

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

class Markup {
  constructor(text) {
    this.text = text;
  }
}

/** Template tag: every value is escaped unless it is markup made by this tag. Lists are joined. */
function html(strings, ...values) {
  const render = (value) => {
    if (Array.isArray(value)) return value.map(render).join('');
    if (value instanceof Markup) return value.text;
    return value === undefined || value === false ? '' : String(value).replace(/[&<>"']/g, (char) => ENTITIES[char]);
  };
  return new Markup(String.raw({ raw: strings }, ...values.map(render)));
}

const layout = (title, content) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="/assets/pages.css">
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
<footer>Development provider: nothing here is protected.</footer>
</body>
</html>
`;

/**
 * `formTargets`: browsers apply form-action to the redirects after a form was sent as well, so the
 * apps these lead to have to be named. A `framable` page can be framed by anybody, the others by nobody.
 */
export function sendPage(ctx, status, content, { formTargets = [], framable = false, frames = [] } = {}) {
  ctx.state.framable = framable;
  ctx.status = status;
  ctx.type = 'html';
  ctx.set('Content-Security-Policy', [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    ...(frames.length ? [`frame-src ${frames.join(' ')}`] : []),
    ...(framable ? [] : ["frame-ancestors 'none'"]),
    "base-uri 'none'",
  ].join('; '));
  ctx.body = content.text;
}

const membershipLine = ({ memberships }) => memberships.map(({ name, role }) => `${name} (${role})`).join(', ');

const personButton = (who, preferred) => html`
<li><button name="person" value="${who.key}" data-person="${who.key}" class="choice"${preferred && html` autofocus`}>
<img src="${picturePath(who)}" alt="" width="48" height="48">
<span><strong>${who.name}</strong><span>${who.email}</span><span>${membershipLine(who)}</span></span>
</button></li>`;

const cancelForm = (action) => html`
<form method="post" action="${action}">
<button name="action" value="cancel" data-action="cancel" class="quiet">Cancel</button>
</form>`;

export function signInPage({ action, people, creating, email, problem }) {
  const hinted = people.find((who) => who.email === email.trim().toLowerCase());
  const inOrder = hinted ? [hinted, ...people.filter((who) => who !== hinted)] : people;
  return layout(creating ? 'Create your account' : 'Sign in', html`
<form method="post" action="${action}">
<h2>Continue as</h2>
<ul>${inOrder.map((who) => personButton(who, who === hinted))}</ul>
</form>
<form method="post" action="${action}" novalidate>
<h2><label for="email">Or use any e-mail address</label></h2>
${problem && html`<p id="problem" role="alert">${problem}</p>`}
<input id="email" name="email" type="email" autocomplete="username" value="${email}" required${problem && html` aria-invalid="true" aria-describedby="problem" autofocus`}>
<button data-action="continue" class="main">Continue</button>
</form>
${cancelForm(action)}`);
}

const organizationButton = ({ id, name, role }) => html`
<li><button name="organization" value="${id}" data-organization="${id}" class="choice">
<span><strong>${name}</strong><span>${role}</span></span>
</button></li>`;

export const organizationPage = ({ action, who }) => layout('Choose an organization', html`
<p>You are signed in as ${who.name} (${who.email}).</p>
<form method="post" action="${action}">
<ul>${who.memberships.map(organizationButton)}</ul>
</form>
${cancelForm(action)}`);

export const errorPage = ({ error, description }) => layout('This did not work', html`
<p>${description ?? 'The request could not be understood.'}</p>
<p><code>${error}</code></p>`);

export const signedOutPage = () => layout('You are signed out', html`<p>You can close this page.</p>`);

/** Tells the apps, by a frame of each. */
export const leavingPage = ({ frames }) => layout('You are signed out', html`<p>The apps are told.</p>
${frames.map((src) => html`<iframe src="${src}" title="Signing out" hidden></iframe>`)}`);

/** The frame that apps ask whether the session changed. Nobody sees it. */
export const checkSessionPage = ({ script, clientId, cookie }) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Session check</title>
</head>
<body data-client="${clientId}" data-cookie="${cookie}">
<script>${new Markup(script)}</script>
</body>
</html>
`;

/** A disc in a colour of the person's own, with their initials. */
export function picture({ sub, givenName, familyName }) {
  const hue = Number(sub.slice(-6)) % 360;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">
<circle cx="24" cy="24" r="24" fill="hsl(${hue}, 45%, 38%)"/>
<text x="24" y="31" font-family="sans-serif" font-size="19" fill="#fff" text-anchor="middle">${initial(givenName)}${initial(familyName)}</text>
</svg>
`.text;
}

const initial = (name) => [...name].slice(0, 1);
