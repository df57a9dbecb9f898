// isp/bad_pixels.h - private: pixels that are known to be bad, replaced by what their neighbors say.
#pragma once

#include <cstdint>
#include <vector>

#include "isp/correction_params.h"
#include "isp/dng_opcodes.h"

namespace argent {

PixelPlace place_of_pixel(int x, int y, Size active);

/// Collects bad pixels of a mosaic, then replaces them.
class BadPixels {
 public:
  explicit BadPixels(const SensorInfo& sensor) : sensor_(sensor) {}

  // These throw Error for frames that are neither Bayer mosaics nor monochrome, and when more than one pixel in twenty is bad.
  void mark(PixelPlace place);  ///< outside of the picture: nothing
  void mark(const Rect& area);  ///< what of it lies in the picture
  void mark_code(std::uint16_t code, const std::uint16_t* codes, std::ptrdiff_t stride);

  bool empty() const { return bad_.empty(); }

  /// Along the direction on which good pixels of the own color, and the other colors between them, differ least; where there is no such
  /// pair, the mean of the nearest good ones. From the rim of a cluster inwards: what is replaced counts as good for what lies deeper.
  /// Throws Error when all pixels of a color are bad.
  void replace(std::uint16_t* codes, std::ptrdiff_t stride) const;

 private:
  struct Pixel {
    int x, y;
  };

  void mark(int x, int y);
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(sensor_.active.width) + static_cast<std::size_t>(x);
  }
  bool is_good(int x, int y, const std::vector<bool>& bad) const;

  SensorInfo sensor_;
  std::vector<Pixel> list_;
  std::vector<bool> bad_;  ///< of every pixel; empty: none is
};

/// Whether bad pixels of such frames can be replaced.
bool can_replace_pixels(CfaPattern cfa);

/// Marks what the list-1 opcodes say of these codes.
void mark_opcodes(BadPixels& bad, const DngOpcodes& opcodes, const std::uint16_t* codes, std::ptrdiff_t stride);

}  // namespace argent
