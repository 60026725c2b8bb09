import { editAnswer } from './answers.mjs';
import { CHANGES, changed, edited, isAbsent, isLast } from './edits.mjs';
import { endpointAt, OWN_AGENT } from './faults.mjs';
import { Mistake } from './mistake.mjs';
import { compact, PUBLISHED, SIGNED, Signer } from './signing.mjs';

const TOKENS = ['id_token', 'access_token'];
const HEADERS = TOKENS.map((name) => `${name}_header`);
const DOCUMENTS = ['token', 'discovery', 'keys', 'userinfo'];
const REDIRECTS = { authorize: '/oauth/authorize', logout: '/oidc/logout' };
const MEMBERS = [...TOKENS, ...HEADERS, ...DOCUMENTS, ...Object.keys(REDIRECTS)];
const ANSWERS = [...DOCUMENTS, 'api'];

/** How an answer travels otherwise than it should. */
const TRANSPORT = ['status', 'location', 'headers', 'text', 'truncate', 'bom', 'pad'];

/** What a rule may say, and where. */
const WORDS = {
  in: [...MEMBERS, 'api'],
  times: [...MEMBERS, 'api'],
  member: MEMBERS,
  part: Object.keys(REDIRECTS),
  sign: TOKENS,
  kid: TOKENS,
  flip: TOKENS,
  publish: ['keys'],
  withdraw: ['keys'],
  path: ['keys'],
  ...Object.fromEntries(Object.keys(CHANGES).map((name) => [name, MEMBERS])),
  ...Object.fromEntries(TRANSPORT.map((name) => [name, ANSWERS])),
};

/** Reads a rule; one that makes no sense is a mistake, not ignored. */
function read(text) {
  let rule;
  try {
    rule = JSON.parse(text);
  } catch {
    throw new Mistake('a rule is a JSON object');
  }
  if (!WORDS.in.includes(rule?.in)) throw new Mistake(`in must be one of ${WORDS.in.join(', ')}`);
  for (const word of Object.keys(rule)) {
    if (!WORDS[word]?.includes(rule.in)) throw new Mistake(`a rule in ${rule.in} does not know ${word}`);
  }
  const changes = Object.keys(CHANGES).filter((name) => rule[name] !== undefined);
  if (changes.length !== (rule.member === undefined ? 0 : 1)) throw new Mistake('a member needs one change, and a change a member');
  if (rule.sign !== undefined && !SIGNED.includes(rule.sign)) throw new Mistake(`sign must be one of ${SIGNED.join(', ')}`);
  if (rule.publish !== undefined && !PUBLISHED.includes(rule.publish)) throw new Mistake(`publish must be one of ${PUBLISHED.join(', ')}`);
  if (rule.part !== undefined && (rule.part !== 'fragment' || rule.set === undefined)) throw new Mistake('part is fragment, where something is set');
  if (Object.keys(rule).every((word) => ['in', 'times'].includes(word))) throw new Mistake('this changes nothing: say what');
  return rule;
}

/**
 * What a provider that means harm says otherwise, by rules like `{"in":"id_token","member":"iss","append":"1"}`.
 * Everything but that stays right: tokens are signed after they were changed, hashes belong to them.
 */
export class Tampering {
  #rules = [];
  #signer;
  #apps;

  constructor({ keyring, apps, clientId }) {
    this.#signer = new Signer(keyring, clientId);
    this.#apps = apps;
  }

  /** The rules, with how often each was followed. */
  get rules() {
    return this.#rules;
  }

  add(text) {
    this.#rules.push({ ...read(text), followed: 0 });
  }

  clear() {
    this.#rules = [];
  }

  /** The rules for a place that say one of these words. From now on they have been followed. */
  #due(place, ...words) {
    const isDue = (rule) => rule.in === place && words.some((word) => rule[word] !== undefined) && rule.followed < (rule.times || Infinity);
    const due = this.#rules.filter(isDue);
    for (const rule of due) rule.followed += 1;
    return due.sort((one, other) => isLast(one) - isLast(other));
  }

  #edited(place, value) {
    return this.#due(place, 'member').reduce((text, rule) => edited(JSON.parse(text), rule), JSON.stringify(value));
  }

  /** Signs the claims of an ID token or access token. */
  sign(kind, claims) {
    const { sign, kid, flip } = Object.assign({}, ...this.#due(kind, 'sign', 'flip'));
    const { header, make } = this.#signer.way(sign, { kid });
    return compact({ header: this.#edited(`${kind}_header`, header), payload: this.#edited(kind, claims), make, flip });
  }

  /** Where the keys are instead of at their usual address. */
  get #moved() {
    return this.#rules.find(({ path }) => path !== undefined);
  }

  #published(keys) {
    const rules = this.#due('keys', 'publish', 'withdraw');
    const kept = rules.some(({ withdraw }) => withdraw) ? keys.slice(1) : keys;
    const added = rules.flatMap(({ publish }) => (publish === undefined ? [] : [this.#signer.published(publish)]));
    return { keys: [...kept.filter(({ kid }) => !added.some((key) => key.kid === kid)), ...added] };
  }

  /** The JSON text of an answer. */
  #document(place, body) {
    const moved = place === 'discovery' && this.#moved;
    const shown = moved ? { ...body, jwks_uri: body.jwks_uri.replace(/\/keys$/, moved.path) } : body;
    return this.#edited(place, place === 'keys' ? this.#published(body.keys) : shown);
  }

  /** An answer as it travels: status, headers and text. */
  transported(place, { status, headers, text }) {
    const rules = this.#due(place, ...TRANSPORT);
    const rule = Object.assign({}, ...rules, { headers: Object.assign({}, ...rules.map((each) => each.headers)) });
    const said = rule.text ?? text;
    const cut = rule.truncate === undefined ? said : said.slice(0, -rule.truncate);
    return {
      status: rule.status ?? status,
      headers: { ...headers, ...(rule.location && { Location: rule.location }), ...rule.headers },
      text: `${rule.bom ? '\ufeff' : ''}${cut}${' '.repeat(rule.pad ?? 0)}`,
    };
  }

  #redirect(place, ctx) {
    let added = [];
    editAnswer(ctx, this.#apps, (params) => {
      const rules = this.#due(place, 'member');
      for (const rule of rules.filter(({ part }) => part === undefined)) {
        if (isAbsent(rule, params.get(rule.member))) continue; // an error has no code
        const values = changed(rule, params.get(rule.member) ?? undefined);
        params.delete(rule.member);
        for (const value of values) params.append(rule.member, value);
      }
      added = rules.filter(({ part }) => part !== undefined).map(({ member, set }) => [member, set]);
    }, REDIRECTS[place]);
    if (added.length > 0) ctx.redirect(`${ctx.response.get('Location')}#${new URLSearchParams(added)}`);
  }

  /** Koa middleware. What the API asks for itself is always right. */
  middleware = async (ctx, next) => {
    const own = ctx.get('User-Agent') === OWN_AGENT;
    const moved = own ? undefined : this.#moved;
    if (moved && ctx.path === '/keys') ctx.path = '/nowhere';
    else if (moved && ctx.path === moved.path) {
      moved.followed += 1;
      ctx.path = '/keys';
    }
    const place = endpointAt(ctx.path);
    await next();
    const back = Object.keys(REDIRECTS).find((each) => ctx.path.startsWith(REDIRECTS[each]));
    if (back) return this.#redirect(back, ctx);
    if (own || ctx.method === 'OPTIONS' || !DOCUMENTS.includes(place) || this.#rules.length === 0) return undefined;

    const isDocument = ctx.status === 200 && typeof ctx.body === 'object';
    const before = isDocument ? this.#document(place, ctx.body) : JSON.stringify(ctx.body ?? '');
    const { status, headers, text } = this.transported(place, { status: ctx.status, headers: {}, text: before });
    ctx.body = text;
    ctx.status = status;
    ctx.set(headers);
    return undefined;
  };
}
