#include "samples/balance_box.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "isp/packed_codes.h"
#include "models/runtime/buffer_pool.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Sums = std::array<double, 3>;

/// Fraction of saturation from which a code counts as clipped: noise reaches it before the mean does.
constexpr float kClipped = 0.97f;

/// Color (0 to 2) and site (of black and white) of a pixel of a mosaic.
struct Site {
  std::size_t color, level;
};

Site site_of(CfaPattern cfa, int x, int y) {
  // R sits here in a quad.
  const int red_x = cfa == CfaPattern::kGrbg || cfa == CfaPattern::kBggr ? 1 : 0;
  const int red_y = cfa == CfaPattern::kGbrg || cfa == CfaPattern::kBggr ? 1 : 0;
  const bool off_x = (x & 1) != red_x, off_y = (y & 1) != red_y;
  const std::size_t level = (off_y ? 2U : 0U) + (off_x ? 1U : 0U);
  return {level == 0 ? 0U : level == 3 ? 2U : 1U, level};
}

/// Light of one code, 1 = saturation; nullopt: clipped.
std::optional<double> light_of(const SensorInfo& sensor, std::uint16_t code, std::size_t level) {
  const float light = (static_cast<float>(code) - sensor.black[level]) / (sensor.white[level] - sensor.black[level]);
  if (light >= kClipped) return std::nullopt;
  return light;
}

std::optional<Sums> quad(const RawFrame& frame, int x, int y) {
  Sums sums{};
  for (int dy = 0; dy < 2; dy++) {
    for (int dx = 0; dx < 2; dx++) {
      const Site site = site_of(frame.sensor.cfa, x + dx, y + dy);
      const auto light = light_of(frame.sensor, frame.data[(y + dy) * frame.stride + x + dx], site.level);
      if (!light) return std::nullopt;
      sums[site.color] += site.color == 1 ? *light / 2 : *light;
    }
  }
  return sums;
}

std::optional<Sums> pixel(const RawFrame& frame, int x, int y) {
  Sums sums{};
  for (std::size_t c = 0; c < 3; c++) {
    const auto light = light_of(frame.sensor, frame.data[y * frame.stride + 3 * x + static_cast<int>(c)], c == 2 ? 3 : c);
    if (!light) return std::nullopt;
    sums[c] = *light;
  }
  return sums;
}

}  // namespace

Vec3 balance_of_area(const RawFrame& packed_or_not, Rect area) {
  BufferPool pool;
  const RawFrame frame = unpacked(packed_or_not, pool);
  const bool mosaic = is_bayer(frame.sensor.cfa);
  const int step = mosaic ? 2 : 1;
  Sums sums{};
  long long quads = 0;
  for (int y = area.y; y + step <= area.y + area.height; y += step) {
    for (int x = area.x; x + step <= area.x + area.width; x += step) {
      const auto light = mosaic ? quad(frame, x, y) : pixel(frame, x, y);
      if (!light) continue;
      quads++;
      for (std::size_t c = 0; c < 3; c++) sums[c] += (*light)[c];
    }
  }
  if (quads == 0) throw Error("the box for the white balance has no unclipped pixels (it needs 2x2 of them)");
  if (!(*std::min_element(sums.begin(), sums.end()) > 0)) throw Error("the box for the white balance is too dark");
  return {static_cast<float>(sums[1] / sums[0]), 1, static_cast<float>(sums[1] / sums[2])};
}

}  // namespace argent
