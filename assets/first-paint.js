// The words of the first paint, in the language of the page.
{
  const { lang } = document.documentElement;
  for (const element of document.querySelectorAll(`[data-${lang}]`)) {
    const words = element.dataset[lang];
    if (element.hasAttribute("aria-label")) element.setAttribute("aria-label", words);
    else element.textContent = words;
  }
}
