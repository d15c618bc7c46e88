// What a program of arrays does besides its links: a click on a large map reads the entry there, and a row of a
// sum and the cells that it is made of light up together.
(() => {
  const lab = () => document.getElementById('lab');

  document.addEventListener('click', e => {
    const map = e.target.closest?.('.m.large[data-reads]');
    const field = document.getElementById('in-entry');
    if (!map || !field || !map.dataset.reads) return;
    const box = map.getBoundingClientRect();
    const place = (at, from, size, count) => Math.min(count - 1, Math.floor((at - from) / size * count));
    const i = place(e.clientY, box.top, box.height, Number(map.dataset.rows));
    const j = place(e.clientX, box.left, box.width, Number(map.dataset.columns));
    field.value = map.dataset.reads.replace('{i}', i).replace('{j}', j);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });

  function light(cells) {
    for (const each of lab()?.querySelectorAll('.hot') ?? []) each.classList.remove('hot');
    for (const each of lab()?.querySelectorAll('[data-cell], [data-cells]') ?? []) {
      const own = (each.dataset.cells ?? each.dataset.cell).split(' ');
      if (own.some(cell => cells.includes(cell))) each.classList.add('hot');
    }
  }
  // A row lights its cells; a cell lights the rows that it is in, and their other cells.
  function point(target) {
    const row = target.closest?.('[data-cells]');
    if (row) return light(row.dataset.cells.split(' '));
    const cell = target.closest?.('[data-cell]')?.dataset.cell;
    const rows = [...lab()?.querySelectorAll('[data-cells]') ?? []].filter(each => each.dataset.cells.split(' ').includes(cell));
    if (cell && rows.length && rows.length < 5) return light(rows.flatMap(each => each.dataset.cells.split(' ')));
    if (lab()?.querySelector('.hot')) light([]);
  }
  for (const type of ['pointerover', 'focusin']) document.addEventListener(type, e => point(e.target));
})();
