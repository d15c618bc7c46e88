// Keys: a key clicks the visible control that declares it in aria-keyshortcuts; a field that declares one
// is gone to. On a projector the keys of a remote, Page down and Page up, act whatever has the focus, and
// neither scroll nor change it.
(() => {
  const TYPING = 'input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=button]),textarea,select,[contenteditable]';
  const PAGES = ['PageUp', 'PageDown'];
  const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', ...PAGES];
  const SCROLLS = ['Space', 'Home', 'End', ...PAGES, ...PAGES.map(key => `Shift+${key}`)];
  const BLANKS = ['B', '.'];
  const NAMES = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', PageUp: 'Page up', PageDown: 'Page down', Escape: 'Esc' };
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

  const onProjector = () => root.dataset.mode === 'projector';
  // Elsewhere the keys that scroll a page scroll it, as people expect.
  const inLab = () => Boolean(document.activeElement?.closest('#lab'))
    || onProjector() || root.scrollHeight <= root.clientHeight;
  // The field of a question that is still empty takes what a number begins with; the rest acts on the page.
  const BEGINS = /^[-+−0-9.,(√e]$/;
  const isTyping = (el, key) => el.closest(TYPING) && !(el.matches('[data-first]') && !el.value && !BEGINS.test(key)
    && key !== 'Enter' && key !== 'Tab');
  const keepsIts = (el, key) =>
    (ARROWS.includes(key) && el.closest('[type=range],[type=radio],[role=slider],[data-follow]:focus'))
    || (key === ' ' && el.closest('button,summary,[type=checkbox],[type=radio],[role=button]'));
  const declared = () => [...document.querySelectorAll('[aria-keyshortcuts]')].filter(el => el.checkVisibility());
  const canPress = el => !el.disabled && el.getAttribute('aria-disabled') !== 'true' && el.checkVisibility();
  const keysOf = el => el.getAttribute('aria-keyshortcuts').split(' ');

  function nameOf(e) {
    if (e.key === ' ') return 'Space';
    if (e.key.length === 1) return e.key.toUpperCase();
    return e.shiftKey && PAGES.includes(e.key) ? `Shift+${e.key}` : e.key;
  }

  function press(key) {
    // Of a hundred that declare one, few declare this: only those are looked at.
    const el = [...document.querySelectorAll(`[aria-keyshortcuts~="${CSS.escape(key)}"]`)].find(canPress);
    if (el?.matches(TYPING)) {
      el.focus();
      if (el.matches('textarea')) el.dispatchEvent(new Event('field:reached', { bubbles: true })); // it knows what of it matters
      else el.select?.();
    } else el?.click();
    return Boolean(el);
  }

  // An open list of a browser's own takes every key itself. On a projector it is one of the page's where a
  // browser can (base.css), and closes when it is taken away from it.
  function closeLists() {
    if (!CSS.supports('selector(select:open)')) return;
    for (const open of document.querySelectorAll('select:open')) {
      open.style.appearance = 'none';
      open.getBoundingClientRect();
      open.style.removeProperty('appearance');
    }
  }

  // Before anybody else: a blank screen takes every key, and a remote is heard everywhere. One that is
  // held down steps once.
  window.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const blank = document.getElementById('blank');
    if (!blank && !(onProjector() && PAGES.includes(e.key))) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    if (e.repeat) return;
    if (blank) return putAway(blank);
    for (const open of document.querySelectorAll('details:is(.menu, .pick)[open]')) open.open = false;
    for (const open of document.querySelectorAll('dialog[open]')) open.close();
    closeLists();
    if (held) held.push(nameOf(e));
    else if (!sendTyped(nameOf(e))) press(nameOf(e));
  }, true);

  // What is typed in a field is sent by leaving it. A key of the remote acts on the state that answers:
  // its step has the new numbers, and so has the question that is told. What is refused ends that.
  let held = null; // keys that wait for the answer
  const LONGEST = 3000; // ms
  function sendTyped(key) {
    const field = document.activeElement?.closest(`#lab :is(${TYPING})`);
    if (!field?.matches(SENDS)) return false;
    const note = () => { held = [key]; };
    field.addEventListener('change', note);
    document.getElementById('lab').focus({ preventScroll: true });
    field.removeEventListener('change', note);
    if (!held) return false;
    const { name, value } = field;
    const goOn = swapped => {
      document.removeEventListener('htmx:finally:request', answered);
      clearTimeout(patience);
      const keys = held;
      held = null;
      if (swapped) setTimeout(() => keys.forEach(press));
    };
    const answered = ({ detail: { ctx } }) => {
      const said = ctx.edited?.get(name) ?? (ctx.sourceElement.name === name ? value : null);
      if (said === value) goOn(ctx.status === 'swapped' && ctx.response.status < 400); // words of refusal are swapped in, too
    };
    const patience = setTimeout(goOn, LONGEST, true); // another request took its turn, and its edit along
    document.addEventListener('htmx:finally:request', answered);
    return true;
  }

  document.addEventListener('keydown', e => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
    if (!(e.target instanceof Element) || isTyping(e.target, e.key) || document.querySelector('dialog[open]')) return;
    if (e.key === '?') {
      e.preventDefault();
      return showList();
    }
    const key = nameOf(e);
    if (off() || (SCROLLS.includes(key) && !inLab()) || keepsIts(e.target, e.key)) return;
    if (onProjector() && BLANKS.includes(key)) {
      if (e.target.closest(TYPING)) return;
      e.preventDefault();
      return blankScreen();
    }
    if (press(key)) e.preventDefault();
  });

  // Enter in a field that sends itself, and Escape in any, give the keys back to the lab. What was typed
  // is sent by that: the field is left. Enter in a form that has to be sent, sends it.
  const SENDS = 'input[data-live][hx-get]';
  document.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || !(e.target instanceof Element)) return;
    const field = e.target.closest(`#lab :is(${TYPING})`);
    if (!field || !(e.key === 'Escape' || (e.key === 'Enter' && field.matches(SENDS)))) return;
    e.preventDefault();
    document.getElementById('lab').focus({ preventScroll: true });
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

  // Black, until a key, a click or a touch. What has the focus has it again then.
  function blankScreen() {
    const dialog = make('dialog', '', document.body);
    dialog.id = 'blank';
    dialog.setAttribute('aria-labelledby', 'blank-title');
    make('p', 'The screen is blank. Any key, click or touch brings it back.', dialog).id = 'blank-title';
    dialog.addEventListener('click', () => putAway(dialog));
    dialog.addEventListener('close', () => dialog.remove()); // a browser may close it, too
    dialog.showModal();
  }
  // The event comes later: the next key would find it still there, and be lost.
  function putAway(dialog) {
    dialog.close();
    dialog.remove();
  }

  // What no control of the page declares.
  function others() {
    const has = selector => [...document.querySelectorAll(selector)].some(el => el.checkVisibility());
    return [
      onProjector() && [BLANKS, 'Blank the screen; any key brings it back'],
      has('.graph-svg[tabindex="0"]') && [['Tab', 'Enter'], 'Go into the graph; the arrows move there, Esc leaves'],
      has(`#lab :is(${SENDS})`) && [['Enter'], 'In a field: keep the edit, and give the keys back'],
      has(`#lab :is(${TYPING})`) && [['Escape'], 'In a field: give the keys back'],
      [['?'], 'This list'],
    ].filter(Boolean);
  }

  const nameFor = el => (el.getAttribute('aria-label') || el.innerText || el.title).replace(/\s+/g, ' ').trim();
  const shownAs = key => key.split('+').map(part => NAMES[part] ?? part).join('+');

  // A screen reader's own keys may clash with single letters, so they can be turned off.
  function showList() {
    const dialog = make('dialog', '', document.body);
    dialog.setAttribute('aria-labelledby', 'keys-title');
    make('h2', 'Keys', dialog).id = 'keys-title';
    const list = make('dl', '', dialog);
    list.className = 'keys';
    const rows = declared().filter(el => !keysOf(el).includes('?'))
      .map(el => [keysOf(el), `${el.matches(TYPING) ? 'Edit: ' : ''}${nameFor(el)}`]);
    for (const [keys, words] of [...rows, ...others()]) {
      const term = make('dt', '', list);
      for (const key of keys) make('kbd', shownAs(key), term);
      make('dd', words, list);
    }
    make('p', onProjector()
      ? 'Page down and Page up step whatever has the focus, also where single keys are off.'
      : 'Space, Home, End and Shift with a page key act once you have clicked into the lab, or step with the arrows. '
        + 'With the projector view, Page down and Page up step.', dialog).className = 'hint';
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
