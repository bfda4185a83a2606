'use strict';

/*
 * The page's frame: elements, sections and what they share. Text from results only ever becomes text nodes and
 * attributes of elements; nothing is parsed as markup.
 */
const lockstep = (() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const SVG_NAMES = new Set(['svg', 'g', 'line', 'path', 'rect', 'circle', 'text', 'title']);
  const sections = new Map();
  const painters = [];

  /** Creates an element with attributes, listeners in `on`, and children: elements, texts, or lists of them. */
  function element(name, attributes, ...children) {
    const node = SVG_NAMES.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === 'on') {
        Object.entries(value).forEach(([event, listener]) => node.addEventListener(event, listener));
      } else if (value !== null && value !== undefined && value !== false) {
        node.setAttribute(key, value === true ? '' : value);
      }
    }
    return add(node, ...children);
  }

  /** Appends children, elements, texts or lists of them; null is left out. */
  function add(node, ...children) {
    node.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
    return node;
  }

  /** The value of a colour or font of the style sheet. */
  function style(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  }

  /** Paints now, and again whenever the colours change. */
  function paint(painter) {
    painters.push(painter);
    painter();
  }

  function repaint() {
    painters.forEach(painter => painter());
  }

  /** A number of things in words: 1 unit, 2 units. */
  function count(number, noun, plural = noun + 's') {
    return number + ' ' + (number === 1 ? noun : plural);
  }

  function percent(share, digits = 0) {
    return (100 * share).toFixed(digits) + '%';
  }

  /** The 95% interval of a share by Wilson's score: right of all. */
  function interval(right, all) {
    const z = 1.959964;
    const p = right / all;
    const middle = (p + z * z / (2 * all)) / (1 + z * z / all);
    const half = z * Math.sqrt(p * (1 - p) / all + z * z / (4 * all * all)) / (1 + z * z / all);
    return [Math.max(0, middle - half), Math.min(1, middle + half)];
  }

  /** A table: its first row is the header, and the first cell of every other row heads that row. */
  function table(rows, attributes = {}) {
    const [head, ...body] = rows;
    return element('table', attributes,
      element('thead', {}, element('tr', {}, head.map(cell => element('th', { scope: 'col' }, cell)))),
      element('tbody', {}, body.map(row => element('tr', {}, row.map((cell, i) =>
        i === 0 ? element('th', { scope: 'row' }, cell) : element('td', { 'data-label': head[i] }, cell))))));
  }

  const MOST_ROWS = 2000;

  /** The numbers of a picture as a table that is closed at first and made when it is opened. */
  function numbers(rows, title = 'The numbers') {
    const box = element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title });
    const details = element('details', {}, element('summary', {}, title), box);
    details.addEventListener('toggle', () => {
      if (details.open && !box.firstChild) {
        box.append(table(rows.slice(0, MOST_ROWS + 1).map(row => row.map(String))));
        if (rows.length > MOST_ROWS + 1) {
          box.append(element('p', { class: 'caption' }, `The first ${MOST_ROWS} of ${rows.length - 1} rows.`));
        }
      }
    });
    return details;
  }

  /** What a picture does not prove. */
  function limits(...sentences) {
    return element('p', { class: 'limits' }, element('b', {}, 'What this does not show. '), sentences.join(' '));
  }

  /** A state: good, finding, bad or none; and what is said below it. */
  function state(kind, word, below) {
    return [element('span', { class: 'state ' + kind }, word), below ? element('span', { class: 'sub' }, below) : null];
  }

  /** Buttons of which one is pressed. */
  function choice(label, names, chosen) {
    const buttons = names.map((name, i) => element('button', { type: 'button', 'aria-pressed': String(i === 0), on: { click: () => press(i) } }, name));
    function press(i) {
      buttons.forEach((button, j) => button.setAttribute('aria-pressed', i === j));
      chosen(i);
    }
    return element('div', { role: 'group', 'aria-label': label, class: 'controls legend' }, buttons);
  }

  const tip = {
    show(text, x, y) {
      const box = document.getElementById('tip');
      box.textContent = text;
      box.hidden = false;
      box.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.offsetWidth - 8)) + 'px';
      box.style.top = (y + 18 + box.offsetHeight > innerHeight ? y - box.offsetHeight - 10 : y + 18) + 'px';
    },
    hide() {
      document.getElementById('tip').hidden = true;
    }
  };

  /** Draws numbers from -100 to 100 as an image, in three colours: of -100, 0 and 100. */
  function image(canvas, [rows, columns], values, colours = ['negative', 'zero', 'positive']) {
    const mix = (from, to, share) => from.map((part, i) => Math.round(part + (to[i] - part) * share));
    const colour = name => {
      const hex = style(name).replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3');
      return [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
    };
    const [negative, zero, positive] = colours.map(colour);
    canvas.width = columns;
    canvas.height = rows;
    const context = canvas.getContext('2d');
    const pixels = context.createImageData(columns, rows);
    values.forEach((value, i) => {
      const rgb = mix(zero, value < 0 ? negative : positive, Math.min(100, Math.abs(value)) / 100);
      pixels.data.set([...rgb, 255], 4 * i);
    });
    context.putImageData(pixels, 0, 0);
  }

  /** Registers how a section is drawn: draw(root, data). */
  function section(id, name, draw) {
    sections.set(id, { name, draw });
  }

  function draw() {
    const main = document.querySelector('main');
    const data = JSON.parse(document.getElementById('data').textContent);
    for (const each of data.sections) {
      const { name, draw: drawing } = sections.get(each.id);
      const root = element('section', { id: each.id, 'aria-label': name });
      main.append(root);
      document.querySelector('nav').append(element('a', { href: '#' + each.id }, name));
      drawing(root, each.data);
    }
  }

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
  for (const [event, paper] of [['beforeprint', true], ['afterprint', false]]) {
    addEventListener(event, () => {
      document.documentElement.classList.toggle('paper', paper);
      repaint();
    });
  }

  return { element, add, style, paint, count, percent, interval, table, numbers, limits, state, choice, tip, image, section, draw };
})();
