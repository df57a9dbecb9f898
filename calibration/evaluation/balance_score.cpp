#include "calibration/evaluation/balance_score.h"

#include <algorithm>
#include <cmath>

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

/// An abstention says nothing, and the camera's own answer comes without a sigma.
bool claims_sigma(const BalanceScore& score) { return score.answered() && score.sigma > 0; }

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

/// Where the light of a picture lies on the camera's curve.
float true_kelvin(const LabelledStatistics& image) {
  if (image.kelvin > 0) return image.kelvin;
  if (!image.light) throw Error(image.file, ": neither the light's color nor its temperature is known");
  return kelvin_on(image.prior.curve, {std::exp((*image.light)[0]), 1, std::exp((*image.light)[1])});
}

/// As R/G, 1, B/G of a white surface: measured, or the curve's at the label.
Vec3 true_light(const LabelledStatistics& image) {
  if (image.light) return {std::exp((*image.light)[0]), 1, std::exp((*image.light)[1])};
  return light_of(*gains_of_cct(image.prior.curve, image.kelvin));
}

BalanceScore started(const LabelledStatistics& image, std::string estimator) {
  if (image.prior.curve.size() < 2) throw Error(image.file, ": ", image.sensor, " has no cct curve");
  BalanceScore score;
  score.estimator = std::move(estimator);
  score.file = image.file;
  score.sensor = image.sensor;
  score.true_kelvin = true_kelvin(image);
  return score;
}

double quantile(const std::vector<double>& sorted, double q) {
  const double x = q * static_cast<double>(sorted.size() - 1);
  const auto i = static_cast<std::size_t>(x);
  return std::lerp(sorted[i], sorted[std::min(i + 1, sorted.size() - 1)], x - static_cast<double>(i));
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
  if (!(light.evidence > 0)) gains = *gains_of_cct(curve, kStandInKelvin);
  score.kelvin = light.evidence > 0 ? kelvin_on(curve, light_of(gains)) : kStandInKelvin;
  score.mired = std::abs(1e6f / score.kelvin - 1e6f / score.true_kelvin);
  score.degrees = angular_error(light_of(gains), true_light(image));
  score.sigma = sigma_of(curve, light, 1e6f / score.kelvin);
  return score;
}

BalanceScore camera_score(const LabelledStatistics& image) {
  const std::vector<CctPoint>& curve = image.prior.curve;
  BalanceScore score = started(image, "camera");
  score.evidence = 1;
  score.kelvin = std::clamp(image.camera_kelvin, curve.front().cct, curve.back().cct);
  score.mired = std::abs(1e6f / score.kelvin - 1e6f / score.true_kelvin);
  score.degrees = angular_error(light_of(*gains_of_cct(curve, score.kelvin)), true_light(image));
  return score;
}

ErrorSummary summary_of(std::vector<double> errors) {
  if (errors.empty()) return {};
  std::sort(errors.begin(), errors.end());
  const std::size_t n = errors.size(), quarter = std::max<std::size_t>(n / 4, 1);
  ErrorSummary out;
  out.mean = mean_of(errors, 0, n);
  out.median = quantile(errors, 0.5);
  out.trimean = (quantile(errors, 0.25) + 2 * out.median + quantile(errors, 0.75)) / 4;
  out.best_quarter = mean_of(errors, 0, quarter);
  out.worst_quarter = mean_of(errors, n - quarter, n);
  return out;
}

Reliability reliability_of(std::span<const BalanceScore> scores, int bins) {
  std::vector<const BalanceScore*> sorted;
  for (const BalanceScore& score : scores) {
    if (claims_sigma(score)) sorted.push_back(&score);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->sigma < b->sigma; });
  Reliability out{.answers = sorted.size(), .within_one = share_within(scores, 1), .within_two = share_within(scores, 2)};
  const auto parts = static_cast<std::size_t>(bins);
  for (std::size_t part = 0; part < parts; part++) {
    const std::size_t from = part * sorted.size() / parts, to = (part + 1) * sorted.size() / parts;
    if (from == to) continue;
    double claimed = 0, seen = 0;
    for (std::size_t i = from; i < to; i++) {
      claimed += static_cast<double>(sorted[i]->sigma) * sorted[i]->sigma;
      seen += static_cast<double>(sorted[i]->mired) * sorted[i]->mired;
    }
    const auto n = static_cast<double>(to - from);
    out.bins.push_back({to - from, std::sqrt(claimed / n), std::sqrt(seen / n)});
  }
  return out;
}

double share_within(std::span<const BalanceScore> scores, double sigmas) {
  std::size_t answers = 0, within = 0;
  for (const BalanceScore& score : scores) {
    if (!claims_sigma(score)) continue;
    answers++;
    within += score.mired <= sigmas * score.sigma;
  }
  return answers > 0 ? static_cast<double>(within) / static_cast<double>(answers) : 0;
}

double gaussian_share_within(double sigmas) { return std::erf(sigmas / std::sqrt(2.0)); }

}  // namespace argent
