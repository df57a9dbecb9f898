// The dashboard: shows the newest picture and state, sends what the user changes.
'use strict';

const by_id = id => document.getElementById(id);
const WINDOW_COLORS = {AfWindows: '#7ee08a', AeWindows: '#ffb454', AwbWindows: '#7cc5ff'};

// ---- what can be changed -------------------------------------------------------------------------------------------------------------

// A number with `auto` has a switch for it; `log` slides by factors. `shown`: where its value stands while it is automatic.
const CONTROLS = {
  Exposure: [
    {name: 'ExposureValue', kind: 'number', min: -4, max: 4, step: 0.1, unit: 'EV'},
    {name: 'ExposureTime', kind: 'number', min: 20, max: 1e6, log: true, auto: true, unit: 'µs', shown: s => s.applied.exposure_us},
    {name: 'AnalogueGain', kind: 'number', min: 1, max: 64, log: true, auto: true, unit: '×', shown: s => s.applied.analogue_gain},
    {name: 'FrameDurationLimits', kind: 'text', hint: 'shortest,longest µs; 0: none'},
    {name: 'AeMeteringMode', kind: 'choice', of: ['centre-weighted', 'spot', 'matrix', 'custom']},
    {name: 'AeConstraintMode', kind: 'choice', of: ['normal', 'highlight', 'shadows', 'custom']},
    {name: 'AeExposureMode', kind: 'choice', of: ['normal', 'short', 'long', 'custom']},
    {name: 'AeFlickerMode', kind: 'choice', of: ['off', 'manual', 'auto']},
    {name: 'AeFlickerPeriod', kind: 'choice', of: ['0', '10000', '8333'], words: ['none', '10000 µs (50 Hz)', '8333 µs (60 Hz)']},
    {name: 'AeLocked', kind: 'lock', label: 'Lock exposure'},
  ],
  'White balance': [
    {name: 'AwbMode', kind: 'choice', of: ['auto', 'incandescent', 'tungsten', 'fluorescent', 'indoor', 'daylight', 'cloudy', 'custom']},
    {name: 'ColourTemperature', kind: 'number', min: 1000, max: 15000, log: true, auto: true, unit: 'K', shown: s => s.decided.colour_temperature},
    {name: 'ColourGains', kind: 'text', hint: 'red,blue or auto'},
    {name: 'MixedLight', kind: 'truth'},
    {name: 'AwbLocked', kind: 'lock', label: 'Lock white balance'},
  ],
  Focus: [
    {name: 'AfMode', kind: 'choice', of: ['manual', 'auto', 'continuous']},
    {name: 'AfRange', kind: 'choice', of: ['normal', 'macro', 'full']},
    {name: 'AfSpeed', kind: 'choice', of: ['normal', 'fast']},
    {name: 'LensPosition', kind: 'number', min: 0, max: 15, step: 0.05, auto: true, unit: 'dpt', shown: s => s.applied.lens_position},
    {name: 'AfTrigger', kind: 'press', of: ['start', 'cancel'], labels: ['Focus now', 'Cancel']},
    {name: 'AfPause', kind: 'press', of: ['immediate', 'resume'], labels: ['Pause AF', 'Resume AF']},
  ],
};

/// One POST at a time; what changes meanwhile goes with the next one, so that a slider can't flood the camera.
class Sender {
  waiting = null;
  busy = false;

  change(controls) {
    this.waiting = {...this.waiting, ...controls};
    if (!this.busy) this.send();
  }

  async send() {
    this.busy = true;
    while (this.waiting) {
      const body = this.waiting;
      this.waiting = null;
      await this.post('/control', body);
    }
    this.busy = false;
  }

  async post(path, body) {
    try {
      const answer = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
      notice(answer.ok ? '' : await answer.text());
      return answer.ok;
    } catch {
      notice('The camera program does not answer.');
      return false;
    }
  }
}

const sender = new Sender();

function notice(text) { by_id('notice').textContent = text; }

function element(tag, attributes = {}, ...children) {
  const out = Object.assign(document.createElement(tag), attributes);
  out.append(...children);
  return out;
}

/// A number as people read it: three digits that count.
const readable = value => Number.isFinite(value) ? Number(value.toPrecision(3)).toLocaleString('en', {useGrouping: false}) : '–';

/// Each returns {row, show(value, state)}; show is not called while the user is at it.
const WIDGETS = {
  number(control) {
    const to = value => control.log ? Math.log(value) : value, from = at => control.log ? Math.exp(at) : at;
    const slider = element('input', {type: 'range', id: control.name, min: to(control.min), max: to(control.max)});
    slider.step = control.step ?? (to(control.max) - to(control.min)) / 400;
    const value = element('output', {htmlFor: control.name}), auto = element('input', {type: 'checkbox', ariaLabel: `${control.name} automatic`});
    const shown = number => {
      value.textContent = `${readable(number)} ${control.unit}`;
      slider.setAttribute('aria-valuetext', value.textContent);
    };
    slider.oninput = () => {
      const number = Number(from(Number(slider.value)).toPrecision(4));
      auto.checked = false;
      shown(number);
      sender.change({[control.name]: number});
    };
    auto.onchange = () => auto.checked ? sender.change({[control.name]: 'auto'}) : slider.oninput();
    const slide = element('span', {className: 'slide'}, slider);
    if (control.auto) slide.prepend(element('label', {className: 'auto', title: 'automatic'}, auto, 'auto'));
    return {
      parts: [slide, value],
      show(text, state) {
        auto.checked = control.auto && text === 'auto';
        const number = auto.checked ? control.shown(state) : Number(text);
        if (Number.isFinite(number)) slider.value = to(Math.max(number, control.min));
        shown(number);
      },
    };
  },
  choice(control) {
    const select = element('select', {id: control.name}, ...control.of.map((value, i) => element('option', {value}, control.words?.[i] ?? value)));
    select.onchange = () => sender.change({[control.name]: select.value});
    return {
      parts: [select],
      show(text) {
        if (![...select.options].some(option => option.value === text)) select.append(element('option', {value: text}, text));
        select.value = text;
      },
    };
  },
  text(control) {
    const input = element('input', {type: 'text', id: control.name, placeholder: control.hint, title: control.hint});
    input.onchange = () => sender.change({[control.name]: input.value.trim()});
    return {parts: [input], show(text) { input.value = text; }};
  },
  truth(control) {
    const box = element('input', {type: 'checkbox', id: control.name});
    box.onchange = () => sender.change({[control.name]: box.checked});
    return {parts: [element('span', {}, box)], show(text) { box.checked = text === 'true'; }};
  },
  lock(control) {
    const button = element('button', {type: 'button', id: control.name, ariaPressed: 'false'}, control.label);
    button.onclick = () => sender.change({[control.name]: button.ariaPressed !== 'true'});
    return {button, show(text) { button.ariaPressed = text; }};
  },
  press(control) {
    const buttons = control.of.map((value, i) => element('button', {type: 'button', id: `${control.name}-${value}`}, control.labels[i]));
    buttons.forEach((button, i) => button.onclick = () => sender.change({[control.name]: control.of[i]}));
    return {button: buttons, show() {}};
  },
};

class Controls {
  constructor() {
    this.widgets = [];
    for (const [group, controls] of Object.entries(CONTROLS)) {
      const buttons = element('div', {className: 'buttons'}), rows = [];
      for (const control of controls) {
        const widget = WIDGETS[control.kind](control);
        this.widgets.push({control, ...widget, touched: 0});
        if (widget.button) {
          buttons.append(...[widget.button].flat());
        } else {
          const row = element('div', {className: 'control'}, element('label', {htmlFor: control.name}, control.name), ...widget.parts);
          const touched = this.widgets.at(-1);
          for (const kind of ['input', 'change', 'pointerdown']) row.addEventListener(kind, () => touched.touched = performance.now());
          rows.push(row);
        }
      }
      by_id('controls').append(element('fieldset', {}, element('legend', {}, group), ...rows, buttons));
    }
    by_id('controls').onsubmit = event => event.preventDefault();
  }

  show(state) {
    for (const widget of this.widgets) {
      const typing = widget.control.kind === 'text' && document.activeElement?.id === widget.control.name;
      if (!typing && performance.now() - widget.touched > 700) widget.show(state.request[widget.control.name], state);
    }
    const fixed = !state.control;
    for (const input of document.querySelectorAll('#controls input, #controls select, #controls button, #still-jpeg, #still-dng, #draw, #clear'))
      input.disabled = fixed;
  }
}

// ---- windows and zones on the picture --------------------------------------------------------------------------------------------------

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

  constructor() {
    this.canvas = by_id('overlay');
    by_id('draw').onchange = () => this.canvas.classList.toggle('drawing', this.kind() !== '');
    by_id('clear').onclick = () => sender.change(this.kind() ? {[this.kind()]: 'none'} : {AfWindows: 'none', AeWindows: 'none', AwbWindows: 'none'});
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

  set(rectangle) {
    this.asked = rectangle;
    const window = mapped(rectangle, this.state.map, to_array).map(value => clamped(value).toFixed(4));
    sender.change({[this.kind()]: window.join(',')});
  }

  key(event) {
    if (!this.kind() || !this.state?.control) return;
    const ways = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
    if (event.key === 'Delete' || event.key === 'Backspace') {
      sender.change({[this.kind()]: 'none'});
    } else if (ways[event.key]) {
      const first = parse_windows(this.state.request[this.kind()])[0];
      let [x, y, width, height] = first ? mapped(first, this.state.map, to_picture) : [0.4, 0.4, 0.2, 0.2];
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
      for (const window of parse_windows(this.state.request[kind])) this.box(context, mapped(window, this.state.map, to_picture), color, kind);
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

// ---- what is shown -----------------------------------------------------------------------------------------------------------------------

function show_facts(state, rate) {
  const facts = {
    frame: `${state.frame}, ${readable(rate)} fps`,
    exposure: `${readable(state.applied.exposure_us / 1000)} ms`,
    gain: `${readable(state.applied.analogue_gain)} × ${readable(state.decided.digital_gain)}`,
    light: state.decided.colour_temperature > 0 ? `${Math.round(state.decided.colour_temperature)} K` : '–',
    lens: `${readable(state.applied.lens_position)} dpt`,
    AE: state.states.ae, AF: state.states.af, clipped: `${readable(100 * state.states.clipped)} %`,
  };
  if (!state.control) facts.view = 'only';
  by_id('facts').replaceChildren(...Object.entries(facts).map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))));
  const {flicker, flicker_period_us, flicker_modulation} = state.states;
  by_id('flicker').textContent = flicker_period_us > 0
      ? `${Math.round(1e6 / flicker_period_us)} Hz, ${readable(100 * flicker_modulation)} %: ${flicker}` : flicker || 'mean of each band of rows';
  by_id('explanation').textContent = state.explanation;
}

const pause = ms => new Promise(done => setTimeout(done, ms));

/// Repeats `step` while the page is seen; waits a second after a failure.
async function forever(step) {
  for (let failing = false;;) {
    if (document.hidden) await new Promise(seen => document.addEventListener('visibilitychange', seen, {once: true}));
    try {
      await step();
      if (failing) notice('');
      failing = false;
    } catch (error) {
      failing = true;
      notice(`No answer from the camera program (${error.message}); trying again.`);
      await pause(1000);
    }
  }
}

async function fetched(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error((await answer.text()).trim() || `status ${answer.status}`);
  return answer;
}

function start() {
  const plots = new Plots(), controls = new Controls(), overlay = new Overlay(), picture = by_id('picture');
  let frame = '', shown = 0, newest = null, rate = NaN;

  forever(async () => {
    const answer = await fetched(`/frame.jpg?after=${frame}`);
    if (answer.status === 204) return;
    frame = answer.headers.get('X-Frame');
    const bitmap = await createImageBitmap(await answer.blob());
    for (const canvas of [picture, overlay.canvas]) {
      if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    }
    picture.getContext('2d').drawImage(bitmap, 0, 0);
    picture.dataset.frame = frame;
    if (shown++ % 3 === 0) plots.show_waveform(bitmap);
    bitmap.close();
  });

  forever(async () => {
    const parts = `histogram,rows${by_id('zones').value ? ',zones' : ''}`;
    const answer = await fetched(`/state.json?after=${newest?.frame ?? ''}&history=${plots.newest_frame() ?? ''}&parts=${parts}`);
    if (answer.status === 204) return;
    const state = await answer.json();
    if (newest && state.seconds > newest.seconds) {
      const now = (state.frame - newest.frame) / (state.seconds - newest.seconds);
      rate = Number.isFinite(rate) ? rate + 0.1 * (now - rate) : now;
    }
    newest = state;
    plots.add_history(state.history);
    plots.show_histogram(state.histogram);
    plots.show_rows(state.rows);
    show_facts(state, rate);
    controls.show(state);
    overlay.show(state);
    document.body.dataset.frame = state.frame;
    await pause(100);
  });

  const capture = format => async () => {
    if (await sender.post('/capture', {kind: 'still', format})) notice('Asked for a still: argent live says where it is.');
  };
  by_id('still-jpeg').onclick = capture('jpeg');
  by_id('still-dng').onclick = capture('dng');
}

start();
