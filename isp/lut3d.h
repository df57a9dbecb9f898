// isp/lut3d.h - a table over all colors: a look, made elsewhere, on the picture's encoded numbers.
#pragma once

#include <array>
#include <vector>

namespace argent {

/// Node (r, g, b) lies at domain_min + (r, g, b) / (size - 1) x (domain_max - domain_min); what lies outside is clamped. Between nodes:
/// tetrahedral interpolation (halide_gen/stages/lut3d.h).
struct Lut3d {
  int size = 0;                                              ///< of each side, >= 2
  std::array<float, 3> domain_min{}, domain_max{{1, 1, 1}};  ///< in encoded numbers, full scale 1
  std::vector<std::array<float, 3>> nodes;                   ///< size^3 x R G B, red the fastest, then green, then blue
  bool operator==(const Lut3d&) const = default;
};

}  // namespace argent
