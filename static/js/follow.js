// What is happening now comes into view, where a picture scrolls; only when it is out of it.
(() => {
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  // what the step is computed from belongs to it, where there is room for both
  function together(box, a, b) {
    const room = box.clientHeight / 30; // for what is beside it, such as a badge
    const all = [b, ...[...box.querySelectorAll('.node:is(.now, .factor)')].map(node => node.getBoundingClientRect())];
    const [left, top] = [Math.min(...all.map(r => r.left)), Math.min(...all.map(r => r.top))];
    const [right, bottom] = [Math.max(...all.map(r => r.right)), Math.max(...all.map(r => r.bottom))];
    const whole = new DOMRect(left - room, top - room, right - left + 2 * room, bottom - top + 2 * room);
    return whole.width <= a.width && whole.height <= a.height ? whole : b;
  }

  function follow(smooth) {
    for (const box of document.querySelectorAll('[data-follow]')) {
      const now = box.querySelector('li.now') ?? box.querySelector('.now');
      if (!now || (box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight)) continue;
      const a = box.getBoundingClientRect();
      const b = together(box, a, now.getBoundingClientRect());
      const across = b.left < a.left || b.right > a.right;
      const down = b.top < a.top || b.bottom > a.bottom;
      if (!across && !down) continue;
      box.scrollBy({
        left: across ? b.left + b.width / 2 - a.left - a.width / 2 : 0,
        top: down ? b.top + b.height / 2 - a.top - a.height / 2 : 0,
        behavior: smooth && !still.matches ? 'smooth' : 'auto',
      });
    }
  }
  follow(false);
  // In the next frame, which lays the page out anyway: to ask here where things are would do it twice.
  let waits = 0;
  function soon() {
    cancelAnimationFrame(waits);
    waits = requestAnimationFrame(() => follow(true));
  }
  for (const type of ['htmx:after:swap', 'step:wanted']) document.addEventListener(type, soon);
})();
