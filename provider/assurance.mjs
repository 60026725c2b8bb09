/** Levels of sign-in that this provider knows, the weakest first. Who is asked for no level gets none. */
export const LEVELS = ['bronze', 'silver', 'gold'];

const words = (text) => (text ?? '').split(' ').filter(Boolean);

/**
 * How well people sign in (`acr`), and what the API demands of that (RFC 9470). Both can be made to
 * go wrong through the control address.
 */
export class Assurance {
  /** Every sign-in has this level, whatever was asked for; 'unmet': none can be had at all. */
  level = undefined;

  /** What `GET /api/me` wants: `{ acr, maxAge, always }`, or a whole `{ challenge }`. */
  demand = undefined;

  /** What somebody who signs in now comes to: the first level that was asked for and is known. */
  reached(asked) {
    return this.level ?? words(asked).find((level) => LEVELS.includes(level));
  }

  get isUnmet() {
    return this.level === 'unmet';
  }

  /** Whether somebody has to sign in once more for this request. Nobody is asked twice for one. */
  isTooWeak({ params, session, result }) {
    const asked = words(params.acr_values);
    return asked.length > 0 && !asked.includes(session.acr) && !result?.login;
  }

  /** The challenge that the API answers these claims of an access token with, if it does. */
  challenge({ acr, auth_time: authTime }, now) {
    if (!this.demand) return undefined;
    const { acr: wanted, maxAge, always, challenge } = this.demand;
    if (challenge !== undefined) return challenge;
    const isStrong = wanted === undefined || words(wanted).includes(acr);
    const isNew = maxAge === undefined || (authTime !== undefined && now - authTime <= maxAge);
    if (isStrong && isNew && !always) return undefined;
    const params = [
      'error="insufficient_user_authentication"',
      'error_description="Another sign-in is needed"',
      wanted !== undefined && `acr_values="${wanted}"`,
      maxAge !== undefined && `max_age=${maxAge}`,
    ];
    return `Bearer ${params.filter(Boolean).join(', ')}`;
  }
}
