// The library has no callback page: the provider answers to the home page, and its Vite plugin sees to that before the app begins.
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Link, Route, Routes } from 'react-router';
import { OidcInitializationGate, useOidc, withLoginEnforced } from './session.js';

function Home() {
  const oidc = useOidc();
  const [label, act] = oidc.isUserLoggedIn
    ? ['Sign out', () => oidc.logout({ redirectTo: 'home' })]
    : ['Sign in', () => oidc.login({ redirectUrl: '/account' })];
  return <><h1>Home</h1><button onClick={act}>{label}</button></>;
}

const Account = withLoginEnforced(() => {
  const { decodedIdToken } = useOidc({ assert: 'user logged in' });
  return <><h1>Account</h1><p>{decodedIdToken.name}</p></>;
});

createRoot(document.getElementById('app')).render(
  <BrowserRouter>
    <nav><Link to="/">Home</Link> <Link to="/account">Account</Link></nav>
    <OidcInitializationGate fallback={<p>One moment …</p>}>
      <Routes>
        <Route path="/" element={<Home />} />
        <Route path="/account" element={<Account />} />
      </Routes>
    </OidcInitializationGate>
  </BrowserRouter>,
);
