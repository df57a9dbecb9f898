#include "calibration/fit/edge_spread.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>

namespace argent {
namespace {

constexpr std::size_t kFewest = 200;      // samples
constexpr int kPasses = 8;                // of spline and line in turn: three do, unless the line was far off
constexpr double kOutlier = 5;            // standard deviations
constexpr double kStiff = 1e-3;           // weight of a third difference against a knot's samples: enough to bridge a gap
constexpr double kLeastTolerance = 0.05;  // pixels
constexpr std::size_t kSegments = 8;

/// The four B-splines that are not 0 between two knots.
std::array<double, 4> basis(double t) {
  const double s = 1 - t, t2 = t * t, t3 = t2 * t;
  return {s * s * s / 6, (3 * t3 - 6 * t2 + 4) / 6, (-3 * t3 + 3 * t2 + 3 * t + 1) / 6, t3 / 6};
}

std::array<double, 4> basis_slope(double t) {
  const double s = 1 - t, k = EdgeSpread::kKnot;
  return {-s * s / 2 / k, (1.5 * t * t - 2 * t) / k, (-1.5 * t * t + t + 0.5) / k, t * t / 2 / k};
}

struct Knot {
  std::size_t index = 0;
  double t = 0;
};

Knot knot_of(double d, double reach, std::size_t size) {
  const double place = std::clamp((d + reach) / EdgeSpread::kKnot, 0.0, static_cast<double>(size - 3));
  const std::size_t index = std::min(static_cast<std::size_t>(place), size - 4);
  return {index, place - static_cast<double>(index)};
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// A sample with what the current line and spline make of it.
struct Residual {
  double d = 0, light = 0, t = 0, cosine = 1;
  double off = 0, variance = 1;
  bool counts = true;
};

class Fit {
 public:
  Fit(std::span<const EdgeSample> samples, const EdgeLine& line, double reach)
      : samples_(samples), line_(line), reach_(reach), size_(static_cast<std::size_t>(std::ceil(2 * reach / EdgeSpread::kKnot)) + 3) {}

  EdgeSpreadFit result() {
    project();
    if (rows_.size() < kFewest) return {};
    for (int pass = 0; pass < kPasses; pass++) {
      if (pass > 0) project();
      tolerance_ = std::max(kLeastTolerance, tolerance_ / 2);
      solve();
      weigh();
      move_line();
    }
    project();
    solve();
    const Eigen::MatrixXd inverse = factor_.solve(Eigen::MatrixXd::Identity(Eigen::Index(size_), Eigen::Index(size_)));
    EdgeSpreadFit out;
    out.spread = EdgeSpread(reach_, {spline_.begin(), spline_.end()}, {inverse.data(), inverse.data() + inverse.size()});
    out.line = line_;
    out.low_noise = std::sqrt(low_);
    out.high_noise = std::sqrt(high_);
    out.crooked = crooked();
    out.samples = rows_.size();
    return out;
  }

 private:
  void project() {
    const bool first = rows_.empty();
    rows_.clear();
    for (const EdgeSample& sample : samples_) {
      Residual row;
      row.t = (sample.v - line_.middle) / line_.half;
      row.cosine = 1 / std::hypot(1.0, line_.tangent(sample.v));
      row.d = line_.rises * (sample.u - line_.at(sample.v)) * row.cosine;
      if (std::abs(row.t) > 1 || std::abs(row.d) >= reach_) continue;
      row.light = sample.light;
      if (!first) judge(row);
      rows_.push_back(row);
    }
  }

  /// Variance between those of the two sides, as shot noise has it; nothing beyond five deviations counts.
  void judge(Residual& row) const {
    const Knot knot = knot_of(row.d, reach_, size_);
    const auto b = basis(knot.t);
    double fitted = 0;
    for (std::size_t i = 0; i < 4; i++) fitted += b[i] * spline_[Eigen::Index(knot.index + i)];
    row.off = row.light - fitted;
    const double share = std::clamp((fitted - dark_) / std::max(bright_ - dark_, 1e-12), 0.0, 1.0);
    row.variance = std::lerp(low_, high_, share);
    // Next to the edge a line that is still off makes residuals that are no noise.
    const double moved = tolerance_ * slope_at(row.d);
    row.counts = row.off * row.off < kOutlier * kOutlier * (row.variance + moved * moved);
  }

  void solve() {
    const auto n = Eigen::Index(size_);
    Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(n);
    double weights = 0;
    for (const Residual& row : rows_) {
      if (!row.counts) continue;
      const Knot knot = knot_of(row.d, reach_, size_);
      const auto b = basis(knot.t);
      const double weight = 1 / row.variance;
      weights += weight;
      for (std::size_t i = 0; i < 4; i++) {
        for (std::size_t k = 0; k < 4; k++) normal(Eigen::Index(knot.index + i), Eigen::Index(knot.index + k)) += weight * b[i] * b[k];
        right(Eigen::Index(knot.index + i)) += weight * b[i] * row.light;
      }
    }
    const double stiff = kStiff * weights / static_cast<double>(size_);
    constexpr std::array<double, 4> kThird{-1, 3, -3, 1};
    for (Eigen::Index i = 0; i + 3 < n; i++) {
      for (Eigen::Index a = 0; a < 4; a++)
        for (Eigen::Index b = 0; b < 4; b++) normal(i + a, i + b) += stiff * kThird[std::size_t(a)] * kThird[std::size_t(b)];
    }
    factor_.compute(normal);
    spline_ = factor_.solve(right);
  }

  void weigh() {
    const auto quarter = Eigen::Index(size_ / 4);
    dark_ = spline_.head(quarter).mean();
    bright_ = spline_.tail(quarter).mean();
    std::vector<double> low, high;
    for (Residual& row : rows_) {
      judge(row);
      (row.d < 0 ? low : high).push_back(std::abs(row.off));
    }
    constexpr double kLeast = 1e-6, kDeviation = 1.4826;  // a noiseless edge; of a Gaussian by its median
    const auto variance = [&](std::vector<double> side) { return std::pow(std::max(kLeast, kDeviation * median(std::move(side))), 2); };
    low_ = variance(std::move(low));
    high_ = variance(std::move(high));
    for (Residual& row : rows_) judge(row);
  }

  double slope_at(double d) const {
    const Knot knot = knot_of(d, reach_, size_);
    const auto b = basis_slope(knot.t);
    double sum = 0;
    for (std::size_t i = 0; i < 4; i++) sum += b[i] * spline_[Eigen::Index(knot.index + i)];
    return sum;
  }

  /// One step of Gauss and Newton with the spline held.
  void move_line() {
    Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
    Eigen::Vector3d right = Eigen::Vector3d::Zero();
    for (const Residual& row : rows_) {
      if (!row.counts) continue;
      const double by = -line_.rises * row.cosine * slope_at(row.d);
      const Eigen::Vector3d gradient(by, by * row.t, by * row.t * row.t);
      normal += gradient * gradient.transpose() / row.variance;
      right += gradient * row.off / row.variance;
    }
    normal += 1e-9 * normal.trace() * Eigen::Matrix3d::Identity();
    const Eigen::Vector3d step = normal.ldlt().solve(right);
    constexpr double kFarthest = 1;  // pixels a pass
    const double scale = std::min(1.0, kFarthest / std::max(step.cwiseAbs().sum(), 1e-12));
    line_.offset += scale * step[0];
    line_.slope += scale * step[1];
    line_.bow += scale * step[2];
  }

  double crooked() const {
    std::array<double, kSegments> sum{}, weight{};
    for (const Residual& row : rows_) {
      if (!row.counts) continue;
      const auto segment = std::min(kSegments - 1, static_cast<std::size_t>((row.t + 1) / 2 * kSegments));
      const double slope = slope_at(row.d);
      sum[segment] += row.off * slope / row.variance;
      weight[segment] += slope * slope / row.variance;
    }
    double power = 0;
    for (std::size_t i = 0; i < kSegments; i++) {
      if (!(weight[i] > 0)) continue;
      const double off = sum[i] / weight[i];
      power += std::max(0.0, off * off - 1 / weight[i]) / kSegments;
    }
    return std::sqrt(power);
  }

  std::span<const EdgeSample> samples_;
  EdgeLine line_;
  double reach_;
  std::size_t size_;
  std::vector<Residual> rows_;
  Eigen::LDLT<Eigen::MatrixXd> factor_;
  Eigen::VectorXd spline_;
  double dark_ = 0, bright_ = 1, low_ = 1, high_ = 1;
  double tolerance_ = 1;  ///< pixels: how far the line may be off
};

double summed(std::span<const double> weights, std::span<const double> values) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); i++) sum += weights[i] * values[i];
  return sum;
}

std::vector<double> spread_out(const std::array<double, 4>& weights, std::size_t index, std::size_t size) {
  std::vector<double> out(size, 0);
  std::copy(weights.begin(), weights.end(), out.begin() + static_cast<std::ptrdiff_t>(index));
  return out;
}

}  // namespace

std::vector<double> EdgeSpread::weights_at(double d) const {
  const Knot knot = knot_of(d, reach_, size());
  return spread_out(basis(knot.t), knot.index, size());
}

std::vector<double> EdgeSpread::slope_weights_at(double d) const {
  const Knot knot = knot_of(d, reach_, size());
  return spread_out(basis_slope(knot.t), knot.index, size());
}

double EdgeSpread::at(double d) const { return summed(weights_at(d), coefficients_); }
double EdgeSpread::slope_at(double d) const { return summed(slope_weights_at(d), coefficients_); }

double EdgeSpread::variance(std::span<const double> weights) const {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); i++) {
    if (weights[i] == 0) continue;
    sum += weights[i] * summed(weights, std::span(covariance_).subspan(i * size(), size()));
  }
  return sum;
}

EdgeSpreadFit fit_edge_spread(std::span<const EdgeSample> samples, const EdgeLine& line, double reach) {
  return Fit(samples, line, reach).result();
}

}  // namespace argent
