// Sliders: one that is pressed keeps its ends, for the thumb would leave the pointer if they moved;
// the answer that follows when it is let go brings the new ones. And the formula: lines that are
// pasted are divided by “;”, for a field of one line drops their ends.
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

  document.addEventListener('paste', e => {
    const lines = e.clipboardData?.getData('text').split(/[\r\n]+/).map(x => x.trim()).filter(Boolean);
    if (e.target.id !== 'in-expression' || !lines || lines.length < 2) return;
    e.preventDefault();
    const text = lines.join(/(^|[^<>=!])=(?![=<])/.test(lines.join(' ')) ? '; ' : ' ');
    e.target.setRangeText(text, e.target.selectionStart, e.target.selectionEnd, 'end');
    e.target.dispatchEvent(new Event('input', { bubbles: true }));
  });
})();
