// Charts: the div stays through swaps, its figure comes as JSON beside it; Plotly redraws what changed.
// Plotly is large: it is fetched when the first chart is there, and nothing waits for it.
(() => {
  const { plotly } = document.currentScript.dataset;
  let loading = null;
  const load = () => (loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = plotly;
    script.onload = resolve;
    script.onerror = () => { loading = null; reject(new Error('Plotly did not load')); };
    document.head.append(script);
  }));
  const root = document.documentElement;
  const token = name => getComputedStyle(document.body).getPropertyValue(`--${name}`).trim();

  function themed(layout = {}) {
    const axis = {
      gridcolor: token('line'), zerolinecolor: token('edge'), linecolor: token('edge'),
      tickfont: { color: token('muted') }, title: { font: { color: token('muted') } },
    };
    const template = {
      layout: {
        paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
        font: { family: token('ui'), size: 12, color: token('ink') },
        colorway: [token('ink'), token('fwd'), token('bwd'), token('soft')],
        colorscale: { sequential: [[0, token('wash')], [1, token('fwd')]] },
        hoverlabel: { bgcolor: token('bg'), bordercolor: token('edge'), font: { color: token('ink') } },
        margin: { l: 44, r: 12, t: 12, b: 36 }, showlegend: false, xaxis: axis, yaxis: axis,
      },
    };
    return { ...layout, template };
  }

  // A colour may be named as a token: "--bwd". Then it follows the theme.
  const coloured = value => {
    if (typeof value === 'string' && /^--[a-z-]+$/.test(value)) return token(value.slice(2));
    if (Array.isArray(value)) return value.map(coloured);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, coloured(each)]));
  };

  async function draw(el, force) {
    const source = document.getElementById(el.dataset.figure);
    if (!source || (!force && el.drawn === source.textContent)) return;
    el.drawn = source.textContent;
    try {
      await load();
    } catch {
      el.drawn = ''; // the numbers stand in the table beside it; the next swap tries again
      return;
    }
    const figure = coloured(JSON.parse(el.drawn)); // the newest, after a wait
    await Plotly.react(el, figure.data, themed(figure.layout), {
      responsive: true, displaylogo: false, displayModeBar: false,
    });
    if (el.listens) return;
    el.listens = true;
    el.on('plotly_click', e => (el.dataset.travel ? travel(e.points[0]?.x) : go(e.points[0]?.customdata)));
  }

  // A curve over a run: the epoch that was clicked is looked at.
  function travel(epoch) {
    const slider = document.getElementById('in-at');
    if (!slider || slider.disabled || epoch === undefined) return;
    slider.value = Math.round(epoch);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function go(address) {
    const path = Array.isArray(address) ? address[0] : address;
    if (typeof path !== 'string' || !path.startsWith('/') || path.startsWith('//')) return;
    if (path.startsWith(location.pathname) && document.getElementById('lab')) {
      htmx.ajax('GET', path, { source: '#lab', target: '#lab', swap: 'outerMorph' });
    } else {
      location.assign(path);
    }
  }

  const drawAll = force => document.querySelectorAll('.chart[data-figure]').forEach(el => draw(el, force));
  document.addEventListener('htmx:after:swap', () => drawAll(false));
  new MutationObserver(() => drawAll(true)).observe(root, { attributeFilter: ['data-theme', 'data-mode'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawAll(true));
  drawAll(false);
})();
