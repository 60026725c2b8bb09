import { derivedId } from './ids.mjs';

const organization = (name) => ({ id: derivedId('org', name), name });
const ACME = organization('Acme');
const GLOBEX = organization('Globex');

const PERMISSIONS = {
  admin: ['notes:read', 'notes:write', 'members:manage'],
  member: ['notes:read'],
};

function person(key, givenName, familyName, email, memberships) {
  return {
    sub: derivedId('usr', email),
    key,
    givenName,
    familyName,
    name: [givenName, familyName].filter(Boolean).join(' '),
    email,
    memberships, // the first one is where a sign-in without a choice ends up
  };
}

const KNOWN = [
  person('alice', 'Alice', 'Example', 'alice@example.test', [
    { ...ACME, role: 'admin' },
    { ...GLOBEX, role: 'member' },
  ]),
  person('bob', 'Bob', 'Baker', 'bob@example.test', [{ ...ACME, role: 'member' }]),
  person('chandra', 'Chandra', 'Śarmā', 'chandra@example.test', [{ ...GLOBEX, role: 'admin' }]),
  person('eloise', 'Éloïse', 'Müller-Nuñez', 'eloise@example.test', [{ ...GLOBEX, role: 'member' }]),
];

/** Who can sign in: four people known from the start, and one for every e-mail address typed in. */
export class People {
  #store;

  constructor(store) {
    this.#store = store;
  }

  get known() {
    return KNOWN;
  }

  byKey(key) {
    return KNOWN.find((known) => known.key === key);
  }

  bySub(sub) {
    return [...KNOWN, ...this.#store.get('people', [])].find((each) => each.sub === sub);
  }

  /** The person with this address, made up when nobody has it; undefined if it is no address. */
  byEmail(input) {
    const email = input.trim().toLowerCase();
    if (email.length > 254 || !/^[^\s@<>"]+@[^\s@<>"]+$/.test(email)) return undefined;
    return this.bySub(derivedId('usr', email)) ?? this.#makeUp(email);
  }

  #makeUp(email) {
    const [local, domain] = email.split('@');
    const [givenName, ...rest] = local.split(/[._+-]+/).filter(Boolean).map(capitalized);
    const made = person(null, givenName ?? local, rest.join(' '), email, [
      { ...organization(domain), role: 'member' },
    ]);
    this.#store.put('people', [...this.#store.get('people', []), made]);
    return made;
  }
}

const capitalized = (word) => word[0].toUpperCase() + word.slice(1);

/** The membership in this organization, if there is one. */
export const membershipIn = (who, organizationId) => who.memberships.find(({ id }) => id === organizationId);

export const permissionsOf = (role) => PERMISSIONS[role];

/** What ID tokens and the userinfo endpoint say about a person. */
export const profileClaims = (who, issuer) => ({
  sub: who.sub,
  email: who.email,
  email_verified: true,
  name: who.name,
  given_name: who.givenName,
  family_name: who.familyName || undefined,
  picture: new URL(picturePath(who), issuer).href,
});

export const picturePath = ({ sub }) => `/pictures/${sub}.svg`;
