// camera/lens_map.h - dioptres to the codes of a voice coil's driver and back.
#pragma once

#include <vector>

namespace argent {

/// A line through points, straight on beyond its ends. By rising dioptres, codes rising or falling strictly.
class LensMap {
 public:
  struct Point {
    float dioptres = 0, code = 0;
  };

  /// Throws Error: fewer than two points, or not strictly monotonic.
  explicit LensMap(std::vector<Point> points);

  int code(float dioptres) const;  ///< nearest
  float dioptres(int code) const;
  const std::vector<Point>& points() const { return points_; }

 private:
  std::vector<Point> points_;
};

/// What an uncalibrated lens is taken for: its range of codes is 0 to 10 dioptres (infinity to 10 cm). Assumed.
LensMap assumed_lens_map(int min_code, int max_code);

}  // namespace argent
