#include "calibration/fit/focus_sweep.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace argent {
namespace {

constexpr std::size_t kFewest = 5, kMost = 1'000'000;  // codes; samples
constexpr double kLeastNoise = 0.002, kMostNoise = 0.3;
constexpr double kProminent = 6;  // standard deviations from the lowest sample to the highest
constexpr double kHalf = 0.5;     // of the peak: the width is measured there

struct Sweep {
  std::vector<FocusSample> samples;  ///< one a code
  std::vector<double> squares;       ///< of differences between samples of one code, relative; of two values' difference, halved
};

Sweep merged(const std::vector<FocusSample>& samples) {
  Sweep out;
  for (std::size_t i = 0; i < samples.size();) {
    std::size_t end = i;
    double sum = 0;
    for (; end < samples.size() && samples[end].position == samples[i].position; end++) sum += static_cast<double>(samples[end].score);
    const double mean = sum / static_cast<double>(end - i);
    for (std::size_t k = i + 1; k < end && mean > 0; k++)
      out.squares.push_back(std::pow(static_cast<double>(samples[k].score - samples[k - 1].score) / mean, 2) / 2);
    out.samples.push_back({samples[i].position, static_cast<float>(mean)});
    i = end;
  }
  return out;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Relative noise of a sample.
double noise_of(const Sweep& sweep) {
  constexpr std::size_t kRepeats = 5;
  constexpr double kMedian = 0.4549;  // of a squared standard normal number
  if (sweep.squares.size() >= kRepeats) return std::clamp(std::sqrt(median(sweep.squares) / kMedian), kLeastNoise, kMostNoise);
  // Third differences: of a smooth curve they are small, of independent noise their variance is 20.
  const auto& s = sweep.samples;
  std::vector<double> squares;
  for (std::size_t i = 0; i + 3 < s.size(); i++) {
    const auto score = [&](std::size_t k) { return static_cast<double>(s[i + k].score); };
    const double level = (score(0) + score(1) + score(2) + score(3)) / 4;
    if (level > 0) squares.push_back(std::pow((score(0) - 3 * score(1) + 3 * score(2) - score(3)) / level, 2) / 20);
  }
  if (squares.empty()) return kMostNoise;
  return std::clamp(std::sqrt(median(squares) / kMedian), kLeastNoise, kMostNoise);
}

/// The code beyond `from` where contrast falls to `level`.
std::optional<double> falls_to(const std::vector<FocusSample>& samples, std::size_t from, std::ptrdiff_t step, double level) {
  for (auto i = static_cast<std::ptrdiff_t>(from); i + step >= 0 && i + step < std::ssize(samples); i += step) {
    const FocusSample &a = samples[static_cast<std::size_t>(i)], &b = samples[static_cast<std::size_t>(i + step)];
    if (static_cast<double>(b.score) > level) continue;
    const double share = (static_cast<double>(a.score) - level) / std::max(static_cast<double>(a.score - b.score), 1e-30);
    return std::lerp(static_cast<double>(a.position), static_cast<double>(b.position), std::clamp(share, 0.0, 1.0));
  }
  return std::nullopt;
}

/// Codes, nothing that isn't a number, one way only.
std::string flaw_of(const FocusSweep& sweep, const std::vector<FocusSample>& codes) {
  if (!(std::isfinite(sweep.dioptres) && sweep.dioptres >= 0)) return "its distance is not known";
  if (sweep.samples.size() > kMost) return "it has more than a million samples";
  for (const FocusSample& sample : sweep.samples)
    if (!(std::isfinite(sample.position) && std::isfinite(sample.score) && sample.score >= 0)) return "it has samples that are no numbers";
  if (codes.size() < kFewest) return "it has " + std::to_string(codes.size()) + " codes, expected 5 or more";
  const bool rising = codes[1].position > codes[0].position;
  for (std::size_t i = 2; i < codes.size(); i++)
    if ((codes[i].position > codes[i - 1].position) != rising) return "its codes go forth and back";
  return "";
}

std::size_t around(const std::vector<FocusSample>& samples, std::size_t highest) {
  const auto above = [&](std::size_t i) { return samples[i].score > static_cast<float>(kHalf) * samples[highest].score; };
  std::size_t first = highest, last = highest;
  while (first > 0 && above(first - 1)) first--;
  while (last + 1 < samples.size() && above(last + 1)) last++;
  return std::max({std::size_t{3}, highest - first, last - highest});
}

}  // namespace

FocusSample focus_sample(const Statistics& statistics, float code, std::span<const Window> windows) {
  return {code, measure_focus(statistics, windows).contrast()};
}

SweepPeak find_peak(const FocusSweep& sweep) {
  SweepPeak out;
  out.dioptres = sweep.dioptres;
  Sweep codes = merged(sweep.samples);
  out.left_out = flaw_of(sweep, codes.samples);
  if (!out.left_out.empty()) return out;
  if (codes.samples[1].position < codes.samples[0].position) {
    out.way = SweepPeak::Way::kFallingCodes;
    std::reverse(codes.samples.begin(), codes.samples.end());
  }
  const auto lower = [](const FocusSample& a, const FocusSample& b) { return a.score < b.score; };
  const auto highest =
      static_cast<std::size_t>(std::max_element(codes.samples.begin(), codes.samples.end(), lower) - codes.samples.begin());
  out.noise = noise_of(codes);
  const FocusPeak peak = estimate_focus_peak(codes.samples, static_cast<float>(out.noise), around(codes.samples, highest));
  out.code = static_cast<double>(peak.position);
  out.error = static_cast<double>(peak.uncertainty);
  const double first = static_cast<double>(codes.samples.front().position), last = static_cast<double>(codes.samples.back().position);
  if (!(peak.prominence > kProminent)) {
    out.left_out = "its contrast does not change beyond the noise";
  } else if (!peak.inside || highest == 0 || highest + 1 == codes.samples.size() || out.code <= first || out.code >= last) {
    out.left_out = "it has no peak inside: contrast is highest at code " + std::to_string(std::lround(codes.samples[highest].position));
  }
  const double level = kHalf * static_cast<double>(peak.score);
  const auto left = falls_to(codes.samples, highest, -1, level), right = falls_to(codes.samples, highest, 1, level);
  if (left && right) out.width = *right - *left;
  return out;
}

}  // namespace argent
