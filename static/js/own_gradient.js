// The field of a gradient: Ctrl+Enter sends it, a dropped file too; after an answer the field holds
// what was brought, and no file waits that a next paste would stand behind.
(() => {
  const field = () => document.getElementById('in-given');
  const file = () => document.getElementById('in-file');

  document.addEventListener('keydown', e => {
    if (e.target !== field() || e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return;
    e.preventDefault();
    field().form.requestSubmit();
  });

  document.addEventListener('input', e => {
    if (e.target === field()) file().value = '';
  });

  const brings = e => e.target instanceof Element && e.target.closest('#bring') && e.dataTransfer?.types.includes('Files');
  document.addEventListener('dragover', e => {
    if (!brings(e)) return;
    e.preventDefault();
    field().classList.add('over-it');
  });
  document.addEventListener('dragleave', () => field()?.classList.remove('over-it'));
  document.addEventListener('drop', e => {
    if (!brings(e)) return;
    e.preventDefault();
    field().classList.remove('over-it');
    file().files = e.dataTransfer.files;
    field().form.requestSubmit();
  });

  // Typing goes on where the answer to something else arrives meanwhile.
  let sent = null;
  document.addEventListener('htmx:config:request', e => {
    const { sourceElement, request } = e.detail.ctx;
    if (sourceElement.id === 'bring' && file().files.length) request.body.set('given', ''); // the file goes first
  });
  document.addEventListener('htmx:before:request', e => {
    const form = e.detail.ctx.sourceElement;
    if (form.id !== 'bring') return;
    sent = field().value;
    const size = file().files[0]?.size ?? new Blob([sent]).size;
    if (size > Number(form.dataset.most)) { // a server may hang up before it says so
      e.preventDefault();
      document.getElementById('error-given').textContent = form.dataset.tooMuch;
      field().setAttribute('aria-invalid', 'true');
    }
  });
  document.addEventListener('htmx:after:swap', e => {
    const { ctx } = e.detail;
    if ((ctx.response?.status ?? 500) >= 400 || !field()) return;
    const typing = document.activeElement === field() && field().value !== sent;
    if (!typing && field().value !== field().defaultValue) field().value = field().defaultValue;
    file().value = '';
    sent = null;
  });
})();
