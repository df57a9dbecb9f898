#include "isp/orientation.h"

#include <algorithm>
#include <utility>

namespace argent {
namespace {

/// Where upright pixel (x, y) is stored, as an affine map of integers.
struct Source {
  int x0, y0, x_per_x, y_per_x, x_per_y, y_per_y;
};

Source source_of(Orientation orientation, Size stored) {
  const int right = stored.width - 1, bottom = stored.height - 1;
  switch (orientation) {
    case Orientation::kMirrored:
      return {right, 0, -1, 0, 0, 1};
    case Orientation::kRotated180:
      return {right, bottom, -1, 0, 0, -1};
    case Orientation::kFlipped:
      return {0, bottom, 1, 0, 0, -1};
    case Orientation::kTransposed:
      return {0, 0, 0, 1, 1, 0};
    case Orientation::kRotated90:
      return {0, bottom, 0, -1, 1, 0};
    case Orientation::kTransversed:
      return {right, bottom, 0, -1, -1, 0};
    case Orientation::kRotated270:
      return {right, 0, 0, 1, -1, 0};
    case Orientation::kNormal:
      break;
  }
  return {0, 0, 1, 0, 0, 1};
}

template <class T>
void turn(const Image& stored, Image& out, const Source& s) {
  constexpr int kTile = 64;  // both the rows read and the rows written stay in the first cache
  for (int ty = 0; ty < out.height(); ty += kTile) {
    for (int tx = 0; tx < out.width(); tx += kTile) {
      const int bottom = std::min(ty + kTile, out.height()), right = std::min(tx + kTile, out.width());
      for (int y = ty; y < bottom; y++) {
        T* to = out.row<T>(y) + tx * Image::kChannels;
        for (int x = tx; x < right; x++, to += Image::kChannels) {
          const T* from = stored.row<T>(s.y0 + s.y_per_x * x + s.y_per_y * y) + (s.x0 + s.x_per_x * x + s.x_per_y * y) * Image::kChannels;
          std::copy_n(from, Image::kChannels, to);
        }
      }
    }
  }
}

}  // namespace

Image upright(Image stored, Orientation orientation, BufferPool& pool) {
  if (orientation == Orientation::kNormal) return stored;
  Image out(pool, upright_size(stored.size(), orientation), stored.type(), stored.encoding(), stored.color_space());
  const Source source = source_of(orientation, stored.size());
  switch (stored.type()) {
    case PixelType::kU8:
      turn<std::uint8_t>(stored, out, source);
      break;
    case PixelType::kU16:
      turn<std::uint16_t>(stored, out, source);
      break;
    case PixelType::kF32:
      turn<float>(stored, out, source);
      break;
  }
  return out;
}

}  // namespace argent
