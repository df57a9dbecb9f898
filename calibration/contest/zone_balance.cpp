#include "calibration/contest/zone_balance.h"

#include <cmath>

#include "isp/bilinear.h"
#include "isp/color.h"

namespace argent {
namespace {

float error_of(const Vec3& gains, const std::array<float, 2>& white) {
  return angular_error({1 / gains[0], 1 / gains[1], 1 / gains[2]}, {std::exp(white[0]), 1, std::exp(white[1])});
}

}  // namespace

Vec3 gains_at(const Controls& controls, float x, float y) {
  const GainMap& map = controls.gain_map;
  Vec3 out = controls.colour_gains;
  if (map.columns < 1 || map.rows < 1) return out;
  for (std::size_t c = 0; c < 2; c++) {
    const auto node = [&](int column, int row) { return map.gains[static_cast<std::size_t>(row * map.columns + column)][c]; };
    out[2 * c] *= bilinear(map.columns, map.rows, x, y, node);
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
