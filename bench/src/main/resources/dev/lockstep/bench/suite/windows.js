lockstep.section('windows', 'Times of the suite', (root, data) => {
  'use strict';
  const { element, add, limits, chart, table } = lockstep;
  add(root, element('h2', {}, 'Times of the suite'),
    element('p', { class: 'lead' }, 'Medians of some windows in one process, by the device’s clock where there is one. `lockstep bench` measures with intervals over fresh JVMs.'));
  for (const { source, result: { times } } of data.results) {
    const best = time => time.own ?? time.wall;
    const rate = time => time.work && best(time) ? (time.work / best(time) * 1e-6).toFixed(time.kind === 'transfer' ? 1 : 0) + (time.kind === 'transfer' ? ' GB/s' : ' GFLOP/s') : '–';
    const timed = times.filter(time => best(time)).map(time => ({ ...time, ms: best(time), name: time.what, rate: rate(time) }));
    const backends = [...new Set(timed.map(time => time.backend))];
    add(root, data.results.length > 1 ? element('h3', {}, source) : null, timed.length ? chart({
      title: 'Milliseconds of a call', height: 22 * new Set(timed.map(time => time.name)).size + 10,
      alt: timed.map(time => `${time.backend}, ${time.what}: ${time.ms.toPrecision(3)} ms`).join('; '),
      spec: () => ({
        data: { values: timed },
        mark: { type: 'point', filled: true, opacity: 1, size: 70 },
        encoding: {
          y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelLimit: 320 } },
          x: { field: 'ms', type: 'quantitative', title: 'ms (log)', scale: { type: 'log', nice: false, padding: 12 }, axis: { tickCount: 6, format: '~g' } },
          color: { field: 'backend', type: 'nominal', scale: chart.hues(backends) },
          tooltip: [{ field: 'backend' }, { field: 'what' }, { field: 'ms', format: '.4~g' }, { field: 'rate' }]
        }
      })
    }) : null, table([['Backend', 'What', 'Own clock', 'Wall', 'Rate', 'Verified'], ...times.map(time => [time.backend, time.kind + ' ' + time.what,
      time.own ? time.own.toPrecision(4) + ' ms' : '–', time.wall ? time.wall.toPrecision(4) + ' ms' : '–', rate(time), `${time.verdict} ${time.reason}`])], { class: 'cards' }));
  }
  add(root, limits('One process on one day: another start of the program may be faster or slower.', 'An emulated device is never timed.'));
});
