lockstep.section('numbers', 'Four numbers', root => {
  'use strict';
  const { element, add, paint, style, count, limits } = lockstep;
  const round = Math.fround;
  const start = [0.1, 0.3, 0.5, 0.7];

  function bits(value) {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value);
    return view.getUint32(0).toString(2).padStart(32, '0');
  }

  /** The shortest decimal that rounds to this binary32 number. */
  function shortest(value) {
    for (let digits = 1; digits < 10; digits++) {
      if (round(Number(value.toPrecision(digits))) === value) {
        return String(Number(value.toPrecision(digits)));
      }
    }
    return String(value);
  }

  const inputs = start.map((value, i) => element('input',
    { type: 'text', inputmode: 'decimal', value, 'aria-label': 'Number ' + (i + 1), on: { input: draw } }));
  const sums = element('div', { class: 'sums' });
  const conclusion = element('p', { class: 'lead', role: 'status' });

  /** A sum as a drawing: nodes are [x, y, value], edges join them by their numbers. */
  function tree(label, nodes, edges) {
    const svg = element('svg', { viewBox: '0 0 320 150', role: 'img', 'aria-label': label + nodes.slice(4).map(([, , value]) => shortest(value)).join(', then ') });
    edges.forEach(([from, to]) => svg.append(element('line',
      { x1: nodes[from][0], y1: nodes[from][1], x2: nodes[to][0], y2: nodes[to][1], stroke: style('soft'), 'stroke-width': 1.5 })));
    nodes.forEach(([x, y, value]) => svg.append(
      element('rect', { x: x - 34, y: y - 11, width: 68, height: 21, fill: style('page') }),
      element('text', { x, y: y + 4, 'text-anchor': 'middle', fill: style('ink'), 'font-size': 12 }, shortest(value))));
    return svg;
  }

  function side(title, drawing, own, other) {
    const digits = bits(own);
    const others = bits(other);
    const row = element('div', { class: 'bits', 'aria-hidden': 'true' }, [['sign', 0, 1], ['exponent', 1, 9], ['fraction', 9, 32]].map(([part, from, to]) =>
      element('span', { class: part }, [...digits.slice(from, to)].map((digit, i) =>
        element('i', { class: digit === others[from + i] ? null : 'lit' }, digit)))));
    return element('div', {}, element('h3', {}, title), drawing, element('b', { class: 'sum' }, shortest(own)), row);
  }

  function draw() {
    const [a, b, c, d] = inputs.map(input => round(Number(input.value.replace(',', '.')) || 0));
    const ab = round(a + b);
    const abc = round(ab + c);
    const first = round(abc + d);
    const cd = round(c + d);
    const second = round(ab + cd);
    const leaves = [a, b, c, d].map((value, i) => [35 + 83 * i, 13, value]);
    sums.replaceChildren(
      side('One after another: ((a + b) + c) + d', tree('One after another: ',
        [...leaves, [77, 52, ab], [140, 92, abc], [212, 134, first]], [[0, 4], [1, 4], [4, 5], [2, 5], [5, 6], [3, 6]]), first, second),
      side('In pairs: (a + b) + (c + d)', tree('In pairs: ',
        [...leaves, [77, 65, ab], [243, 65, cd], [160, 134, second]], [[0, 4], [1, 4], [2, 5], [3, 5], [4, 6], [5, 6]]), second, first));
    const differing = [...bits(first)].filter((bit, i) => bit !== bits(second)[i]).length;
    conclusion.textContent = differing === 0
      ? `Here both orders round to the same bits. Try ${start.join(', ')}.`
      : `The same numbers, two sums: ${shortest(first)} and ${shortest(second)}. ${count(differing, 'bit')} ${differing === 1 ? 'differs' : 'differ'}.`;
  }

  add(root,
    element('h2', {}, 'Why the order matters: four numbers, added twice'),
    element('p', { class: 'lead' }, 'In binary32 a computer keeps about seven digits of each number and rounds after every addition. '
      + 'In another order, other parts are rounded away. One bit is enough to end lockstep.'),
    element('div', { class: 'inputs' }, inputs, element('span', { class: 'caption' }, 'Change them and watch the last bits.')),
    sums, conclusion,
    element('p', { class: 'caption' }, 'binary32 has 1 sign bit, 8 bits of exponent and 23 of fraction. Lit: the bits in which the two sums differ.'),
    limits('Neither sum is wrong: both are within the rounding error of three additions.', 'A library may choose either order for each column; then two equal units no longer agree.'));
  paint(draw);
});
