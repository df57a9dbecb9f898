// calibration/contest/zone_balance.h - white balance place by place: what mixed light leaves under one pair of gains, and under a map.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "isp/controls.h"

namespace argent {

/// The gains of a place: x, y in 0..1 of the picture. Between the map's nodes bilinear; colour_gains alone without a map.
Vec3 gains_at(const Controls& controls, float x, float y);

/// Degrees between the light of a zone and the light that its gains undo (angular_error()), row-major.
struct ZoneErrors {
  int columns = 0, rows = 0;
  std::vector<float> mapped;  ///< with the gain map
  std::vector<float> plain;   ///< with colour_gains alone: one estimate for the whole picture
};

/// `white`: (log R/G, log B/G) of a white surface in each zone, columns x rows, row-major.
ZoneErrors zone_errors(std::span<const std::array<float, 2>> white, int columns, int rows, const Controls& controls);

}  // namespace argent
