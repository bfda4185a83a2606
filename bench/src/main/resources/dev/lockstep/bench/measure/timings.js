lockstep.section('timings', 'Timings', (root, data) => {
  'use strict';
  const { element, add, count, limits, chart } = lockstep;
  const milliseconds = point => ({ ...point, ms: point.ns / 1e6, 'low ms': point.low && point.low / 1e6, 'high ms': point.high && point.high / 1e6,
    slow: point.gflops && point.high ? point.flops / point.high : null, fast: point.gflops && point.low ? point.flops / point.low : null,
    series: point.backend + (point.threads ? ', ' + count(Number(point.threads), 'thread') : ''), precision: point.known ? 'as wanted' : 'missed' });
  const points = data.points.map(milliseconds);
  const group = (all, key) => {
    const groups = new Map();
    all.forEach(each => groups.set(key(each), [...(groups.get(key(each)) || []), each]));
    return [...groups.entries()];
  };
  const processors = [...new Set(points.map(point => point.machine))];

  add(root, element('h2', {}, 'How long it takes'),
    element('p', { class: 'lead' }, 'Medians over fresh JVMs with their 95% intervals. What is timed was verified before and after, on the same objects.'));

  const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down', 'triangle-right'];
  const table = all => [['backend', 'threads', 'case', 'ms', '95% interval', 'GFLOP/s', 'of ceiling', 'JVMs', 'precision', 'verified', 'run'],
    ...all.map(point => [point.backend, point.threads || '–', point.label, point.ms.toPrecision(4),
      point.low && point.high ? `${(point.low / 1e6).toPrecision(4)} to ${(point.high / 1e6).toPrecision(4)}` : '–',
      point.gflops ? point.gflops.toFixed(1) : '–', point.share ? Math.round(100 * point.share) + '%' : '–', point.forks, point.precision, point.verified, point.source])];

  /* Points with whiskers: hollow if the precision that was wanted is missing. */
  function layers(all, style, x, y, low, high, title, backends, lines) {
    const colour = { field: 'backend', type: 'nominal', scale: chart.hues(backends) };
    const shape = { field: 'backend', type: 'nominal', scale: { domain: backends, range: backends.map((_, i) => SHAPES[i % 7]) } };
    const scale = { type: 'log', nice: false, padding: 18 };
    const across = { ...x, scale };
    const up = { field: y, type: 'quantitative', title, scale: { type: 'log', nice: false, padding: 12 }, axis: { tickCount: 5, format: '~g' } };
    const tooltip = [{ field: 'series', title: 'backend' }, { field: 'label', title: 'case' }, { field: 'ms', format: '.4~g', title: 'ms' },
      { field: 'low ms', format: '.4~g' }, { field: 'high ms', format: '.4~g' }, { field: 'gflops', format: '.1f', title: 'GFLOP/s' }, { field: 'forks', title: 'JVMs' },
      { field: 'precision' }, { field: 'verified' }, { field: 'source', title: 'run' }];
    const marks = known => ({ transform: [{ filter: known ? 'datum.known' : '!datum.known' }], mark: { type: 'point', filled: true, opacity: 1, ...(known ? {} : { fill: style('page') }) },
      encoding: { x: across, y: up, [known ? 'color' : 'stroke']: colour, shape, tooltip } });
    return [
      ...(lines ? [{ mark: { type: 'line', strokeWidth: 1, opacity: .6 }, encoding: { x: across, y: up, color: colour, detail: [{ field: 'series' }, { field: 'source' }], strokeDash: { field: 'threads', type: 'nominal', legend: null } } }] : []),
      { transform: [{ filter: `isValid(datum['${low}']) && isValid(datum['${high}'])` }], mark: { type: 'rule', strokeWidth: 1.4, clip: true }, encoding: { x: across, y: { ...up, field: low }, y2: { field: high }, color: colour } },
      // A layer without marks would be an image without a name.
      ...[true, false].filter(known => all.some(point => point.known === known)).map(marks)];
  }

  /* Each machine and number of threads stands for itself. */
  for (const [, all] of group(points, point => point.harness + '\n' + point.kind + '\n' + point.machine)) {
    const { harness, kind, machine } = all[0];
    const backends = [...new Set(all.map(point => point.backend))];
    const heading = (processors.length > 1 ? machine + ': ' : '') + kind;
    const counted = all.filter(point => point.gflops);
    const step = harness !== 'elementwise' && all.every(point => point.width);
    if (!step && harness !== 'product') {
      continue;
    }
    const x = step ? { field: 'width', type: 'quantitative', title: 'width W (log)', axis: { values: [...new Set(all.map(point => point.width))], grid: false, labelExpr: "format(datum.value, 'd')" } }
      : { field: 'flops', type: 'quantitative', title: 'operations of a product, 2 m n k (log)', axis: { format: '~s', grid: false, tickCount: 6 } };
    const ceilings = [...new Map(data.ceilings.filter(ceiling => ceiling.machine === machine).map(ceiling => [ceiling.threads, ceiling])).values()]
      .filter(ceiling => all.some(point => point.threads === ceiling.threads));
    const alt = all.slice(0, 40).map(point => `${point.series}, ${point.label}: ${point.ms.toPrecision(3)} ms`).join('; ');
    add(root, element('h3', { class: 'kind' }, heading), element('div', { class: 'charts' },
      chart({
        title: 'Time', height: 320, alt, rows: table(all),
        caption: 'Log axes. A hollow mark misses the precision that was wanted' + (step ? '; lines of one thread are solid.' : '.'),
        spec: style => ({ data: { values: all }, layer: layers(all, style, x, 'ms', 'low ms', 'high ms', 'ms', backends, step) })
      }),
      counted.length ? chart({
        title: 'Rate, and the most this machine can do', height: 320,
        alt: counted.slice(0, 40).map(point => `${point.series}, ${point.label}: ${point.gflops.toFixed(1)} GFLOP/s`).join('; '),
        caption: ceilings.length ? 'Band: multiply-adds in registers, ' + ceilings.map(each => `${count(Number(each.threads), 'thread')} ${each.gflops.toFixed(1)} GFLOP/s`).join(', ') + ', with its interval.' : null,
        spec: style => ({
          data: { values: counted },
          layer: [
            ...ceilings.flatMap(each => [
              { data: { values: [{ low: each.low ?? each.gflops, high: each.high ?? each.gflops }] }, mark: { type: 'rect', opacity: .12, color: style('ink') },
                encoding: { y: { field: 'low', type: 'quantitative', scale: { type: 'log', nice: false } }, y2: { field: 'high' } } },
              { data: { values: [{ most: each.gflops, name: 'ceiling, ' + count(Number(each.threads), 'thread') }] },
                encoding: { y: { field: 'most', type: 'quantitative', scale: { type: 'log', nice: false } } },
                layer: [{ mark: { type: 'rule', color: style('ink') } }, { mark: { type: 'text', align: 'left', baseline: 'bottom', dx: 4, dy: -2, fontWeight: 600 }, encoding: { x: { value: 0 }, text: { field: 'name' } } }] }]),
            ...layers(counted, style, x, 'gflops', 'slow', 'fast', 'GFLOP/s', backends, step)]
        })
      }) : null));
  }

  /* Steps beside the sum of their operations, each measured alone. */
  const KINDS = [['STEP', 'the step'], ['FORWARD', 'forward products'], ['BACKWARD', 'backward products'], ['WEIGHTS', 'weight gradients'], ['ELEMENTWISE', 'element-wise operations']];
  const word = new Map(KINDS);
  for (const [, all] of group(data.splits, split => split.machine + '\n' + split.label)) {
    const { machine, label } = all[0];
    const splits = all.map(split => ({ ...split, series: split.backend + (split.threads ? ', ' + count(Number(split.threads), 'thread') : '') + (all.some(other => other !== split && other.backend === split.backend && other.threads === split.threads) ? ', ' + split.source : ''),
      sum: split.parts.reduce((sum, part) => sum + part.count * part.ns, 0) }));
    const bars = splits.flatMap(split => [{ name: split.series + ': the step', kind: word.get('STEP'), place: 0, label: 'the step', ms: split.ns / 1e6 },
      ...split.parts.map(part => ({ name: split.series + ': its operations', kind: word.get(part.kind), place: KINDS.findIndex(([kind]) => kind === part.kind),
        label: part.label + (part.count > 1 ? ', ' + part.count + ' times' : ''), ms: part.count * part.ns / 1e6 }))]);
    const summed = splits.map(split => `${split.series}: the step takes ${(split.ns / 1e6).toPrecision(3)} ms, its operations one by one ${(split.sum / 1e6).toPrecision(3)} ms, ${Math.round(100 * split.sum / split.ns)}% of it`).join('; ');
    add(root, element('h3', { class: 'kind' }, 'A ' + label.replace(/^step, /, 'step, operation by operation: ')), element('div', { class: 'charts' }, chart({
      title: (processors.length > 1 ? machine + ': ' : '') + 'the step, and its operations one by one', height: 56 * splits.length + 20, alt: summed,
      caption: summed + '. A step may join operations and keep what it reads next in caches; the gathering of rows is not measured alone.',
      rows: [['backend', 'operation', 'part of', 'times', 'ms in all', 'of the step'], ...splits.flatMap(split => split.parts.map(part => [split.series, part.label, word.get(part.kind), part.count,
        (part.count * part.ns / 1e6).toPrecision(3), (100 * part.count * part.ns / split.ns).toFixed(1) + '%']))],
      spec: style => ({
        data: { values: bars },
        mark: { type: 'bar', stroke: style('page'), strokeWidth: .5 },
        encoding: {
          y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { grid: false, labelLimit: 300 } },
          x: { field: 'ms', type: 'quantitative', stack: 'zero', title: 'ms' },
          color: { field: 'kind', type: 'nominal', scale: chart.hues(KINDS.map(([, name]) => name)) },
          order: { field: 'place' },
          tooltip: [{ field: 'label', title: 'operation' }, { field: 'kind' }, { field: 'ms', format: '.3~g' }]
        }
      })
    })));
  }

  /* Operations one by one, where a run has them. */
  const operations = points.filter(point => point.harness === 'elementwise');
  for (const [machine, all] of group(operations, point => point.machine)) {
    add(root, element('div', { class: 'charts' }, chart({
      title: 'Element-wise operations' + (processors.length > 1 ? ', ' + machine : ''), height: 18 * all.length + 40, rows: table(all),
      alt: all.map(point => `${point.series}, ${point.label}: ${point.ms.toPrecision(3)} ms`).join('; '),
      spec: style => ({
        data: { values: all.map(point => ({ ...point, name: point.label + ' · ' + point.series })) },
        encoding: { y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { grid: false, labelLimit: 300 } } },
        layer: [{ mark: { type: 'bar', color: style('equal'), height: 8 }, encoding: { x: { field: 'ms', type: 'quantitative', title: 'ms' } } }]
      })
    })));
  }
  const others = points.filter(point => !point.width && !['product', 'elementwise'].includes(point.harness));
  if (others.length) {
    add(root, lockstep.numbers(table(others), 'Other measurements'));
  }
  add(root, limits('Where an interval is wide, JVMs disagreed, and the median is no result.',
    processors.length > 1 ? 'Machines are not compared with one another.' : 'Another machine has other times.', 'An emulated device is never timed.'));
});
