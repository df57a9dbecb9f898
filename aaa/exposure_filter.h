// aaa/exposure_filter.h - private: follows steps of the light at once and averages noise.
//
// What is filtered is log2 of the total exposure that the scene asks for, which each frame tells by itself (applied total x wanted /
// measured): it doesn't depend on what was decided, so that a frame which still shows an older decision is as good as any, and no
// model of the delay is needed. Innovations within the noise are averaged, ever longer; those beyond it, or small ones that keep
// their sign, are followed. A frame taken far from its right exposure (clipped, or dark and noisy) is believed until the first that
// was taken near it. What is wanted is split in two: the light's own change (light_tracker.h) is followed at once, the rest (something
// bright wanders about) slowly while it is small. Source: own; a scalar Kalman filter with the gain steered by the innovation.
#pragma once

#include <optional>

#include "aaa/auto_exposure_params.h"

namespace argent {

struct SceneSample {
  double wanted = 0;            ///< log2 (us x gain)
  double change = 0;            ///< EV from this frame's exposure to what is wanted; far off (clipped, dark) only its sign is certain
  double seconds = 0;           ///< since the frame before; 0: not known
  std::optional<double> light;  ///< EV by which the scene is brighter than some reference, if that can be said
};

class ExposureFilter {
 public:
  explicit ExposureFilter(const AutoExposureParams& params)
      : frames_(params.averaging_frames), smoothing_(params.smoothing_seconds), params_(params.filter) {}

  /// log2 of the total exposure to be had.
  double update(const SceneSample& sample);
  void restart(double wanted);
  /// The reference of `light`, or what is asked for, is another from here on.
  void recompose() {
    composition_.reset();
    contradictions_ = 0;
  }
  std::optional<double> value() const { return smooth_; }
  double noise() const { return noise_; }  ///< EV, standard deviation of a frame

 private:
  double compose(const SceneSample& sample);
  bool contradicted(const SceneSample& sample, double believed);
  void follow(const SceneSample& sample);
  void jump(double wanted);

  double frames_, smoothing_;
  ExposureFilterParams params_;
  std::optional<double> state_, smooth_;
  std::optional<double> composition_;            ///< what would be wanted in the reference's light
  double composition_age_ = 0;                   ///< seconds
  int contradictions_ = 0;                       ///< frames in a row that say composition_ is wrong: more +, less -
  double last_ = 0, noise_ = 0.0144, bias_ = 0;  // noise: 1 % until it is known
  double count_ = 0;
  bool far_ = true;  ///< all of state_ comes from frames far from their right exposure
};

}  // namespace argent
