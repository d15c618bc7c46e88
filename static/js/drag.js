// Numbers in a graph: one that was given is dragged sideways, or moved by the arrow keys up and down, in
// the picture or in its field. It goes through that field, so that the address and the history follow.
(() => {
  const SLACK = 4; // px that a press may move and still be a click
  const PAUSE = 1500; // ms after which another key begins another entry in the history
  const WAYS = { ArrowUp: 1, ArrowDown: -1 };
  let drag = null;
  let pressed = { at: 0 }; // the field that an arrow key moved last, and when

  const nodeOf = el => (el instanceof Element ? el.closest('.graph-svg .node[data-f]') : null);
  const isWire = el => el.matches('.hides > .hit'); // a crowd's weights are their wires: pressed, not dragged
  const fieldOf = node => {
    const field = document.getElementById(`in-${node?.dataset.f.replace(/^.*?\bn-/, '')}`);
    return field?.matches('[data-live][type=text]') ? field : null;
  };
  const begin = () => document.dispatchEvent(new Event('gesture:end')); // what follows has an entry of its own
  const send = (field, type) => field.dispatchEvent(new Event(type, { bubbles: true }));
  const read = field => Number(field.value.trim().replace('−', '-').replace(',', '.'));

  // A pixel is a step: the slider's where there is one, else some hundredth of the number.
  function stepOf(field, x) {
    const own = Number(document.getElementById(`slide-${field.name}`)?.step);
    return own > 0 ? own : Math.max(0.01, 10 ** (Math.floor(Math.log10(Math.abs(x) || 1)) - 2));
  }
  const tidy = (x, step) => String(Number((Math.round(x / step) * step).toFixed(Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)) + 1)));

  function put(field, value, type) {
    if (field.value === value && type !== 'change') return;
    field.value = value;
    send(field, type);
  }

  document.addEventListener('pointerdown', e => {
    if (drag && e.pointerId !== drag.id) return end({ pointerId: drag.id }); // a second finger ends it
    if (e.button !== 0 || isWire(e.target)) return;
    const node = nodeOf(e.target);
    const field = fieldOf(node);
    const start = field ? read(field) : NaN;
    if (!Number.isFinite(start)) return;
    drag = { id: e.pointerId, name: field.id, node, x: e.clientX, text: field.value, start, step: stepOf(field, start), on: false, given: false };
  });

  document.addEventListener('pointermove', e => {
    if (!drag || e.pointerId !== drag.id || drag.given) return;
    const field = document.getElementById(drag.name);
    if (!field) { drag = null; return; }
    const by = e.clientX - drag.x;
    if (!drag.on) {
      if (Math.abs(by) < SLACK) return;
      drag.on = true;
      drag.node.setPointerCapture(e.pointerId);
      drag.node.classList.add('dragged');
      begin();
    }
    put(field, tidy(drag.start + by * drag.step * (e.shiftKey ? 0.1 : 1), drag.step * (e.shiftKey ? 0.1 : 1)), 'dragged');
  });

  function end(e) {
    if (!drag || e.pointerId !== drag.id) return;
    const { on, name, node } = drag;
    const field = document.getElementById(name);
    const given = drag.given;
    drag = null;
    if (!on) return;
    node.classList.remove('dragged');
    if (field && !given) put(field, field.value, 'change');
    // The click that ends a drag follows no link.
    const swallow = click => { click.preventDefault(); click.stopPropagation(); };
    document.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener('click', swallow, { capture: true }));
  }
  document.addEventListener('pointerup', end);
  document.addEventListener('pointercancel', end);
  document.addEventListener('dragstart', e => { if (fieldOf(nodeOf(e.target))) e.preventDefault(); });

  document.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || !(e.target instanceof Element)) return;
    if (e.key === 'Escape' && drag?.on) {
      const field = document.getElementById(drag.name);
      drag.node.classList.remove('dragged');
      if (field && !drag.given) put(field, drag.text, 'dragged');
      drag.given = true; // given up: what the pointer still does moves nothing, and its click is swallowed
      e.preventDefault();
      e.stopPropagation();
      return;
    }
    const way = WAYS[e.key];
    const typed = e.target.matches('[data-live][data-number]');
    const field = !way ? null : typed ? e.target : fieldOf(nodeOf(document.activeElement));
    const x = field ? read(field) : NaN;
    if (!Number.isFinite(x)) return;
    e.preventDefault();
    if (pressed.field !== field.id || Date.now() - pressed.at > PAUSE) begin();
    pressed = { field: field.id, at: Date.now() };
    const step = stepOf(field, x) * (e.shiftKey ? 10 : 1);
    put(field, tidy(x + way * step, step), 'dragged');
  }, true);
})();
