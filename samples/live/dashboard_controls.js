// The dashboard's controls: what can be changed, and how it is sent.
'use strict';

const by_id = id => document.getElementById(id);

// A number with `auto` has a switch for it; `log` slides by factors. `shown`: where its value stands while it is automatic.
const CONTROLS = {
  Exposure: [
    {name: 'ExposureValue', kind: 'number', min: -4, max: 4, step: 0.1, unit: 'EV'},
    {name: 'ExposureTime', kind: 'number', min: 20, max: 1e6, log: true, auto: true, unit: 'µs', shown: s => s.applied.exposure_us},
    {name: 'AnalogueGain', kind: 'number', min: 1, max: 64, log: true, auto: true, unit: '×', shown: s => s.applied.analogue_gain},
    {name: 'FrameDurationLimits', kind: 'text', tenths: true, hint: 'shortest,longest µs; 0: none'},
    {name: 'AeMeteringMode', kind: 'choice', of: ['centre-weighted', 'spot', 'matrix', 'custom']},
    {name: 'AeConstraintMode', kind: 'choice', of: ['normal', 'highlight', 'shadows', 'custom']},
    {name: 'AeExposureMode', kind: 'choice', of: ['normal', 'short', 'long', 'custom']},
    {name: 'AeFlickerMode', kind: 'choice', of: ['off', 'manual', 'auto']},
    {name: 'AeFlickerPeriod', kind: 'choice', of: ['0', '10000', '8333'], words: ['none', '10000 µs (50 Hz)', '8333 µs (60 Hz)']},
    {name: 'AeLocked', kind: 'lock', label: 'Lock exposure'},
  ],
  'White balance': [
    {name: 'AwbMode', kind: 'choice', of: ['auto', 'incandescent', 'tungsten', 'fluorescent', 'indoor', 'daylight', 'cloudy', 'custom']},
    {name: 'ColourTemperature', kind: 'number', min: 1000, max: 15000, log: true, auto: true, unit: 'K',
      shown: s => s.decided.colour_temperature},
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
    const value = element('output', {htmlFor: control.name});
    const auto = element('input', {type: 'checkbox', ariaLabel: `${control.name} automatic`});
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
    const options = control.of.map((value, i) => element('option', {value}, control.words?.[i] ?? value));
    const select = element('select', {id: control.name}, ...options);
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
    const tenths = number => String(Math.round(10 * Number(number)) / 10);
    return {parts: [input], show(text) { input.value = control.tenths ? text.replace(/\d+\.\d+/g, tenths) : text; }};
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
        this.widgets.push({control, ...widget, touched: -Infinity});
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
    const changing = '#controls input, #controls select, #controls button, #still-jpeg, #still-dng, #draw, #clear';
    for (const input of document.querySelectorAll(changing))
      input.disabled = fixed;
  }
}
