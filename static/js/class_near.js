// On a phone that goes along, a picture shows the part that the step is about, as large as it can be read: what is
// computed, and what it is computed from. The server draws the whole; this looks at a part of it. Where no part is
// meant, it is the whole, to be dragged. A step whose headline is new comes into view.
(() => {
  const MOST = 1.05; // a unit of the picture is so many pixels at most,
  const LEAST = 0.6; // and so many at least
  const ROOM = 22; // units around what is shown
  const HIGH = 250; // px, and so high a picture is at most
  const html = document.documentElement;
  const small = matchMedia('(max-width: 44rem), (max-height: 30rem)');
  const whole = new WeakMap(); // picture → what the server shows of it, and what was set here

  function look(svg) {
    const known = whole.get(svg);
    const said = svg.getAttribute('viewBox');
    const all = known && said === known.set ? known.all : said;
    const [left, top, width, height] = all.split(' ').map(Number);
    if (!html.classList.contains('follows') || !small.matches) {
      if (said !== all) svg.setAttribute('viewBox', all);
      svg.style.removeProperty('width');
      return;
    }
    const px = svg.parentElement.clientWidth;
    if (!px || !width) return;
    const unit = svg.getScreenCTM();
    const boxes = selector => [...svg.querySelectorAll(selector)].map(el => el.getBoundingClientRect()).filter(r => r.width)
      .map(r => [(r.left - unit.e) / unit.a, (r.top - unit.f) / unit.d, (r.right - unit.e) / unit.a, (r.bottom - unit.f) / unit.d]);
    const around = all4 => [Math.min(...all4.map(r => r[0])), Math.min(...all4.map(r => r[1])),
      Math.max(...all4.map(r => r[2])), Math.max(...all4.map(r => r[3]))];
    const now = boxes('.node.now, .plate.now, .node.focus');
    const parts = [...now, ...boxes('.node.factor, .tag.on')];
    svg.style.width = parts.length ? '' : `${Math.min(width * MOST, Math.max(px, width * LEAST))}px`;
    if (!parts.length) {
      whole.delete(svg);
      svg.setAttribute('viewBox', all);
      return;
    }
    let [x1, y1, x2, y2] = around(parts);
    if (now.length && x2 - x1 + 2 * ROOM > px / LEAST) [x1, y1, x2, y2] = around(now);
    const high = Math.min(HIGH, height * MOST);
    const least = Math.max(px / MOST, (y2 - y1 + 2 * ROOM) * (px / high), x2 - x1 + 2 * ROOM);
    const w = Math.min(least, px / LEAST, Math.max(width, px / MOST));
    const h = w * (high / px);
    const within = (middle, size, from, room) => (size >= room ? from + (room - size) / 2
      : Math.min(Math.max(middle - size / 2, from), from + room - size));
    const set = [within((x1 + x2) / 2, w, left, width), within((y1 + y2) / 2, h, top, height), w, h].map(x => x.toFixed(1)).join(' ');
    whole.set(svg, { all, set });
    svg.setAttribute('viewBox', set);
  }

  const lookAll = () => document.querySelectorAll('#lab .graph-svg').forEach(look);
  document.addEventListener('htmx:after:swap', lookAll);
  document.addEventListener('class:says', lookAll);
  document.addEventListener('class:now', lookAll);
  window.addEventListener('resize', lookAll);
  new MutationObserver(lookAll).observe(html, { attributeFilter: ['class'] });
  lookAll();

  const headline = () => document.querySelector('#lab :is(.worked h3, .said h2)') ?? document.querySelector('#lab h1');
  let told = headline()?.textContent;
  document.addEventListener('class:led', () => {
    const now = headline();
    if (!now || now.textContent === told) return;
    told = now.textContent;
    if (now.getBoundingClientRect().top < 0) window.scrollTo(0, 0);
  });
})();
