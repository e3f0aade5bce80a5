// How the console looks and speaks: kept in cookies, so that the server draws the next page right from its first byte.
const year = 31536000;
const device = matchMedia('(prefers-color-scheme: dark)');

function keep(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${year}; samesite=lax`;
}

/** Keeps the choice ("system", "light", "dark") and returns whether it is dark now. */
export function chooseTheme(choice) {
  keep('assistant.theme', choice);
  const dark = choice === 'dark' || (choice === 'system' && device.matches);
  const html = document.documentElement;
  html.classList.toggle('dark', dark);
  html.dataset.theme = choice;
  return dark;
}

/** Turns the page dark or light with the device, when the person chose to follow it. */
export function followDevice() {
  device.addEventListener('change', () => {
    keep('assistant.scheme', device.matches ? 'dark' : 'light');
    if (document.documentElement.dataset.theme === 'system') document.documentElement.classList.toggle('dark', device.matches);
  });
}

/** Keeps the language and asks for the page in it. */
export function chooseLanguage(tag) {
  keep('.AspNetCore.Culture', `c=${tag}|uic=${tag}`);
  location.reload();
}
