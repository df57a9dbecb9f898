// reference/hue_sat_map.h - slow twin of stages/hue_sat_map.h: HSV by sectors, one corner of the table after the other, in double.
#pragma once

#include <algorithm>
#include <cmath>

#include "isp/color_space.h"
#include "isp/dng_profile.h"
#include "tests/reference/highlights.h"

namespace argent::reference {

/// Of linear ProPhoto RGB.
inline Rgb hue_sat_map(const Rgb& in, const HueSatTable& table, TableEncoding encoding) {
  const double high = std::max({in[0], in[1], in[2]}), low = std::min({in[0], in[1], in[2]});
  if (table.hues == 0 || high <= 0) return in;
  double hue = 0;  // degrees
  if (high > low) {
    if (high == in[0]) {
      hue = 60 * (in[1] - in[2]) / (high - low);
    } else if (high == in[1]) {
      hue = 120 + 60 * (in[2] - in[0]) / (high - low);
    } else {
      hue = 240 + 60 * (in[0] - in[1]) / (high - low);
    }
    if (hue < 0) hue += 360;
  }
  const double saturation = (high - low) / high;
  const bool curved = encoding == TableEncoding::kSrgb && table.values > 1;
  const auto encode = [](double v) { return v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055; };
  const auto decode = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
  const double level = curved ? encode(high) : high;

  const double s = std::min(saturation, 1.0) * (table.saturations - 1), h = hue / 360 * table.hues;
  const double v = std::min(level, 1.0) * (table.values - 1);
  double shift = 0, saturation_scale = 0, value_scale = 0;
  for (int corner = 0; corner < 8; corner++) {
    const auto along = [&](double at, int bit) {
      const double floor = std::floor(at), fraction = at - floor;
      const bool upper = (corner >> bit & 1) != 0;
      return std::pair(static_cast<int>(floor) + upper, upper ? fraction : 1 - fraction);
    };
    const auto [si, sw] = along(s, 0);
    const auto [hi, hw] = along(h, 1);
    const auto [vi, vw] = along(v, 2);
    const int row = std::min(vi, table.values - 1) * table.hues + hi % table.hues;
    const auto& node = table.nodes[static_cast<std::size_t>(row * table.saturations + std::min(si, table.saturations - 1))];
    const double weight = sw * hw * vw;
    shift += weight * node.hue_shift;
    saturation_scale += weight * node.saturation_scale;
    value_scale += weight * node.value_scale;
  }

  hue = std::fmod(hue + shift + 720, 360.0) / 60;
  const double out_saturation = std::min(saturation * saturation_scale, std::max(saturation, 1.0));
  const double value = curved ? decode(level * value_scale) : level * value_scale;
  const double chroma = value * out_saturation, bottom = value - chroma;
  const double second = bottom + chroma * (1 - std::abs(std::fmod(hue, 2.0) - 1));
  switch (static_cast<int>(hue) % 6) {
    case 0:
      return {value, second, bottom};
    case 1:
      return {second, value, bottom};
    case 2:
      return {bottom, value, second};
    case 3:
      return {bottom, second, value};
    case 4:
      return {second, bottom, value};
    default:
      return {value, bottom, second};
  }
}

}  // namespace argent::reference
