// Asking first is remembered by a cookie, as the theme is: the server reads it when a page is opened.
(() => {
  document.addEventListener('click', e => {
    const link = e.target.closest('[data-ask]');
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    const age = link.dataset.ask === '1' ? 31536000 : 0;
    document.cookie = `ask=1;path=/;max-age=${age};samesite=lax`;
  }, true);
})();
