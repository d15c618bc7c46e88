// What is happening now comes into view, where a picture scrolls; only when it is out of it.
(() => {
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  function follow(smooth) {
    for (const box of document.querySelectorAll('[data-follow]')) {
      const now = box.querySelector('li.now') ?? box.querySelector('.now');
      if (!now || (box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight)) continue;
      const a = box.getBoundingClientRect();
      const b = now.getBoundingClientRect();
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
  for (const type of ['htmx:after:swap', 'step:wanted']) document.addEventListener(type, () => follow(true));
})();
