'use strict';

/* Charts by Vega-Lite in the page's colours. No expression contains text from results. */
lockstep.chart = (() => {
  const { element, style, paint, tip, numbers } = lockstep;

  /** Adds to each layer what all of them share. */
  function config() {
    const text = { labelColor: style('soft'), titleColor: style('soft'), labelFont: style('sans'), titleFont: style('sans'),
      labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', labelFontWeight: 'normal' };
    return {
      background: null,
      // The description and the table of numbers say what marks show, without a name for each of them.
      mark: { aria: false },
      font: style('sans'),
      view: { stroke: null },
      axis: { ...text, grid: true, gridColor: style('line'), domainColor: style('line'), tickColor: style('line'), labelOverlap: true },
      legend: { ...text, orient: 'top', title: null, symbolStrokeWidth: 2 },
      text: { color: style('soft'), fontSize: 12, font: style('sans') },
      rule: { color: style('soft') },
      point: { size: 60, strokeWidth: 2 },
      line: { strokeWidth: 2 }
    };
  }

  /** A scale that gives each backend a colour of its own. */
  function hues(backends) {
    const names = ['ink', 'peer', 'equal', 'random', 'positive', 'negative', 'soft'];
    return { domain: backends, range: backends.map((_, i) => style(names[i % names.length])) };
  }

  function words(value) {
    return value && typeof value === 'object'
      ? Object.entries(value).map(([key, each]) => key + ': ' + each).join('\n')
      : String(value);
  }

  /**
   * A figure with a chart.
   *
   * title, caption: of the figure; alt: what it shows, in words; rows: its numbers, as of `numbers`
   * height: of the drawing; spec(colours): the specification, made anew when colours change
   * drawn(view): called with each new view
   */
  function chart({ title, alt, caption, rows, spec, height = 260, drawn = () => {} }) {
    const box = element('div', { class: 'chart' });
    let view = null;
    function draw() {
      if (view) {
        view.finalize();
      }
      const full = { $schema: 'https://vega.github.io/schema/vega-lite/v6.json', width: 'container', height,
        autosize: { type: 'fit-x', contains: 'padding' }, description: alt, ...spec(style) };
      view = new vega.View(vega.parse(vegaLite.compile(full, { config: config() }).spec), {
        renderer: 'svg', container: box, hover: true,
        tooltip: (_, event, item, value) => {
          if (value === null || value === undefined || value === '') {
            tip.hide();
          } else {
            tip.show(words(value), event.clientX, event.clientY);
          }
        }
      });
      view.run();
      drawn(view);
    }
    const figure = element('figure', {}, element('h3', {}, title), box,
      caption ? element('figcaption', { class: 'caption' }, caption) : null, rows ? numbers(rows) : null);
    // The container has a width only once it stands in the page.
    requestAnimationFrame(() => paint(draw));
    return figure;
  }

  return Object.assign(chart, { hues });
})();
