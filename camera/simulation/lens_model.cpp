#include "camera/simulation/lens_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace argent {

LensModel::LensModel(const LensParams& params)
    : params_(params), position_(std::clamp(params.start_position, params.min_position, params.max_position)), command_(position_) {
  if (params.overshoot > 0 && params.lag > 0) {
    // A second order system: damping from the overshoot of a step, and `lag` as the time constant of its envelope.
    const double log_overshoot = std::log(double(params.overshoot));
    damping_ = -log_overshoot / std::hypot(std::numbers::pi, log_overshoot);
    frequency_ = 1 / (params.lag * damping_);
  }
}

double LensModel::destination(double command) {
  command = std::clamp<double>(command, params_.min_position, params_.max_position);
  if (command > command_) offset_ = -params_.hysteresis / 2;
  if (command < command_) offset_ = params_.hysteresis / 2;
  command_ = command;
  return command + offset_;
}

float LensModel::step(float command) {
  const double target = destination(std::isfinite(command) ? double(command) : command_);
  const double before = position_;
  if (params_.lag <= 0) {
    position_ = target;
    return static_cast<float>(target);
  }
  if (frequency_ == 0) {
    position_ = target + (before - target) * std::exp(-1.0 / params_.lag);
    return static_cast<float>(target + (before - target) * std::exp(-0.5 / params_.lag));
  }
  // Exact for a constant target: a damped oscillation in closed form.
  const double decay = damping_ * frequency_, ringing = frequency_ * std::sqrt(1 - damping_ * damping_);
  const double start = position_ - target, slope = (velocity_ + decay * start) / ringing;
  const auto at = [&](double t) { return std::exp(-decay * t) * (start * std::cos(ringing * t) + slope * std::sin(ringing * t)); };
  position_ = target + at(1);
  velocity_ = -decay * at(1) + std::exp(-decay) * ringing * (slope * std::cos(ringing) - start * std::sin(ringing));
  return static_cast<float>(target + at(0.5));
}

float blur_per_dioptre(const LensParams& lens) {
  return lens.focal_length * lens.focal_length / lens.f_number / lens.pixel_pitch;  // (mm^2 * 1/m) / um is 1
}

float depth_of_field(const LensParams& lens) {
  constexpr float kCircle = 2;  // pixels
  return 2 * kCircle / blur_per_dioptre(lens);
}

float falloff(const LensParams& lens, float x, float y) {
  const float dx = 2 * x - 1, dy = 2 * y - 1;
  return 1 - lens.shading * (dx * dx + dy * dy) / 2;
}

}  // namespace argent
