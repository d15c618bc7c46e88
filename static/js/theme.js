// The theme changes at once, without a page load; the cookie tells the server, which renders it.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const shown = () => root.dataset.theme || (system.matches ? 'dark' : 'light');
  const other = () => (shown() === 'dark' ? 'light' : 'dark');

  function label() {
    const link = document.getElementById('theme');
    if (!link) return;
    const url = new URL(link.href);
    url.searchParams.set('theme', other());
    link.href = url.pathname + url.search;
    link.querySelector('span').textContent = other() === 'dark' ? 'Dark' : 'Light';
  }

  document.addEventListener('click', e => {
    const link = e.target.closest('#theme');
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    root.dataset.theme = other();
    const secure = location.protocol === 'https:' ? ';secure' : '';
    document.cookie = `theme=${root.dataset.theme};path=${root.dataset.root ?? '/'};max-age=31536000;samesite=lax${secure}`;
    label();
  });
  system.addEventListener('change', label);
  document.addEventListener('htmx:after:swap', label);
  label();
})();
