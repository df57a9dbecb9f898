// The dashboard: shows the newest picture and state. What the user changes is in dashboard_controls.js and dashboard_overlay.js.
'use strict';

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
  const entry = ([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value));
  by_id('facts').replaceChildren(...Object.entries(facts).map(entry));
  const {flicker, flicker_period_us, flicker_modulation} = state.states;
  by_id('flicker').textContent = flicker_period_us > 0
      ? `${Math.round(1e6 / flicker_period_us)} Hz, ${readable(100 * flicker_modulation)} %: ${flicker}`
      : flicker || 'mean of each band of rows';
  by_id('explanation').replaceChildren(...state.explanation.split('\n').map(line => element('div', {}, line)));
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
