import { interactionPolicy } from './library.mjs';
import { membershipIn } from './people.mjs';

const { Check, Prompt, base } = interactionPolicy;

/**
 * When a page has to be shown. Besides the library's own `login` there are Scalekit's
 * `prompt=create` (always a page) and `prompt=select_account` (a page only if there is a choice
 * left to make).
 */
export function promptPolicy(people, { silentSwitch }, assurance) {
  const create = new Prompt({ name: 'create', requestable: true });

  /** A check about the person who is signed in; for nobody there is the login prompt, which comes first. */
  const check = (reason, description, error, isDue) => new Check(reason, description, error, (ctx) => {
    const who = people.bySub(ctx.oidc.session.accountId);
    return who !== undefined && isDue(ctx.oidc, who);
  });

  const choice = check(
    'organization_choice',
    'an organization has to be chosen',
    'account_selection_required',
    (oidc, who) => {
      const { organization_id: asked } = oidc.params;
      if (!oidc.promptPending('select_account') || membershipIn(who, asked)) return false;
      return who.memberships.length > 1 || asked !== undefined;
    },
  );
  const stranger = check(
    'organization_stranger',
    'the person is no member of this organization',
    'access_denied',
    (oidc, who) => silentlyAsked(oidc) !== undefined && !membershipIn(who, silentlyAsked(oidc)),
  );
  const silentChange = check(
    'organization_change',
    'the organization is not switched without a page',
    'account_selection_required',
    (oidc, who) => {
      const asked = silentlyAsked(oidc);
      const current = currentMembership(oidc.session, oidc.client.clientId, who).id;
      return !silentSwitch && asked !== undefined && asked !== current;
    },
  );
  const selectAccount = new Prompt({ name: 'select_account', requestable: true }, stranger, silentChange, choice);
  selectAccount.checks.remove('select_account_prompt'); // it would ask people who have no choice, too

  const tooWeak = new Check('too_weak', 'a stronger sign-in is needed', 'login_required', ({ oidc }) => assurance.isTooWeak(oidc));

  const policy = base();
  policy.get('login').checks.add(tooWeak);
  policy.add(create, 0);
  policy.add(selectAccount, 2); // after login
  return policy;
}

const silentlyAsked = ({ prompts, params }) => (prompts.has('none') ? params.organization_id : undefined);

/**
 * Remembers in the session which organization an accepted request asked for: by a choice on a page,
 * or by `organization_id` together with `prompt=select_account` or `prompt=none`. One they do not
 * belong to is ignored.
 */
export function rememberOrganization({ oidc }, people) {
  const asked = oidc.prompts.has('select_account') ? oidc.params.organization_id : silentlyAsked(oidc);
  const wanted = oidc.result?.select_account?.organization ?? asked;
  if (wanted && membershipIn(people.bySub(oidc.session.accountId), wanted)) {
    oidc.session.authorizationFor(oidc.client.clientId, true).organization = wanted;
  }
}

/** The membership a session acts in: the chosen one, else the person's first. */
export function currentMembership(session, clientId, who) {
  return membershipIn(who, session.authorizationFor(clientId).organization) ?? who.memberships[0];
}
