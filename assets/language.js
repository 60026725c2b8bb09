// The language of the page: the first of the browser's that there is. English is a part of the app; another one is a file of its own, which begins to
// come here, before the app is there, and only for those who read it. Without it the app is English.
{
  const others = { de: "/de.txt" };
  const language = navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => tag === "en" || others[tag]);
  if (others[language]) {
    document.documentElement.lang = language;
    // Without an integrity: a file that breaks it is reported to the console with the address of the page, and that may have a code in it.
    window.hushkeyTexts = fetch(others[language], { signal: AbortSignal.timeout?.(5000) }).then((answer) => answer.ok && answer.text()).catch(() => {});
  }
}
