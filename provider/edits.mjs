/** What stands in a JSON text as it is, because no value of this language could be written so: `1e400`. */
class Raw {
  constructor(text) {
    this.text = text;
  }
}

const swapCase = (text) => text.replace(/[a-z]/gi, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));

/**
 * What can become of a member. Each gives the values that stand in its place: none, one, or two
 * under the same name. Those in `FROM_NOTHING` need no member to be there.
 */
export const CHANGES = {
  append: (old, text) => [Array.isArray(old) ? old.map((each) => each + text) : old + text],
  push: (old, more) => [[].concat(old, typeof more === 'string' ? [].concat(old)[0] + more : more)],
  add: (old, number) => [old + number],
  swap_case: (old) => [swapCase(old)],
  remove: () => [],
  set: (_, value) => [value],
  raw: (_, text) => [new Raw(text)],
  double: (old, first) => [first === true ? old : first, old],
};
const FROM_NOTHING = ['set', 'raw', 'remove'];

/** Two members of one name, and raw text, do not survive being read again: they come last. */
export const isLast = ({ double, raw }) => double !== undefined || raw !== undefined;

/** Whether a rule can do nothing, because there is nothing. */
export const isAbsent = (rule, old) => (old ?? undefined) === undefined && !FROM_NOTHING.some((name) => rule[name] !== undefined);

/** The values that a rule puts in the place of a member's. */
export function changed(rule, old) {
  const [name] = Object.keys(CHANGES).filter((each) => rule[each] !== undefined);
  if (isAbsent(rule, old)) throw new Error(`there is no ${rule.member} to be changed`);
  return CHANGES[name](old, rule[name]);
}

/** The JSON text of a value in which the member that a rule names is changed: `keys.*.kid`, `aud`. */
export const edited = (value, rule) => text(value, rule.member.split('.'), rule);

function text(value, [name, ...rest], rule) {
  const isMeant = (key) => name === '*' || name === key;
  const written = (old) => {
    if (rest.length > 0) return [text(old ?? {}, rest, rule)];
    return changed(rule, old).map((each) => (each instanceof Raw ? each.text : JSON.stringify(each)));
  };
  const texts = (key, old) => (isMeant(key) ? written(old) : [JSON.stringify(old)]);
  if (Array.isArray(value)) return `[${value.flatMap((each, at) => texts(String(at), each)).join()}]`;

  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  if (name !== '*' && !entries.some(([key]) => key === name)) entries.push([name, undefined]);
  return `{${entries.flatMap(([key, old]) => texts(key, old).map((each) => `${JSON.stringify(key)}:${each}`)).join()}}`;
}
