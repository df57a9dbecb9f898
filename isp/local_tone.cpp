#include "isp/local_tone.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "isp/tone_curve.h"

namespace argent {
namespace {

using Halide::Runtime::Buffer;

constexpr int kLongSide = 512;  ///< blocks, about
constexpr int kNodes = 256;     ///< as local_tone.h's kLocalNodes
constexpr float kDarkest = -20, kBrightest = 12;
constexpr float kVariance = 0.2f;  ///< stops squared: region against detail
constexpr float kReach = 0.03f;    ///< of the long side: radius of the means
/// Stops from middle grey inside which the curve shows everything: with ToneParams' defaults 3.5 below become 5.4 (code 16 of 255), and 2.7
/// above code 218.
constexpr float kShadowRoom = 3.5f, kHighlightRoom = 2.7f;
constexpr float kDeepest = 9;  ///< stops below middle grey: what lies deeper is not brought up, or noise would be
constexpr float kMiddleGrey = 0.18f;
constexpr float kBend = 1;          ///< stops over which the slope changes, so that no edge shows
constexpr float kOnset = 0.5f;      ///< the same above middle grey
constexpr float kSteepest = 1.5f;   ///< of the curve of regions, where the shoulder is flattest
constexpr float kLargestStep = 2;   ///< above what any contrast makes of a stop
constexpr double kAnyWhite = 4;     ///< the tone curve's slope doesn't depend on it
constexpr float kMostDetail = 2;    ///< against the curve's shoulder
constexpr float kLeastKept = 0.8f;  ///< of a detail's contrast, anywhere

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

/// Of values of log2 light, in steps that nobody sees.
class Percentiles {
 public:
  void add(float log) {
    const float place = (std::min(std::max(kDarkest, log), kBrightest) - kDarkest) * kPerStop;
    counts_[std::min(static_cast<std::size_t>(place), counts_.size() - 1)]++;
    all_++;
  }
  float of(double share) const {
    double below = share * all_;
    std::size_t step = 0;
    while (step + 1 < counts_.size() && below >= counts_[step]) below -= counts_[step++];
    return kDarkest + (static_cast<float>(step) + 0.5f) / kPerStop;
  }

 private:
  static constexpr int kPerStop = 64;
  std::array<int, static_cast<std::size_t>(kBrightest - kDarkest) * kPerStop> counts_{};
  int all_ = 0;
};

/// Two tables of kNodes + 1 values as words and units of halide_gen/stages/local_tone.h's GainTable.
struct PackedGains {
  Buffer<std::uint32_t> words{kNodes, 2};
  Buffer<float> units{2, 2};
};

PackedGains packed(const Buffer<float>& table) {
  constexpr float kLargest = 32'767;  // so that no step leaves 16 bits
  PackedGains out;
  for (int which = 0; which < 2; which++) {
    float lowest = table(0, which), highest = lowest;
    for (int i = 0; i <= kNodes; i++) {
      lowest = std::min(lowest, table(i, which));
      highest = std::max(highest, table(i, which));
    }
    const float scale = std::max(highest - lowest, 1e-6f) / kLargest;
    const auto node = [&](int i) { return static_cast<std::int32_t>(std::lround((table(i, which) - lowest) / scale)); };
    for (int i = 0; i < kNodes; i++) {
      const auto step = static_cast<std::uint16_t>(static_cast<std::int16_t>(node(i + 1) - node(i)));
      out.words(i, which) = static_cast<std::uint32_t>(node(i)) << 16 | step;
    }
    out.units(0, which) = scale;
    out.units(1, which) = lowest;
  }
  return out;
}

Buffer<float> gain_table(const RegionCurve& curve, const PipelineParams& params, const Development& development, float strength) {
  Buffer<float> table(kNodes + 1, 2);
  const ToneMap tone(params.tone, development.white);
  for (int i = 0; i <= kNodes; i++) {
    const float log = kDarkest + (kBrightest - kDarkest) * static_cast<float>(i) / kNodes, to = curve(log);
    table(i, 0) = to - log;
    // Where regions are compressed all of the detail is given back; elsewhere the curve is as it was chosen, but for a shoulder that would
    // leave less than a good half of it.
    const float slope = std::max(static_cast<float>(tone.slope(std::exp2(double(to)))), 0.1f),
                compressed = std::clamp((log - to) / 0.5f, 0.0f, 1.0f);
    const float kept = std::lerp(kLeastKept, 1.0f, compressed);
    table(i, 1) = strength * (std::clamp(kept / slope, 1.0f, kMostDetail) - 1);
  }
  return table;
}

}  // namespace

RegionCurve::RegionCurve(float darkest, float brightest, float strength, const ToneParams& tone) {
  const float middle = std::log2(kMiddleGrey), depth = std::min(middle - darkest, kDeepest),
              height = std::min(brightest - middle, kStep * kSteps), share = std::min(strength, 1.0f);
  // Of bent(): distance d comes out as room when slope = (room - 1/2) / (d - 1/2).
  if (depth > kShadowRoom) shadows_ = std::lerp(1.0f, (kShadowRoom - 0.5f) / (depth - 0.5f), share);
  // dr / dd = step / (slope of the tone curve at r), but 1 at middle grey.
  const ToneMap map(tone, kAnyWhite);
  const auto integrate = [&](float step, float strength_here) {
    for (int i = 0; i < kSteps; i++) {
      const float d = kStep * (static_cast<float>(i) + 0.5f), r = highlights_[static_cast<std::size_t>(i)];
      const float even = std::min(kSteepest, step / std::max(static_cast<float>(map.slope(std::exp2(double(middle + r)))), 0.05f));
      const float t = std::min(d / kOnset, 1.0f), onset = t * t * (3 - 2 * t);
      highlights_[static_cast<std::size_t>(i) + 1] = r + kStep * std::lerp(1.0f, even, onset * strength_here);
    }
  };
  const auto out_of = [&](float d) { return (*this)(middle + d) - middle; };
  integrate(kLargestStep, share);
  if (height <= kHighlightRoom) {
    for (int i = 0; i <= kSteps; i++) highlights_[static_cast<std::size_t>(i)] = kStep * static_cast<float>(i);
    return;
  }
  float low = 0.02f, high = kLargestStep;
  for (int round = 0; round < 20; round++) {
    const float step = (low + high) / 2;
    integrate(step, 1);
    (out_of(height) > kHighlightRoom ? high : low) = step;
  }
  integrate(low, share);
}

float RegionCurve::operator()(float log) const {
  const float middle = std::log2(kMiddleGrey), stops = log - middle;
  if (stops < 0) {  // slope 1 at 0, shadows_ from kBend on
    const float inside = std::min(-stops, kBend);
    return middle - (inside - (1 - shadows_) * inside * inside / (2 * kBend) + shadows_ * std::max(-stops - kBend, 0.0f));
  }
  const float place = std::min(stops / kStep, static_cast<float>(kSteps));
  const auto node = std::min(static_cast<std::size_t>(place), static_cast<std::size_t>(kSteps - 1));
  return middle + std::lerp(highlights_[node], highlights_[node + 1], place - static_cast<float>(node));
}

namespace {

/// `look(out, block, step, radius, log)` fills out.coefficients.
template <class Look>
LocalGains gains_of(int width, int height, const PipelineParams& params, const Development& development, const Look& look) {
  const int block = std::max(1, (std::max(width, height) + kLongSide) / (2 * kLongSide) * 2);  // even, where every second pixel says enough
  const int columns = (width + block - 1) / block, rows = (height + block - 1) / block;
  const int radius = std::max(2, static_cast<int>(kReach * static_cast<float>(std::max(columns, rows))));
  const int step = block >= 4 ? 2 : 1;
  LocalGains out{luma_shares(development), Buffer<float>(columns, rows, 2), {}, {}, block, 1};
  Buffer<float> log(columns, rows);
  const Buffer<float>& coefficients = out.coefficients;
  look(out, block, step, radius, log);

  Percentiles bases;  // of a quarter of the blocks, which says as much as all
  for (int y = 0; y < rows; y += 2) {
    for (int x = 0; x < columns; x += 2) bases.add(coefficients(x, y, 0) * log(x, y) + coefficients(x, y, 1));
  }
  const float strength = params.tone.local, darkest = bases.of(0.01), brightest = bases.of(0.995);
  const RegionCurve curve(darkest, brightest, strength, params.tone);
  PackedGains gains = packed(gain_table(curve, params, development, strength));
  out.table = gains.words;
  out.units = gains.units;
  const double white = std::exp2(double(curve(static_cast<float>(std::log2(development.white)))));
  out.white = std::min(development.white, white);
  return out;
}

}  // namespace

LocalGains local_gains(const Kernels& kernels, KernelContext& context, const LinearPicture& picture, const PipelineParams& params,
                       const Development& development) {
  const auto look = [&](LocalGains& out, int block, int step, int radius, Buffer<float>& log) {
    Buffer<float> linear = picture.pixels;
    context.check(kernels.local_tone_look(&context, out.luma, block, step, radius, kVariance, linear, log, out.coefficients),
                  "local_tone_look");
  };
  return gains_of(picture.width(), picture.height(), params, development, look);
}

LocalGains local_gains(const Kernels& kernels, KernelContext& context, const Denoised& picture, const PipelineParams& params,
                       const Development& development) {
  const auto look = [&](LocalGains& out, int block, int step, int radius, Buffer<float>& log) {
    Buffer<std::uint16_t> luma = picture.luma, differences = picture.differences;
    context.check(kernels.local_tone_look_opponents(&context, out.luma, block, step, radius, kVariance, luma, differences,
                                                    picture.opponents.unit, picture.opponents.lift, log, out.coefficients),
                  "local_tone_look");
  };
  return gains_of(picture.opponents.width(), picture.opponents.height(), params, development, look);
}

LinearPicture with_gains(const Kernels& kernels, KernelContext& context, LinearPicture picture, LocalGains& gains) {
  Buffer<float> linear = picture.pixels, out = linear;  // in place: a pixel needs of the picture itself alone, its gain apart
  context.check(kernels.local_tone_gain(&context, linear, gains.luma, gains.coefficients, gains.table, gains.units, gains.block, out),
                "local_tone_gain");
  return picture;
}

}  // namespace argent
