// The dashboard's plots: by dygraphs, but for the waveform, which is a density and no curve.
'use strict';

const HISTORY_SECONDS = 30;
const HISTORY = ['frame', 'seconds', 'exposure_us', 'analogue_gain', 'digital_gain', 'cct', 'lens_position', 'measured', 'target'];
const LIGHT_TICKS = [0.01, 0.05, 0.2, 0.5, 0.9];
const HISTORY_PLOTS = {
  'plot-luma': {labels: ['s', 'measured', 'wanted'], colors: ['#ffb454', '#8a8f98'], of: row => [row.measured, row.target]},
  'plot-exposure': {labels: ['s', 'ms'], colors: ['#7cc5ff'], of: row => [row.exposure_us / 1000]},
  'plot-gain': {labels: ['s', 'analogue', 'digital'], colors: ['#7ee08a', '#d6a5ff'], of: row => [row.analogue_gain, row.digital_gain]},
  'plot-cct': {labels: ['s', 'K'], colors: ['#ff8f70'], of: row => [row.cct]},
  'plot-lens': {labels: ['s', 'dioptres'], colors: ['#7cc5ff'], of: row => [row.lens_position]},
};

function graph(id, labels, options) {
  return new Dygraph(document.getElementById(id), [labels.map(() => 0)], {
    labels, axisLineColor: '#3a3d43', gridLineColor: '#2f3238', strokeWidth: 1.3, legend: 'onmouseover', interactionModel: {},
    axes: {y: {axisLabelWidth: 44}}, ...options,
  });
}

/// A curve that hardly moves is shown as one: at least `share` of its level fills the height.
function quiet_range(rows, share) {
  const values = rows.flatMap(row => row.slice(1)).filter(value => Number.isFinite(value));
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values), high = Math.max(...values), middle = (low + high) / 2;
  const half = Math.max((high - low) * 0.55, Math.abs(middle) * share / 2, 1e-4);
  return [middle - half, middle + half];
}

class Plots {
  constructor() {
    this.history = [];
    this.history_graphs = {};
    const axes = {x: {axisLabelFormatter: x => `${x} s`}, y: {axisLabelWidth: 44}};
    for (const [id, plot] of Object.entries(HISTORY_PLOTS)) this.history_graphs[id] = graph(id, plot.labels, {colors: plot.colors, axes});
    this.histogram = graph('histogram', ['light', 'luma', 'red', 'green', 'blue'], {
      colors: ['#d0d0d0', '#ff6b6b', '#6fdc7a', '#6fa8ff'], fillGraph: true, fillAlpha: 0.18,
      axes: {y: {drawAxis: false}, x: {ticker: () => LIGHT_TICKS.map(light => ({v: Math.sqrt(light), label: `${light}`}))}},
    });
    this.rows = graph('rows', ['row', 'level'], {colors: ['#ffb454']});
    this.drawn = 0;
  }

  add_history(rows) {
    if (rows.length === 0) return;
    const added = rows.map(values => Object.fromEntries(HISTORY.map((name, i) => [name, values[i]])));
    const restarted = this.history.length > 0 && added[0].frame <= this.history.at(-1).frame;
    this.history = restarted ? added : this.history.concat(added);
    const newest = this.history.at(-1).seconds;
    this.history = this.history.filter(row => row.seconds > newest - HISTORY_SECONDS);
    const now = performance.now();
    if (now - this.drawn < 400) return;  // drawing costs more than anything else here
    this.drawn = now;
    for (const [id, plot] of Object.entries(HISTORY_PLOTS)) {
      const file = this.history.map(row => [row.seconds - newest, ...plot.of(row)]);
      this.history_graphs[id].updateOptions({file, dateWindow: [-HISTORY_SECONDS, 0], valueRange: quiet_range(file, 0.1)});
    }
  }

  newest_frame() { return this.history.length > 0 ? this.history.at(-1).frame : null; }

  show_histogram(bars) {
    const file = bars.luma.map((_, i) => [(i + 0.5) / bars.luma.length, bars.luma[i], bars.red[i], bars.green[i], bars.blue[i]]);
    // What is clipped may tower over the rest: the last bar is cut, not the others flattened.
    const most = Math.max(1, ...file.slice(0, -1).flatMap(row => row.slice(1)));
    this.histogram.updateOptions({file, dateWindow: [0, 1], valueRange: [0, most * 1.05]});
  }

  show_rows(rows) {
    const file = rows.means.map((mean, band) => [band * rows.band_rows, mean]);
    if (file.length > 0) this.rows.updateOptions({file, valueRange: quiet_range(file, 0.3)});
  }

  /// How often each brightness comes in each column of the picture.
  show_waveform(picture) {
    const canvas = document.getElementById('waveform'), [columns, levels] = [canvas.width, canvas.height];
    const small = this.small ??= new OffscreenCanvas(columns, 120);
    const from = small.getContext('2d', {willReadFrequently: true});
    from.drawImage(picture, 0, 0, small.width, small.height);
    const pixels = from.getImageData(0, 0, small.width, small.height).data;
    const context = canvas.getContext('2d'), image = context.createImageData(columns, levels);
    for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
    for (let y = 0, at = 0; y < small.height; y++) {
      for (let x = 0; x < columns; x++, at += 4) {
        for (let c = 0; c < 3; c++) {
          const level = levels - 1 - Math.floor(pixels[at + c] * levels / 256);
          image.data[(level * columns + x) * 4 + c] += 48;
        }
      }
    }
    context.putImageData(image, 0, 0);
  }
}
