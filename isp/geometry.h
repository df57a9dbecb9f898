// isp/geometry.h - rectangles of pixels and the eight ways a camera can be held.
#pragma once

#include <string>

namespace argent {

struct Size {
  int width = 0, height = 0;
  bool operator==(const Size&) const = default;
};

/// "1920x1080"
inline std::string to_text(Size size) { return std::to_string(size.width) + "x" + std::to_string(size.height); }

/// The longest side of a frame or a rendered picture, LibRaw's own limit: a side times the cells of a grid fits an int, here and in the
/// kernels.
inline constexpr int kMaxSide = 65'535;

struct Rect {
  int x = 0, y = 0, width = 0, height = 0;
  bool operator==(const Rect&) const = default;
};

/// How stored rows and columns relate to the upright picture: the values of EXIF's tag 0x0112.
enum class Orientation {
  kNormal = 1,
  kMirrored = 2,  ///< columns reversed
  kRotated180 = 3,
  kFlipped = 4,      ///< rows reversed
  kTransposed = 5,   ///< rows and columns exchanged
  kRotated90 = 6,    ///< turn clockwise by 90 degrees to see it upright
  kTransversed = 7,  ///< exchanged along the other diagonal
  kRotated270 = 8,
};

constexpr bool swaps_axes(Orientation orientation) { return static_cast<int>(orientation) >= 5; }

}  // namespace argent
