// Keys: a key clicks the visible control that declares it in aria-keyshortcuts.
(() => {
  const TYPING = 'input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=button]),textarea,select,[contenteditable]';
  const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'];
  const SCROLLS = ['Space', 'Home', 'End', 'PageUp', 'PageDown'];
  const NAMES = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };
  const root = document.documentElement;
  let kept = 'on'; // where storage is denied, it holds as long as the page does
  function off() {
    try {
      kept = localStorage.getItem('keys') ?? kept;
    } catch { /* denied */ }
    return kept === 'off';
  }
  function keep(word) {
    kept = word;
    try {
      localStorage.setItem('keys', word);
    } catch { /* denied */ }
  }

  // Elsewhere the keys that scroll a page scroll it, as people expect.
  const inLab = () => Boolean(document.activeElement?.closest('#lab'))
    || root.dataset.mode === 'projector' || root.scrollHeight <= root.clientHeight;
  // The field of a question that is still empty takes what a number begins with; the rest acts on the page.
  const BEGINS = /^[-+−0-9.,(√e]$/;
  const isTyping = (el, key) => el.closest(TYPING) && !(el.matches('[data-first]') && !el.value && !BEGINS.test(key)
    && key !== 'Enter' && key !== 'Tab');
  const keepsIts = (el, key) =>
    (ARROWS.includes(key) && el.closest('[type=range],[type=radio],[role=slider],[data-follow]:focus'))
    || (key === 'Space' && el.closest('button,summary,[type=checkbox],[type=radio],[role=button]'));
  const declared = () => [...document.querySelectorAll('[aria-keyshortcuts]')].filter(el => el.checkVisibility());
  const controls = () => declared().filter(el => !el.disabled && el.getAttribute('aria-disabled') !== 'true');
  const keysOf = el => el.getAttribute('aria-keyshortcuts').split(' ');

  document.addEventListener('keydown', e => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
    if (!(e.target instanceof Element) || isTyping(e.target, e.key) || document.querySelector('dialog[open]')) return;
    if (e.key === '?') {
      e.preventDefault();
      return showList();
    }
    const key = e.key === ' ' ? 'Space' : e.key.length === 1 ? e.key.toUpperCase() : e.key;
    if (off() || (SCROLLS.includes(key) && !inLab()) || keepsIts(e.target, key)) return;
    const el = controls().find(control => keysOf(control).includes(key));
    if (!el) return;
    e.preventDefault();
    el.click();
  });

  document.addEventListener('click', e => {
    if (e.target.closest('[data-keys]')) showList();
  });

  const make = (tag, text, into) => {
    const el = document.createElement(tag);
    el.textContent = text;
    into.append(el);
    return el;
  };

  // A screen reader's own keys may clash with single letters, so they can be turned off.
  function showList() {
    const dialog = make('dialog', '', document.body);
    dialog.setAttribute('aria-labelledby', 'keys-title');
    make('h2', 'Keys', dialog).id = 'keys-title';
    const list = make('dl', '', dialog);
    list.className = 'keys';
    for (const el of [...declared().filter(each => !keysOf(each).includes('?')), null]) {
      const term = make('dt', '', list);
      for (const key of el ? keysOf(el) : ['?']) make('kbd', NAMES[key] ?? key, term);
      make('dd', el ? (el.getAttribute('aria-label') || el.textContent || el.title).trim() : 'This list', list);
    }
    make('p', 'Space, Home, End and the page keys act once you have clicked into the lab, or step with the arrows.', dialog).className = 'hint';
    const label = make('label', '', make('p', '', dialog));
    const box = make('input', '', label);
    box.type = 'checkbox';
    box.checked = !off();
    label.append(' Single keys act on this page');
    box.addEventListener('change', () => keep(box.checked ? 'on' : 'off'));
    const close = make('button', 'Close', make('p', '', dialog));
    close.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => dialog.remove());
    dialog.showModal();
    close.focus();
  }
})();
