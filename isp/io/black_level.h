// isp/io/black_level.h - private: black levels as decoders give them, which have more forms than SensorInfo.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "isp/sensor_info.h"

namespace argent {

/// Index into SensorInfo's levels of pixel (x, y) of the active array. Bayer only.
int bayer_site(CfaPattern cfa, int x, int y);

/// Black of a pixel is that of its site plus pattern[y % rows][x % columns].
struct BlackLevels {
  std::array<float, 4> sites{};  ///< codes, as in SensorInfo
  int rows = 0, columns = 0;     ///< of the pattern; 0: none
  std::vector<float> pattern;    ///< codes, row-major
};

/// One level a site. What a pattern has beyond that (it is wider than the mosaic's 2x2) is left to subtract_residual().
std::array<float, 4> fold(const BlackLevels& levels, CfaPattern cfa);

/// Takes what fold() left off the pixels, in place, so that fold()'s levels hold for all. Codes at or above `white` stay: a clipped
/// pixel must be seen as such. Below 0 is 0.
void subtract_residual(const BlackLevels& levels, const SensorInfo& sensor, std::uint16_t* pixels, std::ptrdiff_t stride);

}  // namespace argent
