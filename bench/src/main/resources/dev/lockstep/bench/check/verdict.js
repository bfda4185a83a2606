lockstep.section('verdict', 'Verdict', (root, data) => {
  'use strict';
  const { element, add, count, percent, limits, state, table } = lockstep;
  const share = agreement => Number(agreement['share-of-bound']);

  function equalUnits(outcomes) {
    const asked = outcomes.filter(outcome => outcome.lockstep.state !== 'NOT_ASKED');
    if (!asked.length) {
      return state('none', 'Not asked');
    }
    const broken = asked.filter(outcome => outcome.lockstep.state === 'BROKEN');
    if (broken.length) {
      const { step, layer } = broken[0].lockstep;
      const fault = broken.some(outcome => outcome.verdict === 'DIFFERS' && !outcome.finding);
      return state(fault ? 'bad' : 'finding', fault ? 'Broken' : 'Broken: a finding',
        `in ${broken.length} of ${count(asked.length, 'scenario')}, first at step ${step}, hidden layer ${layer}`);
    }
    const still = asked.filter(outcome => outcome.lockstep.state === 'DID_NOT_MOVE');
    return still.length ? state('finding', 'Did not move', `in ${still.length} of ${count(asked.length, 'scenario')}`)
      : state('good', 'Held', `${asked.length} of ${count(asked.length, 'scenario')}`);
  }

  function otherUnits(outcomes) {
    const others = outcomes.filter(outcome => outcome.lockstep.state === 'NOT_ASKED').map(outcome => outcome['after-last-step']);
    if (!others.length) {
      return state('none', 'Not asked');
    }
    const sum = field => others.reduce((total, each) => total + each[field], 0);
    return sum('classes') === sum('units') ? state('good', 'All different', count(sum('units'), 'unit'))
      : state('none', `${sum('classes')} classes`, `of ${count(sum('units'), 'unit')}`);
  }

  function against(outcomes, kind) {
    // The network with one unit is not the reference, which is compared with it too.
    const agreements = outcomes.flatMap(outcome => outcome.agreements).filter(agreement => agreement.tier !== 'quotient');
    if (!agreements.length) {
      return outcomes.length ? 'the reference' : state('none', 'Not run');
    }
    const wrong = agreements.find(agreement => agreement.verdict === 'DIFFERS');
    if (wrong) {
      return state('bad', 'Differs', wrong.reason);
    }
    const alarm = agreements.find(agreement => agreement.verdict === 'ALARM');
    if (alarm) {
      return state('bad', 'Alarm', alarm.reason);
    }
    const open = agreements.find(agreement => agreement.verdict !== 'AGREES');
    if (open) {
      return state('finding', 'Inconclusive', open.reason);
    }
    // Gradients of equal units cancel to rounding errors, in which no relative error shows.
    const apart = outcomes.filter(outcome => outcome.lockstep.state === 'NOT_ASKED').flatMap(outcome => outcome.agreements);
    const visible = Math.max(0, ...apart.map(each => each.visible ? Number(each.visible['relative-error']) : 0));
    const bounded = agreements.filter(agreement => share(agreement) > 0);
    if (kind === 'library' && outcomes.every(outcome => outcome.agreements.some(agreement => agreement.tier === 'own order'))) {
      return state('good', 'Own order, bits', `${count(outcomes.length, 'run')}; elements of every product replayed in the order of its additions`);
    }
    return agreements.some(agreement => agreement.tier === 'bits') ? state('good', 'Equal bits', `${count(outcomes.length, 'run')}, loss and parameters of every step`)
      : state('good', 'Within bounds', `${count(outcomes.length, 'run')}; ${visible > 0 ? `would have seen a relative error of ${visible.toExponential(0)}` : `the worst element used ${percent(Math.max(0, ...bounded.map(share)), 1)}`}`);
  }

  function known(experiment, name) {
    const outcome = experiment?.outcomes.find(each => each.backend === name);
    return !outcome ? state('none', 'Not run') : outcome.verdict !== 'AGREES' ? state('bad', 'Differs', outcome.reason)
      : 'products-compared' in outcome ? state('good', 'Exact', count(outcome['products-compared'], 'product'))
        : state('good', 'As known', count(outcome['cases-compared'], 'case'));
  }

  function told(title, remarks, kind) {
    return remarks.length ? element('details', { open: kind === 'bad' }, element('summary', {}, `${title}: ${remarks.length}`),
      element('ul', { class: 'remarks' }, remarks.map(remark => element('li', {}, element('span', { class: 'state ' + kind }, remark.backend || ''), ' ', remark.where ? element('span', { class: 'sub' }, remark.where) : null,
        ' ', remark.text, remark.known === true ? element('span', { class: 'tag' }, 'in the baseline') : null,
        remark.evidence.length ? element('pre', { tabindex: 0 }, remark.evidence.join('\n')) : null, remark.repeat ? element('pre', { tabindex: 0 }, remark.repeat) : null)))) : null;
  }

  for (const { source, result: { check } } of data.results) {
    const outcomesOf = name => check.cells.flatMap(cell => cell.outcomes.filter(outcome => outcome.backend === name));
    const available = check.backends.filter(backend => backend.availability === 'AVAILABLE');
    const missing = check.backends.filter(backend => backend.availability !== 'AVAILABLE');
    add(root,
      element('h2', { class: 'verdict' }, check.sentence),
      data.results.length > 1 ? element('p', { class: 'caption' }, source) : null,
      check.warnings.length ? element('ul', { class: 'asides' }, check.warnings.map(warning => element('li', {}, warning.text))) : null,
      table([['Backend', 'Equal units: lockstep', 'Other units', 'Against the reference', 'Exact data, any order', 'Edge cases'], ...available.map(backend => {
        const outcomes = outcomesOf(backend.name);
        return [[backend.name, ' ', backend.hardware === 'EMULATED' ? element('span', { class: 'tag' }, 'emulated') : null, element('span', { class: 'sub' }, backend.kind)],
          equalUnits(outcomes), otherUnits(outcomes), against(outcomes, backend.kind), known(check['exact-data'], backend.name), known(check['edge-cases'], backend.name)];
      })], { class: 'cards' }),
      missing.length ? element('details', {}, element('summary', {}, `Could not run: ${missing.map(backend => backend.name).join(', ')}`),
        element('dl', {}, missing.map(backend => [element('dt', {}, backend.name), element('dd', {}, backend.availability)]))) : null,
      told('Faults', check.faults, 'bad'), told('Not shown', check['not-shown'], 'finding'), told('Findings about libraries, which are no faults', check.findings, 'finding'));
  }
  const emulated = data.results.some(({ result: { check } }) => check.cuda === 'EMULATED');
  add(root, limits(emulated ? 'An emulated device proves bits, not speed, and nothing about a real GPU.' : '',
    'Agreement holds for the scenarios that ran, not for all networks.', 'Lockstep cannot see a mistake that is made alike for every unit; the comparisons with the reference can.'));
});
