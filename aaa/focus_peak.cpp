#include "aaa/focus_peak.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

namespace argent {
namespace {

constexpr float kMinNoise = 1e-3f;   // a noiseless score would make every difference a peak
constexpr float kMaxScore = 1e15f;   // of a score and a position: their squares must be numbers too
constexpr float kTop = 0.15f;        // of the highest score: below, the tails differ from both models
constexpr double kPower = 2.0 / 3;   // makes 1 / (1 + d^2)^1.5 a parabola
constexpr double kModels = 0.3;      // of the difference between the two models: the truth lies near the first
constexpr double kTails = 0.5;       // of the way from the highest sample to a peak that tails tell of: how steep they are isn't known
constexpr double kSingular = 1e-12;  // relative determinant of the normal equations

enum class PeakShape { kPower, kLogarithm };

struct Vertex {
  double x = 0, y = 0;  ///< relative to the highest sample; y in score
  double sigma = 0;
};

/// Weighted parabola through f(score), f decreasing in score, turned back into a peak; nothing where it has none.
std::optional<Vertex> fit(std::span<const FocusSample> samples, float origin, float scale, float noise, PeakShape shape) {
  std::array<double, 5> moments{};
  std::array<double, 3> right{};
  for (const FocusSample& s : samples) {
    const double x = static_cast<double>(s.position) - origin, value = static_cast<double>(s.score) / scale;
    const double y = shape == PeakShape::kPower ? std::pow(value, -kPower) : -std::log(value);
    const double weight = shape == PeakShape::kPower ? std::pow(value, 2 * kPower) : 1;  // 1 / variance where noise is relative
    double power = weight;
    for (int i = 0; i < 5; i++, power *= x) {
      moments[static_cast<std::size_t>(i)] += power;
      if (i < 3) right[static_cast<std::size_t>(i)] += power * y;
    }
  }
  const auto& m = moments;
  const double c00 = m[2] * m[4] - m[3] * m[3], c01 = m[2] * m[3] - m[1] * m[4], c02 = m[1] * m[3] - m[2] * m[2];
  const double c11 = m[0] * m[4] - m[2] * m[2], c12 = m[1] * m[2] - m[0] * m[3], c22 = m[0] * m[2] - m[1] * m[1];
  const double determinant = m[0] * c00 + m[1] * c01 + m[2] * c02;
  if (!(determinant > kSingular * m[0] * m[2] * m[4])) return std::nullopt;
  const double a = (c00 * right[0] + c01 * right[1] + c02 * right[2]) / determinant;
  const double b = (c01 * right[0] + c11 * right[1] + c12 * right[2]) / determinant;
  const double c = (c02 * right[0] + c12 * right[1] + c22 * right[2]) / determinant;
  if (!(c > 0)) return std::nullopt;
  Vertex out;
  out.x = -b / (2 * c);
  const double top = a - b * b / (4 * c);
  out.y = shape == PeakShape::kPower ? std::pow(std::max(top, 0.34), -1 / kPower) : std::exp(std::min(-top, 1.6));
  const double relative = shape == PeakShape::kPower ? noise * kPower : noise;  // of y
  // dx = -db / 2c + b dc / 2c^2
  const double db = -1 / (2 * c), dc = b / (2 * c * c);
  out.sigma = relative * std::sqrt(std::max(0.0, (db * db * c11 + 2 * db * dc * c12 + dc * dc * c22) / determinant));
  return out;
}

std::vector<FocusSample> usable(std::span<const FocusSample> samples) {
  std::vector<FocusSample> out;
  for (const FocusSample& s : samples)
    if (std::isfinite(s.position) && s.score >= 0 && s.score < kMaxScore && std::abs(s.position) < kMaxScore) out.push_back(s);
  std::stable_sort(out.begin(), out.end(), [](const FocusSample& a, const FocusSample& b) { return a.position < b.position; });
  return out;
}

bool lower(const FocusSample& a, const FocusSample& b) { return a.score < b.score; }

}  // namespace

FocusPeak estimate_focus_peak(std::span<const FocusSample> samples, float noise, std::size_t around) {
  const std::vector<FocusSample> sorted = usable(samples);
  FocusPeak out;
  if (sorted.empty()) return out;
  noise = std::isfinite(noise) ? std::clamp(noise, kMinNoise, 1.0f) : 1.0f;
  const auto highest = std::max_element(sorted.begin(), sorted.end(), lower);
  const float least = std::min_element(sorted.begin(), sorted.end(), lower)->score;
  out.position = highest->position;
  out.score = highest->score;
  out.uncertainty = sorted.back().position - sorted.front().position;
  if (!(highest->score > 0)) return out;
  out.prominence = (highest->score - least) / (noise * highest->score);

  const std::size_t peak = static_cast<std::size_t>(highest - sorted.begin());
  const float fall = (1 - noise) * highest->score;
  const bool before = std::any_of(sorted.begin(), highest, [&](const FocusSample& s) { return s.score < fall; });
  const bool after = std::any_of(highest, sorted.end(), [&](const FocusSample& s) { return s.score < fall; });
  out.inside = before && after;

  const std::size_t first = peak > around ? peak - around : 0, last = std::min(sorted.size() - peak, around + 1) + peak;
  std::vector<FocusSample> near;
  int near_top = 0;
  for (std::size_t i = first; i < last; i++) {
    const bool neighbour = i + 1 >= peak && i <= peak + 1;
    const bool top = sorted[i].score > kTop * highest->score;
    near_top += top;
    if (top || (neighbour && sorted[i].score > 0)) near.push_back(sorted[i]);
  }
  if (near.size() < 3) return out;
  const auto power_law = fit(near, highest->position, highest->score, noise, PeakShape::kPower);
  const auto logarithm = fit(near, highest->position, highest->score, noise, PeakShape::kLogarithm);
  const auto best = power_law ? power_law : logarithm;
  if (!best) return out;
  // Extrapolating further than the samples reach says a direction, not a place.
  const double left = near.front().position - highest->position, right = near.back().position - highest->position, reach = right - left;
  out.position = static_cast<float>(highest->position + std::clamp(best->x, left - reach, right + reach));
  out.score = static_cast<float>(highest->score * std::max(best->y, 0.5));
  const double models = power_law && logarithm ? kModels * std::abs(power_law->x - logarithm->x) : reach / 4;
  const double tails = near_top < 2 ? kTails * std::abs(best->x) : 0;
  out.uncertainty = static_cast<float>(std::hypot(best->sigma, std::min(models, reach), std::min(tails, reach)));
  return out;
}

}  // namespace argent
