lockstep.section('environment', 'Environment', (root, data) => {
  'use strict';
  const { element, add, numbers } = lockstep;
  const results = data.results.map(({ source, result }) => ({ source, ...result }));
  add(root, element('h2', {}, 'Environment, and every command to repeat this'));

  const warnings = new Map();
  results.forEach(result => result.warnings.forEach(({ code, text }) => {
    const key = code + '\n' + text;
    warnings.set(key, { code, text, sources: [...(warnings.get(key)?.sources || []), result.source] });
  }));
  if (warnings.size) {
    add(root, element('h3', {}, 'Warnings'), element('ul', { class: 'warnings' }, [...warnings.values()].map(({ code, text, sources }) =>
      element('li', {}, element('span', { class: 'tag' }, code), ' ', text,
        results.length > 1 ? element('span', { class: 'sub' }, sources.length === results.length ? 'all results' : sources.join(', ')) : null))));
  }

  /* Facts that all results share are said once, and what could not be read is not said at all places. */
  const unread = value => (value || '').startsWith('not readable');
  const names = [...new Set(results.flatMap(result => Object.keys(result.facts)))];
  const told = name => results.map(result => result.facts[name]);
  const shared = names.filter(name => new Set(told(name)).size === 1);
  const list = (facts, keys) => element('dl', {}, keys.filter(name => facts[name] !== undefined && !unread(facts[name]))
    .map(name => [element('dt', {}, name), element('dd', {}, facts[name])]));
  add(root, element('h3', {}, results.length > 1 ? 'The same for all' : 'Machine'), list(results[0].facts, shared));
  for (const result of results) {
    const own = names.filter(name => !shared.includes(name) && result.facts[name] !== undefined && !unread(result.facts[name]));
    if (!own.length && !result.commands.length) {
      continue;
    }
    add(root, results.length > 1 ? element('h3', {}, result.source) : null, list(result.facts, own),
      result.commands.map(command => element('pre', { tabindex: 0 }, command)));
  }
  const missing = results.flatMap(result => names.filter(name => unread(result.facts[name])).map(name => [result.source, name, result.facts[name]]));
  if (missing.length) {
    add(root, numbers([['result', 'sensor', 'why it was not read'], ...missing], 'What could not be read'));
  }
});
