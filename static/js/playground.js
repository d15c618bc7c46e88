// Sliders: one that is pressed keeps its ends, for the thumb would leave the pointer if they moved;
// the answer that follows when it is let go brings the new ones.
(() => {
  const ENDS = ['min', 'max', 'step'];
  let pressed = null;

  document.addEventListener('pointerdown', e => { pressed = e.target.closest('[type=range]'); });
  for (const type of ['pointerup', 'pointercancel']) {
    document.addEventListener(type, () => { pressed = null; }, true);
  }
  htmx.registerExtension('kept-ends', {
    htmx_before_morph_attr: (el, detail) => el !== pressed || !ENDS.includes(detail.attrName),
  });
})();
