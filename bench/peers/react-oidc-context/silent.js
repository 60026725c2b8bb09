// The page that the documentation has for the hidden frame.
import { UserManager } from 'oidc-client-ts';

new UserManager({ authority: ISSUER, client_id: CLIENT, redirect_uri: `${location.origin}/callback` }).signinSilentCallback();
