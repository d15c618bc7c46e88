// A phone answers: one step at a time, with keys of its own. What is not sent yet is kept, typed and sent: the
// one in this tab (class-draft), the other in this browser (class-answer), and sent again until the server has
// taken it or says that it came too late. On pages of lessons only what waits is sent.
(() => {
  const OUT = 'class-answer';
  const SENT = 'class-sent'; // tells the other tabs
  const DRAFT = 'class-draft';
  const LATER = [1000, 2000]; // ms, between one try and the next; who was away for long is not left for longer
  const HANGS = { known: 2000, atMost: 10_000 }; // ms after which a try is given up: when others are answered, or at all
  const BUSY = [429, 500, 502, 503, 504];
  const TYPED = 300; // ms without a key, until what stands there is read back
  const WAYS = { up: 'positive', none: 'zero', down: 'negative' };
  const SAYS = { sign: '1 of 2', number: '2 of 2: a number, or a product' };
  const NOT_CONNECTED = 'There is no connection. Your answer is kept, and sent as soon as there is one.';
  const MANY = 'The server is busy. Your answer is kept, and sent again in a moment.';

  const memory = {}; // where storage is denied, for as long as the page is there
  const read = (where, key) => {
    try {
      return JSON.parse(window[where].getItem(key));
    } catch {
      return memory[key] ?? null;
    }
  };
  const write = (where, key, value) => {
    memory[key] = value;
    try {
      if (value) window[where].setItem(key, JSON.stringify(value));
      else window[where].removeItem(key);
    } catch { /* denied */ }
  };
  const root = document.body.dataset.class ?? read('sessionStorage', 'class')?.root;
  if (!root) return;
  const article = () => document.querySelector('.to-answer');
  const waiting = () => {
    const out = read('localStorage', OUT);
    return out?.root === root ? out : null;
  };
  const isOf = (what, el) => what && el && what.question === el.dataset.question && what.round === el.dataset.round;
  const draft = () => {
    const kept = read('sessionStorage', DRAFT);
    return kept?.root === root && isOf(kept, article()) ? kept : null;
  };
  const keepDraft = change => {
    const { question, round } = article().dataset;
    write('sessionStorage', DRAFT, { ...(draft() ?? { root, question, round }), ...change });
  };

  // ------------------------------------------------------------------ sending

  let underWay = null; // a try, and since when
  let again = null;
  let tries = 0;

  function send() {
    clearTimeout(again);
    const out = waiting();
    if (!out || underWay) return;
    const giveUp = new AbortController();
    underWay = { giveUp, since: performance.now() };
    const longest = setTimeout(() => giveUp.abort(), HANGS.atMost);
    fetch(`${root}/answer`, {
      method: 'POST',
      body: new URLSearchParams(out.pairs),
      headers: { Accept: 'application/json', 'HX-Request-Type': 'partial' },
      signal: giveUp.signal,
    }).then(answer => {
      if (answer.ok) return answer.text().then(text => take(out, text));
      if (BUSY.includes(answer.status)) return later(MANY, 1000 * Number(answer.headers.get('Retry-After')));
      return answer.json().then(({ error }) => refuse(out, error), () => refuse(out, null));
    }).catch(() => later(NOT_CONNECTED)).finally(() => {
      clearTimeout(longest);
      underWay = null;
      if (waiting() && waiting().id !== out.id) send(); // it was changed meanwhile
    });
  }

  function later(why, pause = 0) {
    const wait = pause || LATER[Math.min(tries, LATER.length - 1)];
    tries += 1;
    again = setTimeout(send, wait * (0.75 + Math.random() / 2));
    const el = document.querySelector('[data-why]');
    if (el) el.textContent = why;
    if (isOf(waiting(), article())) step('waiting');
  }

  function done(out) {
    tries = 0;
    if (waiting()?.id === out.id) write('localStorage', OUT, null);
  }

  function take(out, text) {
    const changed = waiting()?.id !== out.id;
    done(out);
    write('localStorage', SENT, out.id);
    if (changed || !isOf(out, article())) return;
    document.getElementById('mine').innerHTML = text;
    step('sent', true);
  }

  function refuse(out, error) {
    done(out);
    const isHere = isOf(out, article()) && article().dataset.state === 'open';
    if (isHere && ['answer', 'sign'].includes(error?.at)) {
      step(out.at, true);
      article().querySelector(`[data-answering=${out.at}] .error`)?.replaceChildren(`${error.what} ${error.hint}`);
      return;
    }
    const notice = document.getElementById('notice');
    if (!notice) return;
    const words = document.createElement('p');
    words.textContent = `Your answer (${out.said}) was not taken: ${error ? `${error.what} ${error.hint}` : 'it cannot be read.'}`;
    const close = Object.assign(document.createElement('button'), { type: 'button', className: 'button plain', textContent: 'Close' });
    close.addEventListener('click', () => notice.replaceChildren());
    notice.replaceChildren(words, close);
  }

  function post(at, pairs, said) {
    const { question, round } = article().dataset;
    const id = `${question} ${round} ${Date.now()} ${Math.random()}`;
    write('localStorage', OUT, { id, root, question, round, at, said, pairs: [['question', question], ['round', round], ...pairs] });
    keepDraft({ sent: true });
    step('waiting');
    tries = 0;
    send();
  }

  // ------------------------------------------------------------------ one step at a time

  function step(at, moved) {
    const el = article();
    if (!el) return;
    el.dataset.at = at;
    const out = waiting();
    for (const place of el.querySelectorAll('[data-waiting]')) place.textContent = out?.said ?? '';
    el.dataset.says = el.dataset.kind === 'gradient' ? SAYS[at] ?? '' : ['sign', 'number', 'choice'].includes(at) ? 'a question' : '';
    document.dispatchEvent(new CustomEvent('class:says'));
    if (at === 'number') showWay();
    if (!moved) return;
    const next = at === 'number' ? el.querySelector('.field') : at === 'sent' ? el.querySelector('#mine h2') : el.querySelector('h1');
    if (next && !next.matches('input')) next.tabIndex = -1;
    next?.focus({ preventScroll: true });
  }

  function showWay() {
    const way = article().querySelector('.typing [name=sign]');
    const words = article().querySelector('[data-way]');
    if (way && words) words.textContent = way.value ? `${WAYS[way.value].replace(/^./, c => c.toUpperCase())}.` : '';
  }

  const first = el => ({ sign: 'sign', gradient: 'sign' })[el.dataset.kind] ?? (el.querySelector('.typing') ? 'number' : 'choice');

  // The screen is the same for all: what is this phone’s own comes to it.
  function settle(isNew) {
    const el = article();
    if (!el) return document.dispatchEvent(new CustomEvent('class:says'));
    const field = el.querySelector('.field');
    if (field && matchMedia('(pointer: coarse)').matches) field.inputMode = 'none'; // our keys are there instead of the phone’s
    const kept = draft();
    if (kept && el.dataset.state === 'open') {
      const way = el.querySelector('.typing [name=sign]');
      if (way && kept.sign) way.value = kept.sign;
      if (field && kept.typed && !field.value) field.value = kept.typed;
      for (const box of el.querySelectorAll('[type=checkbox]')) box.checked = kept.boxes?.includes(box.value) ?? box.checked;
      readSoon(0);
    }
    if (el.dataset.state !== 'open') {
      if (isNew) askMine();
    } else if (isOf(waiting(), el)) step('waiting');
    else if (kept && !kept.sent && kept.at) step(kept.at);
    else {
      step(el.dataset.at);
      if (isNew) askMine();
    }
    if (isNew) {
      const headline = el.querySelector('h1');
      headline.tabIndex = -1;
      headline.focus({ preventScroll: true });
    }
    return undefined;
  }

  function askMine() {
    const mine = document.getElementById('mine');
    if (!mine) return;
    fetch(mine.dataset.mine, { headers: { Accept: 'text/html' } })
      .then(answer => (answer.ok ? answer.text() : Promise.reject(answer)))
      .then(text => {
        if (!mine.isConnected) return;
        mine.innerHTML = text;
        const el = article();
        const isAnswered = Boolean(mine.querySelector('[data-sent]')) && !mine.querySelector('[data-goes-on]');
        if (el.dataset.state === 'open' && isAnswered && !waiting() && (!draft() || draft().sent)) step('sent');
      })
      .catch(answer => { if (!(answer.status < 500)) setTimeout(() => mine.isConnected && askMine(), LATER[1]); });
  }

  document.addEventListener('submit', e => {
    const form = e.target.closest('[data-answering]');
    if (!form) return;
    e.preventDefault();
    const el = article();
    const at = form.dataset.answering;
    for (const error of el.querySelectorAll('.error')) error.textContent = '';
    if (at === 'sign') {
      const { value } = e.submitter;
      if (el.dataset.kind === 'gradient' && value !== 'none') {
        form.parentElement.querySelector('.typing [name=sign]').value = value;
        keepDraft({ sign: value, at: 'number', sent: false });
        step('number', true);
      } else post(at, [['sign', value]], WAYS[value]);
    } else if (at === 'number') {
      const typed = form.elements.answer.value.trim();
      const way = form.elements.sign?.value ?? '';
      if (typed) post(at, [...(way ? [['sign', way]] : []), ['answer', typed]], `${way ? `${WAYS[way]}, ` : ''}${typed}`);
    } else {
      const chosen = e.submitter?.name === 'answer' ? [e.submitter] : [...form.querySelectorAll(':checked')];
      const said = each => (each.closest('label') ?? each).querySelector('span').textContent;
      if (chosen.length) post(at, chosen.map(each => ['answer', each.value]), chosen.map(said).join(', '));
      else form.querySelector('.error').textContent = 'Nothing is chosen yet. Choose at least one.';
    }
  });

  document.addEventListener('click', e => {
    const link = e.target.closest('[data-change]');
    const key = e.target.closest('[data-key]');
    if (link) {
      e.preventDefault();
      const at = link.dataset.change || first(article());
      if (waiting()) write('localStorage', OUT, null);
      keepDraft({ at, sent: false });
      step(at, true);
    } else if (key) press(key.dataset.key);
  });

  // ------------------------------------------------------------------ keys of our own, and reading back

  function press(key) {
    const field = article().querySelector('.field');
    let [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
    if (key === 'delete' && from === to) from = Math.max(0, from - 1);
    const put = key === 'delete' ? '' : key;
    if (field.value.length - (to - from) + put.length > field.maxLength) return;
    field.setRangeText(put, from, to, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    if (matchMedia('(pointer: coarse)').matches) field.focus({ preventScroll: true });
  }
  // The field keeps the focus, and with it the place where one types.
  document.addEventListener('pointerdown', e => { if (e.target.closest('[data-key]')) e.preventDefault(); });

  document.addEventListener('input', e => {
    const form = e.target.closest('[data-answering]');
    if (!form) return;
    for (const error of form.querySelectorAll('.error')) error.textContent = '';
    if (e.target.matches('.field')) {
      keepDraft({ typed: e.target.value, at: 'number', sent: false });
      readSoon(TYPED);
    } else keepDraft({ boxes: [...form.querySelectorAll(':checked')].map(box => box.value), at: 'choice', sent: false });
  });

  let reading = null;
  let asked = 0;
  function readSoon(pause) {
    clearTimeout(reading);
    const form = article()?.querySelector('.typing[data-read]');
    if (!form) return;
    const typed = form.elements.answer.value;
    const [text, value] = form.querySelector('.read').children;
    const mine = asked += 1;
    const show = said => {
      if (mine !== asked) return;
      text.textContent = said.value ? said.text : '';
      value.textContent = said.value ? `= ${said.value}` : '';
    };
    if (!/[^\s\d.,][\s\S]*\d/.test(typed.replace(/^\s*[-−+]/, ''))) return show({}); // one number stands for itself
    reading = setTimeout(() => {
      fetch(`${form.dataset.read}?${new URLSearchParams({ answer: typed })}`, { headers: { Accept: 'application/json' } })
        .then(answer => (answer.ok ? answer.json() : {})).then(show).catch(() => show({}));
    }, pause);
    return undefined;
  }

  // ------------------------------------------------------------------ when

  document.documentElement.classList.add('scripted');
  document.addEventListener('class:screen', () => settle(true));
  document.addEventListener('class:reached', () => {
    if (underWay && performance.now() - underWay.since > HANGS.known) {
      tries = 0;
      underWay.giveUp.abort();
    } else send();
    if (article() && article().dataset.at !== 'waiting') askMine();
  });
  window.addEventListener('storage', e => { if (e.key === SENT) askMine(); });
  window.addEventListener('pageshow', e => { if (e.persisted) askMine(); });
  settle(false);
  send();
})();
