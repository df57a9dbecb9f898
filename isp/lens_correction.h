// isp/lens_correction.h - what is known of the lens that took a frame: distortion, lateral color, falloff, as tables over the radius.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace argent {

/// r is the distance from the center in units of `unit`. Entry i of a table is at r = i / (entries - 1); straight between, the last one
/// outside. Made by isp/io/lens_database.h; a frame without one is not corrected.
struct LensCorrection {
  std::string lens;                            ///< as the database calls it
  double center_x = 0.5, center_y = 0.5;       ///< of the active array's width and height
  double unit = 1;                             ///< pixels, > 0
  double scale = 1;                            ///< enlargement of the corrected picture, so that nothing outside of the sensor shows
  std::array<std::vector<double>, 3> stretch;  ///< R, G, B: radius on the sensor / radius in the picture before `scale`; empty: none
  std::vector<double> gain;                    ///< that undoes the falloff, over the radius on the sensor; empty: none
  bool operator==(const LensCorrection&) const = default;
};

}  // namespace argent
