// The server cannot be reached, or fails: say so, keep the picture, offer to try again; play stops. Where only
// the store is away, or too much is asked for, the server says after how long to ask: the same request is sent
// again until it is answered, or a person does something else, and play goes on by itself.
(() => {
  const bar = () => document.getElementById('offline'); // going back brings another one
  let failed = null;
  let timer = null; // until the same request is sent again

  // What the server says of its store stands in the bar, and is asked for again by itself; what it is silent about, we say.
  function show(words) {
    for (const el of bar().querySelectorAll('[data-lost], [data-again]')) el.hidden = words;
    bar().querySelector('[id]').hidden = !words;
    bar().hidden = false;
  }

  function stop() {
    const play = document.getElementById('play');
    document.getElementById('tick')?.remove();
    if (!play?.classList.contains('playing')) return;
    play.classList.remove('playing');
    play.setAttribute('aria-label', 'Play');
    play.title = 'Play (Space)';
    if (!play.dataset.on) return; // a script plays
    play.setAttribute('hx-get', play.dataset.on);
    htmx.process(play, true);
  }

  const giveUp = () => clearTimeout(timer);

  function fail(ctx) {
    giveUp();
    failed = ctx;
    stop();
    show(false);
  }

  function send(ctx) {
    const { sourceElement, request, swap, target } = ctx;
    htmx.ajax(request.method, request.action, {
      source: sourceElement?.isConnected ? sourceElement : '#lab',
      target: target?.isConnected ? target : '#lab',
      swap: swap === 'none' ? 'outerMorph' : swap,
      values: request.body ? Object.fromEntries(request.body) : {},
      isAgain: true,
    });
  }

  document.addEventListener('htmx:error', e => {
    const { ctx } = e.detail;
    if (ctx && !ctx.response && !ctx.isLeft) fail(ctx); // no answer at all, or none in time
  });
  const LONGEST = 60; // seconds to wait for; what takes longer, the page says and does without
  document.addEventListener('htmx:after:request', e => {
    const { response } = e.detail.ctx;
    const seconds = [429, 503].includes(response?.status) ? Number(response.headers.get('Retry-After')) : 0;
    if (seconds && seconds <= LONGEST) response.pause = seconds;
  });
  document.addEventListener('htmx:response:error', e => {
    const { ctx } = e.detail;
    const { pause } = ctx.response;
    if (pause) {
      giveUp();
      failed = ctx;
      show(true);
      timer = setTimeout(send, 1000 * pause * (1 + Math.random()), ctx); // a class does not come back as one
    } else if (ctx.response.status >= 500) fail(ctx);
  });
  document.addEventListener('htmx:config:request', e => {
    if (!e.detail.ctx.isAgain) giveUp(); // a person did something else
  });
  document.addEventListener('htmx:after:swap', e => {
    if ((e.detail.ctx.response?.status ?? 500) < 400) bar().hidden = true;
  });

  // A script that plays asks by itself: it says what it was told, and when it was answered.
  document.addEventListener('store:away', e => {
    giveUp();
    failed = null;
    bar().querySelector('[id]').textContent = e.detail;
    show(true);
  });

  // Who comes back to a page that was kept has left what was under way: nothing has failed, nothing plays.
  for (const type of ['popstate', 'pagehide']) window.addEventListener(type, giveUp);
  window.addEventListener('pageshow', e => {
    if (!e.persisted) return;
    stop();
    bar().hidden = true;
  });

  document.addEventListener('click', e => {
    const button = e.target.closest('#offline button');
    if (!button) return;
    bar().hidden = true;
    giveUp();
    if (!failed) return; // a script plays on
    if ('again' in button.dataset) send(failed);
    else stop();
  });
})();
