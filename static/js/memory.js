// Checkpoints are moved: a flag is dragged along the rows by mouse or finger, or goes up and down with the arrow
// keys. It goes through the field of checkpoints, so that the address and the history follow; a click is the link.
(() => {
  const SLACK = 5; // px that a press may move and still be a click
  let drag = null;
  let focus = ''; // the flag that has the focus once the answer is there

  const field = () => document.getElementById('in-checkpoints');
  const rows = () => [...document.querySelectorAll('.mem-row[data-line]')];
  const names = () => field().value.split(',').filter(Boolean);
  const keptFlag = el => (el instanceof Element ? el.closest('.mem-flag[aria-checked=true]') : null);
  const lineOf = flag => flag.closest('.mem-row').dataset.line;

  function move(from, to) {
    if (from === to || names().includes(to)) return false;
    const order = rows().map(row => row.dataset.line);
    const changed = [...names().filter(name => name !== from), to];
    document.dispatchEvent(new Event('gesture:end')); // each move has an entry of its own
    field().value = order.filter(name => changed.includes(name)).join(',');
    field().dispatchEvent(new Event('input', { bubbles: true }));
    field().dispatchEvent(new Event('change', { bubbles: true }));
    return true;
  }

  function rowAt(y) {
    const all = rows();
    return all.findLast(row => row.getBoundingClientRect().top <= y) ?? all[0];
  }

  function mark(row) {
    for (const each of document.querySelectorAll('.mem-row.aimed')) each.classList.remove('aimed');
    row?.classList.add('aimed');
  }

  document.addEventListener('pointerdown', e => {
    if (drag && e.pointerId !== drag.id) return end(null); // a second finger ends it
    const flag = e.button === 0 ? keptFlag(e.target) : null;
    if (flag && field()) drag = { id: e.pointerId, flag, from: lineOf(flag), y: e.clientY, on: false };
  });

  document.addEventListener('pointermove', e => {
    if (!drag || e.pointerId !== drag.id) return;
    if (!drag.on) {
      if (Math.abs(e.clientY - drag.y) < SLACK) return;
      drag.on = true;
      drag.flag.setPointerCapture(e.pointerId);
      drag.flag.classList.add('dragged');
    }
    drag.flag.style.setProperty('--by', `${e.clientY - drag.y}px`);
    const aim = rowAt(e.clientY);
    mark(names().includes(aim.dataset.line) ? null : aim);
  });

  function end(y, isHeld = false) {
    const { flag, from, on } = drag;
    drag = null;
    mark(null);
    flag.classList.remove('dragged');
    flag.style.removeProperty('--by');
    if (!on) return;
    // The click that ends a drag follows no link, however long after Escape the button is let go.
    const swallow = click => { click.preventDefault(); click.stopPropagation(); };
    document.addEventListener('click', swallow, { capture: true, once: true });
    const forget = () => setTimeout(() => document.removeEventListener('click', swallow, { capture: true }));
    if (isHeld) document.addEventListener('pointerup', forget, { once: true });
    else forget();
    if (y !== null) move(from, rowAt(y).dataset.line);
  }
  document.addEventListener('pointerup', e => { if (drag && e.pointerId === drag.id) end(e.clientY); });
  document.addEventListener('pointercancel', e => { if (drag && e.pointerId === drag.id) end(null); });
  document.addEventListener('dragstart', e => { if (keptFlag(e.target)) e.preventDefault(); });

  document.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === 'Escape' && drag?.on) {
      e.preventDefault();
      e.stopPropagation();
      return end(null, true);
    }
    const flag = e.target instanceof Element ? e.target.closest('.mem-flag[id]') : null;
    const way = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (flag && e.key === ' ') {
      e.preventDefault();
      e.stopPropagation();
      return flag.click();
    }
    if (!flag || !way) return;
    e.preventDefault();
    e.stopPropagation();
    const order = rows().map(row => row.dataset.line);
    let at = order.indexOf(lineOf(flag)) + way;
    if (flag.getAttribute('aria-checked') !== 'true') return document.getElementById(`keep-${order[at]}`)?.focus();
    while (names().includes(order[at])) at += way;
    if (order[at] && move(lineOf(flag), order[at])) focus = `keep-${order[at]}`;
  }, true);

  document.addEventListener('htmx:after:swap', () => {
    if (!focus) return;
    document.getElementById(focus)?.focus({ preventScroll: true });
    focus = '';
  });
})();
