// The dashboard's windows and zones on the picture.
'use strict';

const WINDOW_COLORS = {AfWindows: '#7ee08a', AeWindows: '#ffb454', AwbWindows: '#7cc5ff'};

const to_array = (map, x, y) => [map[0] * x + map[1] * y + map[2], map[3] * x + map[4] * y + map[5]];

function to_picture(map, u, v) {
  const [a, b, x0, c, d, y0] = map, determinant = a * d - b * c;
  return [(d * (u - x0) - b * (v - y0)) / determinant, (a * (v - y0) - c * (u - x0)) / determinant];
}

/// A rectangle [x, y, width, height] between picture and active array; axes may be exchanged, never slanted.
function mapped(rectangle, map, way) {
  const [x, y, width, height] = rectangle, [x1, y1] = way(map, x, y), [x2, y2] = way(map, x + width, y + height);
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)];
}

const clamped = value => Math.min(Math.max(value, 0), 1);
const parse_windows = text => text === 'none' ? [] : text.split(';').map(window => window.split(',').slice(0, 4).map(Number));

class Overlay {
  state = null;
  drag = null;  ///< corners on the picture, 0..1
  asked = null;  ///< {kind, rectangle or null, when}: the last wish; the state shows it some frames later

  constructor() {
    this.canvas = by_id('overlay');
    by_id('draw').onchange = () => this.canvas.classList.toggle('drawing', this.kind() !== '');
    by_id('clear').onclick = () => {
      this.asked = null;
      const kinds = this.kind() ? [this.kind()] : Object.keys(WINDOW_COLORS);
      sender.change(Object.fromEntries(kinds.map(kind => [kind, 'none'])));
    };
    by_id('zones').onchange = () => this.paint();
    this.canvas.onpointerdown = event => this.begin(event);
    this.canvas.onpointermove = event => this.move(event);
    this.canvas.onpointerup = () => this.end();
    this.canvas.onpointercancel = () => { this.drag = null; };
    this.canvas.onkeydown = event => this.key(event);
  }

  kind() { return by_id('draw').value; }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [clamped((event.clientX - box.left) / box.width), clamped((event.clientY - box.top) / box.height)];
  }

  begin(event) {
    if (!this.kind() || !this.state?.control) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.drag = [...this.place(event), ...this.place(event)];
  }

  move(event) {
    if (!this.drag) return;
    this.drag.splice(2, 2, ...this.place(event));
    this.paint();
  }

  end() {
    if (!this.drag) return;
    const [x1, y1, x2, y2] = this.drag;
    this.drag = null;
    if (Math.abs(x2 - x1) > 0.01 && Math.abs(y2 - y1) > 0.01)
      this.set([Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)]);
  }

  /// [x, y, width, height] on the picture of the window that keys move; null: there is none.
  current() {
    const patience = 2000;  // ms: keys come faster than frames
    if (this.asked?.kind === this.kind() && performance.now() - this.asked.when < patience) return this.asked.rectangle;
    const first = parse_windows(this.state.request[this.kind()])[0];
    return first ? mapped(first, this.state.map, to_picture) : null;
  }

  remove() {
    this.asked = {kind: this.kind(), rectangle: null, when: performance.now()};
    sender.change({[this.kind()]: 'none'});
  }

  set(rectangle) {
    this.asked = {kind: this.kind(), rectangle, when: performance.now()};
    const window = mapped(rectangle, this.state.map, to_array).map(value => clamped(value).toFixed(4));
    sender.change({[this.kind()]: window.join(',')});
  }

  key(event) {
    if (!this.kind() || !this.state?.control) return;
    const ways = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
    if (event.key === 'Delete' || event.key === 'Backspace') {
      this.remove();
    } else if (ways[event.key]) {
      const first = this.current();
      let [x, y, width, height] = first ?? [0.4, 0.4, 0.2, 0.2];
      const [dx, dy] = ways[event.key].map(way => way * 0.02);
      if (event.shiftKey) [width, height] = [Math.max(width + dx, 0.04), Math.max(height + dy, 0.04)];
      else if (first) [x, y] = [x + dx, y + dy];
      x = Math.min(Math.max(x, 0), 1 - width);
      y = Math.min(Math.max(y, 0), 1 - height);
      this.set([x, y, width, height]);
    } else {
      return;
    }
    event.preventDefault();
  }

  show(state) {
    this.state = state;
    this.paint();
  }

  paint() {
    const context = this.canvas.getContext('2d'), {width, height} = this.canvas;
    context.clearRect(0, 0, width, height);
    if (!this.state) return;
    if (by_id('zones').value && this.state.zones) this.paint_zones(context);
    for (const [kind, color] of Object.entries(WINDOW_COLORS)) {
      for (const window of parse_windows(this.state.request[kind]))
        this.box(context, mapped(window, this.state.map, to_picture), color, kind);
    }
    if (this.drag) {
      const [x1, y1, x2, y2] = this.drag;
      this.box(context, [x1, y1, x2 - x1, y2 - y1], '#ffffff', '');
    }
  }

  box(context, [x, y, w, h], color, name) {
    const {width, height} = this.canvas;
    context.lineWidth = 2;
    context.strokeStyle = color;
    context.strokeRect(x * width, y * height, w * width, h * height);
    context.font = '13px sans-serif';
    context.fillStyle = color;
    context.fillText(name.replace('Windows', ''), x * width + 5, y * height + 16);
  }

  paint_zones(context) {
    const {columns, rows, values} = this.state.zones, {width, height} = this.canvas, what = by_id('zones').value;
    const most = Math.max(1e-9, ...values.map(zone => zone[4]));
    const code = light => Math.round(255 * Math.pow(clamped(light), 1 / 2.2));
    const fill = {
      level: zone => `rgb(${code(zone[1])} ${code(zone[1])} ${code(zone[1])} / 85%)`,
      color: zone => `rgb(${zone.slice(0, 3).map((light, c) => code(light * this.state.decided.colour_gains[c])).join(' ')} / 85%)`,
      clipped: zone => `rgb(255 60 60 / ${Math.round(90 * zone[3])}%)`,
      focus: zone => `rgb(126 224 138 / ${Math.round(85 * Math.sqrt(zone[4] / most))}%)`,
    }[what];
    values.forEach((zone, i) => {
      const at = [i % columns / columns, Math.floor(i / columns) / rows, 1 / columns, 1 / rows];
      const [x, y, w, h] = mapped(at, this.state.map, to_picture);
      context.fillStyle = fill(zone);
      context.fillRect(x * width + 0.5, y * height + 0.5, w * width - 1, h * height - 1);
    });
  }
}
