// Controls around what plays: menus, fields and buttons beside it, and the room of the curves.
(() => {
  // A menu that is open stays open from frame to frame.
  let open = [];
  document.addEventListener('htmx:before:swap', e => {
    if (e.detail.ctx.fromLoop) open = [...document.querySelectorAll('#lab details[open][id]')].map(el => el.id);
  });
  document.addEventListener('htmx:after:swap', e => {
    if (e.detail.ctx.fromLoop) for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  });

  // Enter sends a field as leaving it does; beside it stands the button that is meant.
  document.addEventListener('submit', e => { if (e.target.id === 'set') e.preventDefault(); });
  document.addEventListener('keydown', e => {
    const button = e.key === 'Enter' && e.target.closest?.('.goals input')?.closest('label').nextElementSibling;
    if (!button) return;
    e.preventDefault();
    button.click();
  });

  // A button sends its own value last: the state beside it may hold the same field.
  document.addEventListener('htmx:config:request', e => {
    const { sourceElement: el, request } = e.detail.ctx;
    if (el?.matches?.('button[name][hx-include]')) request.body?.set?.(el.name, el.value);
  });

  // A table that was taken closes the menu it was brought in.
  document.addEventListener('htmx:after:swap', e => {
    const { sourceElement: el, response } = e.detail.ctx;
    if (el?.closest?.('#bring') && (response?.status ?? 500) < 400) document.getElementById('bring')?.hidePopover();
  });

  // Among the layers the curves have more room; Plotly looks at its room when the window changes.
  let room = document.getElementById('charts')?.clientWidth;
  document.addEventListener('htmx:after:swap', () => {
    const width = document.getElementById('charts')?.clientWidth;
    if (width !== room) dispatchEvent(new Event('resize'));
    room = width;
  });
})();
