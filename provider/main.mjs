import { createApi } from './api.mjs';
import { Assurance } from './assurance.mjs';
import { Clock } from './clock.mjs';
import { createControl } from './control.mjs';
import { Faults } from './faults.mjs';
import { FrontChannel } from './frontchannel.mjs';
import { Keyring } from './keys.mjs';
import { listen, PortTaken } from './listen.mjs';
import { createOpenIdProvider } from './openid.mjs';
import { readOptions, USAGE, UsageError } from './options.mjs';
import { People } from './people.mjs';
import { Store } from './store.mjs';
import { Tampering } from './tamper.mjs';
import { ISSUED } from './tokens.mjs';
import { Traffic } from './traffic.mjs';
import { UserInfoFaults } from './userinfo.mjs';

const EXIT_USAGE = 64;
const EXIT_PORT_TAKEN = 98;

async function start(options) {
  const store = new Store(options);
  const clock = new Clock();
  const keyring = await Keyring.open(store, options.issuer, clock);
  const people = new People(store);
  const traffic = new Traffic();
  const faults = new Faults();
  const frontChannel = new FrontChannel(options);
  const tampering = new Tampering({ keyring, ...options });
  const assurance = new Assurance();
  const userInfoFaults = new UserInfoFaults();

  // The library takes its keys once, when it is made: new keys mean a new one over the same store.
  let answer;
  const build = () => {
    answer = createOpenIdProvider({
      options, store, keyring, clock, people, traffic, faults, tampering, frontChannel, assurance, userInfoFaults,
    }).callback();
  };
  build();
  const rotateKeys = async (how) => {
    await keyring.rotate(how);
    build();
  };

  let refused = new Set();
  const refuseIssuedTokens = () => {
    refused = new Set(store.ids(ISSUED));
  };

  const closers = [
    await listen(options.port, (request, response) => answer(request, response)),
    await listen(options.apiPort, createApi({
      options, traffic, faults, tampering, clock, assurance, isRefused: (jti) => refused.has(jti),
    })),
  ];
  if (options.controlPort) {
    const control = createControl({
      store, traffic, faults, tampering, clock, assurance, userInfoFaults, rotateKeys, refuseIssuedTokens, frontChannel,
    });
    closers.push(await listen(options.controlPort, control));
  }

  const stop = () => {
    for (const close of closers) close();
    store.flush();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (options.exitWithStdin) process.stdin.once('close', stop).once('end', stop).resume();

  console.log(JSON.stringify({
    ready: true,
    issuer: options.issuer,
    api: `http://localhost:${options.apiPort}`,
    client_id: options.clientId,
    people: people.known.map(({ name, email }) => ({ name, email })),
  }));
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else await start(options);
} catch (error) {
  const expected = error instanceof PortTaken || error instanceof UsageError;
  console.error(expected ? error.message : error);
  process.exit(exitCode(error));
}

function exitCode(error) {
  if (error instanceof PortTaken) return EXIT_PORT_TAKEN;
  return error instanceof UsageError ? EXIT_USAGE : 1;
}
