lockstep.section('claims', 'Claims', (root, data) => {
  'use strict';
  const { element, add, limits, state } = lockstep;
  const KINDS = { 'HOLDS': ['good', 'Holds'], 'DOES NOT HOLD': ['bad', 'Does not hold'], 'INCONCLUSIVE': ['finding', 'Inconclusive'] };
  const holding = data.results.filter(claim => claim.verdict === 'HOLDS').length;
  add(root, element('h2', { class: 'verdict' }, `${holding} of ${data.results.length} textbook claims hold.`));
  for (const set of new Set(data.results.map(claim => claim.data))) {
    add(root, element('h3', {}, set), element('div', { class: 'claims' }, data.results.filter(claim => claim.data === set).map(claim => {
      const [kind, word] = KINDS[claim.verdict] || ['none', claim.verdict];
      return element('article', {}, element('p', {}, element('b', {}, `(${claim.letter}) `), claim.sentence),
        element('p', {}, state(kind, word, `on ${claim.backends.join(', ')}${claim.reason ? ': ' + claim.reason : ''}`)),
        element('dl', {}, claim.figures.map(figure => [element('dt', {}, figure.name), element('dd', {}, figure.value)])));
    })));
  }
  add(root, limits('These are experiments on small networks and these data, not proofs.'));
});
