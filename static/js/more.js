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

  // What is inside a closed section is a third of a page. A step leaves it as it is, and brings it when the
  // page is at rest; sooner where it may be needed: a press there, an edit, a print.
  const REST = 350; // ms: what moves after a step has come to rest
  const LATER = '[data-inside-later]';
  const later = new Map(); // id of a section → the inside that the last step has for it
  let soon = 0;
  htmx.config.morphSkipChildren = LATER;

  // The sections of an answer, as text: where each one's inside begins and ends.
  function* insides(text) {
    const START = '<div class="within">';
    for (const { 0: tag, 1: id, index } of text.matchAll(/<details class="more" id="([^"]+)"[^>]*>/g)) {
      if (tag.includes('data-opens')) continue;
      const marks = /<details\b|<\/details>/g;
      marks.lastIndex = index + tag.length;
      let depth = 1;
      let end = index;
      for (let mark; depth && (mark = marks.exec(text)); end = mark.index) depth += mark[0] === '</details>' ? -1 : 1;
      const from = text.indexOf(START, index) + START.length;
      const to = text.lastIndexOf('</div>', end);
      if (!depth && from > index + tag.length && to >= from) yield { id, from, to };
    }
  }

  document.addEventListener('htmx:after:request', e => {
    const { ctx } = e.detail;
    if (ctx.wanted === undefined || ctx.sourceElement.matches('[data-live]') || ctx.response.status !== 200) return;
    const left = [...insides(ctx.text)].filter(({ id }) => document.getElementById(id)?.open === false);
    ctx.later = new Map(left.map(({ id, from, to }) => [id, ctx.text.slice(from, to)]));
    for (const { from, to } of left.reverse()) {
      ctx.text = `${ctx.text.slice(0, from - 1)} data-inside-later>${ctx.text.slice(to)}`;
    }
  });
  document.addEventListener('htmx:after:swap', e => {
    for (const [id, inside] of e.detail.ctx.later ?? []) later.set(id, inside);
    wait();
  });

  function wait() {
    clearTimeout(soon);
    if (later.size) soon = setTimeout(() => (window.requestIdleCallback ?? setTimeout)(bring), REST);
  }
  function bring() {
    if (!later.size) return;
    const all = [...later];
    later.clear();
    for (const [id, text] of all) {
      const target = document.querySelector(`#${CSS.escape(id)} > ${LATER}`); // a whole answer brought its own
      if (!target) continue;
      target.removeAttribute('data-inside-later');
      htmx.swap({ text, target, swap: 'innerMorph', sourceElement: target });
    }
    document.dispatchEvent(new CustomEvent('more:brought'));
  }
  const NEEDS = '.mores, .mores *, .graph-svg *'; // a number of the picture is changed through its field there
  for (const type of ['pointerdown', 'keydown']) {
    document.addEventListener(type, e => { if (e.target.matches?.(NEEDS)) bring(); }, true);
  }
  for (const type of ['dragged', 'toggle']) document.addEventListener(type, bring, true);
  window.addEventListener('beforeprint', bring);
  document.addEventListener('htmx:config:request', e => {
    if (e.detail.ctx.wanted === undefined) bring();
  }, true);

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
