// Terms: a [data-term] shows the popover #term-NAME by hover, focus and tap; Escape closes it.
(() => {
  let open = null;
  const popover = el => document.getElementById(`term-${el.dataset.term}`);

  function close() {
    if (open?.matches(':popover-open')) open.hidePopover();
    open = null;
  }

  function show(el) {
    const note = popover(el);
    if (!note || note === open) return;
    close();
    open = note;
    note.showPopover();
    const at = el.getBoundingClientRect();
    const box = note.getBoundingClientRect();
    const below = at.bottom + 6 + box.height < innerHeight;
    note.style.inset = 'auto';
    note.style.margin = '0';
    note.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.width - 8))}px`;
    note.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - box.height - 6)}px`;
  }

  for (const type of ['pointerover', 'focusin', 'click']) {
    document.addEventListener(type, e => {
      if (!(e.target instanceof Element)) return;
      const term = e.target.closest('[data-term]');
      // Focus may scroll the page, and another element comes to lie under a resting pointer.
      const focused = type === 'pointerover' && document.activeElement?.closest('[data-term]');
      if (term) show(term);
      else if (!open?.contains(e.target) && !(focused && popover(focused) === open)) close();
    });
  }
  document.addEventListener('keydown', e => e.key === 'Escape' && close());
  document.addEventListener('htmx:after:swap', close);
})();
