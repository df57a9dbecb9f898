#include "calibration/contest/raspberry_pi.h"

#include <algorithm>
#include <cmath>

#include "aaa/illuminant.h"
#include "calibration/contest/raspberry_pi_agc.h"
#include "calibration/contest/raspberry_pi_cdaf.h"

namespace argent {
namespace {

constexpr int kAwbPeriod = 10, kAwbStartup = 10;
constexpr float kAwbSpeed = 0.05f, kAwbStart = 4000;  // a frame; kelvin

/// rpi.lux of imx708.json, on the first frames' gains: the light that a grey of some level and settings means.
float lux_of(const Statistics& statistics) {
  constexpr double kLux = 810, kExposure = 20716, kGain = 1.12, kLevel = 13994.0 / 65536;
  double level = 0, count = 0;
  for (int bin = 0; bin < Statistics::kBins; bin++) {
    const double n = statistics.luma[static_cast<std::size_t>(bin)];
    level += n * (bin + 0.5) / Statistics::kBins;
    count += n;
  }
  const SensorSettings& applied = statistics.applied.settings;
  const double total = applied.exposure.count() * static_cast<double>(applied.analogue_gain);
  return count > 0 && total > 0 ? static_cast<float>(kLux * level / count / kLevel * kExposure * kGain / total) : 0;
}

class RaspberryPi final : public Contestant {
 public:
  explicit RaspberryPi(const ControllerParams& params)
      : agc_(params.exposure), cdaf_(params.focus), prior_(params.white_balance.prior), bayes_(make_illuminant_estimator("rpi_bayes")) {
    if (const auto start = gains_of_cct(prior_.curve, kAwbStart)) gains_ = found_ = *start;
  }

  Decision update(const Statistics& statistics, const Request& request) override {
    Decision out;
    balance(statistics, out.trace.white_balance);
    const RaspberryPiAgc::Exposure exposure = agc_.update(statistics, request, gains_);
    out.trace.focus = cdaf_.update(statistics, request);
    out.controls.sensor = exposure.sensor;
    out.controls.sensor.lens_position = out.trace.focus.target;
    out.controls.digital_gain = exposure.digital_gain;
    out.controls.colour_gains = gains_;
    if (const auto natural = cct_of_gains(prior_.curve, gains_)) out.controls.colour_temperature = natural->cct;
    return out;
  }

  double exposure_error(const Statistics& clean, const Request& request, const Vec3& gains) const override {
    return std::log2(agc_.wanted_gain(clean, request, gains));
  }

 private:
  /// What was found in earlier frames is followed; then this one is searched: each at first, later every tenth (awb.cpp, prepare and
  /// process; its search takes less than a frame).
  void balance(const Statistics& statistics, WhiteBalanceTrace& trace) {
    frame_++;
    const float speed = frame_ < kAwbStartup ? 1 : kAwbSpeed;
    for (std::size_t i = 0; i < 3; i++) gains_[i] = speed * found_[i] + (1 - speed) * gains_[i];
    if (frame_ >= kAwbStartup && ++phase_ < kAwbPeriod) return;
    phase_ = 0;
    prior_.lux = lux_of(statistics);
    const Illuminant light = bayes_->estimate(statistics, prior_);
    if (light.evidence > 0) found_ = {std::exp(-light.mean[0]), 1, std::exp(-light.mean[1])};
    trace.illuminant = light;
  }

  RaspberryPiAgc agc_;
  RaspberryPiCdaf cdaf_;
  IlluminantPrior prior_;
  std::unique_ptr<IlluminantEstimator> bayes_;
  Vec3 found_{1, 1, 1}, gains_{1, 1, 1};
  int frame_ = 0, phase_ = 0;
};

}  // namespace

std::unique_ptr<Contestant> make_raspberry_pi(const ControllerParams& params) { return std::make_unique<RaspberryPi>(params); }

}  // namespace argent
