#include "aaa/auto_exposure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace argent {
namespace {

constexpr double kLuma[3] = {0.2126, 0.7152, 0.0722};            // Rec. ITU-R BT.709
constexpr double kMaxTarget = 0.9;                               // measured luma ends at 1: a target above could never be met
constexpr double kNoLight = 1e-5;                                // of saturation: a tenth of a code of 14 bits
constexpr double kConverged = 0.1;                               // EV: less than an eye sees from frame to frame
constexpr double kHighlightSlope = 3;                            // EV down per fraction of pixels clipped beyond what may be
constexpr double kHighlightPull = 2;                             // EV: a bright window costs the room no more than this
constexpr double kMinDigitalGain = 0.125, kMaxDigitalGain = 16;  // beyond, the sensor has to move
constexpr float kMaxExposureValue = 10;                          // of Request::exposure_value

bool positive(double v) { return std::isfinite(v) && v > 0; }

double total_of(const SensorSettings& s) { return s.exposure.count() * s.analogue_gain; }

/// What a driver or file reports, made safe: exposure 0 = not known.
SensorSettings sane(const SensorSettings& s) {
  SensorSettings out;
  out.exposure = Microseconds(positive(s.exposure.count()) ? s.exposure.count() : 0);
  out.analogue_gain = positive(s.analogue_gain) ? s.analogue_gain : 1;
  out.lens_position = std::isfinite(s.lens_position) ? s.lens_position : 0;
  return out;
}

/// The light on the scene. A reflected-light meter (ISO 2720, K = 12.5) exposes so that N^2 / (t S) = L / K; a file or sensor
/// exposed so has its mean at 0.18 / sqrt(2) of saturation (ISO 12232, saturation-based speed). A scene that reflects 18 % on
/// average, as metering assumes, has luminance L = 0.18 E / pi. Hence E = pi / 0.18 x K x N^2 / (t S) x level / 0.127.
float guess_lux(const Applied& applied, const SensorSettings& settings, double level) {
  constexpr double kMeter = 12.5, kReflectance = 0.18, kPi = 3.14159265358979323846;
  const double n = applied.f_number, seconds = settings.exposure.count() * 1e-6, iso = 100.0 * settings.analogue_gain;
  if (!positive(n) || !positive(seconds)) return 0;
  const double lux = kPi / kReflectance * kMeter * n * n / (seconds * iso) * level / (kReflectance / std::sqrt(2.0));
  return positive(lux) && lux < 1e9 ? static_cast<float>(lux) : 0;
}

/// Level of luma below which `fraction` of the pixels lie, linear inside a bin; 1 in the last bin, 0 when nothing was counted.
double luma_quantile(const Statistics& statistics, double fraction) {
  const double total = std::accumulate(statistics.luma.begin(), statistics.luma.end(), 0.0);
  double below = 0;
  for (int bin = 0; bin < Statistics::kBins - 1; bin++) {
    const double count = statistics.luma[static_cast<std::size_t>(bin)];
    if (count > 0 && below + count >= fraction * total) return (bin + (fraction * total - below) / count) / Statistics::kBins;
    below += count;
  }
  return total > 0 ? 1 : 0;
}

}  // namespace

struct AutoExposure::Measurement {
  bool valid = false;  ///< false: at least half of what should be metered are not numbers
  double luma = 0;     ///< 0..1
  double clipped = 0, dark = 0;
  double highlights = 0;  ///< the luma that all but max_clipped of the pixels stay below; 0: not known
};

struct AutoExposure::Correction {
  double ratio = 1;
  std::string_view reason = "target";
};

float zone_weight(const Statistics& statistics, int column, int row, float centre) {
  constexpr double kPi = 3.14159265358979323846;
  const double x = (column + 0.5) / statistics.columns - 0.5, y = (row + 0.5) / statistics.rows - 0.5;
  const double bell = std::cos(kPi * x) * std::cos(kPi * y);
  return static_cast<float>(1 + (centre - 1) * bell * bell);
}

AutoExposure::Measurement AutoExposure::measure(const Statistics& statistics, const Vec3& gains) const {
  Measurement out;
  const auto possible = [](int n) { return n >= 1 && n <= Statistics::kMaxGrid; };
  if (!possible(statistics.columns) || !possible(statistics.rows)) return out;
  double all = 0, metered = 0;
  int zones = 0;
  for (int row = 0; row < statistics.rows; row++) {
    for (int column = 0; column < statistics.columns; column++) {
      const Statistics::Zone& zone = statistics.zone(column, row);
      const double weight = zone_weight(statistics, column, row, params_.centre_weight);
      all += weight;
      double luma = 0;
      // A channel counts as no more than saturated: beyond it a gain makes color, not light.
      for (int c = 0; c < 3; c++) luma += kLuma[c] * std::clamp(static_cast<double>(zone.mean[c]) * gains[c], 0.0, 1.0);
      if (!std::isfinite(luma) || !std::isfinite(zone.clipped) || !std::isfinite(zone.dark) || zone.count[1] == 0) continue;
      if (!std::isfinite(zone.mean[0]) || !std::isfinite(zone.mean[1]) || !std::isfinite(zone.mean[2])) continue;
      metered += weight;
      out.luma += weight * luma;
      out.clipped += std::clamp(zone.clipped, 0.0f, 1.0f);
      out.dark += std::clamp(zone.dark, 0.0f, 1.0f);
      zones++;
    }
  }
  if (metered <= all / 2) return Measurement{};
  out.valid = true;
  out.luma /= metered;
  out.clipped /= zones;
  out.dark /= zones;
  out.highlights = luma_quantile(statistics, 1 - params_.max_clipped);
  return out;
}

/// How much brighter than this frame the next should be.
AutoExposure::Correction AutoExposure::correct(const Measurement& measured, double target) const {
  const double step = std::exp2(params_.max_step);
  if (measured.luma < kNoLight) return {step, "no light"};
  Correction out{target / measured.luma, "target"};
  double ceiling = std::numeric_limits<double>::infinity();
  if (measured.highlights > 0) ceiling = std::max(1 / measured.highlights, 1.0);
  if (measured.clipped > params_.max_clipped) ceiling = std::exp2(-kHighlightSlope * (measured.clipped - params_.max_clipped));
  // A whole picture near saturation would be darkened more by its target anyway; a part of it may not drag the rest into the dark.
  ceiling = std::max(ceiling, out.ratio * std::exp2(-kHighlightPull));
  if (ceiling < out.ratio) out = {ceiling, "highlights"};
  out.ratio = std::clamp(out.ratio, 1 / step, step);
  return out;
}

double AutoExposure::longest_exposure(const Request& request) const {
  const double frame = request.max_frame_duration.count();
  return positive(frame) ? std::min<double>(params_.max_exposure_us, frame) : params_.max_exposure_us;
}

/// Time first, for the least noise; then gain. What is manual stays as it was asked.
SensorSettings AutoExposure::split(double total, const SensorSettings& applied, const Request& request) const {
  SensorSettings out = applied;
  const double longest = longest_exposure(request), shortest = std::min<double>(params_.min_exposure_us, longest);
  const bool manual_time = request.exposure_time && positive(request.exposure_time->count());
  const bool manual_gain = request.analogue_gain && positive(*request.analogue_gain);
  const double gain = manual_gain ? *request.analogue_gain : 1.0;
  const double time = manual_time ? request.exposure_time->count() : std::clamp(total / gain, shortest, longest);
  out.exposure = Microseconds(time);
  out.analogue_gain = static_cast<float>(manual_gain ? gain : std::clamp<double>(total / time, 1.0, params_.max_analogue_gain));
  return out;
}

/// What the sensor should do next, and how this frame is rendered until it does.
ExposureDecision AutoExposure::follow(const Measurement& measured, const Correction& correction, const SensorSettings& applied,
                                      const Request& request) {
  ExposureDecision out;
  out.trace.reason = correction.reason;
  const double applied_total = total_of(applied);
  const bool known = positive(applied_total);
  if (measured.valid && known) wanted_total_ = applied_total * correction.ratio;
  const double ratio = measured.valid || !known ? correction.ratio : wanted_total_.value_or(applied_total) / applied_total;
  out.digital_gain = static_cast<float>(std::clamp(ratio, kMinDigitalGain, kMaxDigitalGain));
  if (!known) {
    out.sensor = applied;
  } else {
    out.sensor = measured.valid ? split(*wanted_total_, applied, request) : decided_.value_or(applied);
    decided_ = out.sensor;
  }
  if (!measured.valid) {
    out.trace.state = AeState::kSearching;
    return out;
  }
  const double reached = total_of(out.sensor);
  const bool limited = known && std::abs(std::log2(reached / *wanted_total_)) > kConverged;
  if (limited) out.trace.reason = "limits";
  const double left = std::log2(limited ? reached / applied_total : correction.ratio);
  out.trace.state = std::abs(left) < kConverged ? AeState::kConverged : AeState::kSearching;
  return out;
}

ExposureDecision AutoExposure::hold(const SensorSettings& sensor, std::string_view reason) {
  ExposureDecision out;
  out.sensor = sensor;
  out.trace.reason = reason;
  out.trace.state = AeState::kIdle;
  decided_ = sensor;
  if (positive(total_of(sensor))) wanted_total_ = total_of(sensor);
  return out;
}

ExposureDecision AutoExposure::update(const Statistics& statistics, const Request& request, const Vec3& gains) {
  const double reported = statistics.applied.settings.exposure.count();
  const SensorSettings applied = sane(statistics.applied.settings);
  const Measurement measured = measure(statistics, gains);
  const float ev = std::isfinite(request.exposure_value) ? std::clamp(request.exposure_value, -kMaxExposureValue, kMaxExposureValue) : 0;
  const double target = std::min(params_.target * std::exp2(static_cast<double>(ev)), kMaxTarget);
  const Correction correction = measured.valid ? correct(measured, target) : Correction{1, "held: no statistics"};

  const bool manual_time = request.exposure_time && positive(request.exposure_time->count());
  const bool manual_gain = request.analogue_gain && positive(*request.analogue_gain);
  ExposureDecision out;
  if (manual_time && manual_gain) {
    out = hold(split(0, applied, request), "manual");
  } else if (request.ae_locked) {
    out = hold(decided_.value_or(applied), "locked");
  } else {
    out = follow(measured, correction, applied, request);
    // 0 is an honest "not known", which stays so; anything else is a broken report, which must not reach the sensor.
    if (reported != 0 && !positive(total_of(applied))) out.sensor = decided_.value_or(applied);
  }
  out.trace.target = static_cast<float>(target);
  if (measured.valid) {
    out.trace.measured = static_cast<float>(measured.luma);
    out.trace.error = static_cast<float>(measured.luma < kNoLight ? params_.max_step : std::log2(target / measured.luma));
    out.trace.clipped = static_cast<float>(measured.clipped);
    out.trace.dark = static_cast<float>(measured.dark);
    out.trace.lux = guess_lux(statistics.applied, applied, measured.luma);
  }
  return out;
}

}  // namespace argent
