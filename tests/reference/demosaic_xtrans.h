// reference/demosaic_xtrans.h - slow twin of stages/demosaic_xtrans.h: one pixel at a time, from any function of (x, y); the filters worked
// out for each place in the 6x6 pattern, with red, green and blue as they are.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>
#include <vector>

#include "isp/sensor_info.h"

namespace argent::reference {

/// Weights of 7x7 pixels: of R, G and B at the middle, and the middle's surprise in standard deviations.
using XtransWeights = std::array<std::array<double, 49>, 4>;

/// Gauss and Jordan, largest pivot first.
inline std::vector<std::vector<double>> inverse_of(std::vector<std::vector<double>> a) {
  const std::size_t n = a.size();
  for (std::size_t i = 0; i < n; i++) {
    a[i].resize(2 * n);
    a[i][n + i] = 1;
  }
  for (std::size_t i = 0; i < n; i++) {
    std::size_t pivot = i;
    for (std::size_t k = i; k < n; k++) {
      if (std::abs(a[k][i]) > std::abs(a[pivot][i])) pivot = k;
    }
    std::swap(a[i], a[pivot]);
    const double scale = 1 / a[i][i];
    for (double& v : a[i]) v *= scale;
    for (std::size_t k = 0; k < n; k++) {
      const double factor = k == i ? 0 : a[k][i];
      for (std::size_t j = 0; j < 2 * n; j++) a[k][j] -= factor * a[i][j];
    }
  }
  for (auto& row : a) row.erase(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(n));
  return a;
}

/// At place (u, v) of the pattern, for a picture that changes slowly along `angle`.
inline XtransWeights xtrans_weights(int u, int v, double angle) {
  SensorInfo sensor;
  sensor.cfa = CfaPattern::kXTrans;
  const auto color = [&](std::size_t i) { return color_at(sensor, u + 3 + static_cast<int>(i % 7), v + 3 + static_cast<int>(i / 7)); };
  const auto fall = [&](std::size_t i, std::size_t j, double length, double width) {
    const double dx = double(i % 7) - double(j % 7), dy = double(i / 7) - double(j / 7);
    const double along = dx * std::cos(angle) + dy * std::sin(angle), across = dy * std::cos(angle) - dx * std::sin(angle);
    return std::exp(-std::pow(std::hypot(along / length, across / width), 1.75));
  };
  const auto shared = [&](std::size_t i, std::size_t j) { return fall(i, j, 8.5, 4); };
  const auto own = [&](std::size_t i, std::size_t j) { return 0.045 * fall(i, j, 40, 4) + 1e5; };
  std::vector<std::vector<double>> covariance(49, std::vector<double>(49));
  for (std::size_t i = 0; i < 49; i++) {
    for (std::size_t j = 0; j < 49; j++) covariance[i][j] = shared(i, j) + (color(i) == color(j)) * own(i, j) + (i == j) * 1e-3;
  }
  const auto precision = inverse_of(covariance);
  XtransWeights out{};
  for (std::size_t i = 0; i < 49; i++) {
    for (std::size_t j = 0; j < 49; j++) {
      for (int c = 0; c < 3; c++) out[static_cast<std::size_t>(c)][i] += precision[i][j] * (shared(24, j) + (color(j) == c) * own(24, j));
    }
    out[3][i] = precision[24][i] / std::sqrt(precision[24][24]);
  }
  return out;
}

/// [(v * 6 + u) * 4 + direction]
inline const std::vector<XtransWeights>& all_xtrans_weights() {
  static const std::vector<XtransWeights> all = [] {
    std::vector<XtransWeights> out;
    for (int i = 0; i < 36; i++) {
      for (const double turn : {0.0, 0.5, 0.25, -0.25}) out.push_back(xtrans_weights(i % 6, i / 6, turn * std::numbers::pi));
    }
    return out;
  }();
  return all;
}

/// `root(x, y)`: the mosaic, for pixels outside, too. Remembers what it worked out.
template <class Root>
class XtransDemosaic {
 public:
  XtransDemosaic(const Root& root, const SensorInfo& sensor) : root_function_(root), sensor_(sensor) {}

  std::array<double, 3> at(int x, int y) {
    std::array<std::vector<double>, 2> around;
    for (int i = 0; i < 9; i++) {
      const auto d = difference(x + i % 3 - 1, y + i / 3 - 1);
      for (std::size_t c = 0; c < 2; c++) around[c].push_back(d[c]);
    }
    for (auto& values : around) std::nth_element(values.begin(), values.begin() + 4, values.end());
    const double red = around[0][4], blue = around[1][4];
    const int c = color(x, y);
    const double green = root(x, y) - (c == 0 ? red : c == 2 ? blue : 0);
    return {green + red, green, green + blue};
  }

 private:
  static constexpr int kFar = 6000;  // pixels outside have places below 0

  int color(int x, int y) const { return color_at(sensor_, x + kFar, y + kFar); }

  template <class Key, class Value, class Make>
  static const Value& remembered(std::map<Key, Value>& memory, const Key& key, const Make& make) {
    const auto found = memory.find(key);
    return found != memory.end() ? found->second : memory.emplace(key, make()).first->second;
  }

  double root(int x, int y) {
    return remembered(roots_, std::pair(x, y), [&] { return root_function_(x, y); });
  }

  double filtered(int x, int y, int direction, std::size_t which) {
    const int u = (x + kFar + sensor_.cfa_phase.x) % 6, v = (y + kFar + sensor_.cfa_phase.y) % 6;
    const auto& weights = all_xtrans_weights()[static_cast<std::size_t>((v * 6 + u) * 4 + direction)][which];
    double sum = 0;
    for (int i = 0; i < 49; i++) sum += weights[static_cast<std::size_t>(i)] * root(x + i % 7 - 3, y + i / 7 - 3);
    return sum;
  }

  double surprise(int x, int y, int direction) {
    return remembered(surprises_, std::array{x, y, direction}, [&] { return std::pow(filtered(x, y, direction, 3), 2); });
  }

  /// Red less green, blue less green.
  std::array<double, 2> difference(int x, int y) {
    return remembered(differences_, std::pair(x, y), [&] {
      std::array<double, 3> sum{};
      double weights = 0;
      for (int direction = 0; direction < 4; direction++) {
        double nearby = 0;
        for (int dy = -2; dy <= 2; dy++) {
          for (int dx = -2; dx <= 2; dx++) nearby += (3 - std::abs(dx)) * (3 - std::abs(dy)) / 81.0 * surprise(x + dx, y + dy, direction);
        }
        const double weight = 1 / std::pow(nearby + 1e-5, 4);
        for (std::size_t c = 0; c < 3; c++) sum[c] += weight * filtered(x, y, direction, c);
        weights += weight;
      }
      for (double& v : sum) v /= weights;
      sum[static_cast<std::size_t>(color(x, y))] = root(x, y);
      return std::array{sum[0] - sum[1], sum[2] - sum[1]};
    });
  }

  const Root& root_function_;
  const SensorInfo& sensor_;
  std::map<std::pair<int, int>, double> roots_;
  std::map<std::array<int, 3>, double> surprises_;
  std::map<std::pair<int, int>, std::array<double, 2>> differences_;
};

}  // namespace argent::reference
