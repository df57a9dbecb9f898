#include "aaa/exposure_program.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

/// Part of a frame that no exposure gets: sensors keep lines between an exposure and the next. Unknown here; imx219, imx477 and imx708
/// keep 4 to 48 lines.
constexpr double kBlanking = 0.02;

bool positive(double v) { return std::isfinite(v) && v > 0; }

double walk_time(double total, const ExposureProgram& program, const SplitLimits& limits) {
  double gain = 1;
  for (int i = 0; i <= ExposureProgram::kStages; i++) {
    const bool last = i == ExposureProgram::kStages;
    const auto stage = static_cast<std::size_t>(i);
    const double time = std::clamp(last ? limits.max_time : program.time_us[stage], limits.min_time, limits.max_time);
    if (total <= time * gain || last) return std::clamp(total / gain, limits.min_time, time);
    gain = std::clamp(last ? limits.max_gain : program.gain[stage], gain, limits.max_gain);
    if (total <= time * gain) return time;
  }
  return limits.max_time;
}

/// Whole periods in place of `time`; the same time when not even one fits.
double whole_periods(double time, double total, double period, const SplitLimits& limits) {
  const double longest = std::min(limits.max_whole_time, total);
  const double wanted = std::min(std::max(time, std::min(period, longest)), limits.max_whole_time);
  const double count = std::floor(wanted / period * (1 + 1e-9));
  return count >= 1 ? count * period : time;
}

/// What a sensor makes of a time: the lines that it holds whole, at least one. A thousandth more, so that rounding doesn't lose one.
double whole_lines(double time, double line_time) {
  if (!positive(line_time)) return time;
  return (std::max(1.0, std::floor(time / line_time + 1e-3)) + 1e-3) * line_time;
}

}  // namespace

SplitLimits split_limits(const AutoExposureParams& params, const Request& request) {
  SplitLimits out;
  const double frame = request.max_frame_duration.count();
  out.max_time = positive(frame) ? std::min<double>(params.max_exposure_us, frame) : params.max_exposure_us;
  out.max_whole_time = positive(frame) ? std::min(out.max_time, frame * (1 - kBlanking)) : out.max_time;
  out.min_time = std::min<double>(params.min_exposure_us, out.max_time);
  out.max_gain = params.max_analogue_gain;
  if (request.exposure_time && positive(request.exposure_time->count())) out.time = request.exposure_time->count();
  if (request.analogue_gain && positive(*request.analogue_gain)) out.gain = *request.analogue_gain;
  return out;
}

const ExposureProgram& exposure_program(const AutoExposureParams& params, AeExposureMode mode) {
  switch (mode) {
    case AeExposureMode::kShort:
      return params.short_program;
    case AeExposureMode::kLong:
      return params.long_program;
    case AeExposureMode::kCustom:
      return params.custom_program;
    case AeExposureMode::kNormal:
      break;
  }
  return params.normal_program;
}

Split split_exposure(double total, const ExposureProgram& program, const SplitLimits& limits) {
  Split out;
  if (limits.time || limits.gain) {
    out.gain = limits.gain.value_or(1);
    out.time = limits.time.value_or(std::clamp(total / out.gain, limits.min_time, limits.max_time));
    if (!limits.gain) out.gain = std::clamp(total / out.time, 1.0, limits.max_gain);
    if (limits.flicker_period > 0) {
      const double periods = out.time / limits.flicker_period;
      const bool whole = periods > 0.5 && std::abs(periods - std::round(periods)) < 0.01;
      out.flicker = whole ? FlickerAvoidance::kAvoided : FlickerAvoidance::kManual;
    }
    return out;
  }
  out.time = walk_time(total, program, limits);
  const double period = limits.probe_period > 0 ? limits.probe_period : limits.flicker_period;
  if (period > 0) {
    const double whole = whole_periods(out.time, total, period, limits);
    const bool fits = whole >= period * (1 - 1e-9);
    if (fits)
      out.time = whole;
    else if (limits.probe_period > 0)
      out.time = std::min({out.time * kProbeLengthening, period, limits.max_time});
    if (limits.flicker_period > 0) out.flicker = fits ? FlickerAvoidance::kAvoided : FlickerAvoidance::kTooBright;
  }
  out.time = std::clamp(whole_lines(out.time, limits.line_time), limits.min_time, limits.max_time);
  out.gain = std::clamp(total / out.time, 1.0, limits.max_gain);
  return out;
}

}  // namespace argent
