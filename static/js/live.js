// Live edits: every request carries what was typed and not yet answered, one gesture makes one
// history entry, a refused edit says so beside its field, and the form follows the server.
(() => {
  const edited = new Map(); // name → text that no answer has confirmed yet
  const good = new WeakMap(); // field → its last text that the server took
  let gesture = null; // what has its own history entry: a field's name, or '▶' while playing

  const isLive = el => el instanceof Element && el.matches('[data-live]');
  const text = el => (el.type === 'checkbox' ? (el.checked ? '1' : '0') : el.value);

  // A gesture begins with a press, or where the focus comes from another control. A morph may take
  // the focus off a field and give it back in the middle of a drag: that begins nothing.
  document.addEventListener('pointerdown', e => { if (isLive(e.target)) gesture = null; });
  document.addEventListener('focusout', e => { if (isLive(e.target) && e.relatedTarget) gesture = null; });
  for (const type of ['pointerdown', 'focusin']) {
    document.addEventListener(type, e => {
      if (isLive(e.target) && !good.has(e.target)) good.set(e.target, text(e.target));
    });
  }
  document.addEventListener('gesture:end', () => { gesture = null; }); // who plays anew makes an entry
  for (const type of ['input', 'dragged']) { // drag.js sends a number of the picture through its field
    document.addEventListener(type, e => {
      if (isLive(e.target) && e.target.name) edited.set(e.target.name, text(e.target));
    }, true);
  }

  document.addEventListener('keydown', e => {
    if (e.key !== 'Escape' || !isLive(e.target) || !good.has(e.target)) return;
    if (text(e.target) === good.get(e.target)) return;
    e.target.value = good.get(e.target);
    e.target.dispatchEvent(new Event('input', { bubbles: true }));
    e.preventDefault();
  });

  // Who goes back leaves what is still on its way, and what was not yet sent: neither an answer nor an
  // edit from before may come after.
  const GONE = -1;
  let era = 0;
  for (const type of ['popstate', 'pagehide']) {
    window.addEventListener(type, () => {
      era += 1;
      edited.clear();
    }, true);
  }
  const isLate = ctx => ctx?.era !== undefined && ctx.era !== era;
  document.addEventListener('htmx:config:request', e => { e.detail.ctx.era = era; });
  document.addEventListener('htmx:after:request', e => {
    const { ctx } = e.detail;
    if (ctx.response) Object.assign(ctx.response, { era: ctx.era, gesture: ctx.gesture }); // the history's event knows the response only
  });

  // Two quick edits in two fields: the second's address does not know the first.
  document.addEventListener('htmx:config:request', e => {
    const { ctx } = e.detail;
    // A field of every state: “?” is the one that is shown. Its own address would be another after each step.
    if (ctx.request.action === '?') ctx.request.action = document.getElementById('lab').dataset.here;
    if (!ctx.request.body?.set || ctx.fromLoop) return; // a slice carries no edit, and answers none
    const pace = document.getElementById('in-speed')?.value ?? '1';
    if (pace !== '1') ctx.request.body.set('speed', pace); // chosen once, also for a later play
    ctx.edited = new Map(edited);
    for (const [name, value] of edited) ctx.request.body.set(name, value);
  });

  document.addEventListener('htmx:before:swap', e => {
    const { ctx, tasks } = e.detail;
    if (!ctx.response) return;
    if (isLate(ctx)) return e.preventDefault();
    const refused = ctx.response.status >= 400;
    const away = ctx.response.pause; // it is asked again, by offline.js
    const blamed = tasks.map(task => task.target?.id?.replace('error-', '')).filter(name => ctx.edited?.has(name));
    for (const [name, value] of ctx.edited ?? []) {
      const answered = !away && (!refused || !blamed.length || blamed.includes(name));
      if (answered && edited.get(name) === value) edited.delete(name);
    }
    if (refused) {
      // Only messages are put in; a stranger's error page never replaces the lab.
      if (tasks.some(task => task.type === 'main')) e.preventDefault();
      for (const task of tasks) task.target ??= document.getElementById('notice');
    } else if (isLive(ctx.sourceElement)) {
      good.set(ctx.sourceElement, ctx.edited?.get(ctx.sourceElement.name) ?? text(ctx.sourceElement));
    }
  });

  // What is said beside no field lies over the page: it is closed by who has read it.
  document.addEventListener('click', e => e.target.closest?.('[data-close]')?.closest('[role=alert]')?.replaceChildren());

  // Who leaves the page cuts off what is under way, as the browser would; but a page that is kept for coming
  // back must not take that for a failure, and goes on with nothing: it shows what its address says.
  const underWay = new Set();
  let cut = false;
  document.addEventListener('htmx:before:request', e => {
    if (isLate(e.detail.ctx)) e.preventDefault(); // it waited behind one that was cut off
    else underWay.add(e.detail.ctx);
  });
  document.addEventListener('htmx:finally:request', e => underWay.delete(e.detail.ctx));
  window.addEventListener('pagehide', () => {
    cut = underWay.size > 0 || Boolean(document.querySelector('#play.playing'));
    for (const ctx of underWay) {
      ctx.isLeft = true;
      ctx.request.abort();
    }
  });
  window.addEventListener('pageshow', e => {
    if (e.persisted && cut) window.dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
    cut = false;
  });

  // The first answer of a gesture makes an entry, the others replace it; the same address makes none.
  document.addEventListener('htmx:before:history:update', e => {
    const { history: action, sourceElement: el, response } = e.detail;
    if (isLate(response)) return e.preventDefault();
    const playing = new URL(response.raw.url).searchParams.has('playing');
    const now = isLive(el) ? el.name : playing ? '▶' : response.gesture ?? null;
    const here = location.pathname + location.search;
    if (action.path === here) return e.preventDefault();
    if (now && now === gesture) action.type = 'replace';
    gesture = now;
  });

  document.addEventListener('htmx:after:swap', e => {
    for (const field of document.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
    for (const slot of document.querySelectorAll('[id^="error-"]:not(:empty)')) { // a page has thirty, most are empty
      const field = document.querySelector(`[aria-describedby~="${CSS.escape(slot.id)}"]`);
      if (slot.textContent.trim()) field?.setAttribute('aria-invalid', 'true');
    }
    if ((e.detail.ctx.response?.status ?? 500) < 400) {
      document.getElementById('notice').replaceChildren();
      follow(e.detail.ctx.fromLoop ? '[type=range]' : 'input, select');
      if (!e.detail.ctx.fromLoop) sendAgain();
    }
  });

  document.addEventListener('later:brought', () => follow('input, select'));

  // A morph that changes a field's hx-get clears its timers, and with them an edit that waited.
  function sendAgain() {
    for (const [name, value] of edited) {
      const fields = [...document.querySelectorAll(`#lab [data-live][name="${CSS.escape(name)}"]`)];
      const field = fields.find(each => each === document.activeElement) ?? fields[0]; // or its slider
      if (!field) {
        edited.delete(name);
        continue;
      }
      if (field.type !== 'checkbox' && field.value !== value) field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }

  // Touched controls keep what the user set; the server's word comes by attribute only.
  // While a page plays, what is typed and not yet sent stays.
  function follow(which) {
    for (const el of document.querySelectorAll(`#lab :is(${which})`)) {
      if (el === document.activeElement || edited.has(el.name)) continue;
      if (el.type === 'checkbox' || el.type === 'radio') el.checked = el.defaultChecked;
      else if (el.tagName === 'SELECT') for (const option of el.options) option.selected = option.defaultSelected;
      else if (el.type !== 'file' && el.value !== el.defaultValue) el.value = el.defaultValue;
    }
  }

  // Nothing plays in a hidden tab (it goes on when the tab is seen again), nor after pause: a tick
  // that waited behind another request is gone from the page when its turn comes.
  document.addEventListener('htmx:before:request', e => {
    const { sourceElement: el } = e.detail.ctx;
    if (el.id === 'tick' && (document.hidden || !el.isConnected)) e.preventDefault();
  });
  // The queue keeps the last request only: a tick may not come between a pause and its turn; and one that
  // was sent before it shows nothing any more.
  document.addEventListener('click', e => {
    if (!e.target.closest?.('#play.playing')) return;
    document.getElementById('tick')?.remove();
    for (const ctx of underWay) if (ctx.sourceElement.id === 'tick') ctx.era = GONE;
  }, true);
  // So it is with a run that goes on by itself, a form that sends itself as soon as it is shown. A slice
  // may not come between what a person asked for and its turn: it is held back, and the form armed anew
  // where it is still there. A slice that waited behind an answer that led elsewhere has the state from
  // before in it: it is dropped, or the run would bring that back.
  const RUN = 'form.slices[hx-trigger]';
  const posts = form => new URL(form.getAttribute('hx-post') ?? '', location.href).href;
  let asked = null; // what a person asked for, until its turn comes
  let held = null; // a form that was held back for it
  document.addEventListener('htmx:config:request', e => {
    const { ctx } = e.detail;
    const el = ctx.sourceElement;
    if (!el.closest?.('#lab') || el.id === 'tick') return;
    if (!el.matches(RUN)) asked = ctx;
    else if (asked) {
      held = el;
      e.preventDefault();
    }
  });
  document.addEventListener('htmx:before:request', e => {
    const { ctx } = e.detail;
    const el = ctx.sourceElement;
    if (ctx === asked) asked = null;
    const past = () => !el.isConnected || posts(el) !== new URL(ctx.request.action, location.href).href;
    if (el.matches?.(RUN) && past()) e.preventDefault();
  });
  document.addEventListener('htmx:finally:request', e => {
    if (e.detail.ctx === asked) asked = null;
    if (asked || !held) return;
    const form = held;
    held = null;
    if (form.isConnected) htmx.process(form, true);
  });
  document.addEventListener('visibilitychange', () => {
    const tick = document.getElementById('tick');
    if (tick && !document.hidden) htmx.process(tick, true);
  });

  // Where the focused control is gone after a swap, or after going back, the lab has the focus: the
  // keys go on working.
  let inLab = false;
  const note = () => { inLab = Boolean(document.activeElement?.closest('#lab')); };
  window.addEventListener('popstate', note, true);
  document.addEventListener('htmx:before:swap', () => { inLab ||= Boolean(document.activeElement?.closest('#lab')); });
  document.addEventListener('htmx:after:swap', () => {
    if (inLab && document.activeElement === document.body) {
      document.getElementById('lab')?.focus({ preventScroll: true });
    }
    inLab = false;
  });
})();
