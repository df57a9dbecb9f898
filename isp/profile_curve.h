// isp/profile_curve.h - private: the tone curve that a DNG profile brings along.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace argent {

/// The natural cubic spline through a profile's points at `light`, clamped to 0..1 (DNG 1.7.1.0, ProfileToneCurve). Points as DngProfile
/// has them: rising from (0, 0) to (1, 1).
class ProfileCurve {
 public:
  explicit ProfileCurve(std::span<const std::array<float, 2>> points);
  double operator()(double light) const;

 private:
  std::span<const std::array<float, 2>> points_;
  std::vector<double> bends_;  ///< second derivatives at the points
};

}  // namespace argent
