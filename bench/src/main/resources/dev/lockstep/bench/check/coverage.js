lockstep.section('coverage', 'What was checked', (root, data) => {
  'use strict';
  const { element, add, count, percent, limits, table, numbers } = lockstep;
  const SIGNS = { AGREES: ['good', '✓'], DIFFERS: ['bad', '✕'], FAILED: ['bad', '✕'], ALARM: ['bad', '!'], INCONCLUSIVE: ['finding', '?'], UNAVAILABLE: ['none', '–'], UNSUPPORTED: ['none', '–'] };
  const JUDGED = {
    bits: 'every bit of loss and parameters after each step that both ran, of all tensors, moments and evaluations at some',
    'own order': 'elements of every product of some steps, replayed in the library\u2019s own order',
    operations: 'every operation of some steps, from the backend\u2019s own operands',
    bound: 'every element of some steps, by a bound of its own',
    sample: 'elements of every product of wide networks, recomputed',
    'exact data': 'every element of products that have no rounding',
    'edge cases': 'operations and small trainings with known results',
    verdicts: 'unit classes and accuracy of whole runs',
    quotient: 'loss and gradients, against the network with one unit a layer'
  };

  add(root, element('h2', {}, 'What was checked'));
  for (const { source, result: { check } } of data.results) {
    const backends = check.backends.filter(backend => backend.availability === 'AVAILABLE').map(backend => backend.name);
    const all = check.cells.flatMap(cell => cell.outcomes.flatMap(outcome => outcome.agreements.map(agreement =>
      ({ values: cell.parameters, steps: outcome.steps, apart: outcome.lockstep.state === 'NOT_ASKED', ...agreement }))))
      .concat(check['exact-data'].outcomes, check['edge-cases']?.outcomes ?? []);
    const tiers = [...new Set(all.map(agreement => agreement.tier))];
    const worst = some => some.some(each => Number(each['share-of-bound']) > 0) ? percent(Math.max(...some.map(each => Number(each['share-of-bound']))), 1) : '–';
    const visible = some => Math.max(0, ...some.map(each => each.apart && each.visible ? Number(each.visible['relative-error']) : 0));
    const seen = some => visible(some) > 0 ? visible(some).toExponential(0) : '–';
    /* Each step changes every parameter, and a compared step is compared in all of them. */
    const short = number => number >= 1e9 ? (number / 1e9).toPrecision(3) + ' G' : number >= 1e6 ? (number / 1e6).toPrecision(3) + ' M' : String(number);
    const judged = (tier, some) => {
      const sum = steps => some.reduce((total, each) => total + each.values * steps(each), 0);
      return ['bits', 'operations', 'bound'].includes(tier) ? `${short(sum(each => each['steps-compared']))} of ${short(sum(each => each.steps))} values` : '–';
    };
    add(root,
      element('h3', {}, data.results.length > 1 ? source + ', tier by tier' : 'Tier by tier'),
      table([['Tier', 'What is judged', 'Parameter values judged, of all', 'Comparisons', 'Agree', 'Largest share of a bound', 'Sees errors from, units apart'], ...tiers.map(tier => {
        const some = all.filter(agreement => agreement.tier === tier);
        return [tier, JUDGED[tier] || '', judged(tier, some), String(some.length), String(some.filter(each => each.verdict === 'AGREES').length), worst(some), seen(some)];
      })], { class: 'cards' }),
      element('h3', {}, `${count(check.cells.length, 'scenario')} on ${count(backends.length, 'backend')}`),
      element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Scenarios and backends' },
        element('table', { class: 'coverage' },
          element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Scenario'), backends.map(name => element('th', { scope: 'col' }, name)))),
          element('tbody', {}, check.cells.map(cell => element('tr', {}, element('th', { scope: 'row' }, cell.name), backends.map(name => {
            const outcome = cell.outcomes.find(each => each.backend === name);
            const interruption = cell.interruptions.find(each => each.backend === name);
            const verdict = outcome ? outcome.verdict : interruption ? interruption.verdict : 'UNSUPPORTED';
            const finding = outcome && outcome.verdict === 'AGREES' && outcome.finding;
            const [kind, sign] = finding ? ['finding', '◆'] : SIGNS[verdict] || ['none', '–'];
            const words = outcome ? (outcome.complaint || outcome.finding || `${verdict}, ${count(outcome.steps, 'step')}`) : interruption ? interruption.verdict : 'not run';
            return element('td', { class: kind, title: words }, element('span', { role: 'img', 'aria-label': `${name}: ${words}` }, sign));
          })))))),
      numbers([['scenario', 'backend', 'tier', 'verdict', 'judged', 'share of the bound', 'details'],
        ...check.cells.flatMap(cell => cell.outcomes.flatMap(outcome => outcome.agreements.map(agreement =>
          [cell.name, outcome.backend, agreement.tier, agreement.verdict, (agreement['steps-compared'] ?? agreement['products-compared'] ?? ''), agreement['share-of-bound'], agreement.reason])))], 'Every comparison'));
  }
  add(root, limits('Scenarios cover all pairs of the values of their axes, not all combinations.'));
});
