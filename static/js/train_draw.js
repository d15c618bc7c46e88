// Drawing: a click or a drag sets points where the pen is; arrow keys move it, Enter sets one. Points
// are sent from the state that is shown; where a slice has gone further, train.js says so.
(() => {
  const ground = el => (el instanceof Element ? el.closest('#ground[data-pen]') : null);
  let stroke = null; // the pointer that drags, and where its last point was set
  let cursor = [50, 50];

  function place(el, x, y) {
    const box = el.getBoundingClientRect();
    return spread(el, ((x - box.left) / box.width) * 100, ((y - box.top) / box.height) * 100);
  }
  const number = text => Number(text.replace('−', '-'));
  function spread(el, x, y) {
    const [left, right] = el.dataset.across.split(',').map(number);
    const [low, high] = el.dataset.down.split(',').map(number);
    return [left + ((right - left) * x) / 100, high - ((high - low) * y) / 100].map(v => v.toFixed(3));
  }
  const statePairs = () => [...document.querySelectorAll('#state input[form=go]')].map(el => [el.name, el.value]);

  // Points wait in one list while the answer to those before is on its way: none is lost.
  const waiting = [];
  let busy = false;
  async function set(point) {
    waiting.push(point);
    if (busy) return;
    busy = true;
    while (waiting.length) {
      const { path } = document.getElementById('stage').dataset;
      const values = { ...Object.fromEntries(statePairs()), do: 'draw', points: waiting.splice(0).flat().join(',') };
      await htmx.ajax('POST', path, { source: '#lab', target: '#lab', swap: 'outerMorph', values });
    }
    busy = false;
  }

  document.addEventListener('pointerdown', e => {
    const el = ground(e.target);
    if (stroke && stroke.id !== e.pointerId) { // a second finger ends it
      stroke = null;
      return;
    }
    if (!el || e.button) return;
    e.preventDefault();
    el.focus({ preventScroll: true });
    stroke = { id: e.pointerId, at: [e.clientX, e.clientY] };
    set(place(el, ...stroke.at));
  });
  document.addEventListener('pointermove', e => {
    const el = ground(e.target);
    if (!el || stroke?.id !== e.pointerId) return;
    if (Math.hypot(e.clientX - stroke.at[0], e.clientY - stroke.at[1]) < 14) return;
    stroke.at = [e.clientX, e.clientY];
    set(place(el, ...stroke.at));
  });
  for (const type of ['pointerup', 'pointercancel']) document.addEventListener(type, () => { stroke = null; });

  document.addEventListener('keydown', e => {
    const el = ground(e.target);
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!el || e.ctrlKey || e.metaKey || e.altKey || !(step || e.key === 'Enter')) return;
    e.preventDefault();
    if (step) cursor = cursor.map((v, i) => Math.min(100, Math.max(0, v + step[i] * (e.shiftKey ? 10 : 2.5))));
    else set(spread(el, ...cursor));
    mark(el);
  });
  function mark(el) {
    let pen = el.querySelector('.pen');
    if (!pen) {
      pen = document.createElement('i');
      pen.className = 'pen';
      el.append(pen);
    }
    pen.style.left = `${cursor[0]}%`;
    pen.style.top = `${cursor[1]}%`;
  }
  document.addEventListener('htmx:after:swap', () => {
    const el = document.getElementById('ground');
    if (el && document.activeElement === el && el.matches(':focus-visible')) mark(el);
  });
})();
