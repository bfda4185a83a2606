lockstep.section('chance', 'Chance', (root, data) => {
  'use strict';
  const { element, add, paint, percent, image, limits, choice, chart } = lockstep;
  const { chance } = data;
  const units = chance.assignment.length;
  const best = chance.assignment.map((other, unit) => [unit, other])
    .sort(([a, b], [c, d]) => Math.abs(chance.correlation[c][d]) - Math.abs(chance.correlation[a][b]));
  const same = chance.assignment.map((_, unit) => [unit, unit]);
  const equalNumbers = chance.assignment.filter((other, unit) => other === unit).length;
  const list = element('ul', { class: 'pairs' });
  let chosen = 0;
  const below = element('p', { class: 'caption', role: 'status' });

  function show(which) {
    const pairs = which === 0 ? best : same;
    list.replaceChildren(...pairs.map(([one, other]) => {
      const correlation = chance.correlation[one][other] / 100;
      // A tanh unit and its negative do the same work.
      const turned = correlation < 0;
      const pictures = [chance.weights[0][one], turned ? chance.weights[1][other].map(weight => -weight) : chance.weights[1][other]];
      const canvases = pictures.map((weights, i) => {
        const canvas = element('canvas', { role: 'img', 'aria-label': `unit ${[one, other][i] + 1} of seed ${chance.seeds[i]}` });
        image(canvas, data.image, weights);
        return canvas;
      });
      return element('li', {}, element('div', { class: 'pictures' }, canvases),
        element('p', {}, element('b', {}, Math.abs(correlation).toFixed(2)), ` ${one + 1} ↔ ${turned ? '−' : ''}${other + 1}`),
        element('div', { class: 'meter' }, element('i', { style: `width:${Math.abs(100 * correlation)}%` })));
    }));
    below.textContent = which === 0
      ? `The best one-to-one matching: likeness ${chance.matched.toFixed(2)} on average. ${equalNumbers} of ${units} pairs have equal numbers; chance alone expects 1.`
      : `Units with equal numbers: likeness ${chance['by-number'].toFixed(2)} on average; of any two units ${chance.any.toFixed(2)}.`;
  }

  add(root,
    element('h2', {}, 'Which unit learns what is chance'),
    element('p', { class: 'lead' }, `Another seed draws other weights, and other units take the same parts. Left in each pair: a unit of seed ${chance.seeds[0]}. `
      + `Right: a unit of seed ${chance.seeds[1]}. The networks read ${chance.right.map(right => percent(right / data['test-rows'])).join(' and ')} of new examples right.`),
    choice('Pairs', ['Paired by what they do', 'Paired by number'], which => {
      chosen = which;
      show(chosen);
    }), below, list);
  paint(() => show(chosen));
  const bars = [
    { name: 'same number, after training', likeness: chance['by-number'], low: chance['by-number'] - 2 * chance.error, high: chance['by-number'] + 2 * chance.error },
    { name: 'any two units, after training', likeness: chance.any },
    { name: 'best matching, before training', likeness: chance.before },
    { name: 'best matching, after training', likeness: chance.matched }];
  add(root, chart({
    title: 'How alike, on average', height: 150,
    alt: bars.map(bar => `${bar.name}: ${bar.likeness.toFixed(2)}`).join('; '),
    caption: `Size of the correlation of two units’ responses to ${data['test-rows']} test rows. The bar is two standard errors of a mean of ${units} unrelated pairs to each side.`,
    rows: [['pairs', 'likeness'], ...bars.map(bar => [bar.name, bar.likeness.toFixed(3)])],
    spec: style => ({
      data: { values: bars },
      encoding: { y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { grid: false, labelLimit: 240, domain: false, ticks: false } } },
      layer: [
        { mark: { type: 'rule', strokeWidth: 2, color: style('soft') }, encoding: { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } }, transform: [{ filter: 'isValid(datum.low)' }] },
        { mark: { type: 'point', filled: true, size: 90, opacity: 1, color: style('ink') },
          encoding: { x: { field: 'likeness', type: 'quantitative', title: '|correlation| of responses', scale: { domain: [0, 1] } }, tooltip: [{ field: 'name', title: 'pairs' }, { field: 'likeness', format: '.3f' }] } }]
    })
  }));
  add(root, limits('Two seeds are two draws.', 'A best matching always beats an arbitrary one, so compare it with the best matching before training, not with zero.',
    'Likeness is of responses, not of pictures: units may respond alike with different weights.', 'A minus marks a unit shown with its sign turned: tanh is odd, so a unit and its negative do the same work.'));
});
