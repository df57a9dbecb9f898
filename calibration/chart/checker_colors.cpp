// Do 24 colors lie to each other as the patches of a chart do?
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "calibration/chart/checker_layout.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"

namespace argent {
namespace {

constexpr int kTerms = 6;                 // X, Y, Z, flare, and Y's slope along both sides of the chart
constexpr std::size_t kMostOutliers = 6;  // patches under a glare or a finger
constexpr double kOutlier = 16;           // times the median squared residual

using Patches = std::array<CheckerPatch, ColorChecker::kPatches>;
using Terms = std::array<std::array<double, kTerms>, ColorChecker::kPatches>;

/// Any light serves: what distinguishes one from another is within what the matrix takes up.
const Terms& terms() {
  static const Terms kAll = [] {
    Terms out;
    const Spectrum light = daylight(6504);
    for (std::size_t i = 0; i < out.size(); i++) {
      const Vec3 xyz = xyz_of(light, checker_reflectances()[i]);
      const cv::Point2d at = patch_center(i);
      out[i] = {xyz[0], xyz[1], xyz[2], 1, xyz[1] * (at.x / ColorChecker::kColumns - 0.5), xyz[1] * (at.y / ColorChecker::kRows - 0.5)};
    }
    return out;
  }();
  return kAll;
}

/// Squared residuals, each channel in units of its variance among the patches in use; empty when they do not vary at all.
std::vector<double> residuals(const Patches& patches, const std::vector<std::size_t>& used) {
  const int rows = static_cast<int>(used.size());
  cv::Mat1d a(rows, kTerms), b(rows, 3);
  cv::Vec3d mean, squares;
  for (int i = 0; i < rows; i++) {
    const std::size_t patch = used[static_cast<std::size_t>(i)];
    for (int k = 0; k < kTerms; k++) a(i, k) = terms()[patch][static_cast<std::size_t>(k)];
    for (int c = 0; c < 3; c++) {
      b(i, c) = patches[patch].mean[static_cast<std::size_t>(c)];
      mean[c] += b(i, c) / rows;
      squares[c] += b(i, c) * b(i, c) / rows;
    }
  }
  cv::Mat1d x;
  if (!cv::solve(a, b, x, cv::DECOMP_SVD)) return {};
  const cv::Mat1d difference = a * x - b;
  std::vector<double> out(used.size());
  for (int c = 0; c < 3; c++) {
    const double variance = squares[c] - mean[c] * mean[c];
    if (!(variance > 1e-12)) return {};
    for (int i = 0; i < rows; i++) out[static_cast<std::size_t>(i)] += difference(i, c) * difference(i, c) / (3 * variance);
  }
  return out;
}

/// What deviates within a patch beside its noise, which is about that of the quietest patches.
bool is_even(const CheckerPatch& patch, float white, float noise) {
  return patch.deviation[1] <= 0.15f * patch.mean[1] + 0.01f * white + 2 * noise;
}

}  // namespace

float explained_share(const Patches& patches) {
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < patches.size(); i++) {
    if (patches[i].pixels > 0 && patches[i].clipped <= kMostClipped) used.push_back(i);
  }
  for (std::size_t dropped = 0;; dropped++) {
    if (used.size() < patches.size() / 2) return 0;
    const std::vector<double> squares = residuals(patches, used);
    if (squares.empty()) return 0;
    std::vector<double> sorted = squares;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
    const auto worst = std::max_element(squares.begin(), squares.end());
    if (dropped<kMostOutliers&& * worst> kOutlier * sorted[sorted.size() / 2]) {
      used.erase(used.begin() + (worst - squares.begin()));
      continue;
    }
    double sum = 0;
    for (const double square : squares) sum += square;
    const auto count = static_cast<double>(used.size());
    // Adjusted for the number of parameters; the patches that were left out are not explained.
    const double unexplained = sum / count * (count - 1) / (count - kTerms);
    return static_cast<float>(std::max(0.0, 1 - unexplained) * (count / static_cast<double>(patches.size())));
  }
}

float confidence_of(const Patches& patches) {
  float white = 0;
  std::array<float, ColorChecker::kPatches> deviations{};
  for (std::size_t i = 0; i < patches.size(); i++) {
    white = std::max(white, patches[i].mean[1]);
    deviations[i] = patches[i].deviation[1];
  }
  const auto quietest = deviations.begin() + deviations.size() / 4;
  std::nth_element(deviations.begin(), quietest, deviations.end());
  const auto even =
      std::count_if(patches.begin(), patches.end(), [&](const CheckerPatch& patch) { return is_even(patch, white, *quietest); });
  return explained_share(patches) * static_cast<float>(even) / static_cast<float>(patches.size());
}

}  // namespace argent
