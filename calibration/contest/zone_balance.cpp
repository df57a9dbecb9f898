#include "calibration/contest/zone_balance.h"

#include <algorithm>
#include <cmath>

#include "isp/color.h"

namespace argent {
namespace {

/// A node and the share of the next one.
struct Place {
  int node = 0;
  float share = 0;
};

Place place_of(float at, int nodes) {
  const float x = std::clamp(at, 0.0f, 1.0f) * static_cast<float>(nodes - 1);
  const int node = std::clamp(static_cast<int>(x), 0, std::max(0, nodes - 2));
  return {node, x - static_cast<float>(node)};
}

float error_of(const Vec3& gains, const std::array<float, 2>& white) {
  return angular_error({1 / gains[0], 1 / gains[1], 1 / gains[2]}, {std::exp(white[0]), 1, std::exp(white[1])});
}

}  // namespace

Vec3 gains_at(const Controls& controls, float x, float y) {
  const GainMap& map = controls.gain_map;
  Vec3 out = controls.colour_gains;
  if (map.columns < 1 || map.rows < 1) return out;
  const Place across = place_of(x, map.columns), down = place_of(y, map.rows);
  const auto node = [&](int column, int row) {
    return map.gains[static_cast<std::size_t>(std::min(row, map.rows - 1) * map.columns + std::min(column, map.columns - 1))];
  };
  for (std::size_t c = 0; c < 2; c++) {
    const float above = std::lerp(node(across.node, down.node)[c], node(across.node + 1, down.node)[c], across.share);
    const float below = std::lerp(node(across.node, down.node + 1)[c], node(across.node + 1, down.node + 1)[c], across.share);
    out[2 * c] *= std::lerp(above, below, down.share);
  }
  return out;
}

ZoneErrors zone_errors(std::span<const std::array<float, 2>> white, int columns, int rows, const Controls& controls) {
  ZoneErrors out{columns, rows, {}, {}};
  for (int row = 0; row < rows; row++) {
    for (int column = 0; column < columns; column++) {
      const float x = (static_cast<float>(column) + 0.5f) / static_cast<float>(columns);
      const float y = (static_cast<float>(row) + 0.5f) / static_cast<float>(rows);
      const auto& truth = white[static_cast<std::size_t>(row * columns + column)];
      out.mapped.push_back(error_of(gains_at(controls, x, y), truth));
      out.plain.push_back(error_of(controls.colour_gains, truth));
    }
  }
  return out;
}

}  // namespace argent
