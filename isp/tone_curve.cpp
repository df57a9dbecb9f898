#include "isp/tone_curve.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

#include "isp/color.h"
#include "isp/color_space.h"

namespace argent {
namespace {

constexpr int kNodes = 4096;
constexpr double kMiddleGrey = 0.18;

/// Chebyshev interpolation on 0..1 (near-minimax), as coefficients of t^i.
std::vector<float> fit_polynomial(const std::function<double(double)>& f, int degree) {
  constexpr int kPoints = 64;
  const auto size = static_cast<std::size_t>(degree) + 1;
  using Poly = std::vector<double>;
  Poly chebyshev(size);
  for (int k = 0; k < kPoints; k++) {
    const double angle = std::numbers::pi * (k + 0.5) / kPoints;
    const double value = f(0.5 * (1 + std::cos(angle)));
    for (int j = 0; j <= degree; j++)
      chebyshev[static_cast<std::size_t>(j)] += (j == 0 ? 1.0 : 2.0) / kPoints * value * std::cos(j * angle);
  }
  // T_j(2t - 1) by recurrence on coefficient vectors.
  Poly previous(size), current(size), sum(size);
  previous[0] = 1;
  current[0] = -1, current[1] = 2;
  for (std::size_t i = 0; i < size; i++) sum[i] = chebyshev[0] * previous[i] + chebyshev[1] * current[i];
  for (std::size_t j = 2; j < size; j++) {
    Poly next(size);
    for (std::size_t i = 0; i < size; i++) next[i] = -2 * current[i] - previous[i] + (i > 0 ? 4 * current[i - 1] : 0);
    for (std::size_t i = 0; i < size; i++) sum[i] += chebyshev[j] * next[i];
    previous = current;
    current = next;
  }
  return {sum.begin(), sum.end()};
}

double evaluate(const std::vector<float>& polynomial, double t) {
  double y = 0;
  for (auto c = polynomial.rbegin(); c != polynomial.rend(); ++c) y = y * t + *c;
  return y;
}

/// The s of ToneParams' equation that keeps middle grey where it is: y(0.18) = 0.18.
double half_saturation(const ToneParams& params, double white, double peak) {
  const double n = params.contrast, grey = std::pow(kMiddleGrey, n);
  return std::pow(grey * (peak - kMiddleGrey) / std::max(kMiddleGrey - peak * grey / std::pow(white, n), 1e-3), 1 / n);
}

/// The curve as a function of t.
struct WarpedCurve {
  WarpedCurve(const ToneParams& params, Encoding encoding, double white, double peak = 1)
      : linear(encoding == Encoding::kLinear), top(linear ? 1 : white), map(params, top, peak) {
    // Half the level where the curve bends: measured best, under 0.9 codes for contrasts from 1.1 to 1.8 and every white.
    if (!linear) warp = top / (top + 0.5 * half_saturation(params, top, peak));
  }
  double display(double t) const {
    const double light = t * t * (1 - warp) * top / (1 - warp * t * t);
    return linear ? light : map(light);
  }
  double operator()(double t) const { return linear ? display(t) : double(srgb_encode(static_cast<float>(display(t)))); }
  bool linear;
  double top, warp = 0;
  ToneMap map;
};

constexpr int kSteps = ToneSteps::kSteps;
constexpr double kUnseen = 0.2;  // codes

ToneSteps steps_of(const std::function<double(double)>& codes, double top, int octaves) {
  ToneSteps out;
  out.top = static_cast<float>(top);
  out.offset = std::ldexp(1.0f, -octaves);
  const int per_octave = kSteps / octaves;
  out.shift = 23 - 10 - std::countr_zero(static_cast<unsigned>(per_octave));
  const double offset = static_cast<double>(out.offset);
  const auto code_at = [&](double step) {
    const double octave = std::floor(step / per_octave);
    const double v = std::ldexp(1 + step / per_octave - octave, static_cast<int>(octave) - octaves);
    return codes(top * (v - offset) / (1 - offset));
  };
  std::array<double, kSteps + 1> node{}, bulge{};  // bulge: of the curve over the chord, in the middle of a step
  for (int i = 0; i <= kSteps; i++) node[static_cast<std::size_t>(i)] = code_at(i);
  for (std::size_t i = 0; i < kSteps; i++) bulge[i] = code_at(static_cast<double>(i) + 0.5) - (node[i] + node[i + 1]) / 2;
  // Half of a bulge on each side of the curve.
  for (std::size_t i = 0; i <= kSteps; i++) {
    const double left = bulge[i > 0 ? i - 1 : 0], right = bulge[i < kSteps ? i : kSteps - 1];
    node[i] = std::clamp(node[i] + (left + right) / 4, 0.0, 255.0);
  }
  const auto whole = [](double code) { return static_cast<int>(std::lround(256 * (code + 0.5))); };
  for (std::size_t i = 0; i < kSteps; i++) {
    const int start = whole(node[i]), rise = std::max(0, whole(node[i + 1]) - start);
    out.start[i] = static_cast<std::uint16_t>(start);
    out.rise[i] = static_cast<std::uint16_t>(rise);
    constexpr int kPlaces = 4;
    for (int k = 0; k < kPlaces; k++) {
      const double share = (k + 0.5) / kPlaces;
      out.error = std::max(out.error, std::abs((start + share * rise) / 256 - 0.5 - code_at(static_cast<double>(i) + share)));
    }
  }
  out.error = std::max(out.error, codes(1e9) - code_at(kSteps));  // what lies above
  return out;
}

}  // namespace

ToneMap::ToneMap(const ToneParams& params, double white, double peak)
    : contrast_(params.contrast),
      peak_(peak),
      half_(std::pow(half_saturation(params, white, peak), contrast_)),
      scale_(1 + half_ / std::pow(white, contrast_)) {}

double ToneMap::operator()(double light) const {
  if (light <= 0) return 0;
  const double x = std::pow(light, contrast_);
  return std::min(peak_, peak_ * x * scale_ / (x + half_));
}

double ToneMap::slope(double light) const {
  const double x = std::pow(light, contrast_);
  return x * scale_ < x + half_ ? contrast_ * half_ / (x + half_) : 0;
}

double tone_map(const ToneParams& params, double light, double white, double peak) { return ToneMap(params, white, peak)(light); }

ToneCurve make_tone_polynomial(const ToneParams& params, Encoding encoding, double white, int degree) {
  const WarpedCurve curve(params, encoding, white);
  return {static_cast<float>(curve.top), static_cast<float>(curve.warp), fit_polynomial([&](double t) { return 255 * curve(t); }, degree)};
}

ToneCurve make_tone_curve(const ToneParams& params, Encoding encoding, double white, PixelType type) {
  if (type == PixelType::kU8) return make_tone_polynomial(params, encoding, white, kQuickToneDegree);
  const WarpedCurve curve(params, encoding, white);
  ToneCurve out{static_cast<float>(curve.top), static_cast<float>(curve.warp), {}};
  for (int i = 0; i <= kNodes; i++) out.values.push_back(static_cast<float>(65535 * curve(double(i) / kNodes)));
  return out;
}

ToneTable make_tone_table(const ToneParams& params, Encoding encoding, double white, double peak) {
  const WarpedCurve curve(params, encoding, white, peak);
  ToneTable out{static_cast<float>(curve.top), static_cast<float>(curve.warp), {}};
  for (int i = 0; i <= kNodes; i++) out.values.push_back(static_cast<float>(curve.display(double(i) / kNodes)));
  return out;
}

ToneTable make_tone_table(const ProfileCurve& curve) {
  ToneTable out;
  for (int i = 0; i <= kNodes; i++) {
    const double root = double(i) / kNodes;  // t without a warp
    out.values.push_back(static_cast<float>(curve(root * root)));
  }
  return out;
}

std::vector<float> make_transfer_table(Encoding encoding, ColorSpace space) {
  std::vector<float> codes;
  for (int i = 0; i <= kNodes; i++) {
    const double root = double(i) / kNodes;
    codes.push_back(static_cast<float>(encoding == Encoding::kLinear ? root * root : encoded(space, root * root)));
  }
  return codes;
}

std::vector<float> with_rounding(std::vector<float> polynomial) {
  constexpr double kTop = 255.99, kLargestT = 1.0004;
  constexpr int kPlaces = 1024;  // between which no curve of ours rises by a thousandth of a code above both
  polynomial[0] += 0.5f;
  double most = 0;
  for (int i = 0; i <= kPlaces; i++) most = std::max(most, evaluate(polynomial, kLargestT * i / kPlaces));
  if (most > kTop) {
    for (float& coefficient : polynomial) coefficient *= static_cast<float>(kTop / most);
  }
  return polynomial;
}

ToneSteps make_tone_steps(const ToneParams& params, Encoding encoding, double white) {
  const double limit = encoding == Encoding::kLinear ? 1 : white;
  const ToneMap map(params, limit, 1);
  const auto codes = [&](double light) {
    const double x = std::clamp(light, 0.0, limit);
    return 255 * (encoding == Encoding::kLinear ? x : double(srgb_encode(static_cast<float>(map(x)))));
  };
  // Long shoulders rise by less than can be seen: steps are better spent below.
  double top = limit;
  while (codes(limit) - codes(top / 2) < kUnseen) top /= 2;
  const ToneSteps fine = steps_of(codes, top, 8);
  if (fine.error < kUnseen) return fine;
  const ToneSteps deep = steps_of(codes, top, 16);
  return fine.error < deep.error ? fine : deep;
}

DirectCurves direct_curves(const ToneParams& params, Encoding encoding, double white, int degree) {
  struct Asked {
    ToneParams params;
    Encoding encoding = Encoding::kSrgb;
    double white = 0;
    int degree = 0;
    bool operator==(const Asked&) const = default;
  };
  thread_local Asked last;
  thread_local DirectCurves found;
  if (const Asked now{params, encoding, white, degree}; !(now == last)) {
    found = {make_tone_polynomial(params, encoding, white, degree), make_tone_steps(params, encoding, white)};
    found.polynomial.values = with_rounding(std::move(found.polynomial.values));
    last = now;
  }
  return found;
}

double polynomial_error(const ToneParams& params, Encoding encoding, double white, int degree) {
  const WarpedCurve curve(params, encoding, white);
  const std::vector<float> polynomial = make_tone_polynomial(params, encoding, white, degree).values;
  double most = 0;
  for (int i = 0; i <= kNodes; i++) {
    const double t = double(i) / kNodes;
    most = std::max(most, std::abs(std::clamp(evaluate(polynomial, t), 0.0, 255.0) - 255 * curve(t)));
  }
  return most;
}

}  // namespace argent
