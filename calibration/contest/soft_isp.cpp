#include "calibration/contest/soft_isp.h"

#include <algorithm>
#include <cmath>

#include "aaa/illuminant.h"

namespace argent {
namespace {

constexpr int kMsvBins = 5;
constexpr double kMsvTarget = 2.5, kMsvBand = 0.2;           // hysteresis: inside, nothing moves
constexpr double kStepPerError = 0.04, kLargestStep = 0.15;  // factor = 1 + 0.04 x error, clamped
constexpr double kGainFloor = 1;                             // falls to here before the exposure does

constexpr double kReached = 0.99;  // of the longest exposure: whole lines and the sensor's margin take the rest

/// Mean of the number of the bin, 1..5: the exposure's measure. 0: nothing was counted.
double mean_sample_value(const Statistics& statistics) {
  double weighted = 0, counted = 0;
  for (int bin = 0; bin < Statistics::kBins; bin++) {
    const double count = statistics.luma[static_cast<std::size_t>(bin)];
    weighted += count * (bin * kMsvBins / Statistics::kBins + 1);
    counted += count;
  }
  return counted > 0 ? weighted / counted : 0;
}

class SoftIsp final : public Contestant {
 public:
  explicit SoftIsp(const ControllerParams& params) : params_(params) {}

  Decision update(const Statistics& statistics, const Request& request) override {
    Decision out;
    out.controls.sensor = step(statistics, request);
    const Illuminant light = grey_world_->estimate(statistics, {});
    if (light.evidence > 0) gains_ = {std::exp(-light.mean[0]), 1, std::exp(-light.mean[1])};
    out.controls.colour_gains = gains_;
    out.trace.white_balance.illuminant = light;
    return out;
  }

  /// Its rule has no target in light: the brightness that would move the mean sample value to 2.5, by the same law it steps with.
  double exposure_error(const Statistics& clean, const Request&, const Vec3&) const override {
    const double msv = mean_sample_value(clean);
    const double error = kMsvTarget - msv;
    return std::abs(error) <= kMsvBand ? 0 : std::log2(kMsvTarget / std::max(msv, 0.1));
  }

 private:
  SensorSettings step(const Statistics& statistics, const Request& request) const {
    SensorSettings out = statistics.applied.settings;
    const double msv = mean_sample_value(statistics), error = kMsvTarget - msv;
    if (msv == 0 || std::abs(error) <= kMsvBand) return out;
    const double factor = 1 + std::clamp(kStepPerError * error, -kLargestStep, kLargestStep);
    double time = out.exposure.count(), gain = out.analogue_gain;
    const double frame = request.max_frame_duration.count();
    const double longest = frame > 0 ? std::min<double>(params_.exposure.max_exposure_us, frame) : params_.exposure.max_exposure_us;
    if (factor > 1) {
      if (time < kReached * longest) {
        time = std::min(longest, std::max(time * factor, time + 1));
      } else {
        gain *= factor;
      }
    } else if (gain > kGainFloor) {
      gain = std::max(kGainFloor, gain * factor);
    } else {
      time *= factor;
    }
    out.exposure = Microseconds(std::max<double>(time, params_.exposure.min_exposure_us));
    out.analogue_gain = static_cast<float>(std::clamp<double>(gain, 1, params_.exposure.max_analogue_gain));
    return out;
  }

  ControllerParams params_;
  std::unique_ptr<IlluminantEstimator> grey_world_ = make_illuminant_estimator("grey_world");
  Vec3 gains_{1, 1, 1};
};

}  // namespace

std::unique_ptr<Contestant> make_soft_isp(const ControllerParams& params) { return std::make_unique<SoftIsp>(params); }

}  // namespace argent
