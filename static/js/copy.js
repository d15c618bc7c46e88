// Copying: a [data-copy] button confirms, and shows the text to select where the clipboard is denied;
// [data-fetch] copies the text at an address; [data-copy-from=ID] copies what an element holds, and selects it where the clipboard is denied.
(() => {
  const notice = () => document.getElementById('notice'); // going back brings another one
  let timer;

  function show(...content) {
    clearTimeout(timer);
    notice().replaceChildren(...content);
    notice().classList.add('kind');
  }
  function hide() {
    notice().replaceChildren();
    notice().classList.remove('kind');
  }

  // A dialog lies over the notice: there it is said inside, and the field with the text is inside too.
  function sayInside(dialog, text) {
    dialog.querySelector('[role=status]').textContent = text;
  }

  function offer(text) {
    const field = document.createElement('input');
    field.readOnly = true;
    field.value = text;
    field.setAttribute('aria-label', 'Copy this');
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = 'Close';
    close.addEventListener('click', hide);
    show(field, close);
    field.focus();
    field.select();
  }

  async function copyFrom(el) {
    try {
      await navigator.clipboard.writeText(el.textContent);
      show('Copied.');
    } catch {
      getSelection().selectAllChildren(el);
      show('It is selected: copy it with Ctrl+C, or ⌘C.');
    }
    timer = setTimeout(hide, 4000);
  }

  async function copyText(address) {
    try {
      await navigator.clipboard.writeText(await (await fetch(address)).text());
      show('Copied.');
    } catch {
      show('This cannot be copied here. The file can be downloaded.');
    }
    timer = setTimeout(hide, 4000);
  }

  // The sections that are open are opened by the link too.
  function withSections(path) {
    const url = new URL(path, location.origin);
    const open = [...document.querySelectorAll('#lab details.more[open]')].map(el => el.dataset.more);
    const named = (url.searchParams.get('show-more') ?? '').split(',').filter(Boolean);
    const more = [...new Set([...named, ...open])];
    if (more.length > named.length) url.search += `${url.search ? '&' : '?'}show-more=${more.join(',')}`;
    return url.href;
  }

  // Somebody will have this address: the server promises a year, and says until when. Whatever becomes of
  // that, the link is copied, and opens as long as was promised before.
  async function keep(address, stay) {
    try {
      const answer = await fetch(address, { method: 'POST', headers: { Accept: 'application/json' } });
      const { words, error } = await answer.json();
      if (!answer.ok) return `, ${stay}. It could not be promised for a year. ${error.what}`;
      for (const el of document.querySelectorAll('[data-stays]')) el.textContent = words;
      document.querySelector('[data-until-copied]')?.remove();
      return words ? `, ${words}.` : '.';
    } catch {
      return `, ${stay}. It could not be promised for a year: the server cannot be reached.`;
    }
  }

  document.addEventListener('click', async e => {
    const source = document.getElementById(e.target.closest('[data-copy-from]')?.dataset.copyFrom);
    if (source) return copyFrom(source);
    const far = e.target.closest('[data-fetch]');
    if (far) return copyText(far.dataset.fetch);
    const button = e.target.closest('[data-copy]');
    if (!button) return;
    const isLink = button.dataset.copy.startsWith('/');
    const whole = isLink && 'asItIs' in button.dataset; // as a form prepared it
    const text = whole ? new URL(button.dataset.copy, location.origin).href
      : isLink ? withSections(button.dataset.copy) : button.dataset.copy;
    const dialog = button.closest('dialog');
    const promise = isLink && button.dataset.keep ? keep(button.dataset.keep, button.dataset.stay) : '.';
    try {
      await navigator.clipboard.writeText(text);
      const said = isLink ? `The link is copied. It opens exactly this${await promise}` : 'Copied.';
      if (dialog) return sayInside(dialog, promise === '.' ? 'The link is copied.' : said);
      show(said);
      timer = setTimeout(hide, promise === '.' ? 4000 : 8000);
    } catch {
      if (!dialog) return offer(text);
      dialog.querySelector('[readonly]').select();
      sayInside(dialog, 'It is selected: copy it with Ctrl+C, or ⌘C.');
    }
  });
})();
