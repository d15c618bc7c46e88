// What nobody can see or use comes when the page is at rest. A third of an answer is inside sections that are
// closed, and every link of a picture has the number of the step in its address: a step leaves both as they are,
// and brings them when what moves has come to rest. They come at once where they may be needed: with any press, key,
// click or focus but those of the steps themselves, with an opened section, a print, any other request. Without
// this script every answer brings them.
(() => {
  const REST = 350; // ms: what moves after a step does so for a third of a second
  const STEPS = ':root, body, #lab, [data-shown], [data-shown] *';
  const CLOSED = '#lab details.more:not([open]) > .within';
  let insides = new Map(); // by the id of a closed section, what the last step has inside of it
  let addresses = new Map(); // by the id of a link, where it leads from the last step
  let kept = new Set(); // what the swap under way leaves as it is
  let rest = 0;

  const isStep = ({ wanted, sourceElement, response }) =>
    wanted !== undefined && !sourceElement.matches('[data-live]') && response?.status === 200;

  // macros/more.html marks where an inside begins and ends, unless the address opens the section.
  function* closed(text) {
    for (const within of document.querySelectorAll(CLOSED)) {
      const { id } = within.parentElement;
      const begin = text.indexOf(`<!--${id}-->`);
      const end = text.indexOf(`<!--/${id}-->`, begin);
      if (begin >= 0 && end >= 0) yield { id, within, inside: text.slice(begin, end) };
    }
  }
  document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
    if (!isStep(ctx)) return;
    ctx.closed = [...closed(ctx.text)];
    for (const { inside } of ctx.closed) ctx.text = ctx.text.replace(inside, '');
  });

  document.addEventListener('htmx:before:swap', ({ detail: { ctx, tasks } }) => {
    const lab = document.getElementById('lab');
    const targets = tasks.map(({ target }) => (typeof target === 'string' ? document.querySelector(target) : target));
    ctx.isWhole = targets.some(target => target?.contains(lab));
    kept = new Set(ctx.closed?.map(({ within }) => within));
    if (!ctx.closed) return;
    ctx.addresses = new Map();
    for (const { fragment } of tasks) {
      for (const link of fragment?.querySelectorAll('.graph-svg a[id][href]') ?? []) {
        const here = document.getElementById(link.id)?.getAttribute('href');
        if (!here) continue;
        ctx.addresses.set(link.id, link.getAttribute('href'));
        link.setAttribute('href', here);
      }
    }
  });
  // What is equal is passed over, too, with all that is in it.
  let morph = null;
  htmx.registerExtension('later', {
    init: api => { morph = api.morph; },
    htmx_before_morph_node: (el, { newNode }) => !kept.has(el) && !el.isEqualNode(newNode),
  });
  document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
    kept.clear();
    if (!ctx.isWhole) return;
    clearTimeout(rest);
    insides = new Map(ctx.closed?.map(({ id, inside }) => [id, inside]));
    addresses = ctx.addresses ?? new Map();
    if (ctx.closed) rest = setTimeout(bring, REST);
  });

  // This is no answer, and says nothing of a swap: who draws or follows what is inside hears of it by its own event.
  function bring() {
    clearTimeout(rest);
    for (const [id, address] of addresses) document.getElementById(id)?.setAttribute('href', address);
    addresses.clear();
    if (!insides.size) return;
    const all = [...insides];
    insides.clear();
    for (const [id, inside] of all) {
      const within = document.querySelector(`#${id} > .within`);
      if (!within) continue;
      const parsed = document.createElement('template');
      parsed.innerHTML = inside;
      morph(within, parsed.content, true);
      htmx.process(within);
    }
    document.dispatchEvent(new CustomEvent('later:brought'));
  }
  for (const type of ['pointerdown', 'keydown', 'click', 'focusin', 'dragged']) {
    window.addEventListener(type, ({ target }) => { if (!target.matches?.(STEPS)) bring(); }, true);
  }
  document.addEventListener('toggle', bring, true);
  window.addEventListener('beforeprint', bring);
  // A request that waited has its turn after what came before it; a step brings its own.
  document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => { if (ctx.wanted === undefined) bring(); });
})();
