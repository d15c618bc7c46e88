// What is happening now comes into view, where a picture scrolls sideways; only when it is out of it.
(() => {
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  function follow(smooth) {
    for (const box of document.querySelectorAll('[data-follow]')) {
      const now = box.querySelector('.now');
      if (!now || box.scrollWidth <= box.clientWidth) continue;
      const a = box.getBoundingClientRect();
      const b = now.getBoundingClientRect();
      if (b.left >= a.left && b.right <= a.right) continue;
      const by = b.left + b.width / 2 - a.left - a.width / 2;
      box.scrollBy({ left: by, behavior: smooth && !still.matches ? 'smooth' : 'auto' });
    }
  }
  follow(false);
  document.addEventListener('htmx:after:swap', () => follow(true));
})();
