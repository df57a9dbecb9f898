#include "calibration/evaluation/balance_score.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/runtime/error.h"

namespace argent {
namespace {

Vec3 light_of(const Vec3& gains) { return {1 / gains[0], 1, 1 / gains[2]}; }

/// Standard deviation along the curve, in mired.
float sigma_of(const std::vector<CctPoint>& curve, const Illuminant& light, float mired) {
  constexpr float kStep = 5;
  const Vec3 a = *gains_of_cct(curve, 1e6f / (mired - kStep)), b = *gains_of_cct(curve, 1e6f / (mired + kStep));
  float du = std::log(a[0] / b[0]), dv = std::log(a[2] / b[2]);
  const float length = std::hypot(du, dv);
  const Vec3 low = *gains_of_cct(curve, curve.front().cct), high = *gains_of_cct(curve, curve.back().cct);
  if (!(length > 1e-6f)) {  // beyond an end
    du = std::log(high[0] / low[0]);
    dv = std::log(high[2] / low[2]);
  }
  const float norm = std::max(std::hypot(du, dv), 1e-6f);
  du /= norm;
  dv /= norm;
  const auto& [uu, uv, vv] = light.covariance;
  const float whole = std::hypot(std::log(high[0] / low[0]), std::log(high[2] / low[2])) /
                      std::max(1e6f / curve.front().cct - 1e6f / curve.back().cct, 1e-3f);
  // Half a step beyond an end the curve stands still: its mean speed is taken there.
  const bool inside = mired - kStep >= 1e6f / curve.back().cct && mired + kStep <= 1e6f / curve.front().cct;
  const float speed = inside && length > 1e-6f ? length / (2 * kStep) : whole;
  return std::sqrt(std::max(du * du * uu + 2 * du * dv * uv + dv * dv * vv, 0.0f)) / std::max(speed, 1e-6f);
}

/// What a covariance (uu, uv, vv) about a light claims of a measured one: rms of the angle, to first order, and the distance. Nothing
/// when it is no covariance of full rank.
void judge_covariance(const Illuminant& light, BalanceScore& score) {
  const double uu = light.covariance[0], uv = light.covariance[1], vv = light.covariance[2], determinant = uu * vv - uv * uv;
  if (!(uu > 0) || !(determinant > 0) || !std::isfinite(determinant)) return;
  // The color is (e^u, 1, e^v); the square of a small angle is that of the color's change at a right angle to it, over its length.
  const double red = std::exp(2.0 * light.mean[0]), blue = std::exp(2.0 * light.mean[1]), all = red + 1 + blue;
  const double angle_uu = red / all - red * red / (all * all), angle_uv = -red * blue / (all * all);
  const double angle_vv = blue / all - blue * blue / (all * all);
  score.sigma_degrees = static_cast<float>(std::sqrt(angle_uu * uu + 2 * angle_uv * uv + angle_vv * vv) * 180 / std::numbers::pi);
  const double du = score.offset[0], dv = score.offset[1];
  score.mahalanobis = static_cast<float>(std::sqrt((vv * du * du - 2 * uv * du * dv + uu * dv * dv) / determinant));
}

/// Those that claim something, by rising claim.
std::vector<const BalanceScore*> by_claim(std::span<const BalanceScore> scores) {
  std::vector<const BalanceScore*> sorted;
  for (const BalanceScore& score : scores) {
    if (score.claims()) sorted.push_back(&score);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->claimed() < b->claimed(); });
  return sorted;
}

/// The nearest point of the curve to a light, as the labels' authors look for it (awb_nn's tuning.py): in the plane of R/G and B/G,
/// linear in kelvin between the curve's points, clamped to its ends.
float kelvin_on(const std::vector<CctPoint>& curve, const Vec3& light) {
  float nearest = INFINITY, kelvin = kStandInKelvin;
  for (std::size_t i = 1; i < curve.size(); i++) {
    const CctPoint &a = curve[i - 1], &b = curve[i];
    const float red = b.red - a.red, blue = b.blue - a.blue, length = red * red + blue * blue;
    const float along = ((light[0] - a.red) * red + (light[2] - a.blue) * blue) / std::max(length, 1e-12f);
    const float t = std::clamp(along, 0.0f, 1.0f);
    const float distance = std::hypot(a.red + t * red - light[0], a.blue + t * blue - light[2]);
    if (!(distance < nearest)) continue;
    nearest = distance;
    kelvin = std::lerp(a.cct, b.cct, t);
  }
  return kelvin;
}

/// As R/G, 1, B/G of a white surface: measured, or the curve's at the label.
Vec3 true_light(const LabelledStatistics& image) {
  if (image.light) return {std::exp((*image.light)[0]), 1, std::exp((*image.light)[1])};
  return light_of(*gains_of_cct(image.prior.curve, image.kelvin));
}

BalanceScore started(const LabelledStatistics& image, std::string estimator) {
  if (image.prior.curve.size() < 2) throw Error(image.file, ": ", image.sensor, " has no cct curve");
  if (!image.light && !(image.kelvin > 0)) throw Error(image.file, ": neither the light's color nor its temperature is known");
  BalanceScore score;
  score.estimator = std::move(estimator);
  score.set = image.set;
  score.file = image.file;
  score.sensor = image.sensor;
  score.measured = image.light.has_value();
  score.true_kelvin = image.kelvin;
  return score;
}

double mean_of(const std::vector<double>& values, std::size_t from, std::size_t to) {
  double sum = 0;
  for (std::size_t i = from; i < to; i++) sum += values[i];
  return sum / static_cast<double>(to - from);
}

}  // namespace

BalanceScore score_of(const LabelledStatistics& image, const Illuminant& light, std::string estimator) {
  const std::vector<CctPoint>& curve = image.prior.curve;
  BalanceScore score = started(image, std::move(estimator));
  score.evidence = light.evidence;
  Vec3 gains{std::exp(-light.mean[0]), 1, std::exp(-light.mean[1])};
  if (!score.answered()) gains = *gains_of_cct(curve, kStandInKelvin);
  score.kelvin = score.answered() ? kelvin_on(curve, light_of(gains)) : kStandInKelvin;
  if (score.has_mired()) score.mired = std::abs(score.signed_mired());
  score.degrees = angular_error(light_of(gains), true_light(image));
  score.sigma = sigma_of(curve, light, 1e6f / score.kelvin);
  if (!image.light) return score;
  score.offset = {-std::log(gains[0]) - (*image.light)[0], -std::log(gains[2]) - (*image.light)[1]};
  judge_covariance(light, score);
  return score;
}

BalanceScore camera_score(const LabelledStatistics& image) {
  const std::vector<CctPoint>& curve = image.prior.curve;
  BalanceScore score = started(image, "camera");
  score.evidence = 1;
  score.kelvin = std::clamp(image.camera_kelvin, curve.front().cct, curve.back().cct);
  if (score.has_mired()) score.mired = std::abs(score.signed_mired());
  score.degrees = angular_error(light_of(*gains_of_cct(curve, score.kelvin)), true_light(image));
  return score;
}

double quantile_of(std::span<const double> sorted, double share) {
  const double x = share * static_cast<double>(sorted.size() - 1);
  const auto i = static_cast<std::size_t>(x);
  return std::lerp(sorted[i], sorted[std::min(i + 1, sorted.size() - 1)], x - static_cast<double>(i));
}

ErrorSummary summary_of(std::vector<double> errors) {
  if (errors.empty()) return {};
  std::sort(errors.begin(), errors.end());
  const std::size_t n = errors.size(), quarter = std::max<std::size_t>(n / 4, 1);
  ErrorSummary out;
  out.mean = mean_of(errors, 0, n);
  out.median = quantile_of(errors, 0.5);
  out.trimean = (quantile_of(errors, 0.25) + 2 * out.median + quantile_of(errors, 0.75)) / 4;
  out.best_quarter = mean_of(errors, 0, quarter);
  out.worst_quarter = mean_of(errors, n - quarter, n);
  return out;
}

double BalanceScore::region() const {
  if (measured) return -std::expm1(-0.5 * static_cast<double>(mahalanobis) * mahalanobis);
  return gaussian_share_within(static_cast<double>(mired) / sigma);
}

Reliability reliability_of(std::span<const BalanceScore> scores, int bins) {
  const std::vector<const BalanceScore*> sorted = by_claim(scores);
  Reliability out{.answers = sorted.size(),
                  .within_one = share_within(scores, 1),
                  .within_two = share_within(scores, 2),
                  .within_68 = share_in_region(scores, 0.68),
                  .within_95 = share_in_region(scores, 0.95)};
  if (!sorted.empty()) out.confident_half = confident_shares(scores, 2).front();
  const auto parts = static_cast<std::size_t>(bins);
  for (std::size_t part = 0; part < parts; part++) {
    const std::size_t from = part * sorted.size() / parts, to = (part + 1) * sorted.size() / parts;
    if (from == to) continue;
    double claimed = 0, seen = 0;
    for (std::size_t i = from; i < to; i++) {
      claimed += static_cast<double>(sorted[i]->claimed()) * sorted[i]->claimed();
      seen += static_cast<double>(sorted[i]->error()) * sorted[i]->error();
    }
    const auto n = static_cast<double>(to - from);
    out.bins.push_back({to - from, std::sqrt(claimed / n), std::sqrt(seen / n)});
  }
  return out;
}

double share_in_region(std::span<const BalanceScore> scores, double content) {
  std::size_t answers = 0, within = 0;
  for (const BalanceScore& score : scores) {
    if (!score.claims()) continue;
    answers++;
    within += score.region() <= content;
  }
  return answers > 0 ? static_cast<double>(within) / static_cast<double>(answers) : 0;
}

double share_within(std::span<const BalanceScore> scores, double sigmas) { return share_in_region(scores, gaussian_share_within(sigmas)); }

double gaussian_share_within(double sigmas) { return std::erf(sigmas / std::numbers::sqrt2); }

std::vector<double> confident_shares(std::span<const BalanceScore> scores, int steps) {
  const std::vector<const BalanceScore*> sorted = by_claim(scores);
  std::vector<double> sums{0}, out;
  for (const BalanceScore* score : sorted) sums.push_back(sums.back() + score->error());
  const std::size_t n = sorted.size();
  for (int step = 1; step <= steps && n > 0; step++) {
    const std::size_t part = std::max<std::size_t>(n * static_cast<std::size_t>(step) / static_cast<std::size_t>(steps), 1);
    const double mean = sums[part] / static_cast<double>(part), all = sums[n] / static_cast<double>(n);
    out.push_back(all > 0 ? mean / all : 1);
  }
  return out;
}

}  // namespace argent
