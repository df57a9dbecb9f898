// calibration/fit/edge_spread.h - private: light across a slanted edge, from codes at their exact places.
//
// Source: own. ISO 12233:2017's e-SFR projects pixels along the edge and averages them in bins of a quarter of a pixel. One color of a
// mosaic has a quarter or half of the pixels, and at some angles whole bins are empty; so a cubic spline with knots as far apart is fitted
// to the codes by weighted least squares instead: nothing is averaged over a bin, gaps are bridged, and errors follow.
#pragma once

#include <span>
#include <vector>

#include "calibration/fit/edge_line.h"

namespace argent {

/// One pixel: its middle and its light.
struct EdgeSample {
  double u = 0, v = 0, light = 0;
};

/// Light at the distance d from the edge, in pixels along the normal, |d| <= reach; it rises with d.
class EdgeSpread {
 public:
  static constexpr double kKnot = 0.25;  ///< pixels

  EdgeSpread() = default;
  /// `coefficients` of cubic B-splines and their covariance, row-major.
  EdgeSpread(double reach, std::vector<double> coefficients, std::vector<double> covariance)
      : reach_(reach), coefficients_(std::move(coefficients)), covariance_(std::move(covariance)) {}

  double reach() const { return reach_; }
  std::size_t size() const { return coefficients_.size(); }
  double at(double d) const;
  double slope_at(double d) const;
  /// What each coefficient adds to at(d) and slope_at(d), of size().
  std::vector<double> weights_at(double d) const;
  std::vector<double> slope_weights_at(double d) const;
  /// Variance of a weighted sum of the coefficients.
  double variance(std::span<const double> weights) const;

 private:
  double reach_ = 0;
  std::vector<double> coefficients_, covariance_;
};

struct EdgeSpreadFit {
  EdgeSpread spread;
  EdgeLine line;                         ///< as this color has it
  double low_noise = 0, high_noise = 0;  ///< standard deviation of a pixel's light on each side
  double crooked = 0;                    ///< pixels, rms by which eighths of the edge lie off the line, beyond what noise makes of it
  std::size_t samples = 0;
};

/// One color's pixels around the edge, which lies roughly on `line`. Fewer than 200 within reach: an empty spread.
EdgeSpreadFit fit_edge_spread(std::span<const EdgeSample> samples, const EdgeLine& line, double reach);

}  // namespace argent
