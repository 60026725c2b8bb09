// Tokens in memory, a session that comes back by signinSilent: the library's way, with a page that waits for it.
import { InMemoryWebStorage, WebStorageStateStore } from 'oidc-client-ts';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { AuthProvider, hasAuthParams, useAuth } from 'react-oidc-context';
import { BrowserRouter, Link, Route, Routes, useNavigate } from 'react-router';

const settings = {
  authority: ISSUER,
  client_id: CLIENT,
  redirect_uri: `${location.origin}/callback`,
  silent_redirect_uri: `${location.origin}/silent.html`,
  post_logout_redirect_uri: `${location.origin}/`,
  scope: 'openid profile email',
  userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
};

/** Looks for a session once, before anything is shown that depends on it. */
function useRestored() {
  const auth = useAuth();
  const [asked, setAsked] = useState(hasAuthParams);
  const idle = !auth.isLoading && !auth.activeNavigator;
  useEffect(() => {
    if (asked || !idle || auth.isAuthenticated) return;
    setAsked(true);
    auth.signinSilent().catch(() => {});
  }, [auth, asked, idle]);
  return idle && (asked || auth.isAuthenticated);
}

function Home() {
  const auth = useAuth();
  const [label, act] = auth.isAuthenticated ? ['Sign out', () => auth.signoutRedirect()] : ['Sign in', () => auth.signinRedirect({ state: '/account' })];
  return <><h1>Home</h1><button onClick={act}>{label}</button></>;
}

function Account() {
  const auth = useAuth();
  useEffect(() => {
    if (!auth.isAuthenticated && !auth.activeNavigator) auth.signinRedirect({ state: '/account' });
  }, [auth]);
  return auth.isAuthenticated && <><h1>Account</h1><p>{auth.user.profile.name}</p></>;
}

function Pages() {
  if (!useRestored()) return <p>One moment …</p>;
  return (
    <Routes>
      <Route path="/" element={<Home />} />
      <Route path="/account" element={<Account />} />
      <Route path="/callback" element={<p>One moment …</p>} />
    </Routes>
  );
}

function App() {
  const navigate = useNavigate();
  return (
    <AuthProvider {...settings} onSigninCallback={(user) => navigate(user?.state ?? '/', { replace: true })}>
      <nav><Link to="/">Home</Link> <Link to="/account">Account</Link></nav>
      <Pages />
    </AuthProvider>
  );
}

createRoot(document.getElementById('app')).render(<BrowserRouter><App /></BrowserRouter>);
