// A page that is for paper: its button prints it, as Ctrl+P does. A long address, and one that names a snapshot,
// is printed as a short one as soon as the server has promised it for a year.
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

(async () => {
  const foot = document.querySelector('.foot-address[data-keep]');
  if (!foot) return;
  try {
    const answer = await fetch(foot.dataset.keep, { method: 'POST', headers: { Accept: 'application/json' } });
    const { address, words } = await answer.json();
    if (!answer.ok || !words) return;
    foot.textContent = `${location.host}${document.documentElement.dataset.root ?? ''}${address} · ${words}`;
    document.documentElement.style.setProperty('--foot', JSON.stringify(foot.textContent));
    for (const el of document.querySelectorAll('[data-stays]')) el.textContent = words;
    document.querySelector('[data-until-copied]')?.remove();
  } catch { /* the long address stays */ }
})();
