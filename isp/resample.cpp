#include "isp/resample.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace argent {
namespace {

constexpr double kLobes = 3;

}  // namespace

double lanczos3(double x) {
  if (std::abs(x) < 1e-9) return 1;
  if (std::abs(x) >= kLobes) return 0;
  const double a = std::numbers::pi * x;
  return kLobes * std::sin(a) * std::sin(a / kLobes) / (a * a);
}

ResampleWeights make_resample_weights(int from, int to) {
  const double ratio = double(from) / to, stretch = std::max(1.0, ratio);
  ResampleWeights out;
  out.taps = 2 * static_cast<int>(std::ceil(kLobes * stretch));
  out.start.resize(static_cast<std::size_t>(to));
  out.weights.resize(static_cast<std::size_t>(to) * static_cast<std::size_t>(out.taps));
  for (int p = 0; p < to; p++) {
    const double centre = (p + 0.5) * ratio - 0.5;
    const int start = static_cast<int>(std::floor(centre)) - out.taps / 2 + 1;
    float* row = out.weights.data() + static_cast<std::ptrdiff_t>(p) * out.taps;
    double sum = 0;
    for (int k = 0; k < out.taps; k++) sum += row[k] = static_cast<float>(lanczos3((start + k - centre) / stretch));
    for (int k = 0; k < out.taps; k++) row[k] = static_cast<float>(row[k] / sum);
    out.start[static_cast<std::size_t>(p)] = start;
  }
  return out;
}

}  // namespace argent
