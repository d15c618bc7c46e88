// Charts: the div stays through swaps, its figure comes as JSON beside it; Plotly redraws what changed.
// Plotly is large: a bundle is fetched when the first chart that needs it is there, and nothing waits
// for it. A chart that names a bundle (data-bundle) is drawn only while it is seen, and its bundle fetched
// after the other charts are drawn; one in a section that is closed, when that opens.
(() => {
  const addresses = { ...document.currentScript.dataset }; // of the bundles, by name
  const bundles = new Map(); // name → promise of its Plotly; each one calls itself window.Plotly
  const load = name => {
    if (!bundles.has(name)) {
      bundles.set(name, new Promise((resolve, reject) => {
        const script = document.createElement('script');
        script.src = addresses[name];
        script.onload = () => resolve(window.Plotly); // before any other script can run
        script.onerror = () => { bundles.delete(name); reject(new Error(`${name} did not load`)); };
        document.head.append(script);
      }));
    }
    return bundles.get(name);
  };
  const root = document.documentElement;
  const said = name => getComputedStyle(document.body).getPropertyValue(`--${name}`).trim();

  // Plotly reads the older spellings of colours only, and a token may be a mixture of others.
  const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const known = new Map(); // what a style says → what Plotly reads
  function token(name) {
    const text = said(name);
    if (!known.has(text)) {
      pixel.clearRect(0, 0, 1, 1);
      pixel.fillStyle = text;
      pixel.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pixel.getImageData(0, 0, 1, 1).data;
      known.set(text, `rgba(${r}, ${g}, ${b}, ${a / 255})`);
    }
    return known.get(text);
  }

  // On a projector letters, lines and points of every figure grow alike, and the words beside them do.
  const rems = () => (root.dataset.mode === 'projector' ? 1.35 : 1) * parseFloat(getComputedStyle(root).fontSize) / 16;
  const GROWS = { font: ['size'], tickfont: ['size'], labelfont: ['size'], line: ['width'], marker: ['size'] };
  const ALIKE = new Set(['arrowwidth', 'xshift', 'yshift', 'standoff']); // wherever they stand
  function grown(value, times, within) {
    if (Array.isArray(value)) return value.map(each => grown(each, times, within));
    if (value === null || typeof value !== 'object') return value;
    const larger = each => (Array.isArray(each) ? each.map(larger) : typeof each === 'number' ? each * times : each);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [
      key, ALIKE.has(key) || GROWS[within]?.includes(key) ? larger(each) : grown(each, times, key),
    ]));
  }

  function themed(layout = {}) {
    const rem = rems();
    const wide = margin => Object.fromEntries(Object.entries(margin).map(([side, px]) => [side, rem * px]));
    const axis = {
      gridcolor: token('line'), zerolinecolor: token('edge'), linecolor: token('edge'),
      tickfont: { color: token('muted') }, title: { font: { color: token('muted') } },
    };
    const template = {
      layout: {
        paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
        font: { family: said('ui'), size: 12 * rem, color: token('ink') },
        colorway: [token('ink'), token('fwd'), token('bwd'), token('soft')],
        colorscale: { sequential: [[0, token('wash')], [1, token('fwd')]] },
        hoverlabel: { bgcolor: token('bg'), bordercolor: token('edge'), font: { color: token('ink') } },
        margin: { l: 44, r: 12, t: 12, b: 36 }, showlegend: false, xaxis: axis, yaxis: axis,
      },
    };
    return { ...layout, ...(layout.margin && { margin: wide(layout.margin) }), template };
  }

  // A colour may be named as a token: "--bwd". Then it follows the theme.
  const coloured = value => {
    if (typeof value === 'string' && /^--[a-z-]+$/.test(value)) return token(value.slice(2));
    if (Array.isArray(value)) return value.map(coloured);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, coloured(each)]));
  };

  let space; // whether the browser draws in 3D; asked when a surface is first wanted
  function drawsInSpace() {
    const canvas = document.createElement('canvas');
    space ??= Boolean(canvas.getContext('webgl2') ?? canvas.getContext('webgl'));
    return space;
  }

  // A chart that stands in another place after a swap, as in the next part of a lecture, has another room.
  const room = new ResizeObserver(entries => {
    for (const { target: el } of entries) {
      const { width, height } = el._fullLayout ?? {};
      if (!width || !el.clientHeight || (Math.abs(width - el.clientWidth) < 1 && Math.abs(height - el.clientHeight) < 1)) continue;
      load(el.dataset.bundle ?? 'cartesian').then(plotly => plotly.Plots.resize(el))
        .then(() => document.dispatchEvent(new Event('chart:resized')));
    }
  });

  // Where there are fingers a flat chart takes no drag: a swipe that begins on it scrolls the page.
  const fingers = matchMedia('(any-pointer: coarse)');
  function byHand(layout) {
    if (!fingers.matches || layout.scene) return layout;
    const fixed = Object.keys(layout).concat('xaxis', 'yaxis').filter(key => /^[xy]axis/.test(key))
      .map(key => [key, { ...layout[key], fixedrange: true }]);
    return { ...layout, dragmode: false, ...Object.fromEntries(fixed) };
  }

  // What was zoomed or turned has a way back that can be seen.
  function offerWhole(el, plotly, change) {
    if (el.resets || !Object.keys(change).some(key => /range\[|\.camera/.test(key))) return;
    const { layout = {} } = JSON.parse(el.drawn);
    const button = el.appendChild(document.createElement('button'));
    button.type = 'button';
    button.className = 'button plain whole';
    button.textContent = layout.scene ? 'As it was' : 'Whole chart';
    el.resets = true;
    button.addEventListener('click', async () => {
      button.remove();
      const back = Object.keys(el.layout).filter(key => /^[xy]axis/.test(key)).map(key => {
        const { range } = layout[key] ?? {};
        return range ? [`${key}.range`, range] : [`${key}.autorange`, layout[key]?.autorange ?? true];
      });
      if (layout.scene) back.push(['scene.camera', layout.scene.camera]);
      await plotly.relayout(el, Object.fromEntries(back));
      el.resets = false;
    });
  }

  const LOOK = { responsive: true, displaylogo: false, displayModeBar: false, scrollZoom: false };
  // The data and the layout of a chart in the colours and sizes of the page as it is now.
  function figureOf(el) {
    let figure = coloured(JSON.parse(el.drawn));
    if (root.dataset.mode) figure = grown(figure, rems());
    if (root.dataset.mode && figure.layout?.yaxis && !el.closest('.plane')) figure.layout.yaxis.automargin = true; // two lie over each other there
    return [figure.data, byHand(themed(figure.layout))];
  }

  async function draw(el, force) {
    const source = document.getElementById(el.dataset.figure);
    if (!source || (!force && el.drawn === source.textContent)) return;
    el.drawn = source.textContent;
    if (el.dataset.bundle === 'gl3d' && !drawsInSpace()) {
      el.classList.add('undrawn');
      el.textContent = 'This browser draws nothing in 3D here: WebGL is off or missing. The map shows the same heights.';
      return;
    }
    let plotly;
    try {
      plotly = await load(el.dataset.bundle ?? 'cartesian');
    } catch {
      el.drawn = ''; // the numbers stand in the table beside it; the next swap tries again
      return;
    }
    await plotly.react(el, ...figureOf(el), LOOK); // the newest, after a wait
    el.plotly = plotly;
    if (el.listens) return;
    el.listens = true;
    room.observe(el);
    el.on('plotly_relayout', change => offerWhole(el, plotly, change));
    el.on('plotly_click', e => (el.dataset.travel ? travel(e.points[0]?.x) : go(e.points[0]?.customdata)));
  }

  // A chart as a picture of its own: in the light theme on white, drawn aside in the size that is asked for.
  // Its lines are named above it, where they are several: on the page their names stand beside it.
  function legend(data, layout, width, height) {
    const named = data.map((trace, i) => Boolean(trace.name) && data.findIndex(each => each.name === trace.name) === i);
    if (named.filter(Boolean).length < 2) return { data, layout, height };
    const rem = rems();
    const rows = Math.ceil(named.filter(Boolean).length / Math.max(1, Math.floor(width / (200 * rem))));
    return {
      data: data.map((trace, i) => ({ ...trace, showlegend: named[i] })),
      layout: { ...layout, showlegend: true, legend: { orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom', bgcolor: 'rgba(0,0,0,0)' } },
      height: height + rem * (12 + 20 * rows),
    };
  }
  async function pictured({ el, alone, width, height: room, inLight }) {
    if (el.dataset.bundle === 'gl3d') { // drawn in another way: as it stands on the page
      const seen = el._fullLayout.scene._scene.toImage('png');
      return `<svg width="${width}" height="${room}"><rect width="100%" height="100%" fill="${token('bg')}"/>`
        + `<image width="${width}" height="${room}" href="${seen}"/></svg>`;
    }
    const source = document.getElementById(el.dataset.figure);
    const plotly = await load(el.dataset.bundle ?? 'cartesian');
    const over = el.matches('.over'); // what lies on another chart has no ground
    const { data, layout, height } = inLight(() => {
      const figure = coloured(JSON.parse(source.textContent));
      const drawn = [figure.data, themed(figure.layout), width, room];
      return alone ? legend(...drawn) : { data: drawn[0], layout: drawn[1], height: room };
    });
    const whole = { ...layout, width, height, paper_bgcolor: over ? 'rgba(0,0,0,0)' : '#fff' };
    const address = await plotly.toImage({ data, layout: whole, config: { staticPlot: true } }, { format: 'svg', width, height });
    return decodeURIComponent(address.slice(address.indexOf(',') + 1));
  }
  document.addEventListener('chart:picture', ({ detail }) => { detail.svg = pictured(detail); });

  // A chart of another bundle is heavy: it is drawn in view only, when nothing else is to do and no flat
  // chart waits; where that takes long, not before the figure has stood still for a moment.
  const QUICK = 40; // ms
  const STILL = 250; // ms
  const whenIdle = window.requestIdleCallback ?? (work => setTimeout(work, 50));
  const seen = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      target.isSeen = isIntersecting;
      if (isIntersecting) drawSoon(target);
    }
  });
  const flat = new Set(); // the drawings of flat charts that are under way
  function drawFlat(el, force) {
    const drawing = draw(el, force).finally(() => flat.delete(drawing));
    flat.add(drawing);
  }
  function drawSoon(el) {
    if (!el.isSeen || isShut(el)) return;
    clearTimeout(el.waits);
    el.waits = setTimeout(() => whenIdle(async () => {
      while (flat.size) await Promise.allSettled(flat);
      if (!el.isSeen || !el.isConnected || isShut(el)) return;
      const began = performance.now();
      const force = el.stale;
      el.stale = false;
      await draw(el, force);
      el.took = performance.now() - began;
    }, { timeout: 400 }), (el.took ?? 0) < QUICK ? 0 : STILL);
  }

  // A curve over a run: the epoch that was clicked is looked at.
  function travel(epoch) {
    const slider = document.getElementById('in-at');
    if (!slider || slider.disabled || epoch === undefined) return;
    slider.value = Math.round(epoch);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function go(address) {
    const inside = Array.isArray(address) ? address[0] : address;
    if (typeof inside !== 'string' || !inside.startsWith('/') || inside.startsWith('//')) return;
    const path = (document.documentElement.dataset.root ?? '') + inside;
    if (path.startsWith(location.pathname) && document.getElementById('lab')) {
      htmx.ajax('GET', path, { source: '#lab', target: '#lab', swap: 'outerMorph' });
    } else {
      location.assign(path);
    }
  }

  const CHARTS = '.chart[data-figure]';
  const isShut = el => Boolean(el.closest('details:not([open])'));
  function show(el, force) {
    if (el.dataset.bundle) {
      el.stale ||= force;
      seen.observe(el);
      drawSoon(el);
    } else if (isShut(el)) {
      el.stale ||= force;
    } else {
      drawFlat(el, force || el.stale);
      el.stale = false;
    }
  }
  const drawAll = force => document.querySelectorAll(CHARTS).forEach(el => show(el, force));

  // What was closed meanwhile knows neither the newest figure nor the room that it has.
  document.addEventListener('toggle', async e => {
    if (!(e.target instanceof Element) || !e.target.open) return;
    for (const el of e.target.querySelectorAll(CHARTS)) {
      const drawn = Boolean(el._fullLayout);
      show(el, false);
      if (drawn) (await load(el.dataset.bundle ?? 'cartesian')).Plots.resize(el);
    }
  }, true);
  // On paper a chart has other room and the light theme: it is drawn for that as soon as the page is laid
  // out for print, before anything else can happen.
  matchMedia('print').addEventListener('change', ({ matches }) => {
    for (const el of document.querySelectorAll(CHARTS)) {
      if (!el._fullLayout || el.layout.scene) continue;
      if (matches && !el.clientWidth) continue;
      const [data, layout] = figureOf(el);
      const room = matches ? { width: el.clientWidth, height: el.clientHeight } : { autosize: true };
      el.plotly.react(el, data, { ...layout, ...room }, LOOK);
    }
    document.dispatchEvent(new Event('charts:laid')); // what lies over a chart follows it
  });
  for (const type of ['htmx:after:swap', 'later:brought']) document.addEventListener(type, () => drawAll(false));
  new MutationObserver(() => drawAll(true)).observe(root, { attributeFilter: ['data-theme', 'data-mode'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawAll(true));
  drawAll(false);
})();
