// What noise reduction does to real captures: noise of the chart's flat patches, and the width of the edges around its greys.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "isp/pipeline.h"
#include "tests/calibration/chart/chart_fixture.h"

namespace argent {
namespace {

constexpr double kInner = 0.6;  // of a patch's side: what calibration reads

/// Luminance of a picture in linear light.
double light_at(const Image& image, int x, int y) {
  const float* p = image.row<float>(y) + 3 * x;
  return double(p[0] + 2 * p[1] + p[2]) / 4;
}

Image developed(const RawFrame& frame, const Vec3& gains, const DenoiseParams& denoise) {
  PipelineParams params;
  params.demosaic.method = "best";
  params.denoise = denoise;
  params.output.type = PixelType::kF32;
  params.output.encoding = Encoding::kLinear;
  params.output.color = ColorSpace::kCamera;
  params.threads = 2;
  Controls controls;
  controls.colour_gains = gains;
  return Pipeline(params).render(frame, controls);
}

/// A place on a patch: along its upper edge and down, 0..1, in pixels of the active array.
std::array<double, 2> on_patch(const CheckerPatch& patch, Size size, double across, double down) {
  std::array<double, 2> out{};
  const std::array<double, 4> weights{(1 - across) * (1 - down), across * (1 - down), across * down, (1 - across) * down};
  for (std::size_t i = 0; i < 4; i++) {
    out[0] += weights[i] * double(patch.corners[i].x) * size.width;
    out[1] += weights[i] * double(patch.corners[i].y) * size.height;
  }
  return out;
}

/// Standard deviation of what a plane of second order leaves: neither the light's fall nor the paper's gloss is noise.
template <class Value>
double patch_noise(const CheckerPatch& patch, Size size, const Value& value) {
  const auto corner = on_patch(patch, size, (1 - kInner) / 2, (1 - kInner) / 2);
  const auto end = on_patch(patch, size, (1 + kInner) / 2, (1 + kInner) / 2);
  const int left = static_cast<int>(std::ceil(std::min(corner[0], end[0]))), top = static_cast<int>(std::ceil(std::min(corner[1], end[1])));
  const int width = static_cast<int>(std::max(corner[0], end[0])) - left, height = static_cast<int>(std::max(corner[1], end[1])) - top;
  Eigen::MatrixXd terms(width * height, 6);
  Eigen::VectorXd values(width * height);
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      const double u = double(x) / width - 0.5, v = double(y) / height - 0.5;
      terms.row(y * width + x) << 1, u, v, u * u, u * v, v * v;
      values[y * width + x] = value(left + x, top + y);
    }
  }
  const Eigen::VectorXd rest = values - terms * terms.colPivHouseholderQr().solve(values);
  return std::sqrt(rest.squaredNorm() / double(rest.size() - 6));
}

/// Width of the step at a patch's left (side 0) or right edge from 10 to 90 %, in pixels: rows are moved onto the line through their
/// crossings of the middle and averaged in quarters of a pixel (ISO 12233's slanted edge). 0: no clear step there.
double edge_width(const Image& image, const CheckerPatch& patch, int side) {
  const auto top = on_patch(patch, image.size(), side, (1 - kInner) / 2), bottom = on_patch(patch, image.size(), side, (1 + kInner) / 2);
  const auto middle = on_patch(patch, image.size(), 0.5, 0.5);
  const double reach = 0.3 * std::abs(middle[0] - on_patch(patch, image.size(), side, 0.5)[0]) * 2;
  const int rows = static_cast<int>(bottom[1] - top[1]), first = static_cast<int>(std::ceil(top[1]));
  if (rows < 8 || reach < 5) return 0;
  const double sign = side == 0 ? 1 : -1;  // distances grow into the patch
  const auto guess = [&](int row) { return top[0] + (bottom[0] - top[0]) * row / rows; };
  double dark = 0, bright = 0;
  for (int row = 0; row < rows; row++) {
    const auto at = [&](double distance) {
      return light_at(image, static_cast<int>(std::lround(guess(row) + sign * distance)), first + row);
    };
    bright += at(0.8 * reach) / rows;
    double low = at(0);
    for (int d = 0; d < reach; d++) low = std::min(low, at(-d));
    dark += low / rows;
  }
  const double half = (dark + bright) / 2;
  // The line through the crossings.
  Eigen::MatrixXd terms(rows, 2);
  Eigen::VectorXd crossings(rows);
  int found = 0;
  for (int row = 0; row < rows; row++) {
    const auto at = [&](int x) { return light_at(image, x, first + row); };
    int x = static_cast<int>(std::lround(guess(row) + sign * 0.8 * reach));
    const int inward = sign > 0 ? 1 : -1;
    for (int n = 0; n < 2 * reach && at(x) >= half; n++) x -= inward;
    const double outer = at(x), inner = at(x + inward);
    if (!(outer < half && inner >= half)) continue;
    terms.row(found) << 1, row;
    crossings[found++] = x + inward * (half - outer) / (inner - outer);
  }
  if (found < rows * 3 / 4) return 0;
  const Eigen::VectorXd line = terms.topRows(found).colPivHouseholderQr().solve(crossings.head(found));
  constexpr int kBins = 4;
  const int reach_bins = static_cast<int>(reach * 0.8) * kBins;
  std::vector<double> sums(static_cast<std::size_t>(2 * reach_bins + 1)), counts(sums.size());
  for (int row = 0; row < rows; row++) {
    const double edge = line[0] + line[1] * row;
    for (int x = static_cast<int>(edge - reach); x <= edge + reach; x++) {
      const auto bin = std::lround((x - edge) * sign * kBins) + reach_bins;
      if (bin < 0 || bin >= static_cast<long>(sums.size())) continue;
      sums[static_cast<std::size_t>(bin)] += light_at(image, x, first + row);
      counts[static_cast<std::size_t>(bin)]++;
    }
  }
  for (std::size_t i = 0; i < sums.size(); i++) {
    if (counts[i] == 0) return 0;
    sums[i] /= counts[i];
  }
  // Plateaus: the patch's inner part, and the darkest of the frame line beside it, which is narrow.
  double high = 0;
  const std::size_t tail = sums.size() / 6;
  for (std::size_t i = sums.size() - tail; i < sums.size(); i++) high += sums[i] / double(tail);
  const auto lowest = static_cast<std::size_t>(std::min_element(sums.begin(), sums.end()) - sums.begin());
  const double low = sums[lowest];
  const auto crossing = [&](double share) {
    const double level = low + share * (high - low);
    std::size_t i = static_cast<std::size_t>(reach_bins);  // the middle: outwards and inwards from there
    if (sums[i] > level) {
      while (i > lowest && sums[i] > level) i--;
      return double(i) + (level - sums[i]) / (sums[i + 1] - sums[i]);
    }
    while (i + 1 < sums.size() && sums[i] <= level) i++;
    return double(i) - (sums[i] - level) / (sums[i] - sums[i - 1]);
  };
  return (crossing(0.9) - crossing(0.1)) / kBins;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Medians over the patches of noise after / noise before, in decibels, and over edges of width after / width before.
struct Effect {
  double luma = 0, chroma = 0, width = 0;
  std::size_t edges = 0;
};

Effect effect_of(const Image& before, const Image& after, const ColorChecker& checker) {
  std::vector<double> luma, chroma, widths;
  for (const CheckerPatch& patch : checker.patches) {
    if (patch.clipped > kMostClipped) continue;
    const auto ratio = [&](const auto& value) {
      return 20 * std::log10(patch_noise(patch, after.size(), [&](int x, int y) { return value(after, x, y); }) /
                             patch_noise(patch, after.size(), [&](int x, int y) { return value(before, x, y); }));
    };
    luma.push_back(ratio(light_at));
    chroma.push_back(ratio(
        [](const Image& image, int x, int y) { return double(image.row<float>(y)[3 * x]) - double(image.row<float>(y)[3 * x + 2]); }));
  }
  for (std::size_t i = ColorChecker::kFirstGrey; i < ColorChecker::kFirstGrey + 3; i++) {
    for (int side = 0; side < 2; side++) {
      const double sharp = edge_width(before, checker.patches[i], side), soft = edge_width(after, checker.patches[i], side);
      if (sharp > 0 && soft > 0) widths.push_back(soft / sharp);
    }
  }
  EXPECT_GE(widths.size(), 4U);
  return {median(luma), median(chroma), median(widths), widths.size()};
}

TEST(ChartNoise, FallsBySixDecibelsAndEdgesStay) {
  int seen = 0;
  for (const chart::Scene& scene : chart::scenes()) {
    if (!std::filesystem::exists(chart::path_of(scene))) continue;
    const RawFrame frame = chart::load(scene);
    BufferPool pool;
    const auto checker = find_color_checker(sensor_picture(frame, pool));
    if (!checker) continue;
    seen++;
    const auto light = light_of(*checker).mean;
    const Vec3 gains{std::exp(-light[0]), 1, std::exp(-light[1])};
    const Image before = developed(frame, gains, {});
    for (const DenoiseParams& denoise : {DenoiseParams{1, 1, 4}, DenoiseParams{1, 1, 2}, DenoiseParams{0.5f, 1, 2}}) {
      const Effect effect = effect_of(before, developed(frame, gains, denoise), *checker);
      std::printf("%-45s luma %.1f step %d: luma %6.1f dB  R - B %6.1f dB  edges %5.3f of their width (%zu)\n", scene.name.c_str(),
                  double(denoise.luma), denoise.step, effect.luma, effect.chroma, effect.width, effect.edges);
      if (denoise.luma < 1) continue;
      EXPECT_LE(effect.luma, -6.0) << scene.name;
      EXPECT_LE(effect.chroma, -6) << scene.name;
      EXPECT_NEAR(effect.width, 1, 0.05) << scene.name;
    }
  }
  if (seen == 0) GTEST_SKIP() << "the chart scenes are absent";
}

}  // namespace
}  // namespace argent
