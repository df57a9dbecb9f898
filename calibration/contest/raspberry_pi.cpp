#include "calibration/contest/raspberry_pi.h"

#include <algorithm>
#include <cmath>

#include "aaa/illuminant.h"
#include "calibration/contest/raspberry_pi_agc.h"
#include "calibration/contest/raspberry_pi_cdaf.h"

namespace argent {
namespace {

constexpr int kAwbPeriod = 10, kAwbStartup = 10;
constexpr float kAwbSpeed = 0.05f;

class RaspberryPi final : public Contestant {
 public:
  explicit RaspberryPi(const ControllerParams& params)
      : agc_(params.exposure), cdaf_(params.focus), prior_(params.white_balance.prior), bayes_(make_illuminant_estimator("rpi_bayes")) {}

  Decision update(const Statistics& statistics, const Request& request) override {
    Decision out;
    balance(statistics, out.trace.white_balance);
    const Vec3 gains{std::exp(-light_[0]), 1, std::exp(-light_[1])};
    const RaspberryPiAgc::Exposure exposure = agc_.update(statistics, request, gains);
    out.trace.focus = cdaf_.update(statistics, request);
    out.controls.sensor = exposure.sensor;
    out.controls.sensor.lens_position = out.trace.focus.target;
    out.controls.digital_gain = exposure.digital_gain;
    out.controls.colour_gains = gains;
    if (const auto natural = cct_of_gains(prior_.curve, gains)) out.controls.colour_temperature = natural->cct;
    return out;
  }

  double exposure_error(const Statistics& clean, const Request& request, const Vec3& gains) const override {
    return std::log2(agc_.wanted_gain(clean, request, gains));
  }

 private:
  /// Searched every tenth frame, followed in every one.
  void balance(const Statistics& statistics, WhiteBalanceTrace& trace) {
    if (frame_ % kAwbPeriod == 0) {
      const Illuminant light = bayes_->estimate(statistics, prior_);
      if (light.evidence > 0) found_ = light;
    }
    const float speed = frame_ < kAwbStartup ? 1 : kAwbSpeed;
    for (std::size_t i = 0; i < 2; i++) light_[i] += speed * (found_.mean[i] - light_[i]);
    frame_++;
    trace.illuminant = found_;
  }

  RaspberryPiAgc agc_;
  RaspberryPiCdaf cdaf_;
  IlluminantPrior prior_;
  std::unique_ptr<IlluminantEstimator> bayes_;
  Illuminant found_;
  std::array<float, 2> light_{};
  int frame_ = 0;
};

}  // namespace

std::unique_ptr<Contestant> make_raspberry_pi(const ControllerParams& params) { return std::make_unique<RaspberryPi>(params); }

}  // namespace argent
