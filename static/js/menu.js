// The menus of a page: Esc, a press beside them, leaving them by Tab, or what was asked of them closes them.
// They open without this script. A swap leaves one open that stays on the page.
(() => {
  const MENU = 'details.menu';
  const opened = () => [...document.querySelectorAll(`${MENU}[open]`)];
  const close = menu => { menu.open = false; };

  document.addEventListener('pointerdown', e => {
    for (const menu of opened()) if (!menu.contains(e.target)) close(menu);
  });
  document.addEventListener('focusin', e => {
    for (const menu of opened()) if (!menu.contains(e.target)) close(menu);
  });
  document.addEventListener('click', e => {
    const menu = e.target.closest(`${MENU} :is(a, button)`)?.closest(MENU);
    if (menu) close(menu);
  });

  // Before any other key: Esc closes the menu, and nothing behind it.
  document.addEventListener('keydown', e => {
    const [menu] = opened();
    if (e.key !== 'Escape' || !menu || document.querySelector('dialog[open]')) return;
    e.preventDefault();
    e.stopPropagation();
    close(menu);
    menu.querySelector('summary').focus();
  }, true);

  document.addEventListener('htmx:before:swap', e => {
    for (const { fragment } of e.detail.tasks) {
      for (const menu of fragment?.querySelectorAll?.(MENU) ?? []) {
        menu.open = Boolean(document.getElementById(menu.id)?.open);
      }
    }
  });
})();

// The form that prepares a link comes up over the page; without this script it is a page of its own.
(() => {
  const panel = () => document.getElementById('prepare');

  function settle() {
    const dialog = panel();
    for (const field of dialog?.querySelectorAll('[data-address]') ?? []) {
      field.value = new URL(field.dataset.address, location.origin).href;
    }
    if (dialog?.matches('dialog:not([open])') && dialog.childElementCount) dialog.showModal();
  }
  document.addEventListener('htmx:after:swap', settle);
  settle();

  document.addEventListener('click', e => {
    const dialog = panel();
    if (!dialog?.matches('dialog[open]')) return;
    if (e.target !== dialog && !e.target.closest('#prepare [data-close]')) return; // the dialog itself: beside its form
    e.preventDefault();
    dialog.close();
  });
  document.addEventListener('close', e => {
    if (e.target !== panel()) return;
    panel().replaceChildren();
    document.querySelector('#take summary')?.focus();
  }, true);
})();
