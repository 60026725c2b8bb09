import { derivedId } from './ids.mjs';

/**
 * OpenID Connect Front-Channel Logout 1.0, which the library has no more: whoever signs out is shown
 * a page with a frame for each app, which says in whose session that was.
 */
export class FrontChannel {
  #options;
  #query;

  constructor(options) {
    this.#options = options;
  }

  get isOn() {
    return this.#options.frontchannelPath !== undefined;
  }

  /** From here on sign-outs end nothing, and the frames carry this query; without one they are honest again. */
  pretend(query) {
    this.#query = query;
  }

  get pretends() {
    return this.#query !== undefined;
  }

  /** The addresses of the frames. */
  frames(session) {
    const { apps, frontchannelPath, issuer } = this.#options;
    const honest = new URLSearchParams({ iss: issuer, sid: derivedId('ses', session.uid) });
    return apps.map((app) => `${app}${frontchannelPath}?${this.#query ?? honest}`);
  }
}
