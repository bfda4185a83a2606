lockstep.section('maps', 'Where libraries break it', (root, data) => {
  'use strict';
  const { element, add, count, limits, choice, tip } = lockstep;
  const KEY = [['held', '·', 'lockstep held'], ['few', '2', '2 classes'], ['some', '3', '3'], ['many', '4', '4 to 5'], ['most', '6', '6 and more']];
  const threads = [...new Set(data.results.flatMap(({ result: map }) => map.rows.map(row => row.threads ?? 0)))].sort((a, b) => a - b);
  const steps = [...new Set(data.results.map(({ result: map }) => map.steps).filter(known => known))];
  const note = element('p', { class: 'note', role: 'status' });
  const grid = element('div', { class: 'maps' });

  function kind(row) {
    const most = Math.max(0, ...row.classes);
    return row.lockstep === 'held' ? 'held' : row.lockstep !== 'broken' ? 'none' : most <= 2 ? 'few' : most === 3 ? 'some' : most <= 5 ? 'many' : 'most';
  }

  function tell(row) {
    const where = `${row.backend}${row.threads ? ', ' + count(row.threads, 'thread') : ''}, width ${row.width}, batch ${row.batch}: `;
    if (row.lockstep === 'held') {
      return where + 'lockstep held.';
    }
    if (!row.broken) {
      return where + row.lockstep + '.';
    }
    const { step, layer, 'first-unit': first, 'last-unit': last, operation, reason } = row.broken;
    return where + `broken at step ${step}, hidden layer ${layer}, ${first === last ? 'unit ' + first : `units ${first} to ${last}`}, by the ${operation}; `
      + `classes of the layers at the end: ${row.classes.join(' and ')}.` + (reason ? ` Why: ${reason}.` : '');
  }

  function table(name, rows) {
    const widths = [...new Set(rows.map(row => row.width))].sort((a, b) => a - b);
    const batches = [...new Set(rows.map(row => row.batch))].sort((a, b) => a - b);
    const at = new Map(rows.map(row => [row.width + ' ' + row.batch, row]));
    const cells = [];
    const body = widths.map(width => element('tr', {}, element('th', { scope: 'row' }, String(width)), batches.map(batch => {
      const row = at.get(width + ' ' + batch);
      if (!row) {
        cells.push(null);
        return element('td', {});
      }
      const say = event => {
        note.textContent = tell(row);
        const box = event.target.getBoundingClientRect();
        tip.show(tell(row), event.clientX || box.left, event.clientY || box.bottom);
      };
      const shown = row.lockstep === 'held' ? '·' : row.lockstep === 'broken' ? String(Math.max(...row.classes)) : '?';
      const cell = element('td', { class: kind(row), tabindex: -1, 'aria-label': tell(row), on: { mouseenter: say, focus: say, mouseleave: tip.hide, blur: tip.hide } }, shown);
      cells.push(cell);
      return cell;
    })));
    const held = rows.filter(row => row.lockstep === 'held').length;
    const result = element('table', { class: 'map', 'aria-label': `${name}: most unit classes of a hidden layer, width by batch; arrow keys move` },
      element('thead', {},
        element('tr', {}, element('td', {}), element('th', { colspan: batches.length, scope: 'colgroup' }, 'batch')),
        element('tr', {}, element('th', { scope: 'col' }, 'width'), batches.map(batch => element('th', { scope: 'col' }, String(batch))))),
      element('tbody', {}, body));
    const first = cells.find(cell => cell);
    if (first) {
      first.tabIndex = 0;
    }
    result.addEventListener('keydown', event => {
      const from = cells.indexOf(document.activeElement);
      const move = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: batches.length, ArrowUp: -batches.length }[event.key];
      if (event.key === 'Escape') {
        tip.hide();
      }
      if (move === undefined || from < 0) {
        return;
      }
      event.preventDefault();
      const to = cells[from + move];
      const sameRow = Math.floor((from + move) / batches.length) === Math.floor(from / batches.length);
      if (to && (Math.abs(move) > 1 || sameRow || batches.length === 1)) {
        cells[from].tabIndex = -1;
        to.tabIndex = 0;
        to.focus();
      }
    });
    return element('div', { class: 'keep' }, element('h3', {}, name), element('p', { class: 'caption' }, `held in ${held} of ${rows.length}`), result);
  }

  function show(number) {
    tip.hide();
    const tables = data.results.flatMap(({ source, result: map }) => [...new Set(map.rows.map(row => row.backend))].map(backend => {
      const rows = map.rows.filter(row => row.backend === backend && (row.threads ?? 0) === number);
      return rows.length ? [backend + (several(backend) ? ` (${source})` : ''), rows] : null;
    })).filter(each => each);
    grid.replaceChildren(...tables.map(([name, rows]) => table(name, rows)));
    const broken = tables.flatMap(([, rows]) => rows).find(row => row.broken);
    note.textContent = broken ? 'For example ' + tell(broken) + ' Point at a cell, or move with the arrow keys.' : 'Lockstep held everywhere.';
  }

  function several(backend) {
    return data.results.filter(({ result: map }) => map.rows.some(row => row.backend === backend)).length > 1;
  }

  const names = threads.map(number => number === 0 ? 'On the device' : count(number, 'thread'));
  add(root,
    element('h2', {}, 'Where libraries break lockstep'),
    element('p', { class: 'lead' }, 'Equal units stay equal to the last bit only if every one is computed in the same order. '
      + `Networks of equal units were trained${steps.length === 1 ? ` for ${steps[0]} steps` : ''} at each width and batch. A number says into how many classes the units of one layer came apart.`),
    threads.length > 1 ? choice('Threads', names, i => show(threads[i])) : element('p', { class: 'caption' }, names[0]),
    element('ul', { class: 'legend' }, KEY.map(([name, sign, words]) => element('li', {}, element('i', { class: name }, sign), words))),
    grid, note,
    limits('That a library is wrong: no library promises one order for all columns, and results within their rounding bounds are right.',
      'A cell that held did so for these steps on this machine; on another, a library may choose other kernels.'));
  show(threads[0]);
});
