// Runs in the frame of OpenID Connect Session Management 1.0, section 3.2: an app asks whether the
// session that it knows is still this browser's, and gets one word. The page's policy allows this
// script by its hash and nothing else, so nothing can be fetched: the cookie tells.
const { client, cookie } = document.body.dataset;

function browserState() {
  const pair = document.cookie.split('; ').find((each) => each.startsWith(`${cookie}=`));
  return pair ? pair.slice(cookie.length + 1) : '';
}

async function hash(text) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...digest)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function compare(message, origin) {
  const [, id, known, salt] = /^(.+) ([\w-]+)\.([\w-]+)$/.exec(message) ?? [];
  if (id !== client) return 'error';
  return await hash(`${id} ${origin} ${browserState()} ${salt}`) === known ? 'unchanged' : 'changed';
}

addEventListener('message', async ({ data, origin, source }) => {
  const answer = typeof data === 'string' ? await compare(data, origin) : 'error';
  source?.postMessage(answer, origin);
});
