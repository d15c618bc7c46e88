// A race over a map: all ways come with the page, so it plays here, as fast as the screen; what is
// written beside it (where everybody stands, the step in numbers) is asked for now and then.
(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const PACE = 30; // steps a second, or as many as show the whole race in LONGEST
  const LONGEST = 10; // seconds
  const ASKED = 400; // ms between two looks at the numbers beside the map
  const GAP = 100; // ms: a longer pause between two pictures is none of the race's time
  const byId = id => document.getElementById(id);

  let race = null; // what was read of the page: steps, and each racer's places
  let at = 0; // the step that is drawn
  let loop = null; // the token of the loop that plays; null while none does
  let asking = null; // the answer that is waited for while it plays

  const units = text => new Int16Array(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);

  function read() {
    const source = byId('race-tracks');
    if (!source) return (race = null);
    if (race?.text === source.textContent) return race;
    const said = JSON.parse(source.textContent);
    race = {
      ...said, text: source.textContent, lowest: units(said.lowest),
      racers: said.racers.map(each => ({ ...each, places: units(each.places) })),
    };
    return race;
  }

  // Where Plotly has put the map: the ways lie exactly over it.
  function frame() {
    const plot = byId('chart-ground')?._fullLayout;
    if (!plot?.xaxis?._length) return null;
    return { x: plot.xaxis._offset, y: plot.yaxis._offset, width: plot.xaxis._length, height: plot.yaxis._length };
  }

  function make(name, into, attributes) {
    const el = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) el.setAttribute(key, value);
    into.append(el);
    return el;
  }

  // The layer is built anew when what is raced changes; while it plays only points and places do.
  function build(layer) {
    layer.replaceChildren();
    layer.race = race;
    layer.laid = null;
    const inside = make('svg', layer, { class: 'inside' });
    layer.marks = Array.from({ length: race.lowest.length / 2 }, () => make('path', inside, { class: 'lowest', d: 'M-5-5L5 5M-5 5L5-5' }));
    layer.lines = race.racers.map(each => make('polyline', inside, {
      class: each.leads ? 'way leads' : 'way', 'stroke-dasharray': each.dash || 'none',
    }));
    layer.heads = race.racers.map(each => {
      const head = make('g', inside, { class: each.leads ? 'head leads' : 'head' });
      make('circle', head, { r: 9 });
      make('text', head, { y: 4 }).textContent = each.number;
      return head;
    });
    layer.start = make('circle', inside, { class: 'start', r: 4 });
  }

  // A way as the text of its points, and how much of the text each step needs: done once for a size
  // of the map, so that a picture costs a cut.
  function lay(layer, box) {
    layer.box = box;
    for (const [key, value] of Object.entries(box)) layer.firstChild.setAttribute(key, value);
    const across = u => ((u / race.unit + 1) / 2) * box.width;
    const up = u => ((1 - u / race.unit) / 2) * box.height;
    const put = places => Array.from({ length: places.length / 2 }, (_, k) => [
      across(places[2 * k]).toFixed(1), up(places[2 * k + 1]).toFixed(1),
    ]);
    put(race.lowest).forEach(([x, y], i) => layer.marks[i].setAttribute('transform', `translate(${x} ${y})`));
    layer.laid = race.racers.map(({ places }) => {
      const known = places.at(-2) === race.nowhere || places.at(-1) === race.nowhere ? places.slice(0, -2) : places;
      const points = put(known); // its last place may be no number
      const ends = [];
      let text = '';
      for (const [x, y] of points) {
        text += `${x},${y} `;
        ends.push(text.length);
      }
      return { points, text, ends };
    });
    const [x, y] = layer.laid[0].points[0];
    layer.start.setAttribute('transform', `translate(${x} ${y})`);
  }

  function paintWays(layer, box) {
    if (layer.race !== race) build(layer);
    if (!layer.laid || Object.keys(box).some(key => box[key] !== layer.box[key])) lay(layer, box);
    layer.laid.forEach(({ points, text, ends }, i) => {
      const last = Math.min(at, points.length - 1);
      const [x, y] = points[last];
      layer.lines[i].setAttribute('points', text.slice(0, ends[last]));
      layer.heads[i].setAttribute('transform', `translate(${x} ${y})`);
    });
    layer.dataset.painted = Number(layer.dataset.painted ?? 0) + 1;
  }

  function paint() {
    if (!read()) return;
    const layer = byId('ways');
    const box = frame();
    if (layer && box) paintWays(layer, box);
    for (const chart of document.querySelectorAll('.timed')) veil(chart);
    const slider = byId('in-step');
    if (slider && Number(slider.value) !== at) slider.value = at;
    slider?.setAttribute('aria-valuetext', `step ${at} of ${race.steps}`);
    if (byId('now')) byId('now').textContent = at;
    const transport = document.querySelector('.running');
    if (transport) transport.dataset.shown = at;
  }

  // What is still ahead lies under a veil.
  function veil(chart) {
    const plot = chart.querySelector('.chart')?._fullLayout;
    const cover = chart.querySelector('.veil');
    if (!plot?.xaxis?._length || !cover) return;
    const { _offset: left, _length: width } = plot.xaxis;
    const from = left + width * Math.min(1, at / race.steps);
    Object.assign(cover.style, {
      left: `${from}px`, width: `${left + width - from}px`,
      top: `${plot.yaxis._offset}px`, height: `${plot.yaxis._length}px`,
    });
  }

  // Plotly draws when it is there; the ways follow as soon as it has.
  let waiting = 0;
  function paintSoon() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      const missing = [...document.querySelectorAll('#chart-ground, :is(details.more[open], .shown) .timed .chart')].some(el => !el._fullLayout);
      paint();
      if (missing && byId('ways')) setTimeout(paintSoon, 100);
    });
  }

  const address = () => {
    const here = new URL(byId('lab').dataset.here, location.origin);
    here.searchParams.set('step', at);
    return here;
  };

  function ask() {
    const here = address();
    here.searchParams.set('playing', '1');
    if (byId('more-step')?.open) here.searchParams.set('beside', 'step');
    return htmx.ajax('GET', here.pathname + here.search, {
      source: '#stage', target: '#stage', swap: 'outerMorph', fromLoop: true,
    });
  }

  async function run() {
    const token = { asked: performance.now(), done: 0 };
    loop = token;
    show(true);
    document.dispatchEvent(new Event('gesture:end')); // who plays makes an entry in the history
    if (at >= race.steps) at = 0;
    token.done = at;
    let last = performance.now();
    while (loop === token) {
      const now = await new Promise(requestAnimationFrame);
      if (loop !== token) return;
      const pace = Math.max(PACE, race.steps / LONGEST) * Number(byId('in-speed')?.value ?? 1);
      token.done += (Math.min(Math.max(0, now - last), GAP) / 1000) * pace; // a frame began before now
      last = now;
      const next = Math.min(race.steps, Math.floor(token.done));
      if (next !== at) {
        at = next;
        paint();
      }
      if (at >= race.steps) return rest();
      if (!asking && now - token.asked > ASKED) {
        token.asked = now;
        asking = ask().finally(() => { asking = null; });
      }
    }
  }

  function show(on) {
    const button = byId('play');
    if (!button) return;
    button.classList.toggle('playing', on);
    button.setAttribute('aria-label', on ? 'Pause' : 'Play');
    button.title = on ? 'Pause (Space)' : 'Play (Space)';
  }

  function stop() {
    loop = null;
    show(false);
  }

  // Where it rests, everything is shown of that step: links, tables, the surface. The stage comes
  // first, so that the history has one entry for all of the play.
  async function rest() {
    stop();
    const here = address();
    const end = at;
    await asking;
    if (loop || at !== end) return;
    await ask();
    if (loop || at !== end) return;
    htmx.ajax('GET', here.pathname + here.search, { source: '#lab', target: '#lab', swap: 'outerMorph' });
  }

  document.addEventListener('click', e => {
    if (!(e.target instanceof Element)) return;
    if (e.target.closest('.parts .plays') && read()) { // of a lecture: the first press plays, the next one ends it
      e.preventDefault();
      e.stopImmediatePropagation();
      if (!loop) return at < race.steps ? run() : undefined; // at its end the way on is on its way
      at = race.steps;
      paint();
      rest();
    } else if (loop && e.target.closest('.parts [aria-keyshortcuts~=PageUp]')) { // back to where it began to play
      e.preventDefault();
      e.stopImmediatePropagation();
      at = race.step;
      paint();
      rest();
    } else if (e.target.closest('#play')) {
      if (loop) rest();
      else if (read()) run();
    } else if (loop && e.target.closest('.running a, .menu a, .wall a, .standing a, .parts a')) stop();
  }, true);
  document.addEventListener('input', e => {
    if (e.target.id !== 'in-step') return;
    stop();
    at = Number(e.target.value);
    paint();
  }, true);
  document.addEventListener('step:wanted', e => { // go.js: all ways are here, only the numbers beside them are not
    if (!read()) return;
    if (loop) stop();
    at = e.detail.step;
    paint();
  });
  for (const type of ['popstate', 'pagehide']) window.addEventListener(type, stop);
  document.addEventListener('htmx:error', () => { if (loop) stop(); });

  document.addEventListener('htmx:after:swap', e => {
    if (!read()) return;
    const slider = byId('in-step');
    const stays = loop || document.activeElement === slider || e.detail.ctx.target?.id === 'stage';
    if (!stays) at = race.step;
    at = Math.min(at, race.steps);
    if (loop) loop.done = Math.min(loop.done, race.steps);
    show(Boolean(loop));
    paint();
    paintSoon();
  });
  if (read()) at = race.step;
  document.addEventListener('toggle', e => { if (e.target.matches?.('details.more')) paintSoon(); }, true);
  document.addEventListener('charts:laid', paint); // at once: no frame comes before a page is printed
  new ResizeObserver(() => paintSoon()).observe(document.documentElement);
  document.addEventListener('chart:resized', paintSoon);
  paintSoon();
})();
