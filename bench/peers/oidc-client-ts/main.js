// The library alone, without a framework: what the one for React is made of.
import { InMemoryWebStorage, UserManager, WebStorageStateStore } from 'oidc-client-ts';

const manager = new UserManager({
  authority: ISSUER,
  client_id: CLIENT,
  redirect_uri: `${location.origin}/callback`,
  silent_redirect_uri: `${location.origin}/silent.html`,
  post_logout_redirect_uri: `${location.origin}/`,
  scope: 'openid profile email',
  userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
});
const signIn = () => manager.signinRedirect({ state: '/account' });
const app = document.getElementById('app');
app.innerHTML = '<nav><a href="/">Home</a> <a href="/account">Account</a></nav><main><p>One moment …</p></main>';

async function returned() {
  const user = await manager.signinRedirectCallback();
  history.replaceState(null, '', user.state ?? '/');
  return user;
}

const user = await (location.pathname === '/callback' ? returned() : manager.signinSilent().catch(() => null));
const main = app.querySelector('main');
if (location.pathname !== '/account') {
  main.innerHTML = `<h1>Home</h1><button>${user ? 'Sign out' : 'Sign in'}</button>`;
  main.querySelector('button').onclick = user ? () => manager.signoutRedirect() : signIn;
} else if (user) {
  main.innerHTML = '<h1>Account</h1><p></p>';
  main.querySelector('p').textContent = user.profile.name;
} else {
  signIn();
}
