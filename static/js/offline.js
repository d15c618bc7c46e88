// The server cannot be reached, or fails: say so, keep the picture, offer to try again. Play stops.
(() => {
  const bar = () => document.getElementById('offline'); // going back brings another one
  let failed = null;

  function show(ctx) {
    failed = ctx;
    stop();
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

  document.addEventListener('htmx:error', e => {
    const { ctx } = e.detail;
    if (ctx && !ctx.response && !ctx.isLeft) show(ctx); // no answer at all, or none in time
  });
  document.addEventListener('htmx:response:error', e => {
    const { ctx } = e.detail;
    if (ctx.response.status >= 500) show(ctx);
  });
  document.addEventListener('htmx:after:swap', e => {
    if ((e.detail.ctx.response?.status ?? 500) < 400) bar().hidden = true;
  });

  // Who comes back to a page that was kept has left what was under way: nothing has failed, nothing plays.
  window.addEventListener('pageshow', e => {
    if (!e.persisted) return;
    stop();
    bar().hidden = true;
  });

  document.addEventListener('click', e => {
    const button = e.target.closest('#offline button');
    if (!button) return;
    bar().hidden = true;
    if (!('again' in button.dataset) || !failed) return;
    const { sourceElement, request, swap, target } = failed;
    htmx.ajax(request.method, request.action, {
      source: sourceElement?.isConnected ? sourceElement : '#lab',
      target: target?.isConnected ? target : '#lab',
      swap: swap === 'none' ? 'outerMorph' : swap,
      values: request.body ? Object.fromEntries(request.body) : {},
    });
  });
})();
