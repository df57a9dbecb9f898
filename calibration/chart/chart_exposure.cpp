#include "calibration/chart/chart_exposure.h"

#include <algorithm>
#include <cmath>

#include "calibration/chart/checker_layout.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using cv::Vec3d;

constexpr std::size_t kLeastPatches = 12;

double brightness(const ChartExposure& exposure, const ChartSample& sample) {
  return std::max(0.1, 1 + exposure.slope_x * sample.x + exposure.slope_y * sample.y);
}

/// Rows of XYZ to one channel, with its flare: which is 0 where it would be negative.
Vec3d fit_channel(const std::vector<ChartSample>& samples, ChartExposure& exposure, int channel) {
  const int rows = static_cast<int>(samples.size());
  for (const int terms : {4, 3}) {
    cv::Mat1d a(rows, terms), b(rows, 1);
    for (int i = 0; i < rows; i++) {
      const ChartSample& s = samples[static_cast<std::size_t>(i)];
      for (int k = 0; k < 3; k++) a(i, k) = s.weight * brightness(exposure, s) * s.xyz[k];
      if (terms == 4) a(i, 3) = s.weight;
      b(i, 0) = s.weight * s.camera[channel];
    }
    const cv::Mat1d x = solved(a, b);
    const double flare = terms == 4 ? x(3, 0) : 0;
    if (flare < 0) continue;
    exposure.flare[static_cast<std::size_t>(channel)] = flare;
    return {x(0, 0), x(1, 0), x(2, 0)};
  }
  return {};
}

void fit_slopes(const std::vector<ChartSample>& samples, const std::array<Vec3d, 3>& rows, ChartExposure& exposure) {
  const int count = static_cast<int>(samples.size());
  cv::Mat1d a(3 * count, 2), b(3 * count, 1);
  for (int i = 0; i < count; i++) {
    const ChartSample& s = samples[static_cast<std::size_t>(i)];
    for (int c = 0; c < 3; c++) {
      const double level = s.weight * rows[static_cast<std::size_t>(c)].dot(s.xyz);
      a(3 * i + c, 0) = level * s.x;
      a(3 * i + c, 1) = level * s.y;
      b(3 * i + c, 0) = s.weight * (s.camera[c] - exposure.flare[static_cast<std::size_t>(c)]) - level;
    }
  }
  const cv::Mat1d x = solved(a, b);
  constexpr double kSteepest = 0.8;  // so that no corner of a chart is without light
  exposure.slope_x = std::clamp(x(0, 0), -kSteepest, kSteepest);
  exposure.slope_y = std::clamp(x(1, 0), -kSteepest, kSteepest);
}

ChartExposure exposure_of(const std::vector<ChartSample>& samples) {
  ChartExposure exposure;
  for (int round = 0; round < 30; round++) {
    const ChartExposure before = exposure;
    std::array<Vec3d, 3> rows;
    for (int c = 0; c < 3; c++) rows[static_cast<std::size_t>(c)] = fit_channel(samples, exposure, c);
    fit_slopes(samples, rows, exposure);
    if (std::abs(exposure.slope_x - before.slope_x) + std::abs(exposure.slope_y - before.slope_y) < 1e-9) break;
  }
  return exposure;
}

/// Makes that of all samples, once it has found the chart's white; gives its (u, v).
std::array<float, 2> normalise(const ColorChecker& checker, ChartExposure& exposure, std::vector<ChartSample>& samples) {
  ColorChecker clean = checker;
  for (CheckerPatch& patch : clean.patches) patch.pixels = 0;
  double level = 0, weights = 0;
  exposure.white = {1, 1, 1};
  for (const ChartSample& s : samples) {
    const Vec3d seen = without_exposure(s, exposure);
    CheckerPatch& patch = clean.patches[s.patch];
    patch.pixels = 1;
    for (int c = 0; c < 3; c++) patch.mean[static_cast<std::size_t>(c)] = static_cast<float>(seen[c]);
    if (s.patch >= ColorChecker::kFirstGrey) level += seen[1], weights += s.xyz[1];
  }
  const Illuminant light = light_of(clean);
  if (light.evidence == 0 || !(level > 0)) throw Error("a color matrix from a chart without a grey patch that is neither clipped nor dark");
  exposure.white = components(level / weights * Vec3d(std::exp(light.mean[0]), 1, std::exp(light.mean[1])));
  for (ChartSample& s : samples) s.camera = without_exposure(s, exposure);
  return light.mean;
}

}  // namespace

cv::Mat1d solved(const cv::Mat1d& a, const cv::Mat1d& b) {
  cv::Mat1d x;
  if (!cv::solve(a, b, x, cv::DECOMP_SVD)) throw Error("a color matrix from a chart whose colors no matrix fits");
  return x;
}

std::vector<ChartSample> chart_samples(const ColorChecker& checker, std::size_t chart, const Spectrum& light) {
  std::vector<ChartSample> out;
  for (std::size_t i = 0; i < ColorChecker::kPatches; i++) {
    const CheckerPatch& patch = checker.patches[i];
    const auto [r, g, b] = patch.mean;
    if (patch.pixels == 0 || patch.clipped > kMostClipped || !(r > 0 && g > 0 && b > 0)) continue;
    const cv::Point2d at = patch_center(i);
    const Vec3d xyz = wide(xyz_of(light, checker_reflectances()[i]));
    out.push_back(
        {chart, i, at.x / ColorChecker::kColumns - 0.5, at.y / ColorChecker::kRows - 0.5, xyz, wide(patch.mean), 1 / (xyz[1] + 0.05)});
  }
  if (out.size() < kLeastPatches)
    throw Error("a color matrix from a chart with ", out.size(), " patches that are neither clipped nor dark, expected at least ",
                kLeastPatches);
  return out;
}

Vec3d without_exposure(const ChartSample& s, const ChartExposure& exposure) {
  Vec3d out;
  for (int c = 0; c < 3; c++) {
    const auto k = static_cast<std::size_t>(c);
    out[c] = (s.camera[c] - exposure.flare[k]) / brightness(exposure, s) / exposure.white[k];
  }
  return out;
}

BalancedChart balanced_chart(const ColorChecker& checker, std::size_t chart, const Spectrum& light) {
  BalancedChart out;
  out.samples = chart_samples(checker, chart, light);
  out.exposure = exposure_of(out.samples);
  out.light = normalise(checker, out.exposure, out.samples);
  return out;
}

}  // namespace argent
