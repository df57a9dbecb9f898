#include "camera/simulation/capture_sequence.h"

#include <algorithm>
#include <cmath>

#include "camera/simulation/counter_random.h"

namespace argent {
namespace {

SensorSettings start_settings(const Scenario& scenario) {
  SensorSettings start;
  start.exposure = Microseconds(scenario.sensor.exposure_us);
  start.analogue_gain = scenario.sensor.analogue_gain;
  start.lens_position = scenario.lens.start_position;
  return start;
}

ControlLatencies latencies_of(const SensorModel& sensor, const LensParams& lens) {
  ControlLatencies latencies = sensor.latencies;
  latencies.lens = lens.latency;
  return latencies;
}

}  // namespace

CaptureSequence::CaptureSequence(const Scenario& scenario)
    : scenario_(scenario),
      sensor_(sensor_model(scenario.sensor)),
      lens_(scenario.lens),
      light_(scenario.light, scenario.seed),
      ledger_(latencies_of(sensor_, scenario.lens), start_settings(scenario)),
      in_force_(start_settings(scenario)) {}

const Capture& CaptureSequence::next() {
  const SensorParams& sensor = scenario_.sensor;
  do {
    expose();
  } while (sensor.drop_rate > 0 && capture_.applied.sequence > 0 &&
           CounterRandom(scenario_.seed, RandomPurpose::kDrop, capture_.applied.sequence).uniform() < sensor.drop_rate);
  ledger_.arrived(capture_.applied.sequence, frame_);
  capture_.corrupt = sensor.corrupt_rate > 0 &&
                     CounterRandom(scenario_.seed, RandomPurpose::kCorrupt, capture_.applied.sequence).uniform() < sensor.corrupt_rate;
  return capture_;
}

void CaptureSequence::expose() {
  // What is written while this frame is exposed reaches the hardware later, each control by its own latency.
  const Ledger::Writes writes = ledger_.writes(frame_);
  const ControlLatencies& latencies = ledger_.latencies();
  const auto later = [&](int latency) -> Ledger::Writes& { return landing(frame_ + static_cast<std::uint64_t>(latency)); };
  if (writes.exposure) later(latencies.exposure).exposure = writes.exposure;
  if (writes.analogue_gain) later(latencies.gain).analogue_gain = writes.analogue_gain;
  if (writes.lens_position) later(latencies.lens).lens_position = writes.lens_position;
  Ledger::Writes& now = landing(frame_);
  if (now.exposure) in_force_.exposure = *now.exposure;
  if (now.analogue_gain) in_force_.analogue_gain = *now.analogue_gain;
  if (now.lens_position) in_force_.lens_position = *now.lens_position;
  now = {};

  const SensorParams& params = scenario_.sensor;
  const double line = sensor_.line_time_us, readout = line * params.size.height;
  const double shortest = std::max(1e6 / params.frame_rate, readout);
  const double longest = std::max(shortest, 1e6 * params.max_frame_duration);
  Applied& applied = capture_.applied;
  applied.settings.exposure = exposure_in_lines(sensor_, in_force_.exposure, Microseconds(longest));
  applied.settings.analogue_gain = gain_in_codes(sensor_, in_force_.analogue_gain);
  applied.settings.lens_position = std::clamp(in_force_.lens_position, scenario_.lens.min_position, scenario_.lens.max_position);
  applied.f_number = scenario_.lens.f_number;
  const double exposure = applied.settings.exposure.count();
  applied.frame_duration = Microseconds(std::max(shortest, exposure + line * sensor_.margin_lines));
  applied.timestamp = Microseconds(time_us_);
  applied.line_time = Microseconds(line);
  applied.sequence = frame_;
  applied.decision = ledger_.at(frame_).decision;

  capture_.light = light_.at(1e-6 * (time_us_ + (exposure + readout) / 2));
  capture_.lens_position = lens_.step(applied.settings.lens_position);
  capture_.noise = noise_at(sensor_, params, applied.settings.analogue_gain);
  constexpr float kReference = 1.8f;  // f-number of SensorModel::responsivity
  const float aperture = kReference / scenario_.lens.f_number;
  capture_.exposure_factor = static_cast<float>(sensor_.responsivity * aperture * aperture * exposure * applied.settings.analogue_gain);
  time_us_ += applied.frame_duration.count();
  frame_++;
}

}  // namespace argent
