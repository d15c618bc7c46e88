// Progress: where you are, what is done, what was answered unaided, what comes back and when. It is kept
// in this browser alone, as one versioned record; nothing is sent. Where storage is denied, the pages
// work without it. Each change reads the record anew, so that two tabs do not lose what the other wrote.
//
// Pages say what there is to keep, by attributes:
//   data-lesson=NAME, and data-end at its end; data-step, data-of, data-at of a walk; #lab[data-here]
//   data-record="LESSON MARK KIND RESULT"   an answer: unaided, helped or missed; the first of a MARK counts,
//                                           but who misses it and is right then was helped; it comes back all the same
//   data-pass="LESSON LEVEL RIGHT OF"       a pass that was asked to its end; the best is kept
//   data-finish=LESSON                      its questions are through; data-finishes: a click on it
//   data-postpone="LESSON KIND"             a click leaves the question for another day
// and what there is to fill in: data-done, data-tally, data-found=LESSON, data-level-record="LESSON LEVEL"; the first page.
(() => {
  const KEY = 'progress';
  const VERSION = 1;
  const DAYS = [1, 3, 7, 16]; // until a kind that was missed comes back, and again after each right answer
  const MOST_MARKS = 1000; // of a lesson; the oldest are forgotten
  const LARGEST = 1_000_000; // bytes of a file that is read
  const RESULTS = ['unaided', 'helped', 'missed'];

  const pad = n => String(n).padStart(2, '0');
  function day(later = 0) { // by this browser's own calendar: 2026-11-30
    const now = new Date();
    const then = new Date(now.getFullYear(), now.getMonth(), now.getDate() + later);
    return `${then.getFullYear()}-${pad(then.getMonth() + 1)}-${pad(then.getDate())}`;
  }

  // The record, read strictly: what is not as we write it is refused, in words.
  class Refused extends Error {}
  const demand = (holds, what) => { if (!holds) throw new Refused(what); };
  const isObject = value => value !== null && typeof value === 'object' && !Array.isArray(value);
  const isName = value => typeof value === 'string' && /^[\w.-]{1,80}$/.test(value) && value !== '__proto__';
  const names = (...from) => Object.assign(Object.create(null), ...from); // no name is there by birth, not even “constructor”
  const isDay = value => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
  const isCount = value => Number.isInteger(value) && value >= 0 && value < 1e15;
  const entries = (value, what) => {
    demand(isObject(value ?? {}), `Its “${what}” cannot be read.`);
    for (const name of Object.keys(value ?? {})) demand(isName(name), `Its “${what}” has a name that cannot be read.`);
    return Object.entries(value ?? {});
  };
  const empty = () => ({ version: VERSION, at: null, lessons: names(), missed: names() });
  const blank = () => ({ done: '', marks: names(), levels: names() });

  function checked(value) {
    demand(isObject(value) && Object.hasOwn(value, 'version') && isCount(value.version), 'It is no record of progress.');
    if (value.version > VERSION) throw Object.assign(new Refused('It was written by a later version of this page.'), { later: true });
    demand(value.version === VERSION, 'It is no record of progress.');
    const record = empty();
    for (const [name, lesson] of entries(value.lessons, 'lessons')) {
      demand(isObject(lesson) && (!lesson.done || isDay(lesson.done)), `Its lesson “${name}” cannot be read.`);
      const kept = record.lessons[name] = { ...blank(), done: lesson.done || '' };
      for (const [mark, result] of entries(lesson.marks, 'marks')) {
        demand(RESULTS.includes(result), `Its answer “${mark}” cannot be read.`);
        kept.marks[mark] = result;
      }
      for (const [level, pass] of entries(lesson.levels, 'levels')) {
        demand(Array.isArray(pass) && pass.length === 2 && pass.every(isCount), `Its level “${level}” cannot be read.`);
        kept.levels[level] = pass;
      }
    }
    for (const [kind, back] of entries(value.missed, 'missed')) {
      demand(isObject(back) && isDay(back.due) && isCount(back.rung) && back.rung < DAYS.length, `Its “${kind}” cannot be read.`);
      record.missed[kind] = { due: back.due, rung: back.rung };
    }
    if (value.at) {
      const { lesson, query, step, of, name, end, time } = value.at;
      const fits = isName(lesson) && typeof query === 'string' && query.length < 4000 && /^(\?|$)/.test(query)
        && [step, of, time].every(isCount) && typeof name === 'string' && name.length < 20;
      demand(fits, 'Its “at” cannot be read.');
      record.at = { lesson, query, step, of, name, end: Boolean(end), time };
    }
    return record;
  }

  // What a file says beyond that: no day that cannot be yet, no step beyond the last. Of what stands here
  // that is not asked: a clock that was wrong for a while takes nothing away.
  function sound(record) {
    const tomorrow = day(1);
    for (const [name, lesson] of Object.entries(record.lessons)) {
      demand(lesson.done <= tomorrow, `Its lesson “${name}” was done on a day that is still to come.`);
    }
    for (const [kind, back] of Object.entries(record.missed)) {
      demand(back.due <= day(DAYS.at(-1) + 1), `Its “${kind}” comes back too late.`);
    }
    const { at } = record;
    demand(!at || (at.step <= at.of && at.time <= Date.now() + 86_400_000), 'Its “at” cannot be read.');
    return record;
  }

  let last = { text: null, record: empty() };
  const copy = record => checked(JSON.parse(JSON.stringify(record)));
  function read() { // throws where storage is denied
    const text = localStorage.getItem(KEY);
    if (text !== last.text || text === null) {
      let record = empty();
      try {
        if (text !== null) record = checked(JSON.parse(text));
      } catch (error) {
        if (error.later) throw error; // what a later version of this page has written is left alone
      }
      last = { text, record };
    }
    return copy(last.record);
  }
  function update(change) {
    try {
      const record = read();
      change(record);
      const text = JSON.stringify(record);
      if (text !== last.text) localStorage.setItem(KEY, text);
    } catch {
      return false; // denied, or full
    }
    show();
    return true;
  }
  const lessonOf = (record, name) => (record.lessons[name] ??= blank());

  // What comes back: a miss begins anew, a right answer on its day makes the time longer.
  function space(record, kind, result) {
    const back = record.missed[kind];
    if (result === 'missed') record.missed[kind] = { due: day(DAYS[0]), rung: 0 };
    else if (back && back.due <= day()) {
      const rung = back.rung + (result === 'unaided' ? 1 : 0);
      if (rung < DAYS.length) record.missed[kind] = { due: day(DAYS[rung]), rung };
      else delete record.missed[kind];
    }
  }
  function answer(record, [lesson, mark, kind, result]) {
    if (![lesson, mark, kind].every(isName) || !RESULTS.includes(result)) return;
    const { marks } = lessonOf(record, lesson);
    if (mark in marks) {
      if (marks[mark] === 'missed' && result === 'helped') marks[mark] = result;
      return;
    }
    marks[mark] = result;
    for (const old of Object.keys(marks).slice(0, -MOST_MARKS)) delete marks[old];
    space(record, `${lesson}.${kind}`, result);
  }
  function pass(record, [lesson, level, ...counts]) {
    const [right, of] = counts.map(Number);
    if (![lesson, level].every(isName) || ![right, of].every(isCount) || !of) return;
    const { levels } = lessonOf(record, lesson);
    const [before, outOf] = levels[level] ?? [0, 1];
    if (!levels[level] || right / of > before / outOf) levels[level] = [right, of];
  }
  const finish = (record, lesson) => { if (isName(lesson)) lessonOf(record, lesson).done ||= day(); };

  const parts = text => text.trim().split(/\s+/);
  function place() {
    const where = document.querySelector('[data-lesson]');
    if (!where) return null;
    const walk = document.querySelector('[data-step]');
    const here = new URL(document.getElementById('lab')?.dataset.here ?? location.href, location.href);
    for (const name of ['answer', 'tried', 'check', 'tell', 'guess', 'typed']) here.searchParams.delete(name);
    return {
      lesson: where.dataset.lesson, query: here.search, step: Number(walk?.dataset.step ?? 0),
      of: Number(walk?.dataset.of ?? 0), name: walk?.dataset.at ?? '', end: 'end' in where.dataset,
    };
  }
  function note() {
    update(record => {
      for (const el of document.querySelectorAll('[data-record]')) answer(record, parts(el.dataset.record));
      for (const el of document.querySelectorAll('[data-pass]')) pass(record, parts(el.dataset.pass));
      for (const el of document.querySelectorAll('[data-finish]')) finish(record, el.dataset.finish);
      const now = place();
      const { time, ...before } = record.at ?? {};
      if (now && JSON.stringify(now) !== JSON.stringify(before)) record.at = { ...now, time: Date.now() };
    });
  }

  // What is shown of it.
  function tally(record, lesson) {
    const results = Object.values(record.lessons[lesson]?.marks ?? {});
    const unaided = results.filter(result => result === 'unaided').length;
    if (!results.length) return '';
    return `${unaided === results.length ? `all ${unaided}` : `${unaided} of ${results.length}`} unaided`;
  }
  function found(record, lesson) { // of bugs that were looked for: each is marked when its line is found
    const marks = Object.entries(record.lessons[lesson]?.marks ?? {}).filter(([mark]) => mark.startsWith('case-'));
    const first = marks.filter(([, result]) => result === 'unaided').length;
    if (!marks.length) return '';
    return `Found so far: ${marks.length} by ${marks.length > 1 ? 'their' : 'its'} line, ${first} ${marks.length > 1 ? 'of them ' : ''}at the first press`;
  }
  const isDone = (record, lesson) => Boolean(record.lessons[lesson]?.done);
  const fill = (el, text) => { if (el && el.textContent !== text) el.textContent = text; };

  function show() {
    let record;
    try {
      record = read();
    } catch {
      return;
    }
    for (const el of document.querySelectorAll('[data-done]')) el.hidden = !isDone(record, el.dataset.done);
    for (const el of document.querySelectorAll('[data-kept]')) el.hidden = false;
    for (const el of document.querySelectorAll('[data-tally]')) fill(el, tally(record, el.dataset.tally));
    for (const el of document.querySelectorAll('[data-found]')) fill(el, found(record, el.dataset.found));
    for (const el of document.querySelectorAll('[data-level-record]')) {
      const [lesson, level] = parts(el.dataset.levelRecord);
      const [right, of] = record.lessons[lesson]?.levels[level] ?? [0, 0];
      fill(el, !of ? '' : right === of ? 'clean pass' : `${right} of ${of}`);
    }
    for (const el of document.querySelectorAll('[data-postpone]')) fill(el, 'Leave it for another day');
    if (document.getElementById('carry-on')) showHome(record);
  }

  // On a projector every way from the first page keeps that view.
  function inView(address) {
    const mode = document.documentElement.dataset.mode;
    if (!mode || /[?&]mode=/.test(address)) return address;
    return `${address}${address.includes('?') ? '&' : '?'}mode=${mode}`;
  }

  function showHome(record) {
    const stops = [...document.querySelectorAll('[data-stop]')].map((el, i) => ({
      el, number: i + 1, name: el.dataset.stop, minutes: Number(el.dataset.minutes), end: el.dataset.end,
      title: el.querySelector('a').textContent, path: el.querySelector('a').pathname,
      done: isDone(record, el.dataset.stop),
    }));
    const at = record.at && record.at.step > record.at.of ? { ...record.at, step: 0, of: 0, query: '', name: '' } : record.at;
    const started = at || stops.some(stop => stop.done);
    const here = stops.findIndex(stop => stop.name === at?.lesson);
    const order = [...stops.slice(Math.max(here, 0)), ...stops.slice(0, Math.max(here, 0))];
    const target = order.find(stop => !stop.done);
    for (const stop of stops) {
      const now = started && stop === target;
      stop.el.classList.toggle('done', stop.done);
      stop.el.classList.toggle('now', Boolean(now));
      const walking = now && stops[here] === stop && at.of && !at.end;
      fill(stop.el.querySelector('.kept'), walking ? `step ${at.step} of ${at.of}`
        : stop.done ? tally(record, stop.name) || 'done' : `${stop.minutes} min`);
    }
    carryOn(started, target, stops, stops[here] === target ? at : null);
    showDue(record);
  }

  // The name of a quantity as the page writes it: w₅ in italics, its index below.
  function letters(name) {
    const [, letter, below] = /^([a-z])([₀-₉]*)$/.exec(name) ?? [];
    if (!letter) return [name];
    const el = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
    const italic = letter === 'h' ? 'ℎ' : String.fromCodePoint(0x1d44e + letter.charCodeAt(0) - 97);
    const written = Object.assign(el('i', italic), { className: 'mi' });
    const index = [...below].map(digit => digit.charCodeAt(0) - 0x2080).join('');
    return index ? [written, el('sub', index)] : [written];
  }

  function carryOn(started, target, stops, at) {
    const button = document.getElementById('carry-on');
    const first = stops[0];
    const to = (text, href, about, name = '') => {
      const line = document.createElement('span');
      line.append(text, ...letters(name));
      button.replaceChildren(line);
      button.setAttribute('aria-label', text + name);
      button.setAttribute('href', inView(href));
      button.dataset.plain = inView(href.split('?')[0]);
      fill(document.getElementById('carry-on-about'), about);
    };
    if (!started) return to('Start', first.path, `Lesson 1, ${first.title}. About ${first.minutes} minutes.`);
    if (!target) return to('Once more from the start', first.path, 'All lessons are done.');
    if (!at) return to(`Carry on: ${target.title}`, target.path, `Lesson ${target.number}. About ${target.minutes} minutes.`);
    if (at.end && target.end) return to('Carry on at the questions', target.end + at.query, `Lesson ${target.number}, ${target.title}.`);
    const where = at.name ? 'Carry on at ' : at.of ? `Carry on at step ${at.step}` : `Carry on: ${target.title}`;
    const left = Math.max(1, Math.round(target.minutes * (1 - at.step / at.of)));
    const minutes = left === 1 ? '1 minute' : `${left} minutes`;
    const about = at.of ? `Lesson ${target.number}, step ${at.step} of ${at.of}. About ${minutes} left.`
      : `Lesson ${target.number}. About ${target.minutes} minutes.`;
    return to(where, target.path + at.query, about, at.name);
  }

  function showDue(record) {
    const known = new Set([...document.querySelectorAll('[data-stop]')].flatMap(el =>
      parts(el.dataset.kinds).map(kind => `${el.dataset.stop}.${kind}`)));
    const due = Object.keys(record.missed).filter(kind => known.has(kind) && record.missed[kind].due <= day()).slice(0, 12);
    const line = document.getElementById('due');
    line.hidden = !due.length;
    if (!due.length) return line.replaceChildren();
    const link = document.createElement('a');
    link.href = inView(`${document.documentElement.dataset.root ?? ''}/questions?ask=${due.join(',')}&fresh=${Number(day().replaceAll('-', '')) % 99991}`);
    link.rel = 'nofollow';
    link.textContent = due.length === 1 ? '1 question comes back today' : `${due.length} questions come back today`;
    line.replaceChildren(link);
  }

  // As a file, from a file, and away with it.
  function say(text) {
    const notice = document.getElementById('notice');
    notice.replaceChildren(text);
    notice.classList.add('kind');
    setTimeout(() => {
      if (notice.textContent !== text) return;
      notice.replaceChildren();
      notice.classList.remove('kind');
    }, 8000);
  }
  function exportFile() {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(read(), null, 1)}\n`], { type: 'application/json' }));
    link.download = `backprop-slowly-${day()}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  // What a file has is added: a done mark or an answer that is here already stays as it is here.
  function merge(record, more) {
    if (more.at && more.at.time > (record.at?.time ?? 0)) record.at = more.at;
    for (const [name, lesson] of Object.entries(more.lessons)) {
      const mine = lessonOf(record, name);
      mine.done = [mine.done, lesson.done].filter(Boolean).sort()[0] ?? '';
      mine.marks = names(lesson.marks, mine.marks);
      for (const [level, counts] of Object.entries(lesson.levels)) pass(record, [name, level, ...counts]);
    }
    for (const [kind, back] of Object.entries(more.missed)) {
      const mine = record.missed[kind];
      if (!mine || back.due < mine.due) record.missed[kind] = back;
    }
  }
  async function importFile(file) {
    let more;
    try {
      demand(file.size <= LARGEST, 'It is too large.');
      more = sound(checked(JSON.parse(await file.text())));
    } catch (error) {
      const why = error instanceof Refused ? error.message : 'It is not JSON.';
      return say(`“${file.name}” was not taken. ${why} What is here stays.`);
    }
    const kept = update(record => merge(record, more));
    return say(kept ? `What “${file.name}” has was added to what is here.` : 'This browser does not let the page keep anything.');
  }
  function chooseFile() {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.json,application/json';
    input.addEventListener('change', () => input.files[0] && importFile(input.files[0]));
    input.click();
  }
  function askToClear() {
    const make = (tag, text, into) => into.appendChild(Object.assign(document.createElement(tag), { textContent: text }));
    const dialog = make('dialog', '', document.body);
    dialog.setAttribute('aria-labelledby', 'clear-title');
    make('h2', 'Clear what this browser has kept?', dialog).id = 'clear-title';
    make('p', 'Done marks, answers and the questions that come back go. An exported file brings them back.', dialog);
    const row = make('p', '', dialog);
    const clear = make('button', 'Clear', row);
    const keep = make('button', 'Keep', row);
    clear.addEventListener('click', () => {
      try {
        localStorage.removeItem(KEY);
      } catch { /* then nothing is kept, either */ }
      dialog.close();
      show();
    });
    keep.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => dialog.remove());
    dialog.showModal();
    keep.focus();
  }

  // What was kept may be what a lesson no longer takes: then the button leads to its start.
  async function goOn(e) {
    const button = e.currentTarget;
    if (!button.search || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    let taken = true;
    try {
      taken = (await fetch(button.href, { method: 'HEAD' })).ok;
    } catch { /* not reached: then the page itself says so */ }
    location.assign(taken ? button.href : button.dataset.plain);
  }
  document.getElementById('carry-on')?.addEventListener('click', goOn);
  document.addEventListener('click', e => {
    const postponed = e.target.closest('[data-postpone]');
    if (postponed) {
      const kind = parts(postponed.dataset.postpone).join('.');
      update(record => { record.missed[kind] = { due: day(DAYS[0]), rung: record.missed[kind]?.rung ?? 0 }; });
    }
    const finishing = e.target.closest('[data-finishes]');
    if (finishing) update(record => finish(record, finishing.dataset.finishes));
    const what = e.target.closest('[data-keep]')?.dataset.keep;
    if (what === 'export') exportFile();
    if (what === 'import') chooseFile();
    if (what === 'clear') askToClear();
  }, true);
  document.addEventListener('htmx:after:swap', note);
  window.addEventListener('storage', e => { if (e.key === KEY || e.key === null) show(); });
  window.addEventListener('pageshow', e => { if (e.persisted) show(); }); // back in history, nothing runs anew
  note();
})();
