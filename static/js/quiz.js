// Asking first, and its level, are remembered by a cookie, as the theme is: the server reads it when a
// page is opened. From scratch is a thing for one page: the next opens at the level before it.
(() => {
  document.addEventListener('click', e => {
    const link = e.target.closest('[data-ask]');
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    const age = link.dataset.ask === '0' ? 0 : 31536000;
    const word = link.dataset.ask === '1-4' ? '1-3' : link.dataset.ask;
    const secure = location.protocol === 'https:' ? ';secure' : '';
    const path = document.documentElement.dataset.root ?? '/';
    document.cookie = `ask=${word};path=${path};max-age=${age};samesite=lax${secure}`;
  }, true);
})();

// Where something is asked, its field has the focus, so that an answer can be typed at once; not when
// a page is opened on a phone, whose keyboard would cover the question.
(() => {
  const phone = matchMedia('(max-width: 44rem)');
  const first = () => document.querySelector('#ask [data-first]');
  let asked = null; // the question whose field had the focus already
  const question = () => document.querySelector('.explain h1, .said h2')?.textContent;

  function focus(opened) {
    const field = first();
    if (!field) {
      asked = null;
      return;
    }
    if (asked === question() || (opened && phone.matches)) return;
    asked = question();
    const now = document.activeElement;
    if (opened || now === document.body || now?.closest('#ask, #lab')) field.focus({ preventScroll: true });
  }
  document.addEventListener('htmx:after:swap', () => focus(false));
  focus(true);
})();
