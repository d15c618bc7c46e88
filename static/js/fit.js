// On a projector: what is longer or wider than its place is drawn smaller until it fits, down to half. Without this it scrolls inside itself.
(() => {
  const FITTED = '.core > .explain, [data-fit]'; // projector.css zooms them by --fit
  const LEAST = 0.5;
  const STEPS = 6; // halvings: to a hundredth

  const spills = box => box.scrollHeight > box.clientHeight + 1
    || [box, ...box.querySelectorAll('.formula, .m')].some(part => part.scrollWidth > part.clientWidth + 1
      || (part.scrollHeight > part.clientHeight + 1 && getComputedStyle(part).overflow !== 'visible'));

  function fit(box) {
    const set = size => box.style.setProperty('--fit', size);
    set(1);
    if (!spills(box)) return;
    let [low, high] = [LEAST, 1];
    for (let n = 0; n < STEPS; n += 1) {
      const middle = (low + high) / 2;
      set(middle);
      if (spills(box)) high = middle;
      else low = middle;
    }
    set(low);
  }
  const all = () => document.querySelectorAll(FITTED).forEach(fit);
  all();
  for (const type of ['htmx:after:swap', 'class:screen']) document.addEventListener(type, all);
  document.fonts.ready.then(all);
  addEventListener('resize', all);
  document.addEventListener('toggle', e => { if (e.target.closest(FITTED)) all(); }, true);
})();
