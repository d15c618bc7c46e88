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
    if (e.target !== field()) return;
    file().value = '';
    arm();
  });

  // On a projector a remote sends an edit before it goes on; one that was refused is not sent again.
  let refused = null;
  function arm() {
    const next = [...document.querySelectorAll('.ask-for > .vh')].at(-1);
    if (document.documentElement.dataset.mode !== 'projector' || !next) return;
    const { value, defaultValue, form } = field();
    const button = form.querySelector('.send .button');
    const edited = value.trim() && value !== defaultValue && value !== refused;
    (edited ? button : next).setAttribute('aria-keyshortcuts', 'PageDown');
    (edited ? next : button).removeAttribute('aria-keyshortcuts');
  }

  // Its key goes to the first entry that is not right, as it stands in the text.
  const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;
  function firstWrong(text) {
    for (const array of document.querySelectorAll('.glance li')) {
      const n = [...array.querySelectorAll('.squares i')].findIndex(cell => cell.matches('.wrong, .uneasy'));
      if (n < 0) continue;
      const name = array.querySelector('b').textContent.replace(/[^\w]/g, '\\$&');
      const begins = new RegExp(`(?:^|[^A-Za-z])(?:d|grad_)?${name}(?:\\.grad)?["']?\\s*[=:]`, 'm').exec(text);
      const at = begins && begins.index + begins[0].length;
      const found = begins && [...text.slice(at).matchAll(NUMBER)][n];
      if (found) return [at + found.index, at + found.index + found[0].length];
    }
    return [0, 0];
  }
  document.addEventListener('field:reached', ({ target }) => {
    if (target !== field()) return;
    const [from, to] = firstWrong(target.value);
    target.setSelectionRange(from, to);
    const line = target.value.slice(0, from).split('\n').length - 1;
    const height = parseFloat(getComputedStyle(target).lineHeight);
    target.scrollTop = Math.max(0, line - 1) * height; // whole lines, and the one before it
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
    if (!field()) return;
    if ((ctx.response?.status ?? 500) >= 400) {
      refused = sent;
      return arm();
    }
    const typing = document.activeElement === field() && field().value !== sent;
    if (!typing && field().value !== field().defaultValue) field().value = field().defaultValue;
    file().value = '';
    sent = refused = null;
    arm();
  });
})();
