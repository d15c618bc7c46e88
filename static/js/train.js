// Training plays: slices are asked for one after the other, the next while the last is drawn. Every
// answer holds the address of where it came to, so a slice goes on from wherever the page is.
//
// What page and server say to each other, while it plays:
//   asked     POST to data-path of #stage with ?playing=1, as htmx asks for a part. The body is the
//             state (the fields in #state, or the query of the address that the last slice came to),
//             do=play, and ms: the milliseconds of training that are wanted. passing=1: the state it
//             starts from was only passed through, and the server may let go of it. beside=charts:
//             the curves are wanted too.
//   answered  #stage, and the curves as an <hx-partial>. On #stage: data-goal is what is played
//             towards, empty when it is reached or there is none; data-arrived: there is no going
//             on; data-here: the address to see all of it. In HX-Push-Url the same address. In
//             Server-Timing “work”: the milliseconds of work; what it took longer, it waited.
// Where the store is away (503), or too much is asked for (429), the same slice is asked for again after Retry-After,
// as long as it plays.
// When it ends the whole lab is asked for once, by GET at data-here. An epoch, a number of epochs or
// a loss that is asked for by a button may be more than one request does: the answer then has a
// data-goal, and the page plays towards it.
(() => {
  const stage = () => document.getElementById('stage');
  const play = () => document.getElementById('play');
  const slices = () => `${stage().dataset.path}?playing=1`;
  const FEWEST = 8; // milliseconds of training in a slice: as few when the server is busy
  const MOST = 45; // and as many when it is not
  const BUSY = 40; // milliseconds that a request waits for others' from which on it is
  const CURVES = 280; // milliseconds between two pictures of the curves: they cost as much as all the rest
  const LONGEST_PAUSE = 60; // seconds to wait where the server says so: a class does not come back as one
  const PLAYS = ['play', 'past'];
  const LONGEST = 600; // milliseconds between two slices, however long the queue

  let loop = null; // the token of the loop that plays; null while none does
  let then = ''; // a control was used: once it is answered, 'play' from there, 'rest', or 'past': play without a goal
  const unanswered = new Set(); // requests of controls that are on their way
  let newest = null; // the snapshot that the last slice came to: it may not be drawn yet

  // The server lets go of what a play has passed, so nothing starts from what is drawn but passed.
  const shown = () => document.querySelector('#state input[name=from]')?.value;
  const statePairs = () => [...document.querySelectorAll('#state input[form=go]')]
    .map(el => [el.name, el.name === 'from' && newest ? newest : el.value]);
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const wait = ms => new Promise(done => setTimeout(done, ms));
  const seen = () => new Promise(done => {
    if (!document.hidden) return done();
    document.addEventListener('visibilitychange', done, { once: true });
  });

  function send(pairs, token) {
    const values = [...pairs.filter(([name]) => !['do', 'ms', 'passing', 'beside'].includes(name)),
      ['do', 'play'], ['ms', Math.round(token.ms)], ['passing', token.passing ? '1' : '0']];
    token.passing = true;
    const now = performance.now();
    if (now - token.curves > CURVES) {
      values.push(['beside', 'charts']);
      token.curves = now;
    }
    return { values, answer: ask(values) };
  }

  function ask(values) {
    const answer = fetch(slices(), {
      method: 'POST',
      headers: { 'HX-Request': 'true', 'HX-Request-Type': 'partial' },
      body: new URLSearchParams(values),
    });
    answer.catch(() => {}); // said by whoever waits for it
    return answer;
  }

  async function wordsOf(response) {
    const words = document.createElement('template');
    words.innerHTML = await response.text();
    return words.content.textContent.trim();
  }

  // How long the request waited for its turn: who waits in a queue asks for less, less often.
  function pace(token) {
    const entry = performance.getEntriesByType('resource').filter(each => each.name.includes('playing=1')).at(-1);
    performance.clearResourceTimings();
    if (!entry?.responseStart) return 0;
    const work = entry.serverTiming?.find(each => each.name === 'work')?.duration ?? 0;
    const waited = entry.responseStart - entry.requestStart - work;
    token.ms = waited > BUSY ? Math.max(FEWEST, token.ms * 0.7) : Math.min(MOST, token.ms * 1.3);
    return waited > BUSY ? Math.min(LONGEST, 2 * waited) : 0;
  }

  async function run(keepGoal) {
    const token = { ms: 16, passing: false, curves: -CURVES }; // the first slice brings them
    loop = token;
    show(true);
    document.dispatchEvent(new Event('gesture:end'));
    let towards = stage().dataset.goal;
    let pairs = statePairs();
    if (!keepGoal) {
      towards = '';
      pairs = [...pairs.filter(([name]) => name !== 'goal' && name !== 'seeking'), ['goal', '0'], ['seeking', '0']];
    }
    let next = send(pairs, token);
    while (loop === token) {
      const { values, answer } = next;
      let text = '';
      try {
        const response = await answer;
        const pause = [429, 503].includes(response.status) && Number(response.headers.get('Retry-After'));
        if (pause && pause <= LONGEST_PAUSE) { // the same slice is asked for again until it comes
          document.dispatchEvent(new CustomEvent('store:away', { detail: await wordsOf(response) }));
          await wait(1000 * pause * (1 + Math.random()));
          await seen();
          if (loop !== token) return;
          next = { values, answer: ask(values) };
          continue;
        }
        text = response.ok ? await response.clone().text() : '';
        if (loop !== token) return;
        const address = response.headers.get('HX-Push-Url');
        if (text) newest = new URL(address, location.origin).searchParams.get('from');
        const goal = /data-goal="([^"]*)"/.exec(text)?.[1] ?? '';
        const arrived = !text || /<div id="stage"[^>]* data-arrived/.test(text) || (towards && !goal);
        const rest = arrived ? 0 : pace(token);
        if (!arrived && !rest) next = send([...new URL(address, location.origin).searchParams], token);
        await swap(values, answer);
        await frame();
        if (loop !== token) return show(Boolean(loop) || PLAYS.includes(then));
        if (arrived) return stop(Boolean(text));
        if (rest) {
          await wait(rest);
          if (loop !== token) return;
          next = send([...new URL(address, location.origin).searchParams], token);
        }
        await seen();
      } catch {
        if (loop !== token) return; // it was left
        show(false);
        await swap(values, answer); // tells that the server is out of reach
        return stop(false);
      }
    }
  }

  const swap = (values, answer) => htmx.ajax('POST', slices(), {
    source: '#stage', target: '#stage', swap: 'outerMorph', values: Object.fromEntries(values), fetch: () => answer, fromLoop: true,
  });

  function show(on) {
    const button = play();
    if (!button) return;
    button.classList.toggle('playing', on);
    button.setAttribute('aria-label', on ? 'Pause' : 'Play');
    button.title = on ? 'Pause (Space)' : 'Play (Space)';
  }

  // What does not change while it plays is asked for when it ends: links, tables, the set-up.
  function stop(refresh) {
    loop = null;
    show(false);
    if (refresh && stage()) {
      htmx.ajax('GET', stage().dataset.here, { source: '#lab', target: '#lab', swap: 'outerMorph' });
    }
  }

  document.addEventListener('click', e => {
    if (!e.target.closest?.('#play')) return;
    e.preventDefault();
    e.stopPropagation();
    if (loop) return stop(true);
    // Leaving a field sends it: what was typed counts, whatever is clicked after it.
    if (!then && !unanswered.size) return run(false);
    then = PLAYS.includes(then) ? 'rest' : 'past';
    show(then === 'past');
  }, true);

  document.addEventListener('htmx:config:request', e => {
    const { ctx } = e.detail;
    const { body, action } = ctx.request;
    const from = body?.get?.('from') ?? new URL(action, location.origin).searchParams.get('from');
    if (newest && !ctx.fromLoop && from === shown()) body?.set?.('from', newest);
    ctx.was = statePairs();
    yieldTo(ctx);
  });
  document.addEventListener('htmx:before:request', e => {
    const { ctx } = e.detail;
    if (!ctx.fromLoop) unanswered.add(ctx);
    if (ctx.sourceElement?.id === 'go') refresh(ctx); // it may have waited behind another
    yieldTo(ctx);
  });

  // What was pressed goes on from the state that is shown when its turn comes.
  const TYPED = ['epochs', 'below'];
  function refresh({ was, request: { body } }) {
    if (!was || !body?.delete) return;
    for (const [name] of was) if (!TYPED.includes(name)) body.delete(name);
    for (const [name, value] of statePairs()) if (!body.has(name)) body.append(name, value);
  }
  document.addEventListener('htmx:finally:request', e => unanswered.delete(e.detail.ctx));
  document.addEventListener('htmx:error', () => { then = ''; });
  function yieldTo({ fromLoop, sourceElement: el, sourceEvent }) {
    if (fromLoop || !loop) return;
    loop = null;
    then = (sourceEvent?.submitter ?? el)?.closest?.('[data-halt]') ? 'rest' : 'play';
  }
  document.addEventListener('htmx:after:swap', e => {
    const { ctx } = e.detail;
    unanswered.delete(ctx); // its end may come frames later: who clicks between the two waits for nothing
    if (ctx.fromLoop || !stage()) return;
    if ((ctx.response?.status ?? 500) >= 400) return;
    newest = null;
    const sets = ctx.sourceElement?.id === 'go' && stage().dataset.goal;
    const again = ctx.response.raw.url.includes('playing=1'); // a slice that was lost and came now
    const aimed = ['epochs', 'seek'].includes(ctx.sourceEvent?.submitter?.value);
    if (sets || again) then = 'play';
    else if (aimed) then = 'rest'; // the goal was reached at once
    goOn();
  });
  // A refused edit leaves what plays as it was.
  document.addEventListener('htmx:response:error', () => setTimeout(() => {
    if (then === 'rest') stop(true);
    goOn();
  }));
  function goOn() {
    const [goes, keepGoal] = [PLAYS.includes(then) && stage(), then === 'play'];
    then = '';
    if (goes) run(keepGoal && Boolean(stage().dataset.goal));
  }
  for (const type of ['popstate', 'pagehide']) window.addEventListener(type, () => { loop = newest = null; then = ''; }, true);
})();
