// Going from step to step. A link inside [data-go] asks for the lab alone, as one with hx-get does, but is
// none of htmx's elements: a page has two hundred, and a step changes the address of each.
//
// Presses count at once. Inside [data-shown] (the number of the step that is shown; data-last: of the last)
// the address of another step differs by its number alone. A control says how far it goes: data-by=1 or -1,
// next or before for a phase, data-to=N for one step. While answers are on their way it counts from the
// step that was pressed for: that is marked in the strip, and asked for when the queue comes to it.
// Elsewhere (where something is asked, in a form, in a lecture) only an answer knows the next address: presses
// wait, and go on from each answer. They end where something is covered that the same key does not tell.
//
// Who takes a step finds the next one here: it is asked for while this one is looked at. Never more than
// that one, and any other request drops it.
(() => {
  const COUNTED = '#lab :is([data-by], [aria-keyshortcuts~=PageUp], [aria-keyshortcuts~=PageDown])';
  const OPPOSITE = { ArrowLeft: 'ArrowRight', ArrowRight: 'ArrowLeft', PageUp: 'PageDown', PageDown: 'PageUp' };
  const PLAIN = '[data-go] a[href]:not([hx-get], [target], [download], [href^="#"])';
  const box = () => document.querySelector('#lab [data-shown]');
  const isLive = el => el instanceof Element && el.matches('[data-live]');

  let wanted = null; // the step that was pressed for, until it is shown
  let newest = null; // the request that asks for it
  let flying = null; // a request for a step that is under way
  let burst = 0; // presses that follow each other make one entry in the history
  let turn = null; // a press whose answer alone knows the next address
  let waiting = []; // the keys that were pressed after it
  let ahead = null; // the answer that is here before it is asked for: address, answer, drop()
  let way = 0; // 1 or -1: that of the last step; 0 where it went by phases, or to a place in the strip

  function forget() {
    wanted = newest = turn = null;
    waiting = [];
    way = 0;
    ahead?.drop();
    ahead = null;
  }

  const shown = () => wanted ?? Number(box().dataset.shown);
  const starts = () => [...box().querySelectorAll('.phase > [data-to]')].map(each => Number(each.dataset.to));

  // The step that a control leads to, NaN where there is none; null where it is not known here.
  function aim({ dataset: { to, by } }) {
    if (!box()) return null;
    if (to !== undefined) return Number(to);
    if (by === 'next') return starts().find(each => each > shown()) ?? NaN;
    if (by === 'before') return starts().findLast(each => each < shown()) ?? NaN;
    return by === undefined ? null : shown() + Number(by);
  }
  const exists = step => step >= 0 && step <= Number(box().dataset.last);

  function addressOf(link, step) {
    const href = link.getAttribute('href') ?? document.getElementById('lab').dataset.here;
    const number = `step=${step}`;
    if (/[?&]step=/.test(href)) return href.replace(/(?<=[?&])step=[^&]*/, number);
    return 'to' in link.dataset ? href : `${href}${href.includes('?') ? '&' : '?'}${number}`;
  }

  const ask = (address, source, more) => htmx.ajax('GET', address, { source, target: '#lab', swap: 'outerMorph', ...more });

  function press(link, step) {
    if (!exists(step)) return;
    if (wanted === null) burst += 1;
    const playing = document.querySelector('#play.playing');
    document.getElementById('tick')?.remove(); // it may not come between
    if (flying && !playing && step === Number(box().dataset.shown)) {
      const { request } = flying;
      forget();
      mark(step);
      return request.abort();
    }
    wanted = step;
    mark(step);
    way = Math.sign(Number(link.dataset.by)) || 0;
    const address = addressOf(link, step);
    const here = ahead?.address === address ? ahead.answer : null;
    if (!here) ahead?.drop();
    ahead = null;
    const fetch = here ? (action, request) => here.catch(() => window.fetch(action, request)) : undefined;
    ask(address, '#lab', { wanted, gesture: `steps ${burst}`, fetch });
  }

  const whenIdle = window.requestIdleCallback ?? (work => setTimeout(work, 50));
  function lookAhead() {
    const control = box()?.querySelector(`[data-by="${way}"]`);
    const pace = document.getElementById('in-speed')?.value ?? '1'; // another one is a part of the request
    if (wanted !== null || !way || ahead || !control || pace !== '1' || document.querySelector('#play.playing')) return;
    const step = aim(control);
    if (!exists(step)) return;
    const cut = new AbortController();
    const address = addressOf(control, step);
    const answer = fetch(address, { headers: { 'HX-Request': 'true', 'HX-Request-Type': 'partial' }, signal: cut.signal })
      .then(response => (response.ok ? response : Promise.reject(new Error('asked for again'))));
    answer.catch(() => {}); // said by whoever asks for it
    ahead = { address, answer, drop: () => cut.abort() };
  }

  // The marker and what can be pressed; every number waits for the answer.
  function mark(step) {
    const ticks = [...box().querySelectorAll('li > [data-to]')];
    const now = ticks.findLast(tick => Number(tick.dataset.to) <= step);
    let state = now ? 'done' : 'ahead';
    for (const tick of ticks) {
      if (tick === now) state = 'now';
      put(tick.parentElement, state);
      if (tick === now) tick.setAttribute('aria-current', 'step');
      else tick.removeAttribute('aria-current');
      if (tick === now) state = 'ahead';
    }
    for (const phase of box().querySelectorAll('.phase')) {
      const states = [...phase.querySelectorAll('li')].map(li => STATES.find(each => li.classList.contains(each)));
      put(phase, states.every(each => each === states[0]) ? states[0] : 'now');
    }
    for (const control of box().querySelectorAll('[data-by]')) {
      if (exists(aim(control))) control.removeAttribute('aria-disabled');
      else control.setAttribute('aria-disabled', 'true');
    }
    document.dispatchEvent(new CustomEvent('step:wanted', { detail: { step } }));
  }
  const STATES = ['done', 'now', 'ahead'];
  function put(el, state) {
    if (el.classList.contains(state)) return;
    el.classList.remove(...STATES);
    el.classList.add(state);
  }

  const isHere = link => new URL(link.getAttribute('href') ?? '', location.href).pathname === location.pathname;
  const isPlain = e => !e.button && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey;
  document.addEventListener('click', e => {
    const control = e.target.closest?.(COUNTED);
    if (!turn || !control || !isPlain(e)) return;
    e.preventDefault();
    e.stopPropagation();
    const key = control.getAttribute('aria-keyshortcuts')?.split(' ').at(-1) ?? control.dataset.by;
    if (waiting.length && waiting.at(-1) === OPPOSITE[key]) waiting.pop();
    else waiting.push(key);
  }, true);

  document.addEventListener('click', e => {
    const link = e.target.closest?.(`${PLAIN}, [data-shown] [data-by]`);
    if (!link?.closest('#lab') || !isPlain(e) || e.defaultPrevented || !isHere(link)) return;
    e.preventDefault();
    const step = link.closest('[data-shown]') ? aim(link) : null;
    if (step !== null) press(link, step);
    else ask(link.getAttribute('href'), link);
  });

  document.addEventListener('htmx:config:request', e => {
    const { ctx } = e.detail;
    const el = ctx.sourceElement;
    if (ctx.fromLoop || el.id === 'tick' || !el.closest?.('#lab')) return;
    if (ctx.wanted === undefined && wanted !== null && isLive(el) && el.name !== 'step') {
      ctx.request.body.set?.('step', wanted); // an edit is one of the step that was pressed for
      ctx.wanted = wanted;
    }
    if (ctx.wanted !== undefined) newest = ctx;
    else if ((ctx.sourceEvent?.submitter ?? el).matches(COUNTED)) turn = ctx;
    else forget(); // whatever else is asked for says itself where it leads
  });
  document.addEventListener('htmx:before:request', e => {
    const { ctx } = e.detail;
    if (ctx.wanted === undefined) return;
    if (ctx === newest) flying = ctx;
    else e.preventDefault(); // it was taken back
  });
  document.addEventListener('htmx:after:swap', e => {
    if (wanted === null || e.detail.ctx === newest || !box()) return;
    document.getElementById('tick')?.remove();
    queueMicrotask(() => wanted !== null && mark(wanted)); // the last word: other scripts follow the answer
  });
  document.addEventListener('htmx:finally:request', e => {
    const { ctx } = e.detail;
    if (ctx === flying) flying = null;
    if (ctx === newest) {
      wanted = newest = null;
      if (box() && Number(box().dataset.shown) !== ctx.wanted) mark(shown()); // it was refused, or lost
    }
    if (ctx.wanted !== undefined && ctx.status === 'swapped' && wanted === null) whenIdle(lookAhead);
    if (ctx === turn) goOn(ctx);
  });
  function goOn({ status }) {
    turn = null;
    const key = waiting.shift();
    const control = key && document.querySelector(
      `#lab :is([aria-keyshortcuts~="${key}"], [data-by="${key}"]):not([aria-disabled=true], :disabled)`);
    const ends = status !== 'swapped' || document.querySelector('#lab [data-goal]:not([data-goal=""])')
      || (control?.closest('[data-covered]') && control.matches('[data-by]'));
    if (control && !ends) control.click();
    else waiting = [];
  }
  for (const type of ['popstate', 'pagehide']) {
    window.addEventListener(type, () => {
      const marked = wanted !== null && box();
      forget();
      if (marked) mark(shown());
    }, true);
  }
})();
