// Fields: a <canvas data-field="base64"> shows an array, a byte a cell; see backprop/drawing/field.py.
(() => {
  const tables = new Map(); // palette → 256 colours of the present theme

  function rgb(token) {
    const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    probe.fillStyle = getComputedStyle(document.body).getPropertyValue(token).trim();
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data];
  }

  function table(palette) {
    if (tables.has(palette)) return tables.get(palette);
    const stops = palette === 'single' ? ['--bg', '--ink'] : ['--negative', '--bg', '--positive'];
    const colours = stops.map(rgb);
    const found = new Uint32Array(256);
    for (let level = 0; level < 255; level += 1) {
      const at = (level / 254) * (colours.length - 1);
      const low = Math.min(Math.floor(at), colours.length - 2);
      const [r, g, b] = [0, 1, 2].map(i => Math.round(
        colours[low][i] + (colours[low + 1][i] - colours[low][i]) * (at - low)));
      found[level] = (255 << 24) | (b << 16) | (g << 8) | r;
    }
    found[255] = 0; // not a number: nothing, and the hatching behind the canvas shows
    tables.set(palette, found);
    return found;
  }

  function draw(canvas, force) {
    const bytes = canvas.dataset.field;
    if (!force && canvas.drawn === bytes) return;
    canvas.drawn = bytes;
    const text = atob(bytes);
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    const cells = new Uint32Array(image.data.buffer);
    const colours = table(canvas.dataset.palette);
    for (let i = 0; i < cells.length; i += 1) cells[i] = colours[text.charCodeAt(i)];
    context.putImageData(image, 0, 0);
  }

  // As a picture of its own: in the light theme, whatever the page has.
  document.addEventListener('field:picture', ({ detail }) => {
    const copy = detail.el.cloneNode();
    tables.clear();
    detail.inLight(() => draw(copy, true));
    tables.clear();
    detail.canvas = copy;
  });

  const drawAll = force => document.querySelectorAll('canvas[data-field]').forEach(el => draw(el, force));
  const redraw = () => { tables.clear(); drawAll(true); };
  for (const type of ['htmx:after:swap', 'later:brought']) document.addEventListener(type, () => drawAll(false));
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme', 'data-mode'] });
  for (const media of ['(prefers-color-scheme: dark)', 'print']) matchMedia(media).addEventListener('change', redraw); // paper is light
  // A style sheet may come after the scripts, as WebKit has it: there is no colour before.
  if (getComputedStyle(document.body).getPropertyValue('--bg')) drawAll(false);
  else addEventListener('load', redraw);
})();
