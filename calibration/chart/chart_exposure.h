// calibration/chart/chart_exposure.h - private: the patches of a chart without what lay over it, relative to its white.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <vector>

#include "calibration/chart/color_matrix_fit.h"

namespace argent {

/// A patch that is neither clipped nor dark.
struct ChartSample {
  std::size_t chart = 0, patch = 0;
  double x = 0, y = 0;  ///< of the patch's center, -0.5..0.5 of the chart
  cv::Vec3d xyz;        ///< under the light
  cv::Vec3d camera;     ///< R G B
  double weight = 0;    ///< of its squared errors' root
};

inline cv::Vec3d wide(const Vec3& v) { return {v[0], v[1], v[2]}; }
inline std::array<double, 3> components(const cv::Vec3d& v) { return {v[0], v[1], v[2]}; }

/// Of the chart numbered `chart`, as the sensor saw it. Throws Error when there are fewer than 12.
std::vector<ChartSample> chart_samples(const ColorChecker& checker, std::size_t chart, const Spectrum& light);

/// The least squares solution. Throws Error.
cv::Mat1d solved(const cv::Mat1d& a, const cv::Mat1d& b);

/// The sample without slope and flare, in units of a white surface.
cv::Vec3d without_exposure(const ChartSample& sample, const ChartExposure& exposure);

struct BalancedChart {
  ChartExposure exposure;
  std::array<float, 2> light{};      ///< (u, v) of white
  std::vector<ChartSample> samples;  ///< white is (1, 1, 1), no slope, no flare
};

/// Throws Error: no grey among the samples, colors that no matrix fits.
BalancedChart balanced_chart(const ColorChecker& checker, std::size_t chart, const Spectrum& light);

}  // namespace argent
