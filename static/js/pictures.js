// Pictures to take along: the graph as a PNG, from its SVG file; every chart, map and field of the page as both.
// They are drawn in the light theme on white, whatever the page has, with the page's own letters inside.
(() => {
  const SCALE = 2; // pixels of a PNG for one of the page
  const ASIDE = [640, 400]; // the size of a chart that stands in a closed section
  const LAYERS = '.chart[data-figure], canvas.field, svg.over, svg.dots';
  const KEPT = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'stroke-opacity',
    'opacity', 'display', 'visibility', 'vector-effect', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'paint-order'];
  const root = document.documentElement;

  // The tokens of the light theme stand in the first rule of the page's styles; for as long as `work` takes they hold.
  function inLight(work) {
    const tokens = [...document.styleSheets].flatMap(sheet => [...sheet.cssRules])
      .find(rule => rule.selectorText === ':root' && rule.style.getPropertyValue('--ink'));
    const names = [...tokens.style].filter(name => name.startsWith('--'));
    for (const name of names) root.style.setProperty(name, tokens.style.getPropertyValue(name));
    try {
      return work();
    } finally {
      for (const name of names) root.style.removeProperty(name);
      if (!root.getAttribute('style')) root.removeAttribute('style');
    }
  }

  // A picture knows no font of the page: the fonts go into it.
  let fonts;
  async function inside(rule) {
    const address = new URL(rule.style.getPropertyValue('src').match(/url\("?([^")]+)"?\)/)[1], rule.parentStyleSheet.href);
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return rule.cssText.replace(/url\([^)]*\)/, `url("data:font/woff2;base64,${btoa(text)}")`);
  }
  function withFonts(svg) {
    const rules = [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).filter(rule => rule instanceof CSSFontFaceRule);
    fonts ??= Promise.all(rules.map(inside)).then(texts => texts.join('\n'));
    return fonts.then(text => svg.replace(/<svg[^>]*>/, tag => `${tag}<style>${text}</style>`));
  }

  async function toPng(svg) {
    const [width, height] = ['width', 'height'].map(side => parseFloat(svg.match(new RegExp(`<svg[^>]*\\s${side}="([\\d.]+)`))[1]));
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await withFonts(svg))}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(SCALE * width);
    canvas.height = Math.round(SCALE * height);
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise(resolve => { canvas.toBlob(resolve, 'image/png'); });
  }

  function save(blob, name) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // What lies over each other on the page is one picture.
  const layersOf = whole => [...whole.children].filter(el => el.matches(LAYERS));
  function wholes() {
    const found = [...document.querySelectorAll('.chart[data-figure], canvas.field')]
      .filter(el => (el.dataset.bundle ? el._fullLayout : el.matches('.chart') || el.clientWidth >= 120)).map(el => el.parentElement);
    return [...new Set(found)];
  }

  function nameOf(whole) {
    const named = text => {
      const plain = text.normalize('NFKC').replace(/\s+/g, ' ').trim();
      return plain.length > 44 ? `${plain.slice(0, 43).trim()}…` : plain;
    };
    for (let at = whole; at && at.id !== 'lab' && at.id !== 'main'; at = at.parentElement) {
      let heading;
      for (let near = at.previousElementSibling; near && !heading; near = near.previousElementSibling) {
        heading = near.matches('h2, h3, summary') ? near : near.querySelector(':scope > :is(h2, h3)');
      }
      if (!heading && at.matches('section[aria-label], figure[aria-label]')) return named(at.getAttribute('aria-label'));
      if (!heading) continue;
      const bare = heading.cloneNode(true);
      for (const el of bare.querySelectorAll('small, a, button, .vh, .hint, .inside')) el.remove();
      if (bare.textContent.trim()) return named(bare.textContent);
    }
    return 'Chart';
  }

  function dressed(svg, x, y, width, height) {
    const copy = svg.cloneNode(true);
    const theirs = [svg, ...svg.querySelectorAll('*')];
    [copy, ...copy.querySelectorAll('*')].forEach((el, i) => {
      const seen = getComputedStyle(theirs[i]);
      el.removeAttribute('class');
      el.setAttribute('style', '');
      for (const name of KEPT) el.style.setProperty(name, seen.getPropertyValue(name));
    });
    for (const [name, value] of Object.entries({ x, y, width, height })) copy.setAttribute(name, value);
    return new XMLSerializer().serializeToString(copy);
  }

  async function toSvg(whole) {
    const box = whole.getBoundingClientRect();
    const [width, height] = box.width ? [box.width, box.height] : ASIDE;
    const drawn = layersOf(whole).map(el => {
      const place = el.getBoundingClientRect();
      const [w, h] = place.width ? [place.width, place.height] : ASIDE;
      const [x, y] = place.width ? [place.left - box.left, place.top - box.top] : [0, 0];
      if (el.matches('canvas')) {
        const grain = getComputedStyle(el).imageRendering;
        return `<image x="${x}" y="${y}" width="${w}" height="${h}" preserveAspectRatio="none" style="image-rendering: ${grain}" href="${el.toDataURL()}"/>`;
      }
      if (el.matches('svg')) return inLight(() => dressed(el, x, y, w, h));
      const asked = new CustomEvent('chart:picture', { detail: { el, width: w, height: h, inLight } });
      document.dispatchEvent(asked);
      return asked.detail.svg.then(text => text.replace('<svg ', `<svg x="${x}" y="${y}" `));
    });
    const inner = (await Promise.all(drawn)).join('\n');
    return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" `
      + `viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="#fff"/>\n${inner}\n</svg>\n`;
  }

  const worded = text => text.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'chart';
  const lesson = () => document.querySelector('[data-lesson]')?.dataset.lesson?.replaceAll('_', '-') ?? worded(location.pathname);
  const step = () => document.querySelector('.strip [aria-current=step]')?.textContent.trim().match(/^\d+/)?.[0];

  function button(kind, name, whole) {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = kind;
    made.setAttribute('aria-label', `${name} as ${kind}`);
    made.addEventListener('click', async () => {
      const svg = await toSvg(whole);
      const file = [lesson(), worded(name), ...(step() ? ['step', step()] : [])].join('-');
      if (kind === 'SVG') save(new Blob([svg], { type: 'image/svg+xml' }), `${file}.svg`);
      else save(await toPng(svg), `${file}.png`);
    });
    return made;
  }

  function list() {
    const section = document.getElementById('take-charts');
    if (!section) return;
    const counts = new Map();
    const lines = wholes().map(whole => {
      const plain = nameOf(whole);
      counts.set(plain, (counts.get(plain) ?? 0) + 1);
      const name = counts.get(plain) > 1 ? `${plain} ${counts.get(plain)}` : plain;
      const line = document.createElement('li');
      line.className = 'kinds';
      const said = document.createElement('b');
      said.textContent = name;
      line.append(said, ' ', button('SVG', name, whole), ' ', button('PNG', name, whole));
      return line;
    });
    section.querySelector('ul').replaceChildren(...lines);
    section.hidden = !lines.length;
  }

  function settle() {
    const menu = document.getElementById('take');
    for (const el of menu?.querySelectorAll('[data-png], [data-fetch]') ?? []) el.hidden = false;
    if (menu?.open) list();
  }
  document.addEventListener('toggle', e => { if (e.target.id === 'take') settle(); }, true);
  document.addEventListener('htmx:after:swap', settle);

  document.addEventListener('click', async e => {
    const address = e.target.closest('[data-png]')?.dataset.png;
    if (!address) return;
    const answer = await fetch(address);
    const name = answer.headers.get('Content-Disposition').match(/filename="?([^";]+)\.svg/)[1];
    save(await toPng(await answer.text()), `${name}.png`);
  });
})();
