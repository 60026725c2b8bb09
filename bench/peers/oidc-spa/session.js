import { oidcSpa } from 'oidc-spa/react-spa';

// What an ID token has to look like: checked by hand, so that no schema library counts.
const decodedIdTokenSchema = {
  parse: (token) => {
    if (typeof token.name !== 'string') throw new Error('the ID token has no name');
    return token;
  },
};

export const { bootstrapOidc, useOidc, withLoginEnforced, OidcInitializationGate } = oidcSpa
  .withExpectedDecodedIdTokenShape({ decodedIdTokenSchema })
  .createUtils();

bootstrapOidc({ implementation: 'real', issuerUri: ISSUER, clientId: CLIENT, scopes: ['profile', 'email'] });
