#include "isp/local_tone.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "isp/tone_curve.h"

namespace argent {
namespace {

using Halide::Runtime::Buffer;

constexpr int kLongSide = 512;  ///< blocks, about
constexpr int kNodes = 256;     ///< as local_tone.h's kLocalNodes
constexpr float kDarkest = -20, kBrightest = 12;
constexpr float kVariance = 0.2f;  ///< stops squared: region against detail
constexpr float kReach = 0.03f;    ///< of the long side: radius of the means
/// Stops from middle grey inside which the curve shows everything: with ToneParams' defaults 3.5 below become 5.4 (code 16 of 255), and 2.2
/// above code 218.
constexpr float kShadowRoom = 3.5f, kHighlightRoom = 2.2f;
constexpr float kDeepest = 9;  ///< stops below middle grey: what lies deeper is not brought up, or noise would be
constexpr float kMiddleGrey = 0.18f;
constexpr float kBend = 1;           ///< stops over which the slope changes, so that no edge shows
constexpr float kMostDetail = 1.6f;  ///< against the curve's shoulder

/// What camera color without a matrix gets is near enough.
Buffer<float> luma_shares(const Development& development) {
  Buffer<float> shares(3);
  for (int column = 0; column < 3; column++) {
    float sum = 0;
    for (std::size_t row = 0; row < 3; row++) sum += kSrgbLuminance[row] * development.matrix[row * 3 + static_cast<std::size_t>(column)];
    shares(column) = development.exposure * sum;
  }
  return shares;
}

float percentile(std::vector<float>& values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * double(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// Slope of the tone curve, log-log.
float slope_of(const ToneParams& params, float log, double white) {
  const double light = std::exp2(double(log)), up = tone_map(params, light * 1.05, white), down = tone_map(params, light / 1.05, white);
  return down > 0 ? static_cast<float>(std::log(up / down) / std::log(1.05 * 1.05)) : 1;
}

Buffer<float> gain_table(const RegionCurve& curve, const PipelineParams& params, const Development& development, float strength) {
  Buffer<float> table(kNodes + 1, 2);
  for (int i = 0; i <= kNodes; i++) {
    const float log = kDarkest + (kBrightest - kDarkest) * static_cast<float>(i) / kNodes, to = curve(log);
    table(i, 0) = to - log;
    // Only where regions are compressed is detail lifted: elsewhere the curve is as it was chosen.
    const float compressed = std::clamp((log - to) / 0.5f, 0.0f, 1.0f);
    const float lifted = std::clamp(1 / std::max(slope_of(params.tone, to, development.white), 0.1f), 1.0f, kMostDetail);
    table(i, 1) = strength * compressed * (lifted - 1);
  }
  return table;
}

}  // namespace

float RegionCurve::operator()(float log) const {
  const float middle = std::log2(kMiddleGrey), stops = log - middle;
  const auto bent = [](float distance, float slope) {  // slope 1 at 0, `slope` from kBend on
    const float inside = std::min(distance, kBend);
    return inside - (1 - slope) * inside * inside / (2 * kBend) + slope * std::max(distance - kBend, 0.0f);
  };
  return middle + (stops < 0 ? -bent(-stops, shadows) : bent(stops, highlights));
}

RegionCurve region_curve(float darkest, float brightest, float strength) {
  const float middle = std::log2(kMiddleGrey);
  // Of bent(): distance d comes out as room when slope = (room - 1/2) / (d - 1/2).
  const auto slope = [&](float distance, float room) {
    const float full = distance > room ? (room - 0.5f) / (distance - 0.5f) : 1;
    return 1 + std::min(strength, 1.0f) * (full - 1);
  };
  return {slope(std::min(middle - darkest, kDeepest), kShadowRoom), slope(brightest - middle, kHighlightRoom)};
}

LocalTone local_tone(const Kernels& kernels, KernelContext& context, const LinearPicture& picture, const PipelineParams& params,
                     const Development& development) {
  const int width = picture.width(), height = picture.height();
  const int block = std::max(1, (std::max(width, height) + kLongSide / 2) / kLongSide);
  const int columns = (width + block - 1) / block, rows = (height + block - 1) / block;
  const int radius = std::max(2, static_cast<int>(kReach * static_cast<float>(std::max(columns, rows))));
  const int step = block % 2 == 0 && block >= 4 ? 2 : 1;
  Buffer<float> linear = picture.pixels, luma = luma_shares(development), log(columns, rows), coefficients(columns, rows, 2);
  context.check(kernels.local_tone_look(&context, linear, luma, block, step, radius, kVariance, log, coefficients), "local_tone_look");

  std::vector<float> bases;
  for (int y = 0; y < rows; y++) {
    for (int x = 0; x < columns; x++) bases.push_back(coefficients(x, y, 0) * log(x, y) + coefficients(x, y, 1));
  }
  const float strength = params.tone.local, darkest = percentile(bases, 0.01), brightest = percentile(bases, 0.995);
  const RegionCurve curve = region_curve(darkest, brightest, strength);
  Buffer<float> table = gain_table(curve, params, development, strength);
  LinearPicture out = lease_linear(context.pool(), width, height);
  context.check(kernels.local_tone_gain(&context, linear, luma, coefficients, table, block, out.pixels), "local_tone_gain");
  const double white = std::exp2(double(curve(static_cast<float>(std::log2(development.white)))));
  return {std::move(out), std::min(development.white, white)};
}

}  // namespace argent
