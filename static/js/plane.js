// The map and the dial: the point is dragged, clicked or moved by arrow keys, the direction is turned.
// Both go through controls that are there anyway, so that the address and the history follow.
(() => {
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
  const INSIDE = 0.96; // of the map's reach: the point that is dragged stays on the map
  const PAUSE = 1500; // ms after which another key begins another entry in the history
  const DRIFT = 2; // degrees within which the dial takes a direction of note
  let drag = null;
  let pressed = 0; // when an arrow key moved the point last

  const axes = () => [...document.querySelectorAll('[data-axis]')];
  const send = (el, type = 'input') => el.dispatchEvent(new Event(type, { bubbles: true }));
  const begin = () => document.dispatchEvent(new Event('gesture:end')); // what follows has an entry of its own

  // The first axis only notes its value; the last one sends both.
  let placing = false;
  function place(values, type) {
    placing = true;
    axes().forEach((el, i, { length }) => {
      el.value = values[i];
      const typed = document.getElementById(`in-${el.dataset.axis}`);
      if (typed) typed.value = values[i];
      send(el, i < length - 1 ? 'input' : type);
    });
    placing = false;
  }
  document.addEventListener('input', e => { // live.js sends an edit again
    const last = axes().pop();
    if (!placing && e.target instanceof Element && e.target.matches('[data-axis]') && e.target !== last) send(last, 'again'); // what is noted goes along
  });

  // A step that is pleasant to read: 0.01 on a map from −3 to 3, ten of them for an arrow key.
  const fine = ([low, high]) => 10 ** (Math.floor(Math.log10(high - low)) - 2);
  const tidy = (x, step) => (Math.round(x / step) * step).toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const plotOf = plane => plane.querySelector('.chart')?._fullLayout;

  function moved(e) {
    const { box, plot, ranges } = drag;
    const shares = [
      (e.clientX - box.left - plot.xaxis._offset) / plot.xaxis._length,
      1 - (e.clientY - box.top - plot.yaxis._offset) / plot.yaxis._length,
    ];
    return shares.map((share, i) => {
      const [low, high] = ranges[i];
      const edge = (1 - INSIDE) / 2;
      return tidy(low + Math.min(1 - edge, Math.max(edge, share)) * (high - low), fine(ranges[i]));
    });
  }

  function turned(e) {
    const { box, snaps } = drag;
    const dx = e.clientX - box.left - box.width / 2;
    const dy = box.top + box.height / 2 - e.clientY;
    if (Math.hypot(dx, dy) < 4) return null;
    const angle = Math.atan2(dy, dx) * 180 / Math.PI;
    const near = snaps.find(snap => Math.abs((angle - snap + 540) % 360 - 180) < DRIFT);
    return near ?? Math.round(angle);
  }

  function turn(angle, type) {
    const slider = document.getElementById('in-angle');
    if (angle === null || !slider) return;
    slider.value = angle;
    const typed = document.getElementById('in-degrees');
    if (typed) typed.value = angle;
    send(slider, type);
  }

  // A finger that begins at the point drags it, and the page stays; elsewhere a swipe scrolls, a tap places.
  const GRIP = 28; // px around the point
  const SLACK = 8; // px that a tap may move
  const isFinger = e => e.pointerType === 'touch';
  function isAtPoint(plane, e) {
    const plot = plotOf(plane);
    const box = plane.querySelector('.chart')?.getBoundingClientRect();
    if (!plot?.xaxis || !box) return false;
    const [x, y] = axes().map(el => Number(el.value));
    const [left, right] = plot.xaxis.range;
    const [low, high] = plot.yaxis.range;
    return Math.hypot(
      box.left + plot.xaxis._offset + (x - left) / (right - left) * plot.xaxis._length - e.clientX,
      box.top + plot.yaxis._offset + (high - y) / (high - low) * plot.yaxis._length - e.clientY,
    ) < GRIP;
  }
  document.addEventListener('touchstart', e => {
    const plane = e.target instanceof Element ? e.target.closest('#plane') : null;
    if (plane && e.touches.length === 1 && isAtPoint(plane, e.touches[0])) e.preventDefault();
  }, { capture: true, passive: false });

  document.addEventListener('pointerdown', e => {
    if (drag && e.pointerId !== drag.id) { // a second finger ends it where it is
      if (drag.kind === 'point' && !drag.tap) place(axes().map(el => el.value), 'change');
      else if (drag.kind === 'direction') turn(document.getElementById('in-angle')?.value ?? null, 'change');
      drag = null;
      return;
    }
    if (e.button !== 0 || !(e.target instanceof Element)) return;
    const plane = e.target.closest('#plane');
    const dial = e.target.closest('#dial');
    if (plane) {
      const plot = plotOf(plane);
      if (!plot?.xaxis) return;
      const box = plane.querySelector('.chart').getBoundingClientRect();
      const tap = isFinger(e) && !isAtPoint(plane, e) && [e.clientX, e.clientY];
      drag = { id: e.pointerId, kind: 'point', tap, box, plot, ranges: [plot.xaxis.range.slice(), plot.yaxis.range.slice()] };
      if (tap) return e.stopPropagation();
      plane.focus({ preventScroll: true, focusVisible: false });
    } else if (dial) {
      const snaps = (dial.dataset.snap ?? '').trim().split(/\s+/).filter(Boolean).map(Number);
      drag = { id: e.pointerId, kind: 'direction', box: dial.getBoundingClientRect(), snaps };
    } else return;
    (plane ?? dial).setPointerCapture(e.pointerId);
    e.preventDefault();
    e.stopPropagation();
    begin();
    follow(e, 'input');
  }, true);

  function follow(e, type) {
    if (!drag || e.pointerId !== drag.id || drag.tap) return;
    if (drag.kind === 'point') place(moved(e), type);
    else turn(turned(e), type);
  }
  document.addEventListener('pointermove', e => {
    if (!drag) return;
    e.stopPropagation();
    follow(e, 'input');
  }, true);
  for (const type of ['pointerup', 'pointercancel']) {
    document.addEventListener(type, e => {
      if (!drag || e.pointerId !== drag.id) return;
      if (drag.tap && type === 'pointerup' && Math.hypot(e.clientX - drag.tap[0], e.clientY - drag.tap[1]) < SLACK) {
        drag.tap = false;
        begin();
      }
      if (type === 'pointerup') follow(e, 'change');
      drag = null;
    }, true);
  }
  // Plotly listens to the mouse on its own layers: a press here is ours.
  document.addEventListener('mousedown', e => {
    if (e.target instanceof Element && e.target.closest('#plane')) e.stopPropagation();
  }, true);

  document.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || !(e.target instanceof Element)) return;
    const go = ARROWS[e.key];
    if (!go) return;
    if (e.target.id === 'in-angle') {
      e.preventDefault();
      const by = (go[0] + go[1]) * (e.shiftKey ? 15 : 1);
      return turn(((Number(e.target.value) + by + 540) % 360) - 180, 'input');
    }
    const plot = e.target.id === 'plane' ? plotOf(e.target) : null;
    if (!plot?.xaxis) return;
    e.preventDefault();
    if (Date.now() - pressed > PAUSE) begin();
    pressed = Date.now();
    const step = 10 * fine(plot.xaxis.range);
    const by = step * (e.shiftKey ? 10 : 1);
    place(axes().map((el, i) => (go[i] ? tidy(Number(el.value) + go[i] * by, step) : el.value)), 'input');
  }, true);
})();
