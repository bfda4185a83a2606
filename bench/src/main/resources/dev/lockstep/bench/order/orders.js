lockstep.section('orders', 'Orders of addition', (root, data) => {
  'use strict';
  const { element, add, count, limits } = lockstep;
  const COLOURS = [['fused', 'fused multiply-add'], ['rounded', 'multiplication, then addition'], ['mixed', 'some of each'], ['exact', 'exact products']];
  const LONGEST = 60;

  function mark({ form, role, x, y, dx, dy, text }) {
    const style = { class: role.toLowerCase() };
    const title = text ? element('title', {}, text) : null;
    return form === 'BAR' ? element('rect', { ...style, x, y, width: dx, height: dy }, title)
      : form === 'DOT' ? element('circle', { ...style, cx: x, cy: y, r: dx }, title)
        : form === 'LINE' ? element('line', { ...style, x1: x, y1: y, x2: x + dx, y2: y + dy })
          : element('text', { ...style, x, y }, text);
  }

  function drawing({ words, elements, picture }) {
    return element('div', {},
      element('p', { class: 'caption' }, element('b', {}, elements.join('; ')), ': ' + words),
      element('svg', { class: 'tree', viewBox: `0 0 ${picture.width} ${picture.height}`, role: 'img', 'aria-label': words }, picture.marks.map(mark)));
  }

  function product({ title, verdict, reason, products, trees }) {
    return element('div', { class: 'keep' },
      element('h3', {}, title),
      element('p', {}, `${verdict}: ${reason}.` + (products ? ` ${count(products, 'product')} computed to reveal it.` : '')),
      trees.map(drawing));
  }

  add(root,
    element('h2', {}, 'In which order libraries add'),
    element('p', { class: 'lead' }, 'Every element of a product is a sum, and its bits depend on the order of the additions. '
      + 'Each drawing has the terms from left to right: a bar is a chain that adds term after term, a dot adds what lies above it. '
      + 'Elements with different drawings differ in their bits even if all operands are equal: that is why equal units come apart.'),
    element('ul', { class: 'legend' }, COLOURS.map(([name, words]) => element('li', {}, element('i', { class: name }), ' ' + words))));
  data.results.forEach(({ source, summary, products }) => {
    const shown = products.slice(0, LONGEST);
    add(root,
      data.results.length > 1 ? element('h3', {}, source) : null,
      element('p', { class: 'note' }, summary),
      shown.map(product),
      shown.length < products.length ? element('p', { class: 'caption' }, `The first ${shown.length} of ${products.length} products.`) : null);
  });
  add(root, limits('That another shape, number of threads, alignment or machine has the same order: a library chooses its kernels by them.',
    'That every element was probed: rows and columns that told the same in many probes are taken for alike, and the replay of random operands is the check on that.'));
});
