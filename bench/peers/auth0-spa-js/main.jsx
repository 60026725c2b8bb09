// Tokens in memory and no refresh token: checkSession asks in a hidden frame. The paths of the provider are fixed in the library.
import { Auth0Client } from '@auth0/auth0-spa-js';
import { createContext, useContext, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Link, Route, Routes, useNavigate } from 'react-router';

const auth0 = new Auth0Client({
  domain: ISSUER.replace(/\/$/, ''),
  clientId: CLIENT,
  cacheLocation: 'memory',
  authorizationParams: { redirect_uri: `${location.origin}/callback`, scope: 'openid profile email' },
});
const signIn = () => auth0.loginWithRedirect({ appState: '/account' });

/** Who is signed in: undefined while that is not known, null for nobody. */
const Person = createContext(undefined);

async function find(navigate) {
  if (location.pathname === '/callback') {
    const { appState } = await auth0.handleRedirectCallback();
    navigate(appState ?? '/', { replace: true });
  } else {
    await auth0.checkSession();
  }
  return (await auth0.getUser()) ?? null;
}

function Home() {
  const person = useContext(Person);
  const signOut = () => auth0.logout({ logoutParams: { returnTo: `${location.origin}/` } });
  return <><h1>Home</h1><button onClick={person ? signOut : signIn}>{person ? 'Sign out' : 'Sign in'}</button></>;
}

function Account() {
  const person = useContext(Person);
  useEffect(() => {
    if (!person) signIn();
  }, [person]);
  return person && <><h1>Account</h1><p>{person.name}</p></>;
}

function App() {
  const [person, setPerson] = useState(undefined);
  const navigate = useNavigate();
  useEffect(() => {
    find(navigate).then(setPerson);
  }, []);
  return (
    <Person value={person}>
      <nav><Link to="/">Home</Link> <Link to="/account">Account</Link></nav>
      {person === undefined ? <p>One moment …</p> : (
        <Routes>
          <Route path="/" element={<Home />} />
          <Route path="/account" element={<Account />} />
          <Route path="/callback" element={<p>One moment …</p>} />
        </Routes>
      )}
    </Person>
  );
}

createRoot(document.getElementById('app')).render(<BrowserRouter><App /></BrowserRouter>);
