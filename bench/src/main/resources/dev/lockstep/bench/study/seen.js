lockstep.section('seen', 'Lockstep, seen', (root, data) => {
  'use strict';
  const { element, add, paint, percent, interval, count, image, limits, chart } = lockstep;
  const units = data.equal.moments[0]['class-of'].length;
  const steps = data.equal.moments.map(moment => moment.quality.step);
  const last = steps.length - 1;
  const square = data.image[0] > 1;
  const share = quality => quality.right / data['test-rows'];
  const across = Math.min(units, Math.ceil(Math.sqrt(units)));

  /* What is read. */
  const strip = element('div', { class: 'strip' }, data.examples.map(example => {
    const canvas = element('canvas', { role: 'img', 'aria-label': 'an example of class ' + example.label });
    paint(() => image(canvas, data.image, example.pixels, ['soft', 'page', 'ink']));
    return canvas;
  }));
  const scale = Number(data.scale.toPrecision(2));
  const legend = element('div', { class: 'scale' },
    element('div', { class: 'bar' }),
    element('div', { class: 'ends' }, element('span', {}, '≤ −' + scale), element('span', {}, '0'), element('span', {}, '≥ +' + scale)));
  add(root,
    element('h2', {}, 'Units that start equal stay equal'),
    element('div', { class: 'intro' },
      element('p', { class: 'lead' }, `Two networks of the same shape learn the same data. In one, all ${units} hidden units start as copies of a single `
        + 'unit; in the other they start at random. Copies get the same corrections, so they stay copies.'),
      element('div', { class: 'reads' },
        element('div', {}, strip, element('p', { class: 'caption' }, `What they read: ${data.data}${square ? `, ${data.image.join(' × ')} pixels` : ''}.`)),
        element('div', {}, legend, element('p', { class: 'caption' },
          'One picture is one unit: its weight for each input. Green counts for the unit, purple against it.')))));

  /* The step. */
  const slider = element('input', { type: 'range', min: 0, max: last, value: last, id: 'seen-step' });
  const label = element('label', { for: 'seen-step' });
  const train = element('button', { type: 'button' }, '▶ Train');
  const ticks = element('div', { class: 'ticks', 'aria-hidden': 'true' }, steps.map((step, i) =>
    element('span', { style: `left:${100 * i / last}%`, class: i % 3 === 0 && last - i > 1 || i === last ? null : 'minor' }, String(step))));
  add(root, element('div', { class: 'controls stepper' }, label, element('div', {}, slider, ticks), train));

  /* The two sides. */
  const sides = [['equal', 'Equal initialisation'], ['random', 'Random initialisation']].map(([kind, title]) => {
    const moments = data[kind].moments;
    const canvases = Array.from({ length: units }, (_, i) => element('canvas', { role: 'img', 'aria-label': `unit ${i + 1}` }));
    const classes = element('b');
    const classesBelow = element('span');
    const right = element('b');
    const rightBelow = element('span');
    const sentence = element('p', { class: 'sentence' });
    const heat = element('canvas', { role: 'img' });
    const heatBelow = element('p', { class: 'caption' });
    let at = last;
    function draw() {
      const moment = moments[at];
      const classOf = moment['class-of'];
      const order = [...new Set(classOf)].sort((a, b) => a - b);
      canvases.forEach((canvas, unit) => image(canvas, data.image, moment.weights[order.indexOf(classOf[unit])]));
      const full = new Array(units * units).fill(100);
      let next = 0;
      for (let i = 1; i < units; i++) {
        for (let j = 0; j < i; j++) {
          full[i * units + j] = full[j * units + i] = moment.cosine[next++];
        }
      }
      image(heat, [units, units], full);
      const low = Math.min(...moment.cosine) / 100;
      const high = Math.max(...moment.cosine) / 100;
      const alike = low === 1 ? 'All cosines are 1.' : `Cosines of their weights (green 1, purple −1): ${low.toFixed(2)} to ${high.toFixed(2)}.`;
      heat.setAttribute('aria-label', 'How alike the units are, unit by unit. ' + alike);
      heatBelow.textContent = alike;
      const number = order.length;
      classes.textContent = count(number, square ? 'picture' : 'unit');
      classesBelow.textContent = number === 1 ? `${units} units, equal to the last bit` : number === units ? `${units} units, no two equal` : `in ${units} units`;
      const [lower, upper] = interval(moment.quality.right, data['test-rows']);
      right.textContent = percent(share(moment.quality));
      rightBelow.textContent = `of new examples read right (95% interval ${percent(lower)} to ${percent(upper)})`;
      const one = data['one-unit'][at];
      sentence.textContent = kind === 'random' ? (number === units ? 'Each unit can take a part of the work.' : '')
        : number !== 1 ? '' : `A network with a single unit reads ${percent(share(one))}.`
          + (one.right === moment.quality.right ? ` The other ${units - 1} add nothing.` : '');
    }
    return {
      draw, to(step) { at = step; draw(); }, moments,
      root: element('div', { class: 'side ' + kind }, element('h3', {}, title),
        element('div', { class: 'figures' }, element('div', {}, classes, classesBelow), element('div', {}, right, rightBelow)),
        element('div', { class: 'split' },
          element('div', { class: 'units', style: `grid-template-columns:repeat(${across},1fr)` }, canvases),
          element('div', { class: 'heat' }, element('p', { class: 'caption' }, 'How alike, unit by unit'), heat, heatBelow)),
        sentence)
    };
  });
  add(root, element('div', { class: 'two', 'aria-live': 'off' }, sides.map(side => side.root)));
  sides.forEach(side => paint(side.draw));

  /* The curves. */
  const views = [];
  const rows = (kind, values) => data[kind].moments.map((moment, i) => ({ step: steps[i], start: kind, ...values(moment) }));
  const cursor = { transform: [{ filter: 'datum.step == cursor' }], mark: { type: 'rule', strokeDash: [2, 3] }, encoding: { x: { field: 'step', type: 'quantitative' } } };
  const x = { field: 'step', type: 'quantitative', title: 'training step (log of step + 1)', scale: { type: 'symlog', constant: 1 },
    axis: { values: steps.filter((_, i) => i % 3 === 0 && last - i > 1 || i === last), grid: false } };
  const colour = style => ({ field: 'start', type: 'nominal', scale: { domain: ['equal', 'random', 'one unit'], range: [style('equal'), style('random'), style('soft')] }, legend: null });
  const curve = (title, what, values, layers, more) => chart({
    title, ...more,
    spec: style => ({
      params: [{ name: 'cursor', value: steps[Number(slider.value)] }],
      data: { values },
      padding: { left: 5, top: 5, bottom: 5, right: 70 },
      layer: [...layers(style, x, colour(style)), cursor]
    }),
    drawn(view) {
      views[what] = view;
    }
  });
  const accuracy = ['equal', 'random'].flatMap(kind => rows(kind, ({ quality }) => {
    const [low, high] = interval(quality.right, data['test-rows']);
    return { right: share(quality), low, high };
  }));
  const oneUnit = data['one-unit'].map((quality, i) => ({ step: steps[i], start: 'one unit', right: share(quality), loss: quality.loss }));
  const rings = (style, field) => ({ transform: [{ filter: "datum.start == 'one unit'" }], mark: { type: 'point', size: 55, filled: false, fill: null, strokeWidth: 1.5, stroke: style('ink') },
    encoding: { x, y: { field, type: 'quantitative' }, tooltip: [{ field: 'start', title: 'network' }, { field: 'step' }, { field, format: '.3f' }] } });
  /* The names at the ends of two lines stand apart: the upper one is lifted, the lower one lowered. */
  const above = field => (data.random.moments[last][field] ?? data.random.moments[last].quality[field]) >= (data.equal.moments[last][field] ?? data.equal.moments[last].quality[field]);
  const line = (field, options, colours, shown = field) => ({
    transform: [{ filter: "datum.start != 'one unit'" }],
    encoding: { x, y: { field: shown, type: 'quantitative', title: null, ...options }, color: colours },
    layer: [
      { mark: { type: 'line', point: { size: 24 } }, encoding: { tooltip: [{ field: 'start', title: 'start' }, { field: 'step' }, { field, format: '.4~g' }] } },
      ...['random', 'equal'].map((kind, i) => ({
        transform: [{ filter: `datum.step == ${data.steps} && datum.start == '${kind}'` }],
        mark: { type: 'text', align: 'left', dx: 8, dy: above(field) === (i === 0) ? -4 : 5, fontWeight: 600 }, encoding: { text: { field: 'start' } } }))]
  });
  const end = kind => data[kind].moments[last].quality;
  const seeds = data.seeds.map(seed => [seed.equal, seed.random]);
  const span = i => `${percent(Math.min(...seeds.map(s => s[i])) / data['test-rows'])} to ${percent(Math.max(...seeds.map(s => s[i])) / data['test-rows'])}`;
  add(root, element('div', { class: 'charts' },
    curve('New examples read right', 0, [...accuracy, ...oneUnit], (style, _, colours) => [
      { transform: [{ filter: "datum.start != 'one unit'" }], mark: { type: 'area', opacity: .18 }, encoding: { x, y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' }, color: colours } },
      { data: { values: [{ level: share(data['one-unit'][last]) }] }, mark: { type: 'rule', strokeDash: [6, 4] }, encoding: { y: { field: 'level', type: 'quantitative' } } },
      line('right', { axis: { format: '%' }, scale: { domain: [0, 1] } }, colours), rings(style, 'right')], {
      alt: `Share of test rows read right over training steps: random units end at ${percent(share(end('random')))}, equal units at ${percent(share(end('equal')))}.`,
      caption: `Share of ${data['test-rows']} test rows, with 95% intervals. Rings and the dashed level: the network with one hidden unit.`,
      rows: [['step', 'equal', 'random', 'one unit'], ...steps.map((step, i) => [step, ...['equal', 'random'].map(k => percent(share(data[k].moments[i].quality), 1)), percent(share(data['one-unit'][i]), 1)])]
    }),
    curve('Loss on the training rows', 1, [...['equal', 'random'].flatMap(kind => rows(kind, ({ quality }) => ({ loss: quality.loss }))), ...oneUnit], (style, _, colours) => [
      { data: { values: [{ level: data.guessing }] }, mark: { type: 'rule', strokeDash: [2, 3] }, encoding: { y: { field: 'level', type: 'quantitative' } } },
      line('loss', {}, colours), rings(style, 'loss')], {
      alt: `Cross-entropy over training steps: random units end at ${end('random').loss.toFixed(2)}, equal units at ${end('equal').loss.toFixed(2)}.`,
      caption: `Mean cross-entropy of ${data['train-rows']} rows. Dotted: equal outputs, ${data.guessing.toFixed(2)}. Rings: the network with one hidden unit.`,
      rows: [['step', 'equal', 'random', 'one unit'], ...steps.map((step, i) => [step, ...['equal', 'random'].map(k => data[k].moments[i].quality.loss.toPrecision(4)), data['one-unit'][i].loss.toPrecision(4)])]
    }),
    classesChart(), spreadChart()));

  function classesChart() {
    const values = ['equal', 'random'].flatMap(kind => rows(kind, moment => ({ classes: moment.weights.length })));
    return curve('Unit classes', 2, values, (_, __, colours) => [line('classes', { scale: { domain: [0, units] }, axis: { tickMinStep: 1 } }, colours)], {
      height: 200,
      alt: `Number of unit classes over training steps: equal ${data.equal.moments[last].weights.length}, random ${data.random.moments[last].weights.length} at the end.`,
      caption: 'Units are in one class if all bits of their incoming weights, bias and outgoing weights are equal.'
    });
  }

  /* Zero has a line of its own below the smallest value of the log axis. */
  function spreadChart() {
    const all = ['equal', 'random'].flatMap(kind => rows(kind, moment => ({ spread: moment.spread }))).filter(row => row.spread !== null);
    const least = Math.min(1, ...all.map(row => row.spread).filter(spread => spread > 0));
    const zero = 10 ** (Math.floor(Math.log10(least)) - 1);
    const values = all.map(row => ({ ...row, shown: row.spread > 0 ? row.spread : zero }));
    const axis = {
      values: [zero, ...[1, 10, 100, 1000, 10000].map(factor => factor * zero * 10)],
      labelExpr: `datum.value < ${zero * 1.01} ? '0' : format(datum.value, '~g')`
    };
    return curve('Relative spread of the units', 3, values, (_, __, colours) => [
      line('spread', { scale: { type: 'log', domainMin: zero / 2 }, axis }, colours, 'shown')], {
      height: 200,
      alt: 'Relative spread of the units over training steps, on a log axis; zero stands on a line of its own.',
      caption: 'Root mean square distance from the mean unit, over that unit’s length. Log axis; exact zero has a line of its own.',
      rows: [['step', 'equal', 'random'], ...steps.map((step, i) => [step, ...['equal', 'random'].map(k => data[k].moments[i].spread === null ? '∞' : data[k].moments[i].spread.toPrecision(4))])]
    });
  }

  /* On paper, five steps stand for the slider. */
  const chosen = [...new Set([0, .25, .5, .75, 1].map(part => Math.round(part * last)))];
  add(root, element('div', { class: 'film' }, element('h3', {}, 'Some units at five steps'),
    element('table', {}, element('tbody', {}, chosen.flatMap(i => ['equal', 'random'].map(kind => {
      const moment = data[kind].moments[i];
      return element('tr', {}, element('th', { scope: 'row' }, `step ${steps[i]}, ${kind}`), element('td', {}, moment.weights.slice(0, 8).map(weights => {
        const canvas = element('canvas', { 'aria-hidden': 'true' });
        paint(() => image(canvas, data.image, weights));
        return canvas;
      })), element('td', {}, percent(share(moment.quality))));
    }))))));

  add(root,
    element('p', { class: 'caption' }, `How it was run: ${data.network}, batches of ${data.batch}, ${data.optimizer}, the same rows in the same order. `
      + `Random: ${data.random.init} at rate ${data.random.rate}. Equal: ${data.equal.init} at rate ${data.equal.rate}, so that the copies move as the one unit does. `
      + (data.backends.length > 1 ? `All bits at all of these steps are the same on ${data.backends.join(', ')}. ` : `Trained on ${data.backends[0]}. `)
      + `${count(data.seeds.length, 'seed')} ended at ${span(1)} (random) and ${span(0)} (equal).`),
    data.differing.map(fault => element('p', { class: 'fault' }, fault)),
    limits('How far one unit can get depends on how it is trained and on the data.', 'It is one data set and one small network.',
      'A picture shows weights, not what a unit responds to: inputs that never vary keep their first weight.'));

  function to(i) {
    slider.value = i;
    const words = `Step ${steps[i]} of ${data.steps}`;
    label.textContent = words;
    slider.setAttribute('aria-valuetext', words);
    sides.forEach(side => side.to(i));
    views.forEach(view => view && view.signal('cursor', steps[i]).run());
  }

  let timer = null;
  function stop() {
    clearInterval(timer);
    timer = null;
    train.textContent = '▶ Train';
  }
  train.addEventListener('click', () => {
    if (timer) {
      stop();
      return;
    }
    if (Number(slider.value) === last) {
      to(0);
    }
    train.textContent = '■ Stop';
    timer = setInterval(() => {
      to(Number(slider.value) + 1);
      if (Number(slider.value) === last) {
        stop();
      }
    }, 450);
  });
  slider.addEventListener('input', () => {
    stop();
    to(Number(slider.value));
  });
  to(last);
});
