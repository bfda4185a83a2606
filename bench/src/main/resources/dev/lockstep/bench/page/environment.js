lockstep.section('environment', 'Environment', (root, data) => {
  'use strict';
  const { element, add, numbers } = lockstep;
  add(root, element('h2', {}, 'Environment, and every command to repeat this'));

  const warnings = new Map();
  data.results.forEach(result => result.warnings.forEach(({ code, text }) => {
    const key = code + '\n' + text;
    warnings.set(key, { code, text, sources: [...(warnings.get(key)?.sources || []), result.source] });
  }));
  if (warnings.size) {
    add(root, element('h3', {}, 'Warnings'), element('ul', { class: 'warnings' }, [...warnings.values()].map(({ code, text, sources }) =>
      element('li', {}, element('span', { class: 'tag' }, code), ' ', text,
        data.results.length > 1 ? element('span', { class: 'sub' }, sources.length === data.results.length ? 'all results' : sources.join(', ')) : null))));
  }

  /* Facts that all results share are said once. */
  const names = [...new Set(data.results.flatMap(result => Object.keys(result.facts)))];
  const told = name => data.results.map(result => result.facts[name]);
  const shared = names.filter(name => new Set(told(name)).size === 1);
  const list = (facts, keys) => element('dl', {}, keys.filter(name => facts[name] !== undefined).map(name => [element('dt', {}, name), element('dd', {}, facts[name])]));
  const unread = name => data.results.some(result => (result.facts[name] || '').startsWith('not readable'));
  add(root, element('h3', {}, data.results.length > 1 ? 'The same for all' : 'Machine'), list(data.results[0].facts, shared.filter(name => !unread(name))));
  const missing = shared.filter(unread);
  if (missing.length) {
    add(root, numbers([['sensor', 'why it was not read'], ...missing.map(name => [name, data.results[0].facts[name]])], 'What could not be read'));
  }
  for (const result of data.results) {
    add(root, element('h3', {}, result.source), list(result.facts, names.filter(name => !shared.includes(name))),
      result.commands.map(command => element('pre', { tabindex: 0 }, command)));
  }
});
