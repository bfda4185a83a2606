lockstep.section('ratios', 'Who is faster', (root, data) => {
  'use strict';
  const { element, add, limits, chart } = lockstep;
  const side = comparison => name => comparison[name].backend || (comparison[name].build ? comparison[name].build + ' build' : comparison[name].run);
  const several = data.results.length > 1;

  add(root, element('h2', {}, 'Who is faster'),
    element('p', { class: 'lead' }, 'Each mark is the time of one side over that of the other, with its 95% interval. Only JVMs count as independent, and Holm’s method corrects for the number of rows.'));

  for (const { source, machine, comparison } of data.results) {
    const [a, b] = ['a', 'b'].map(side(comparison));
    const floor = comparison['noise-floor'].difference;
    const same = axis => new Set(comparison.rows.map(row => row.axes[axis])).size === 1;
    const axes = [...new Set(comparison.rows.flatMap(row => Object.keys(row.axes)))];
    const shared = axes.filter(axis => same(axis) && comparison.rows[0].axes[axis] !== undefined);
    const bare = ['shape', 'form', 'activation', 'operation'];
    const label = row => [row.harness, ...Object.entries(row.axes).filter(([axis]) => !shared.includes(axis)).map(([axis, value]) =>
      axis === 'threads' ? lockstep.count(Number(value), 'thread') : bare.includes(axis) ? value : axis + ' ' + value)].join(' ');
    const rows = comparison.rows.map(row => ({
      name: label(row), ratio: row.ratio.value, low: row.ratio.lower ?? null, high: row.ratio.upper ?? null, verdict: row.verdict,
      decided: row.verdict !== 'UNDECIDED', a: row['a-ns'].value / 1e6, b: row['b-ns'].value / 1e6,
      text: row.ratio.value.toFixed(2) + (row.ratio.lower && row.ratio.upper ? ` [${row.ratio.lower.toFixed(2)}–${row.ratio.upper.toFixed(2)}]` : '')
    }));
    // Rows with one name would hide each other.
    rows.forEach((row, i) => {
      if (rows.findIndex(other => other.name === row.name) < i) {
        row.name += ` (${i + 1})`;
      }
    });
    const spread = Math.max(1.5, ...rows.map(row => Math.max(row.ratio, 1 / row.ratio) * 1.3));
    const domain = [1 / spread, spread];
    add(root, element('div', { class: 'ratios' }, chart({
      title: `${b} against ${a}${several ? ' · ' + (machine ? machine + ' · ' : '') + source : ''}`,
      height: 26 * rows.length + 10,
      alt: rows.slice(0, 40).map(row => `${row.name}: ${row.text}, ${row.verdict}`).join('; '),
      caption: `Time of ${b} over time of ${a} (log). ${shared.length ? 'All rows: ' + shared.map(axis => axis + ' ' + comparison.rows[0].axes[axis]).join(', ') + '. ' : ''}`
        + `Filled: decided. Hollow: undecided, more JVMs are needed. Grey: the noise floor, ${(100 * floor).toFixed(1)}%.`,
      rows: [['case', a + ' ms', b + ' ms', 'ratio', '95%', 'verdict for ' + b], ...rows.map(row => [row.name, row.a.toPrecision(4), row.b.toPrecision(4), row.ratio.toFixed(3), row.text.replace(/^[^[]*/, ''), row.verdict])],
      spec: style => {
        const x = { field: 'ratio', type: 'quantitative', scale: { type: 'log', domain, clamp: true }, title: `← ${b} faster · ${a} faster →`, axis: { tickCount: 7, format: '~g' } };
        const name = { field: 'name', type: 'nominal', sort: null, title: null, axis: { grid: false, domain: false, ticks: false, labelLimit: 300 } };
        const tooltip = [{ field: 'name', title: 'case' }, { field: 'text', title: 'ratio' }, { field: 'verdict' }];
        return {
          data: { values: rows },
          layer: [
            { data: { values: [{ from: 1 / (1 + floor), to: 1 + floor }] }, mark: { type: 'rect', opacity: .25, color: style('soft') }, encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' } } },
            { data: { values: [{ one: 1 }] }, mark: { type: 'rule', color: style('ink') }, encoding: { x: { ...x, field: 'one' } } },
            { transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }], mark: { type: 'rule', strokeWidth: 2, color: style('soft') }, encoding: { y: name, x: { ...x, field: 'low' }, x2: { field: 'high' }, tooltip } },
            { mark: { type: 'point', filled: true, opacity: 1, size: 80, stroke: style('ink') }, encoding: { y: name, x, fill: { condition: { test: 'datum.decided', value: style('ink') }, value: style('page') }, tooltip } }]
        };
      }
    }), comparison.crossovers.filter(line => line.crossings.length).map(line => curve(line, comparison, a, b)), comparison.crossovers.flatMap(line => line.crossings.map(crossing => element('p', { class: 'caption' },
      `The faster side changes at width ${Math.round(crossing.width)}${crossing.located ? '' : ' (not located)'}`
      + (crossing.lower || crossing.upper ? ` [${crossing.lower ? Math.round(crossing.lower) : ''}–${crossing.upper ? Math.round(crossing.upper) : ''}]` : '')
      + `: above it, ${crossing['faster-above'] === 'a' ? a : b} is faster.`)))));
  }
  /* The ratio over the width, with the widths at which the faster side changes. */
  function curve(line, comparison, a, b) {
    const rows = comparison.rows.filter(row => row.harness === line.harness && Object.entries(line.axes).every(([axis, value]) => row.axes[axis] === value))
      .map(row => ({ width: Number(row.axes.width), ratio: row.ratio.value, low: row.ratio.lower ?? null, high: row.ratio.upper ?? null }));
    return chart({
      title: `${b} over ${a}, by width`, height: 220,
      alt: rows.map(row => `width ${row.width}: ${row.ratio.toFixed(2)}`).join('; ') + '; the faster side changes at width ' + line.crossings.map(crossing => Math.round(crossing.width)).join(', '),
      caption: 'Below 1, ' + b + ' is faster. Dashed: the widths at which the faster side changes, interpolated.',
      spec: style => {
        const x = { field: 'width', type: 'quantitative', title: 'width (log)', scale: { type: 'log', nice: false, padding: 18 }, axis: { values: rows.map(row => row.width), grid: false, labelExpr: "format(datum.value, 'd')" } };
        const y = { field: 'ratio', type: 'quantitative', title: 'ratio (log)', scale: { type: 'log', nice: false, padding: 12 }, axis: { tickCount: 5, format: '~g' } };
        return {
          data: { values: rows },
          layer: [
            { data: { values: [{ one: 1 }] }, mark: { type: 'rule', color: style('ink') }, encoding: { y: { ...y, field: 'one' } } },
            { data: { values: line.crossings }, mark: { type: 'rule', strokeDash: [4, 3], color: style('random'), strokeWidth: 2 }, encoding: { x } },
            { transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }], mark: { type: 'rule', color: style('soft') }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } } },
            { mark: { type: 'line', color: style('ink'), point: { filled: true, color: style('ink'), size: 60 } }, encoding: { x, y, tooltip: [{ field: 'width' }, { field: 'ratio', format: '.3f' }] } }]
        };
      }
    });
  }
  add(root, limits('A ratio holds for this machine, these versions and these shapes.', 'Undecided is not the same as equal.'));
});
