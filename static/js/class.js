// A tab that takes part in a class: a phone that goes along, or the projector that says where it is. The room's
// own pages say so: body[data-class=ADDRESS][data-role=phone|projector|console]; it is remembered for this tab,
// and on the pages of lessons the strip is put in.
//
// The stream tells a version, never what it is. What is in front is asked for by its version, after a moment
// drawn at random, so that a class does not ask at once: a step within 0.3 s, more within 1 s. Where streams
// are cut, or silent, the version is asked for every two seconds, each phone at a time of its own: no pause
// grows with the outage, and what hangs is given up, so a phone is back soon after the server is.
//
// Of a phone three things are known to the style sheets: html.in-class, .as-phone, and .follows while it goes
// along on a page of a lesson. What its scripts are told: class:now (what is in front), class:screen (it was
// drawn anew), class:led (a lesson went along), class:reached (the server answers again, or the page is seen again).
(() => {
  const own = document.body.dataset.class === undefined ? null : document.body.dataset;
  const html = document.documentElement;
  const below = html.dataset.root ?? ''; // where the pages are mounted
  const KEY = 'class';
  const SOON = { step: 300, stage: 1000 }; // ms
  const POLL = 2000; // ms
  const HANGS = { count: 4000, other: 10_000 }; // ms after which a request is given up
  const SILENT = 40_000; // ms after which a stream that says nothing is dead: it gives a sign of life every 15 s
  const STRIP = 3_600_000; // ms for which the strip of a phone is kept
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

  let state = kept();
  if (own && (state?.root !== own.class || state?.role !== own.role)) state = { root: own.class, role: own.role };
  if (!state) return;
  if (own) state.free = false;
  if (own && own.role === 'phone') state.variant = document.getElementById('screen')?.dataset.variant ?? '';
  if (own?.role !== 'console') keep(state);
  const { root, role } = state;
  const onPhone = role === 'phone';
  const lab = () => document.getElementById('lab');
  const staged = () => document.getElementById('stage'); // what training changes while it plays
  const here = () => staged()?.dataset.here ?? lab()?.dataset.here ?? location.pathname + location.search;
  let version = Number(own?.version ?? 0);
  let stage = Number(own?.stage ?? 0);
  let wanted = version;
  let present = null; // what is in front
  let drawn = version; // of which the room’s own page shows
  let at = here(); // where the lecture has led, as the page there spells it
  let isLed = false; // it is leading
  let timer = null;
  let stream = null;
  let polling = null;
  let heard = 0; // when the stream said something last
  let isLost = false;
  const reported = new Set(); // where this projector has been by itself

  const tell = (type, detail) => document.dispatchEvent(new CustomEvent(`class:${type}`, { detail }));
  const get = (address, type, most = HANGS.other) => fetch(address, { headers: { Accept: type }, signal: AbortSignal.timeout?.(most) })
    .then(answer => (answer.ok ? answer : Promise.reject(answer)));
  const strip = () => document.getElementById('class-strip');

  // ------------------------------------------------------------------ being told

  function told(news) {
    for (const name of ['joined', 'answered']) {
      if (news[name] === undefined) continue;
      for (const el of document.querySelectorAll(`[data-${name}]`)) el.textContent = news[name];
      const meter = document.querySelector('[data-meter]');
      if (meter) meter[name === 'joined' ? 'max' : 'value'] = news[name];
    }
    tell('told', news);
    const wasLost = isLost;
    if (isLost) {
      isLost = false;
      mark();
      tell('reached');
    }
    if (news.version === wanted && (present || !onPhone) && !(wasLost && version < wanted)) return onPhone && news.version === version ? goAlong() : undefined;
    wanted = news.version;
    clearTimeout(timer);
    const most = onPhone && !polling ? SOON[news.stage === stage ? 'step' : 'stage'] : 0;
    timer = setTimeout(look, Math.random() * most);
  }

  function look() {
    if (role === 'console') {
      version = wanted;
      return undefined;
    }
    return get(`${root}/now${wanted ? `?version=${wanted}` : ''}`, 'application/json')
      .then(answer => answer.json())
      .then(now => {
        for (const name of ['phone', 'projector']) now[name] &&= below + now[name];
        const turned = now.stage !== stage;
        ({ version, stage } = now);
        wanted = Math.max(wanted, version);
        present = now;
        mark();
        tell('now', now);
        return go(turned);
      })
      .catch(failed);
  }

  function failed(answer) {
    if (answer.status === 404) return leave();
    clearTimeout(timer);
    timer = setTimeout(look, POLL);
    return undefined;
  }

  function leave() {
    stream?.close();
    stopPolling();
    keep(null);
    location.replace(root); // which says that it has ended
  }

  // ------------------------------------------------------------------ going along

  // Which of the pages this tab belongs on; empty where it stays.
  function target() {
    if (onPhone && state.free) return '';
    if (present.view !== 'page') return own ? '' : onPhone ? root : `${root}/${role}`;
    if (onPhone) return present.follow ? present.phone : '';
    return present.projector;
  }

  function go(turned) {
    const stays = !turned && (reported.has(present.projector) || !present.projector);
    if (role === 'projector' && !own && stays) return undefined;
    return own && !target() ? refresh() : goAlong();
  }

  // A phone asks this again with each sign of life: what was under way when the server went is not lost.
  function goAlong() {
    const address = target();
    if (!address || address === here() || (address === state.led && here() === at)) return undefined;
    const there = new URL(address, location.href);
    keep(Object.assign(state, { led: address }));
    if (own || !lab() || !window.htmx || there.pathname !== location.pathname) return location.replace(address);
    isLed = true;
    return htmx.ajax('GET', address, { source: '#lab', target: '#lab', swap: 'outerMorph' }).finally(() => { isLed = false; });
  }

  // What training passed through may be gone when a phone comes for it: it waits for the next.
  document.addEventListener('htmx:before:swap', e => {
    if (onPhone && isLed && e.detail.ctx.response?.status >= 400) {
      e.detail.tasks.length = 0;
      e.preventDefault();
    }
  }, true);

  // A phone that goes along has one entry in its history, as one page that is watched.
  document.addEventListener('htmx:before:history:update', e => {
    if (onPhone && isLed) e.detail.history.type = 'replace';
  });

  function refresh() {
    if (drawn === version) return undefined;
    const variant = onPhone && present.varied ? `&variant=${state.variant}` : '';
    return get(`${root}/screen?for=${role}&version=${version}${variant}`, 'text/html')
      .then(answer => answer.text())
      .then(text => {
        drawn = version;
        const screen = document.getElementById('screen');
        const brought = Object.assign(document.createElement('template'), { innerHTML: text }).content;
        if (onPhone && isSame(screen.querySelector('.to-answer'), brought.querySelector('.to-answer'))) return;
        screen.replaceChildren(brought);
        tell('screen');
      });
  }

  // A question that is answered just now stays as it is.
  function isSame(before, after) {
    return before && after && ['question', 'round', 'state'].every(name => before.dataset[name] === after.dataset[name]);
  }

  // ------------------------------------------------------------------ looking around

  const SAID = { open: 'a question is asked', paused: 'look up', shown: 'the answer is shown', join: 'looking around' };

  function mark() {
    html.classList.toggle('follows', onPhone && !own && !state.free);
    if (!strip() || !onPhone) return;
    const view = present?.view ?? '';
    const step = document.querySelector('.to-answer')?.dataset.says; // of answering
    const said = isLost ? 'no connection' : state.free ? SAID[view] ?? 'looking around' : step ? step
      : present?.follow === false ? 'at your own pace' : 'following';
    strip().classList.toggle('answers', Boolean(step));
    strip().classList.toggle('calls', state.free && ['open', 'paused', 'shown'].includes(view));
    strip().querySelector('[data-look-around]').hidden = state.free;
    strip().querySelector('[data-come-back]').hidden = !state.free;
    const el = strip().querySelector('[data-state]');
    if (el.textContent !== said) el.textContent = said;
  }

  function leaveTheLecture() {
    state.free = true;
    keep(state);
    mark();
  }

  document.addEventListener('class:says', mark);
  document.addEventListener('click', e => {
    if (!onPhone) return;
    if (e.target.closest('[data-look-around]')) {
      leaveTheLecture();
      const url = new URL(location.href);
      url.searchParams.delete('mode'); // a part of a lecture alone: now all of it
      if (own) location.assign(`${below}/`);
      else if (url.href !== location.href) location.assign(url);
    } else if (e.target.closest('[data-come-back]')) {
      state.free = false;
      keep(state);
      const address = (present && target()) || root;
      keep(Object.assign(state, { led: address }));
      location.assign(address);
    } else if (e.target.closest('a[data-on-my-own], :root.follows main a[href]')) leaveTheLecture();
  }, true);
  if (onPhone && !own) document.addEventListener('submit', leaveTheLecture, true);

  // Who changes something has left the lecture.
  document.addEventListener('htmx:after:swap', () => {
    if (isLed) {
      at = here();
      tell('led');
    } else if (onPhone && !own && !state.free && here() !== at) leaveTheLecture();
    report();
  });

  // ------------------------------------------------------------------ saying where

  const PACE = 2500; // ms between two places that training passes through
  let saying = false;
  let said = 0;
  function report() {
    const address = here();
    if (role !== 'projector' || own || saying || reported.has(address)) return;
    if (staged() && document.querySelector('#play.playing') && performance.now() - said < PACE) return;
    said = performance.now();
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

  function put(text) {
    document.body.insertAdjacentHTML(role === 'projector' ? 'beforeend' : 'afterbegin', text);
    html.classList.add('in-class', `as-${role}`);
    const { near, script } = strip().dataset;
    for (const src of [near, script].filter(Boolean)) {
      document.head.append(Object.assign(document.createElement('script'), { src, async: false }));
    }
    mark();
  }

  // A phone’s is the same on every page: it stands there before the page is painted.
  function putIn() {
    if (onPhone && state.strip && Date.now() - state.strip.at < STRIP) return Promise.resolve(put(state.strip.text));
    return get(`${root}/strip?for=${role}`, 'text/html')
      .then(answer => answer.text())
      .then(text => {
        if (onPhone) keep(Object.assign(state, { strip: { text, at: Date.now() } }));
        put(text);
      });
  }

  function count() {
    return get(`${root}/count?for=${role}`, 'application/json', HANGS.count).then(answer => answer.json()).then(told)
      .catch(answer => {
        if (answer.status === 404) leave();
        else lose();
      });
  }

  function lose() {
    if (isLost) return;
    isLost = true;
    mark();
  }

  function poll() {
    const ask = () => {
      polling = setTimeout(ask, POLL);
      count();
    };
    polling ??= setTimeout(ask, Math.random() * POLL);
  }

  function stopPolling() {
    clearTimeout(polling);
    polling = null;
  }

  function listen() {
    stream?.close();
    const mine = stream = new EventSource(`${root}/news?for=${role}`);
    const hear = () => {
      heard = Date.now();
      stopPolling();
    };
    mine.addEventListener('alive', hear);
    mine.addEventListener('message', e => {
      hear();
      told(JSON.parse(e.data));
    });
    mine.addEventListener('ended', leave);
    mine.addEventListener('error', () => {
      poll();
      if (mine.readyState === EventSource.CLOSED) setTimeout(() => mine === stream && listen(), POLL);
    });
    setTimeout(() => mine === stream && !heard && poll(), POLL); // opened, and yet nothing comes through
  }

  function wake() {
    if (document.hidden) return;
    if (Date.now() - heard > SILENT) listen();
    count().then(() => tell('reached'));
  }

  setInterval(() => {
    if (heard && Date.now() - heard > SILENT) {
      heard = 0;
      poll();
      listen();
    }
  }, POLL);
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  window.addEventListener('popstate', () => setTimeout(report));
  window.addEventListener('pagehide', () => stream?.close());
  window.addEventListener('pageshow', e => {
    if (!e.persisted) return;
    if (own && state.free) state.free = false;
    heard = 0;
    listen();
    wake();
  });
  html.classList.toggle('follows', onPhone && !own && !state.free);
  // A page that the server had no time for is asked for again.
  if (onPhone && /^(429|5\d\d)$/.test(document.querySelector('.problem .eyebrow')?.textContent)) {
    setTimeout(() => location.reload(), POLL * (0.5 + Math.random()));
  }
  (own ? Promise.resolve(mark()) : putIn()).then(() => {
    report();
    listen();
    if (own) look(); // it may stand on a page of a lesson
  }, answer => answer.status === 404 && keep(null));
})();
