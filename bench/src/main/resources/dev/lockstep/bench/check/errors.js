lockstep.section('errors', 'How large the errors are', (root, data) => {
  'use strict';
  const { element, add, limits, chart, table, percent } = lockstep;
  const FORMS = [['AB', 'Forward products'], ['ABT', 'Products of deltas'], ['ATB', 'Weight gradients']];
  const BINS = 22;
  const several = data.results.length > 1;

  /* Gradients of equal units cancel to rounding errors: only units apart are shown. */
  const lines = data.results.flatMap(({ source, result: { check } }) => check.backends.map(backend => {
    const outcomes = check.cells.flatMap(cell => cell.outcomes).filter(outcome => outcome.backend === backend.name
      && outcome['product-errors'] && outcome.lockstep.state === 'NOT_ASKED');
    return { name: backend.name + (several ? ` (${source})` : ''), errors: outcomes.flatMap(outcome => outcome['product-errors']) };
  })).filter(line => line.errors.length);

  function sums(errors) {
    const most = field => Math.max(0, ...errors.map(each => Number(each[field])));
    return {
      products: errors.reduce((sum, each) => sum + each.products, 0),
      elements: errors.reduce((sum, each) => sum + each.elements, 0),
      histogram: Array.from({ length: BINS }, (_, bin) => errors.reduce((sum, each) => sum + each.histogram[bin], 0)),
      share: most('share-of-bound'), slope: most('slope'), square: most('mean-square'), checksum: most('checksum'),
      all: most('visible-in-all'), one: most('visible-in-one')
    };
  }

  const small = number => number === 0 || !Number.isFinite(number) ? '–' : number.toExponential(0);

  function histogram([form, title]) {
    const shown = lines.map(line => ({ name: line.name, ...sums(line.errors.filter(each => each.form === form)) })).filter(line => line.elements > 0);
    if (!shown.length) {
      return null;
    }
    const bar = bin => ({ from: Math.pow(2, bin - 21), to: Math.pow(2, bin - 20) });
    // A row for each backend, the first on top; the tallest bar of a row leaves room for its name.
    const base = i => shown.length - 1 - i;
    const values = shown.flatMap((line, i) => {
      const tallest = Math.max(...line.histogram);
      return line.histogram.map((count, bin) => ({ name: line.name, ...bar(bin), low: base(i), high: base(i) + .75 * count / tallest,
        text: `${percent(count / line.elements, 1)} of ${line.elements} elements` }));
    });
    return chart({
      title, height: 64 * shown.length,
      alt: shown.map(line => `${line.name}: ${line.elements} elements, the largest error is ${percent(line.share, 1)} of its bound`).join('; '),
      caption: 'Elements by error over bound (log). Dashed: the bound. What lies left of it is right in any order of additions; the leftmost bar has the exact elements.',
      rows: [['backend', 'products', 'elements', 'largest share of a bound', ...shown[0].histogram.map((_, bin) => (bin === 0 ? 'below 2^-20' : bin === BINS - 1 ? '1 and more' : `from 2^${bin - 21}`))],
        ...shown.map(line => [line.name, line.products, line.elements, percent(line.share, 1), ...line.histogram])],
      spec: style => {
        const x = { field: 'from', type: 'quantitative', title: 'error / bound (log)', scale: { type: 'log', base: 2, domain: [Math.pow(2, -21), 2], nice: false }, axis: { values: [-20, -15, -10, -5, 0].map(power => Math.pow(2, power)), labelExpr: "datum.value == 1 ? '1' : '2^' + format(round(log(datum.value) / LN2), 'd')" } };
        const y = { field: 'low', type: 'quantitative', title: null, scale: { domain: [0, shown.length] }, axis: null };
        return {
          data: { values },
          layer: [
            { mark: { type: 'rect', color: style('equal') }, encoding: { x, x2: { field: 'to' }, y, y2: { field: 'high' }, tooltip: [{ field: 'name', title: 'backend' }, { field: 'text', title: 'in this bin' }] } },
            { data: { values: shown.map((_, i) => ({ low: base(i) })) }, mark: { type: 'rule', color: style('line') }, encoding: { y } },
            { data: { values: shown.map((line, i) => ({ name: line.name, low: base(i) + .86, from: Math.pow(2, -21) })) }, mark: { type: 'text', align: 'left', dx: 2, color: style('ink') }, encoding: { x, y, text: { field: 'name' } } },
            { data: { values: [{ from: 1 }] }, mark: { type: 'rule', strokeDash: [4, 3], color: style('ink') }, encoding: { x } }]
        };
      }
    });
  }

  add(root,
    element('h2', {}, 'How large the errors are'),
    element('p', { class: 'lead' }, 'Every element of the judged products was computed again in binary64. The a-priori bound holds for any order of additions, so it is wide; statistics see what errors of random numbers rarely reach.'),
    FORMS.map(histogram),
    element('h3', {}, 'What would have been seen'),
    table([['Backend', 'Products', 'Smallest visible error of a whole product', 'of one element', 'Slope, of its limit', 'Mean square, of its limit', 'Checksums, of their limit'],
      ...lines.map(line => {
        const all = sums(line.errors);
        return [line.name, String(all.products), small(all.all), small(all.one), percent(all.slope, 0), percent(all.square, 0), percent(all.checksum, 0)];
      })], { class: 'cards' }),
    limits('Only products of networks whose units are apart are shown, and only the first and the last step of each scenario.',
      'An error below the smallest visible one may be there. A replay in the library\u2019s own order sees it, where the order is known.'));
});
