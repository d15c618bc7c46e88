// In a frame of another page. What the two say to each other, by postMessage:
//   told     { type: 'backprop:height', height }   how high the page is, in CSS pixels, whenever that changes
//   heard    { type: 'backprop:theme', theme }     'light' or 'dark'; anything else: as the frame itself prefers
// Links that lead elsewhere open in a tab of their own: the frame stays the lesson.
(() => {
  if (window.parent === window) return;
  const root = document.documentElement;
  let told = 0;
  function tell() {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (!height || height === told) return;
    told = height;
    window.parent.postMessage({ type: 'backprop:height', height }, '*');
  }
  new ResizeObserver(tell).observe(document.body);

  window.addEventListener('message', ({ source, data }) => {
    if (source !== window.parent || data?.type !== 'backprop:theme') return;
    if (['light', 'dark'].includes(data.theme)) root.dataset.theme = data.theme;
    else delete root.dataset.theme;
  });

  document.addEventListener('click', e => {
    const link = e.target.closest?.('a[href]');
    if (!link || link.target || link.hasAttribute('hx-get') || link.getAttribute('href').startsWith('#')) return;
    const there = new URL(link.href, location.href);
    if (there.origin === location.origin && there.pathname === location.pathname) return;
    link.target = '_blank';
    link.rel = 'noopener';
  }, true);
})();
