// On Node 20 oidc-provider prints "Unsupported runtime" while it is being imported, although
// everything used here works. Only that moment is kept quiet, so that stderr carries our own
// sentences and nothing else; warnings the library has later on still come through.
const { warn } = console;
console.warn = () => {};
const library = await import('oidc-provider');
console.warn = warn;

export const { Provider, errors, interactionPolicy } = library;
