// calibration/synthesis/edge_coverage.h - private: how much of a half plane a blurred pixel sees, exactly.
//
// Source: own. A pixel's square, seen along the normal (nx, ny) of an edge, is the convolution of two boxes, |nx| and |ny| wide; with a
// Gaussian the share is four values of the Gaussian's integral, integrated twice more.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

namespace argent {

inline double normal_density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); }
inline double normal_share(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

/// Edges of one direction under one blur.
class EdgeCoverage {
 public:
  /// (nx, ny): a normal, of any length.
  EdgeCoverage(double nx, double ny, double blur) : sigma_(std::max(blur, kLeastBlur)) {
    const double length = std::hypot(nx, ny);
    wide_ = std::max(std::abs(nx), std::abs(ny)) / length;
    narrow_ = std::min(std::abs(nx), std::abs(ny)) / length;
    reach_ = (wide_ + narrow_) / 2 + kTail * sigma_;
  }

  /// Pixels from the edge beyond which a pixel sees all or nothing.
  double reach() const { return reach_; }

  /// 0..1; `distance`: of the pixel's middle from the edge, pixels, positive inside.
  double operator()(double distance) const {
    if (distance >= reach_) return 1;
    if (distance <= -reach_) return 0;
    if (narrow_ < kNoWidth) return (once(distance + wide_ / 2) - once(distance - wide_ / 2)) / wide_;
    const double sum = (wide_ + narrow_) / 2, difference = (wide_ - narrow_) / 2;
    return (twice(distance + sum) - twice(distance + difference) - twice(distance - difference) + twice(distance - sum)) /
           (wide_ * narrow_);
  }

 private:
  static constexpr double kLeastBlur = 1e-3, kTail = 5.5;  // beyond 5.5 sigma lies 2e-8
  static constexpr double kNoWidth = 1e-5;                 // narrower boxes cancel all digits

  double once(double x) const { return x * normal_share(x / sigma_) + sigma_ * normal_density(x / sigma_); }
  double twice(double x) const {
    return ((x * x + sigma_ * sigma_) * normal_share(x / sigma_) + x * sigma_ * normal_density(x / sigma_)) / 2;
  }

  double sigma_, wide_ = 1, narrow_ = 0, reach_ = 0;
};

}  // namespace argent
