// Sections that open: what a person opens is remembered in this browser, by page; an answer opens what
// its address opens anew, and closes nothing. Without this script they open and close all the same.
(() => {
  const KEY = 'more';
  const NAME = 'details.more[data-more]';
  const page = location.pathname;
  const chosen = new Map(); // name → what a person made of it on this page
  const known = new WeakMap(); // section → whether it is open, as far as we know

  // Storage may be denied, or hold what another version wrote.
  function read() {
    try {
      const all = JSON.parse(localStorage.getItem(KEY) ?? '{}');
      return all !== null && typeof all === 'object' && !Array.isArray(all) ? all : {};
    } catch {
      return {};
    }
  }
  const opened = all => new Set(Array.isArray(all[page]) ? all[page] : []);

  function remember(name, open) {
    const all = read();
    const names = opened(all);
    if (open) names.add(name);
    else names.delete(name);
    all[page] = [...names];
    if (!names.size) delete all[page];
    try {
      localStorage.setItem(KEY, JSON.stringify(all));
    } catch { /* it is remembered as long as the page is */ }
  }

  function set(el, open) {
    known.set(el, open);
    if (el.open !== open) el.open = open;
  }

  // A section that is new on the page: a person's word on this page first, then what is remembered.
  function settle() {
    const remembered = opened(read());
    for (const el of document.querySelectorAll(NAME)) {
      if (known.has(el)) continue;
      const name = el.dataset.more;
      set(el, chosen.get(name) ?? (el.open || remembered.has(name)));
    }
  }

  // Also the browser opens one, where it finds what is searched for.
  document.addEventListener('toggle', e => {
    const el = e.target;
    if (!(el instanceof Element) || !el.matches(NAME) || known.get(el) === el.open) return;
    known.set(el, el.open);
    chosen.set(el.dataset.more, el.open);
    remember(el.dataset.more, el.open);
  }, true);

  // An answer comes with its sections as they are here, but for those that its address opens anew.
  document.addEventListener('htmx:before:swap', e => {
    for (const { fragment } of e.detail.tasks) {
      for (const el of fragment?.querySelectorAll?.(NAME) ?? []) {
        const here = document.getElementById(el.id);
        if (!here?.matches(NAME)) continue;
        const anew = 'opens' in el.dataset && !('opens' in here.dataset);
        if (anew) chosen.delete(el.dataset.more);
        if (anew) known.set(here, true);
        el.open = anew || here.open;
      }
    }
  });
  document.addEventListener('htmx:after:swap', settle);

  // An address that names something inside opens it.
  function reveal() {
    let target = null;
    try {
      target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch { /* no name */ }
    const el = target?.closest(NAME);
    if (!el || el.open) return;
    set(el, true);
    target.scrollIntoView();
  }
  window.addEventListener('hashchange', reveal);
  settle();
  reveal();
})();
