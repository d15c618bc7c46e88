// Pointing: what shares a data-f lights up together, a data-path lights every key in it, and a shown
// number gives all its digits.
(() => {
  let lit = []; // the keys that are pointed at
  let said = null; // the element whose digits are shown

  const keysOf = el => el?.dataset.path?.split(' ') ?? (el ? [el.dataset.f] : []);

  function light(keys) {
    lit = keys;
    for (const el of document.querySelectorAll('[data-f]')) {
      const wanted = keys.includes(el.dataset.f);
      if (el.classList.contains('hl') !== wanted) el.classList.toggle('hl', wanted);
    }
  }

  function say(el) {
    const note = document.getElementById('exact'); // going back brings another one
    said = el?.dataset.exact && el.isConnected ? el : null;
    if (!said) return note.matches(':popover-open') && note.hidePopover();
    note.textContent = el.dataset.exact;
    if (!note.matches(':popover-open')) note.showPopover();
    const at = el.getBoundingClientRect();
    const box = note.getBoundingClientRect();
    const left = Math.min(Math.max(at.left + at.width / 2 - box.width / 2, 8), innerWidth - box.width - 8);
    note.style.left = `${left}px`;
    note.style.top = `${at.top - box.height - 6 < 4 ? at.bottom + 6 : at.top - box.height - 6}px`;
  }

  // Focus for the keyboard, and a tap is a pointerover too.
  for (const type of ['pointerover', 'focusin']) {
    document.addEventListener(type, e => {
      if (!(e.target instanceof Element)) return;
      // Focus may scroll the page, and another element comes to lie under a resting pointer.
      const focused = document.activeElement?.closest('[data-f],[data-path],[data-exact]');
      if (type === 'pointerover' && focused?.matches(':focus-visible') && !e.target.closest('[data-f],[data-path],[data-exact]')) return;
      light(keysOf(e.target.closest('[data-f],[data-path]')));
      say(e.target.closest('[data-exact]'));
    });
  }
  document.addEventListener('keydown', e => e.key === 'Escape' && say(null));
  document.addEventListener('scroll', () => say(said), true);
  document.addEventListener('htmx:after:swap', () => { light(lit); say(null); });
})();
