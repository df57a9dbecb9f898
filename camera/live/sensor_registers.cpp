#include "camera/live/sensor_registers.h"

#include <linux/v4l2-controls.h>

#include <algorithm>
#include <cmath>

#include "models/runtime/error.h"

namespace argent {
namespace {

ControlRange needed(const V4l2Device& device, std::uint32_t id, const char* name) {
  const auto range = device.range(id);
  if (!range) throw Error(device.node().string() + ": the sensor has no control " + name + ", it can't be driven");
  return *range;
}

std::int32_t clamped(double value, std::int32_t least, std::int32_t most) {
  return static_cast<std::int32_t>(std::clamp(value, double(least), double(std::max(least, most))));
}

}  // namespace

SensorRegisters::SensorRegisters(const V4l2Device& sensor, const V4l2Device* lens, const std::string& model,
                                 const SubdeviceOptions& options) {
  const SensorFacts* facts = find_sensor(model);
  latencies = facts ? facts->latencies : ControlLatencies{2, 2, 1, 2};
  if (options.latencies) latencies = *options.latencies;
  if (options.delays) {
    latencies.exposure = options.delays->exposure;
    latencies.gain = options.delays->gain;
  }
  if (!facts && !options.latencies && !options.delays)
    notes.push_back("sensor " + model + " is not in the table: settings are taken to land 2 frames later");
  read_timing(sensor, options.frames);
  read_gain(sensor, model, options);
  if (lens) read_lens(*lens, options);
}

void SensorRegisters::read_timing(const V4l2Device& sensor, const FrameDurationLimits& frames) {
  const ControlRange exposure = needed(sensor, V4L2_CID_EXPOSURE, "EXPOSURE"), rate = needed(sensor, V4L2_CID_PIXEL_RATE, "PIXEL_RATE");
  const ControlRange across = needed(sensor, V4L2_CID_HBLANK, "HBLANK"), down = needed(sensor, V4L2_CID_VBLANK, "VBLANK");
  const auto mode = sensor.mode_size();
  if (!mode || rate.value < 1) throw Error(sensor.node().string() + ": the sensor does not tell its mode's size and pixel rate");
  height_ = mode->second;
  limits.line_time = Microseconds(1e6 * double(mode->first + across.value) / double(rate.value));
  now.exposure = static_cast<std::int32_t>(exposure.value);
  blanking_now = static_cast<std::int32_t>(down.value);
  margin_ = static_cast<std::int32_t>(std::max<std::int64_t>(0, height_ + down.value - exposure.max));
  blanking_moves = down.max > down.min;
  const auto lines = [&](Microseconds duration) { return duration / limits.line_time; };
  const auto least = static_cast<std::int32_t>(down.min), most = static_cast<std::int32_t>(down.max);
  least_blanking_ = frames.shortest.count() > 0 ? clamped(std::lround(lines(frames.shortest)) - height_, least, most) : blanking_now;
  most_blanking_ =
      frames.longest.count() > 0 ? clamped(std::lround(lines(frames.longest)) - height_, least_blanking_, most) : least_blanking_;
  least_exposure_ = static_cast<std::int32_t>(exposure.min);
  most_exposure_ = std::max(least_exposure_, height_ + most_blanking_ - margin_);
  limits.shortest_exposure = least_exposure_ * limits.line_time;
  limits.longest_exposure = most_exposure_ * limits.line_time;
  limits.shortest_frame = frame_duration(least_blanking_);
  limits.longest_frame = frame_duration(most_blanking_);
}

void SensorRegisters::read_gain(const V4l2Device& sensor, const std::string& model, const SubdeviceOptions& options) {
  const SensorFacts* facts = find_sensor(model);
  gain_ = options.gain ? *options.gain : facts ? facts->gain : GainModel();
  gains_ = options.gains;
  const auto range = sensor.range(V4L2_CID_ANALOGUE_GAIN);
  gain_moves = range && has_codes(gain_);
  if (!gain_moves) {
    now.gain = range ? static_cast<std::int32_t>(range->value) : 0;
    notes.push_back(range ? "what a gain code of sensor " + model + " means is not known: the gain stays at code " +
                                std::to_string(now.gain) + ", taken for 1"
                          : "the sensor has no analogue gain");
    return;
  }
  gain_.min_code = std::max(static_cast<int>(range->min), gain_.min_code);
  gain_.max_code = gain_.max_code > 0 ? std::min(static_cast<int>(range->max), gain_.max_code) : static_cast<int>(range->max);
  now.gain = static_cast<std::int32_t>(range->value);
  limits.least_gain = gain_at(gain_.min_code);
  limits.most_gain = gain_at(gain_.max_code);
}

float SensorRegisters::gain_at(int code) const {
  const float nominal = gain_of_code(gain_, code);
  return gains_ ? gains_->actual(nominal) : nominal;
}

void SensorRegisters::read_lens(const V4l2Device& lens, const SubdeviceOptions& options) {
  const auto range = lens.range(V4L2_CID_FOCUS_ABSOLUTE);
  if (!range || range->max <= range->min) {
    notes.push_back(lens.node().string() + " has no control FOCUS_ABSOLUTE: the lens stays");
    return;
  }
  least_lens_ = static_cast<std::int32_t>(range->min);
  most_lens_ = static_cast<std::int32_t>(range->max);
  now.lens = static_cast<std::int32_t>(range->value);
  lens_ = options.lens ? *options.lens : assumed_lens_map(least_lens_, most_lens_);
  if (!options.lens) notes.emplace_back("the lens is not calibrated: its range is taken for 0 to 10 dioptres");
  const float a = lens_->dioptres(least_lens_), b = lens_->dioptres(most_lens_);
  limits.lens = true;
  limits.farthest = std::max(0.0f, std::min(a, b));
  limits.nearest = std::max(a, b);
}

SensorCodes SensorRegisters::codes(const SensorSettings& settings) const {
  SensorCodes codes = now;
  const double lines = settings.exposure / limits.line_time;
  // A little more than nothing is added so that whole lines stay whole.
  if (settings.exposure.count() > 0) codes.exposure = clamped(std::floor(lines + 1e-3), least_exposure_, most_exposure_);
  if (gain_moves) {
    const float wanted = std::clamp(settings.analogue_gain, limits.least_gain, limits.most_gain);
    codes.gain = code_of_gain(gain_, gains_ ? gains_->asked(wanted) : wanted);
  }
  if (lens_) codes.lens = std::clamp(lens_->code(settings.lens_position), least_lens_, most_lens_);
  return codes;
}

SensorSettings SensorRegisters::settings(const SensorCodes& codes) const {
  SensorSettings settings;
  settings.exposure = codes.exposure * limits.line_time;
  settings.analogue_gain = gain_moves ? gain_at(codes.gain) : 1;
  settings.lens_position = lens_ ? lens_->dioptres(codes.lens) : 0;
  return settings;
}

std::int32_t SensorRegisters::blanking(std::int32_t exposure) const {
  return std::clamp(exposure + margin_ - height_, least_blanking_, most_blanking_);
}

}  // namespace argent
