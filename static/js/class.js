// A tab that takes part in a class: a phone that goes along, or the projector that says where it is. The room's
// own pages say so: body[data-class=ADDRESS][data-role=phone|projector|console]; it is remembered for this tab,
// and on the pages of lessons the strip is put in.
//
// The stream tells a version, never what it is. What is in front is asked for by its version, after a moment
// drawn at random, so that a class does not ask at once: a step within 0.3 s, more within 1 s. Where streams
// are cut, the version is asked for every two seconds.
(() => {
  const own = document.body.dataset.class === undefined ? null : document.body.dataset;
  const KEY = 'class';
  const SOON = { step: 300, stage: 1000 }; // ms
  const POLL = 2000;
  const kept = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEY));
    } catch {
      return null; // denied, or not ours
    }
  };
  const keep = state => {
    try {
      if (state) sessionStorage.setItem(KEY, JSON.stringify(state));
      else sessionStorage.removeItem(KEY);
    } catch { /* denied: the room's own pages go on without it */ }
  };

  const state = own ? { ...kept(), root: own.class, role: own.role } : kept();
  if (!state) return;
  if (own) state.free = false;
  if (own?.role !== 'console') keep(state);
  const { root, role } = state;
  const lab = () => document.getElementById('lab');
  const here = () => lab()?.dataset.here ?? location.pathname + location.search;
  let version = Number(own?.version ?? 0);
  let stage = Number(own?.stage ?? 0);
  let wanted = version;
  let timer = null;
  let stream = null;
  let polling = null;
  const reported = new Set(); // where this projector has been by itself

  const get = (address, type) => fetch(address, { headers: { Accept: type } })
    .then(answer => (answer.ok ? answer : Promise.reject(answer)));

  // ------------------------------------------------------------------ being told

  function told(news) {
    for (const name of ['joined', 'answered']) {
      if (news[name] === undefined) continue;
      for (const el of document.querySelectorAll(`[data-${name}]`)) el.textContent = news[name];
      const meter = document.querySelector('[data-meter]');
      if (meter) meter[name === 'joined' ? 'max' : 'value'] = news[name];
    }
    document.dispatchEvent(new CustomEvent('class:told', { detail: news }));
    if (news.version === wanted) return;
    wanted = news.version;
    clearTimeout(timer);
    const most = role === 'phone' ? SOON[news.stage === stage ? 'step' : 'stage'] : 0;
    timer = setTimeout(look, Math.random() * most);
  }

  function look() {
    if (role === 'console') {
      version = wanted;
      return;
    }
    get(`${root}/now?version=${wanted}`, 'application/json')
      .then(answer => answer.json())
      .then(now => {
        const same = now.version === version;
        const turned = now.stage !== stage;
        ({ version, stage } = now);
        return same && own && now.view !== 'page' ? mark(now) : go(now, turned);
      })
      .catch(failed);
  }

  function failed(answer) {
    if (answer.status === 404) return leave();
    timer = setTimeout(look, POLL);
  }

  function leave() {
    stream?.close();
    clearInterval(polling);
    keep(null);
    location.replace(root); // which says that it has ended
  }

  // ------------------------------------------------------------------ going along

  function go(now, turned) {
    const target = role === 'projector' ? now.projector : now.address;
    mark(now);
    if (role === 'phone' && state.free) return undefined;
    if (role === 'projector' && !own && !turned && (reported.has(target) || !target)) return undefined;
    if (now.view !== 'page') return own ? refresh() : location.replace(role === 'phone' ? root : `${root}/${role}`);
    if (role === 'phone' && !now.follow) return own ? refresh() : undefined;
    return goTo(target);
  }

  function goTo(address) {
    if (address === here()) return undefined;
    const there = new URL(address, location.href);
    if (!lab() || !window.htmx || there.pathname !== location.pathname) return location.replace(address);
    return htmx.ajax('GET', address, { source: '#lab', target: '#lab', swap: 'outerMorph' });
  }

  function refresh() {
    return get(`${root}/screen?for=${role}&version=${version}`, 'text/html')
      .then(answer => answer.text())
      .then(html => {
        document.getElementById('screen').innerHTML = html;
        document.dispatchEvent(new CustomEvent('class:screen', { detail: { version } }));
      });
  }

  function mark(now) {
    const strip = document.getElementById('class-strip');
    if (!strip || role !== 'phone') return;
    const asked = now.view === 'open';
    strip.querySelector('[data-state]').textContent = state.free ? (asked ? 'a question is asked' : 'looking around') : 'following';
    strip.querySelector('[data-look-around]').hidden = state.free;
    strip.querySelector('[data-come-back]').hidden = !state.free;
    document.documentElement.classList.toggle('follows', !own && !state.free);
  }

  document.addEventListener('click', e => {
    if (e.target.closest('[data-look-around]')) {
      state.free = true;
      keep(state);
      if (own) location.assign(own.page || '/');
      else mark({});
    } else if (e.target.closest('[data-come-back]')) {
      state.free = false;
      keep(state);
      location.replace(root);
    }
  });

  // ------------------------------------------------------------------ saying where

  let saying = false;
  function report() {
    const address = here();
    if (role !== 'projector' || own || saying || reported.has(address)) return;
    saying = true;
    reported.add(address);
    fetch(`${root}/step`, { method: 'POST', body: new URLSearchParams({ address }) })
      .catch(() => reported.delete(address))
      .finally(() => {
        saying = false;
        if (here() !== address) report();
      });
  }

  // ------------------------------------------------------------------ a remote, in front

  // What a press brings is dead for a second, so that a hand that presses twice does not close what it has just asked.
  const DEAD = 1000;
  let pressed = -DEAD;
  document.addEventListener('submit', e => {
    const form = e.target.closest('[data-press]');
    if (!form) return;
    e.preventDefault();
    if (performance.now() - pressed < DEAD) return;
    pressed = performance.now();
    const { name, value } = e.submitter;
    fetch(form.action, { method: 'POST', body: new URLSearchParams({ [name]: value }), headers: { 'HX-Request-Type': 'partial' } })
      .catch(() => { pressed = -DEAD; });
  });

  // ------------------------------------------------------------------ the strip, and the stream

  function putIn() {
    return get(`${root}/strip?for=${role}`, 'text/html')
      .then(answer => answer.text())
      .then(html => {
        document.body.insertAdjacentHTML(role === 'projector' ? 'beforeend' : 'afterbegin', html);
        document.documentElement.classList.add('in-class', `as-${role}`);
      });
  }

  function poll() {
    polling ??= setInterval(() => {
      get(`${root}/count?for=${role}`, 'application/json').then(answer => answer.json()).then(told)
        .catch(answer => answer.status === 404 && leave());
    }, POLL);
  }

  function listen() {
    stream = new EventSource(`${root}/news?for=${role}`);
    stream.addEventListener('message', e => {
      clearInterval(polling);
      polling = null;
      told(JSON.parse(e.data));
    });
    stream.addEventListener('ended', leave);
    stream.addEventListener('error', () => {
      poll();
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, POLL);
    });
    setTimeout(() => wanted || poll(), POLL);
  }

  document.addEventListener('htmx:after:swap', () => report());
  window.addEventListener('popstate', () => setTimeout(report));
  window.addEventListener('pageshow', e => e.persisted && location.reload());
  (own ? Promise.resolve() : putIn()).then(() => {
    report();
    listen();
    if (own) look(); // it may stand on a page of a lesson
  }, answer => answer.status === 404 && keep(null));
})();
