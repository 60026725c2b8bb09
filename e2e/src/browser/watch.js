// Runs before anything of a page does: keeps every text that was ever shown, and every violation of its policy.
(() => {
  if (window !== window.top) return;
  const seen = { texts: [], violations: [] };
  Object.defineProperty(window, "e2eSeen", { value: seen });
  document.addEventListener("securitypolicyviolation", (event) => {
    seen.violations.push(`${event.effectiveDirective} blocked ${event.blockedURI} (${event.sourceFile}:${event.lineNumber}) ${event.sample}`);
  });
  const look = () => {
    const text = document.body?.textContent ?? "";
    if (text !== seen.texts.at(-1) && seen.texts.length < 2000) seen.texts.push(text);
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
})();
