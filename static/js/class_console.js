// The teacher's console: it shows what is so now, at most once a second; what is typed, open or in focus stays.
// What appears among the buttons that lead on does nothing for a second: a second press was meant for what stood
// there before. class.js hears the stream.
(() => {
  const panel = () => document.getElementById('console');
  if (!panel()) return;
  const DEAD = 1000; // ms
  const PAUSE = 1000; // ms between two looks
  const HEAD = 56; // px of the list of scenes below its headline, which stays
  const FIELDS = '#console :is(input:not([type=hidden]), textarea)[id]';
  const idOf = el => (el instanceof Element ? el.id : '');

  // ------------------------------------------------------------------ what is so now

  let looked = 0;
  let timer = null;
  let counts = '';
  let under = 0; // requests that are under way

  function look() {
    timer = null;
    if (under) return soon();
    looked = performance.now();
    return htmx.ajax('GET', panel().dataset.here, { source: '#console', target: '#console', swap: 'outerMorph' });
  }
  function soon() {
    timer ??= setTimeout(look, Math.max(under ? 200 : 0, looked + PAUSE - performance.now()));
  }
  document.addEventListener('class:told', ({ detail }) => {
    const told = `${detail.joined} ${detail.answered}`;
    if (told === counts && detail.version === Number(panel().dataset.version)) return;
    counts = told;
    soon();
  });
  document.addEventListener('htmx:before:request', () => { under += 1; });
  document.addEventListener('htmx:finally:request', () => {
    under = Math.max(0, under - 1);
    sending = false;
  });
  // The class has ended, or is another's: its page says so.
  document.addEventListener('htmx:response:error', ({ detail: { ctx } }) => {
    if ([403, 404].includes(ctx.response.status)) location.reload();
  });
  // Another console that is open is told of this one.
  addEventListener('load', () => {
    const { here, word } = panel().dataset;
    htmx.ajax('POST', here, { source: '#console', target: '#console', swap: 'outerMorph', values: { do: 'opened', console: word } });
  });

  // ------------------------------------------------------------------ what stays

  const isDirty = el => el.value !== el.defaultValue;
  // A morph moves the options of a list under what is chosen: it is chosen again, by a person or else by the server.
  const chosen = new Map(); // by the id of a list, what a person chose
  document.addEventListener('change', e => { if (e.target.matches('#console select[id]')) chosen.set(e.target.id, e.target.value); });
  function choose(list) {
    const options = [...list.options];
    const option = options.find(each => each.value === chosen.get(list.id)) ?? options.find(each => each.defaultSelected) ?? options[0];
    if (option && !option.selected) option.selected = true;
  }
  let kept = null;
  document.addEventListener('htmx:before:swap', ({ detail: { ctx } }) => {
    const sent = ctx.sourceElement?.closest?.('form');
    const taken = (ctx.response?.status ?? 500) < 400 && sent?.id !== 'turns' ? sent : null;
    const buttons = [...document.querySelectorAll('#next button[id]')];
    kept = {
      focus: document.activeElement,
      inNext: Boolean(document.activeElement?.closest('#next')),
      inScenes: Boolean(document.activeElement?.closest('#scenes')),
      open: new Map([...document.querySelectorAll('#console details[id]')].map(el => [el.id, el.open])),
      typed: new Map([...document.querySelectorAll(FIELDS)].filter(el => el.form !== taken && isDirty(el)).map(el => [el.id, el.value])),
      buttons: new Set(buttons.map(el => el.id)),
    };
    // a field that was taken is as the server has it, also where the morph would leave what was typed
    for (const el of taken?.querySelectorAll('input[type=text]') ?? []) el.value = el.defaultValue;
  });
  document.addEventListener('htmx:after:swap', () => {
    if (!kept) return;
    const { focus, inNext, inScenes, open, typed, buttons } = kept;
    kept = null;
    for (const [id, was] of open) {
      const el = document.getElementById(id);
      if (el && el.open !== was) el.open = was;
    }
    for (const [id, text] of typed) {
      const el = document.getElementById(id);
      if (el && el.value !== text) el.value = text;
    }
    document.querySelectorAll('#console select').forEach(choose);
    for (const el of document.querySelectorAll('#next button[id]')) {
      if (!buttons.has(el.id)) born.set(el.id, performance.now());
    }
    for (const id of born.keys()) if (!document.getElementById(id)) born.delete(id);
    mark();
    for (const id of chosen.keys()) if (!document.getElementById(id)) chosen.delete(id); // a form that was put away
    const wanted = then && document.getElementById(then);
    if (wanted) {
      then = '';
      wanted.closest('.editing')?.scrollIntoView({ block: 'nearest' });
      wanted.focus({ preventScroll: Boolean(wanted.closest('.editing')) });
    } else if (document.activeElement === document.body && (inNext || inScenes || idOf(focus))) {
      const next = inNext ? document.querySelector('#next .button:not(.plain)') : null;
      (document.getElementById(idOf(focus)) ?? next ?? document.getElementById(inScenes ? 'scenes' : 'main')).focus({ preventScroll: true });
    }
    begin();
    bringUp();
    settleDrag();
  });

  // Where the focus goes, once what was pressed has brought it.
  let then = '';
  document.addEventListener('click', e => {
    const pressed = e.target.closest('#console :is(a, button)');
    if (pressed) then = pressed.dataset.then ?? '';
  });

  // ------------------------------------------------------------------ what does nothing yet

  const born = new Map(); // by the id of a button that leads on, when it appeared
  let sending = false;
  const isDead = el => performance.now() - (born.get(idOf(el)) ?? -DEAD) < DEAD;
  function mark() {
    for (const el of document.querySelectorAll('#next button[id]')) {
      const dead = isDead(el);
      el.classList.toggle('fresh', dead);
      if (dead) setTimeout(mark, DEAD - (performance.now() - born.get(el.id)) + 5);
    }
  }
  document.addEventListener('click', e => {
    const button = e.target.closest('#next button');
    if (!button || !(isDead(button) || sending)) return;
    e.preventDefault();
    e.stopImmediatePropagation();
  }, true);
  document.addEventListener('submit', e => {
    if (e.target.closest('#next')) sending = true;
  }, true);

  // What leads to a field that is put away opens it.
  document.addEventListener('click', e => {
    const link = e.target.closest('[data-opens]');
    if (!link) return;
    e.preventDefault();
    document.getElementById(link.dataset.opens).open = true;
    document.querySelector(link.hash).focus();
  });

  // ------------------------------------------------------------------ for how long it is open

  let since = performance.now();
  function begin() {
    since = performance.now();
  }
  setInterval(() => {
    const clock = document.getElementById('clock');
    if (!clock || !panel().classList.contains('view-open')) return;
    const seconds = Number(clock.dataset.openFor) + Math.floor((performance.now() - since) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }, 1000);

  // ------------------------------------------------------------------ the present scene, in a list that scrolls

  let present = '';
  function bringUp() {
    const now = document.querySelector('#scenes li.now');
    const list = document.getElementById('side');
    if (!now || now.id === present) return;
    present = now.id;
    const [a, b] = [list.getBoundingClientRect(), now.getBoundingClientRect()];
    if (list.scrollHeight > list.clientHeight && (b.top < a.top + HEAD || b.bottom > a.bottom)) list.scrollTop += b.top - a.top - a.height / 3;
  }
  bringUp();

  // ------------------------------------------------------------------ scenes are dragged

  let dragged = null;
  const sceneAt = e => e.target.closest?.('#scenes li[data-scene]');
  function settleDrag() {
    const on = String(Boolean(document.getElementById('reordering')?.open));
    for (const li of document.querySelectorAll('#scenes li[data-scene]')) li.setAttribute('draggable', on);
  }
  document.addEventListener('toggle', e => { if (e.target.id === 'reordering') settleDrag(); }, true);
  document.addEventListener('dragstart', e => {
    dragged = sceneAt(e) ?? null;
    if (dragged) e.dataTransfer.effectAllowed = 'move';
  });
  document.addEventListener('dragover', e => { if (dragged && sceneAt(e)) e.preventDefault(); });
  document.addEventListener('drop', e => {
    const there = sceneAt(e);
    if (!dragged || !there) return;
    e.preventDefault();
    const place = 1 + [...document.querySelectorAll('#scenes li[data-scene]')].indexOf(there);
    const values = { do: 'move', scene: dragged.dataset.scene, place };
    htmx.ajax('POST', panel().dataset.here, { source: '#console', target: '#console', swap: 'outerMorph', values });
  });
  document.addEventListener('dragend', () => { dragged = null; });
  settleDrag();
})();
