import { interactionPolicy } from './library.mjs';
import { membershipIn } from './people.mjs';

const { Check, Prompt, base } = interactionPolicy;

/**
 * When a page has to be shown. Besides the library's own `login` there are Scalekit's
 * `prompt=create` (always a page) and `prompt=select_account` (a page only if there is a choice
 * left to make).
 */
export function promptPolicy(people) {
  const create = new Prompt({ name: 'create', requestable: true });

  const choice = new Check(
    'organization_choice',
    'an organization has to be chosen',
    'account_selection_required',
    ({ oidc }) => {
      const who = people.bySub(oidc.session.accountId);
      // Nobody signed in: the login prompt comes first.
      if (!who || !oidc.promptPending('select_account')) return Check.NO_NEED_TO_PROMPT;
      return who.memberships.length > 1 && !membershipIn(who, oidc.params.organization_id);
    },
  );
  const selectAccount = new Prompt({ name: 'select_account', requestable: true }, choice);
  selectAccount.checks.remove('select_account_prompt'); // it would ask people who have no choice, too

  const policy = base();
  policy.add(create, 0);
  policy.add(selectAccount, 2); // after login
  return policy;
}

/**
 * Remembers in the session which organization this request asked for, by a choice on a page or
 * by `organization_id` together with `prompt=select_account`. One they do not belong to is ignored.
 */
export function rememberOrganization({ oidc }, people) {
  const asked = oidc.prompts.has('select_account') ? oidc.params.organization_id : undefined;
  const wanted = oidc.result?.select_account?.organization ?? asked;
  if (wanted && membershipIn(people.bySub(oidc.session.accountId), wanted)) {
    oidc.session.authorizationFor(oidc.client.clientId, true).organization = wanted;
  }
}

/** The membership a session acts in: the chosen one, else the person's first. */
export function currentMembership(session, clientId, who) {
  return membershipIn(who, session.authorizationFor(clientId).organization) ?? who.memberships[0];
}
