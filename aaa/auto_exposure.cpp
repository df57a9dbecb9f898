#include "aaa/auto_exposure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "aaa/histogram_constraints.h"

namespace argent {
namespace {

constexpr double kMaxTarget = 0.9;                               // measured luma ends at 1: a target above could never be met
constexpr double kNoLight = 1e-5;                                // of saturation: a tenth of a code of 14 bits
constexpr double kConverged = 0.1;                               // EV: less than an eye sees from frame to frame
constexpr double kStill = 0.006;                                 // EV (0.4 %): the sensor is left alone, the digital gain makes up for it
constexpr double kMinDigitalGain = 0.125, kMaxDigitalGain = 16;  // beyond, the sensor has to move
constexpr double kMostTotal = 1000;                              // EV: of a report that is a number but can't be meant
constexpr double kReference = 0.5;                               // EV from its right exposure that a frame to compare with may be
constexpr double kProbeTrust = 0.5;                              // EV: more than clipping makes of a probe's frames
constexpr double kLongestMainsPeriod = 10'000;                   // us: of lamps on 50 Hz
constexpr double kProbeMayClip = 0.05;                           // of the pixels
constexpr int kProbeEcho = 8;                                    // frames after a probe that may still show it
constexpr float kMaxExposureValue = 10;                          // of Request::exposure_value
constexpr double kMinPeriod = 1'000, kMaxPeriod = 100'000;       // us, of a light that anybody means

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

bool manual_time(const Request& request) { return request.exposure_time && positive(request.exposure_time->count()); }
bool manual_gain(const Request& request) { return request.analogue_gain && positive(*request.analogue_gain); }

float clamped_gain(double change) { return static_cast<float>(std::clamp(std::exp2(change), kMinDigitalGain, kMaxDigitalGain)); }

/// What one frame was found to want is still so for the other.
bool metered_alike(const Request& a, const Request& b) {
  return a.ae_metering_mode == b.ae_metering_mode && a.ae_constraint_mode == b.ae_constraint_mode && a.ae_windows == b.ae_windows;
}

}  // namespace

/// How much brighter than this frame the next should be.
AutoExposure::Correction AutoExposure::correct(const Statistics& statistics, const Metered& measured, double target,
                                               AeConstraintMode mode) const {
  const double step = params_.max_step;
  if (measured.luma < kNoLight) return {step, "no light"};
  const double change = std::log2(target / measured.luma);
  const Constrained constrained = constrain(statistics, measured.clipped, change, constraint_mode(params_, mode));
  return {std::clamp(constrained.change, -step, step), constrained.reason};
}

double AutoExposure::seconds_since_last(const Applied& applied) {
  const double now = applied.timestamp.count(), seconds = (now - timestamp_) * 1e-6;
  const bool first = timestamp_ == 0;
  timestamp_ = std::isfinite(now) ? now : timestamp_;
  return !first && positive(seconds) ? std::min(seconds, 86'400.0) : 0;
}

/// A time below one period is made longer by a probe, and no gain can make up for it: not at the price of the highlights.
bool AutoExposure::probe_would_clip(const Statistics& statistics) const {
  if (probe_period_ > 0) return false;  // under way
  const double time = statistics.applied.settings.exposure.count();
  if (!positive(time) || time >= kLongestMainsPeriod) return false;
  const double longer = std::min(kLongestMainsPeriod / time, kProbeLengthening);
  const auto first = static_cast<std::ptrdiff_t>(std::clamp(Statistics::kBins / longer, 0.0, double{Statistics::kBins - 1}));
  const double all = std::accumulate(statistics.luma.begin(), statistics.luma.end(), 0.0);
  const double above = std::accumulate(statistics.luma.begin() + first, statistics.luma.end(), 0.0);
  return above > kProbeMayClip * all;
}

/// Sets what the split goes by, and says why.
FlickerTrace AutoExposure::watch_mains(const Statistics& statistics, const Request& request) {
  FlickerTrace out;
  const bool too_bright = probe_would_clip(statistics);
  flicker_period_ = probe_period_ = 0;
  if (request.ae_flicker_mode == AeFlickerMode::kOff) {
    out.reason = "off";
  } else if (request.ae_flicker_mode == AeFlickerMode::kManual) {
    const double period = request.ae_flicker_period.count();
    const bool meant = period >= kMinPeriod && period <= kMaxPeriod;
    flicker_period_ = meant ? period : 0;
    out.confidence = meant ? 1 : 0;
    out.reason = meant ? "manual" : "manual: no period";
  } else {
    const bool free = !manual_time(request) && !manual_gain(request) && !request.ae_locked && settled_ && !too_bright;
    const FlickerFinding finding = detector_.update(statistics, free ? FlickerProbing::kAllowed : FlickerProbing::kForbidden);
    flicker_period_ = finding.period_us;
    probe_period_ = finding.probe_period_us;
    out.confidence = static_cast<float>(finding.confidence);
    out.modulation = static_cast<float>(finding.modulation);
    out.reason = finding.reason;
  }
  out.period_us = static_cast<float>(flicker_period_);
  return out;
}

/// The sensor's settings for that total; those already decided while they are as good.
SensorSettings AutoExposure::settle(double total, const Applied& frame, const Request& request, FlickerTrace& flicker) {
  SplitLimits limits = split_limits(params_, request);
  limits.flicker_period = flicker_period_;
  limits.probe_period = probe_period_;
  if (std::isfinite(frame.line_time.count())) limits.line_time = frame.line_time.count();
  const ExposureProgram& program = exposure_program(params_, request.ae_exposure_mode);
  const Split split = split_exposure(total, program, limits);
  flicker.avoided = split.flicker == FlickerAvoidance::kAvoided;
  if (split.flicker == FlickerAvoidance::kTooBright) flicker.reason = "too bright to avoid";
  if (split.flicker == FlickerAvoidance::kManual) flicker.reason = "manual exposure";
  SensorSettings out = sane(frame.settings);
  out.exposure = Microseconds(split.time);
  out.analogue_gain = static_cast<float>(split.gain);
  if (!decided_ || !positive(total_of(*decided_))) return out;
  const auto near = [](double a, double b) { return std::abs(std::log2(a / b)) < kStill; };
  const bool still = near(split.time, decided_->exposure.count()) && near(split.gain, decided_->analogue_gain) &&
                     near(split.total(), total_of(*decided_)) && !manual_time(request) && !manual_gain(request);
  if (!still) return out;
  out.exposure = std::clamp(decided_->exposure, Microseconds(limits.min_time), Microseconds(limits.max_time));
  out.analogue_gain = decided_->analogue_gain;
  return out;
}

/// The frame as the filter wants it; its reference of the light is taken anew where it no longer tells.
SceneSample AutoExposure::see(const Statistics& statistics, double applied_ev, const Correction& correction, double seconds) {
  SceneSample out{applied_ev + correction.change, correction.change, seconds, light_.change(statistics, applied_ev)};
  if (!out.light && std::abs(out.change) < kReference) {
    light_.set_reference(statistics, applied_ev);
    filter_.recompose();
    out.light = light_.change(statistics, applied_ev);
  }
  return out;
}

/// A frame brighter than it should be since the mains were probed: it may clip and says little of the scene, unless that has changed.
bool AutoExposure::shows_probe(const SceneSample& sample, double applied_ev) {
  probe_age_ = probe_period_ > 0 ? 0 : std::min(probe_age_ + 1, kProbeEcho);
  if (probe_age_ >= kProbeEcho || !filter_.value()) return false;
  return applied_ev > *filter_.value() + kConverged && std::abs(sample.wanted - *filter_.value()) < kProbeTrust;
}

/// What the sensor should do next, and how this frame is rendered until it does.
ExposureDecision AutoExposure::follow(const Metered& measured, const Correction& correction, const Statistics& statistics,
                                      const Request& request) {
  ExposureDecision out;
  out.trace.reason = correction.reason;
  const SensorSettings applied = sane(statistics.applied.settings);
  const double seconds = seconds_since_last(statistics.applied);
  const double applied_total = total_of(applied);
  out.trace.flicker = watch_mains(statistics, request);
  if (!positive(applied_total)) {
    // Nothing is known but the ratio: an honest "not known" stays so, a broken report must not reach the sensor.
    const bool broken = statistics.applied.settings.exposure.count() != 0;
    out.sensor = broken ? decided_.value_or(applied) : applied;
    out.digital_gain = clamped_gain(correction.change);
    const bool done = measured.valid && std::abs(correction.change) < kConverged;
    out.trace.state = done ? AeState::kConverged : AeState::kSearching;
    return out;
  }
  const double applied_ev = std::log2(applied_total);
  const SceneSample sample = see(statistics, applied_ev, correction, seconds);
  const bool use = measured.valid && !shows_probe(sample, applied_ev);
  const double wanted = use ? filter_.update(sample) : filter_.value().value_or(applied_ev);
  out.digital_gain = clamped_gain(wanted - applied_ev);
  out.trace.wanted_total = std::exp2(std::min(wanted, kMostTotal));
  out.trace.noise = static_cast<float>(filter_.noise());
  if (!measured.valid) {
    out.sensor = decided_.value_or(applied);
    out.trace.state = AeState::kSearching;
    return out;
  }
  out.sensor = settle(out.trace.wanted_total, statistics.applied, request, out.trace.flicker);
  decided_ = out.sensor;
  const double reached = std::log2(total_of(out.sensor));
  const bool limited = std::abs(reached - wanted) > kConverged;
  if (limited && probe_period_ == 0) out.trace.reason = "limits";
  settled_ = !use || std::abs((limited && probe_period_ == 0 ? reached : wanted) - applied_ev) < kConverged;
  out.trace.state = settled_ ? AeState::kConverged : AeState::kSearching;
  return out;
}

ExposureDecision AutoExposure::hold(const SensorSettings& sensor, std::string_view reason) {
  ExposureDecision out;
  out.sensor = sensor;
  out.trace.reason = reason;
  out.trace.state = AeState::kIdle;
  decided_ = sensor;
  return out;
}

ExposureDecision AutoExposure::update(const Statistics& statistics, const Request& request, const Vec3& gains) {
  const SensorSettings applied = sane(statistics.applied.settings);
  const Metered measured = meter(statistics, gains, request, params_);
  const float ev = std::isfinite(request.exposure_value) ? std::clamp(request.exposure_value, -kMaxExposureValue, kMaxExposureValue) : 0;
  const double target = std::min(params_.target * std::exp2(static_cast<double>(ev)), kMaxTarget);
  const Correction correction =
      measured.valid ? correct(statistics, measured, target, request.ae_constraint_mode) : Correction{0, "held: no statistics"};

  if (target != target_ || !metered_alike(request, metered_)) filter_.recompose();
  target_ = target;
  metered_ = request;
  ExposureDecision out;
  const bool manual = manual_time(request) && manual_gain(request);
  if (manual || request.ae_locked) {
    const FlickerTrace flicker = watch_mains(statistics, request);
    SensorSettings held = decided_.value_or(applied);
    if (manual) {
      held = applied;
      held.exposure = *request.exposure_time;
      held.analogue_gain = *request.analogue_gain;
    }
    out = hold(held, manual ? "manual" : "locked");
    if (!manual && filter_.value() && positive(total_of(applied)))
      out.digital_gain = clamped_gain(*filter_.value() - std::log2(total_of(applied)));
    if (positive(total_of(held)) && manual) filter_.restart(std::log2(total_of(held)));
    out.trace.flicker = flicker;
  } else {
    out = follow(measured, correction, statistics, request);
  }
  out.trace.target = static_cast<float>(target);
  out.trace.applied_total = total_of(applied);
  if (measured.valid) {
    out.trace.measured = static_cast<float>(measured.luma);
    out.trace.error = static_cast<float>(measured.luma < kNoLight ? params_.max_step : std::log2(target / measured.luma));
    out.trace.pull = measured.luma < kNoLight ? 0 : static_cast<float>(correction.change - std::log2(target / measured.luma));
    out.trace.clipped = static_cast<float>(measured.clipped);
    out.trace.dark = static_cast<float>(measured.dark);
    out.trace.lux = guess_lux(statistics.applied, applied, measured.luma);
  }
  return out;
}

}  // namespace argent
