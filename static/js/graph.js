// A graph is one stop for Tab. Enter goes in, to what is computed now; there the arrows move to the nearest
// node in their direction, Enter presses it as a click does, Escape goes out. On a number that can be changed
// Enter gives the arrows up and down to it (drag.js), and the space bar presses it. Without this script
// every node that leads somewhere is a stop of its own.
(() => {
  const GRAPH = '#lab .graph-svg';
  const NODE = '.node[data-f]';
  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const hint = document.getElementById('graph-keys');
  let inside = false; // whether the arrows move in a graph, by the keys
  let changing = false; // whether they change the number of the node in focus
  let byKey = false; // whether it was a key that moved the focus last

  const graphOf = el => (el instanceof Element ? el.closest(GRAPH) : null);
  const nodeOf = el => (el instanceof Element ? el.closest(`${GRAPH} ${NODE}`) : null);
  const nodesOf = graph => [...graph.querySelectorAll(NODE)].filter(node => node.checkVisibility());
  // As drag.js: the field of a number that was given.
  const fieldOf = node => document.getElementById(`in-${node.dataset.f.replace(/^.*?\bn-/, '')}`);
  const isNumber = text => text.trim() !== '' && Number.isFinite(Number(text.trim().replace('−', '-').replace(',', '.')));
  const canChange = node => {
    const field = fieldOf(node);
    return Boolean(field?.matches('[data-live][type=text]') && isNumber(field.value));
  };

  // The server sends links, each a stop; a morph brings them so again. The strip of steps is a stop, too,
  // at the step of now: the arrows go from there.
  function settle(root = document) {
    for (const tick of root.querySelectorAll('#lab .film li a:not([aria-current])')) tick.setAttribute('tabindex', '-1');
    for (const graph of root.querySelectorAll(GRAPH)) {
      graph.setAttribute('tabindex', '0');
      graph.setAttribute('aria-roledescription', 'graph');
      graph.setAttribute('aria-describedby', hint.id);
      graph.closest('.scroll[tabindex]')?.setAttribute('tabindex', '-1');
      for (const node of graph.querySelectorAll(NODE)) {
        node.setAttribute('tabindex', '-1');
        if (node.localName === 'a') continue;
        node.setAttribute('role', 'img');
        node.setAttribute('aria-label', node.querySelector('title')?.textContent ?? '');
      }
    }
  }

  const KEYS = {
    stop: [['Enter'], ' go in'],
    move: [['←', '→', '↑', '↓'], ' move'],
    press: [['Enter'], ' open it'],
    change: [['Enter'], ' change it'],
    open: [['Space'], ' open it'],
    alter: [['↑', '↓'], ' change it'],
    done: [['Esc'], ' done'],
    out: [['Esc'], ' go out'],
  };
  function keysFor(node) {
    if (!node) return ['stop'];
    if (changing) return ['alter', 'done'];
    if (canChange(node)) return ['move', 'change', ...(node.localName === 'a' ? ['open'] : []), 'out'];
    return ['move', ...(node.localName === 'a' ? ['press'] : []), 'out'];
  }

  let written = '';
  function write(names) {
    if (written === names.join()) return; // or a screen reader would say it again
    written = names.join();
    hint.replaceChildren(...names.flatMap(name => {
      const [keys, does] = KEYS[name];
      const part = document.createElement('span');
      for (const key of keys) part.append(Object.assign(document.createElement('kbd'), { textContent: key }));
      part.append(does);
      return [part, ' '];
    }));
  }

  // Says what the keys do, at the graph's lower edge, as long as it is the keys that are used.
  function tell() {
    const graph = byKey ? graphOf(document.activeElement) : null;
    const node = inside ? nodeOf(document.activeElement) : null;
    if (!graph || (!node && document.activeElement !== graph)) {
      if (hint.matches(':popover-open')) hint.hidePopover();
      return;
    }
    write(keysFor(node));
    if (!hint.matches(':popover-open')) hint.showPopover();
    const at = (graph.closest('.scroll') ?? graph).getBoundingClientRect();
    const box = hint.getBoundingClientRect();
    hint.style.left = `${Math.max(8, Math.min(at.left + 6, innerWidth - box.width - 8))}px`;
    hint.style.top = `${Math.max(8, Math.min(at.bottom, innerHeight - 20) - box.height + 12)}px`;
  }

  const centre = node => {
    const box = (node.querySelector('.body') ?? node).getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };

  // The nearest in this direction, where what lies aside counts twice.
  function nearest(node, [dx, dy]) {
    const [x, y] = centre(node);
    let best = null;
    for (const each of nodesOf(graphOf(node))) {
      const [u, v] = centre(each);
      const along = (u - x) * dx + (v - y) * dy;
      if (each === node || along < 2) continue;
      const far = along + 2 * Math.abs((u - x) * dy + (v - y) * dx);
      if (!best || far < best.far) best = { far, node: each };
    }
    return best?.node;
  }

  function goTo(node) {
    if (!node) return;
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  const press = el => el.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));

  // True where the key was for the graph.
  function take(key) {
    const graph = graphOf(document.activeElement);
    const node = nodeOf(document.activeElement);
    if (!inside || !node) {
      if (document.activeElement !== graph || !(key === 'Enter' || (key === ' ' && byKey))) return false;
      const all = nodesOf(graph);
      inside = true;
      byKey = true;
      goTo(all.find(each => each.matches('.now')) ?? all.find(each => each.matches('.focus')) ?? all[0]);
      return true;
    }
    if (changing) {
      if (key === 'ArrowUp' || key === 'ArrowDown') return false;
      if (['Escape', 'Enter'].includes(key)) changing = false;
      return key in WAYS || ['Escape', 'Enter', ' ', 'Home', 'End'].includes(key);
    }
    if (key in WAYS) goTo(nearest(node, WAYS[key]));
    else if (key === 'Home') goTo(nodesOf(graph)[0]);
    else if (key === 'End') goTo(nodesOf(graph).at(-1));
    else if (key === 'Escape') {
      inside = false;
      graph.focus({ preventScroll: true });
    } else if (key === 'Enter' && canChange(node)) changing = true;
    else if (key !== 'Enter' && key !== ' ') return false;
    else if (node.localName === 'a') press(node);
    return true;
  }

  window.addEventListener('keydown', e => {
    if (e.key === 'Tab') byKey = true;
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector('dialog[open]')) return;
    if (!graphOf(document.activeElement) || !take(e.key)) return tell();
    e.preventDefault();
    e.stopImmediatePropagation();
    tell();
  }, true);

  document.addEventListener('pointerdown', () => {
    byKey = false;
    inside = false;
    changing = false;
    tell();
  }, true);
  document.addEventListener('focusin', e => {
    if (!nodeOf(e.target)) inside = false;
    changing = false;
    tell();
  });
  document.addEventListener('focusout', () => setTimeout(tell));
  document.addEventListener('scroll', tell, true);
  // What is no link can be focused by this script alone, and so loses the focus in a morph.
  let left = null;
  document.addEventListener('htmx:before:swap', e => {
    // Before the morph, which passes over what is equal, and would take these off and have them put back.
    for (const { fragment } of e.detail.tasks) if (fragment) settle(fragment);
    left ??= graphOf(document.activeElement) && { id: document.activeElement.id, inside, changing };
  });
  document.addEventListener('htmx:after:swap', () => {
    settle();
    if (left && document.activeElement.id !== left.id) {
      document.getElementById(left.id)?.focus({ preventScroll: true });
      ({ inside, changing } = left);
    }
    left = null;
    tell();
  });
  document.addEventListener('later:brought', () => settle());
  write(keysFor(null));
  settle();
})();
