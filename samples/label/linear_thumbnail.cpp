#include "linear_thumbnail.h"

#include <algorithm>
#include <cmath>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr int kLongerSide = 64, kLeastSide = 12;  // pixels; what readers of such folders take

/// Mean of the unclipped quads of a part; negative where more than half are clipped.
Vec3 mean_of(const SensorPicture& picture, const Rect& part) {
  std::array<double, 3> sum{};
  int open = 0;
  for (int y = part.y; y < part.y + part.height; y++) {
    const float* row = picture.linear.row<float>(y);
    for (int x = part.x; x < part.x + part.width; x++) {
      if (picture.is_clipped(x, y)) continue;
      for (std::size_t c = 0; c < 3; c++) sum[c] += row[3 * x + static_cast<int>(c)];
      open++;
    }
  }
  if (2 * open < part.width * part.height) return {-1, -1, -1};
  return {static_cast<float>(sum[0] / open), static_cast<float>(sum[1] / open), static_cast<float>(sum[2] / open)};
}

}  // namespace

Size thumbnail_size(const SensorPicture& picture) {
  const Size size = picture.linear.size();
  if (std::min(size.width, size.height) < kLeastSide)
    throw Error("a thumbnail of ", size, " quads, expected at least ", kLeastSide, " a side");
  const double scale = std::min(1.0, double(kLongerSide) / std::max(size.width, size.height));
  const auto side = [&](int full) { return std::max(kLeastSide, static_cast<int>(std::lround(full * scale))); };
  return {side(size.width), side(size.height)};
}

Image linear_thumbnail(const SensorPicture& picture, Size size, const std::vector<std::uint8_t>& masked, BufferPool& pool) {
  std::vector<Vec3> means;
  float largest = 0;
  for (int y = 0; y < size.height; y++) {
    const int top = y * picture.linear.height() / size.height, bottom = (y + 1) * picture.linear.height() / size.height;
    for (int x = 0; x < size.width; x++) {
      const int left = x * picture.linear.width() / size.width, right = (x + 1) * picture.linear.width() / size.width;
      const bool out = masked[static_cast<std::size_t>(y * size.width + x)] != 0;
      means.push_back(out ? Vec3{-1, -1, -1} : mean_of(picture, {left, top, right - left, bottom - top}));
      largest = std::max({largest, means.back()[0], means.back()[1], means.back()[2]});
    }
  }
  if (!(largest > 0)) throw Error("nothing is left for a thumbnail: all of it is masked, clipped or black");
  Image out(pool, size, PixelType::kU16, Encoding::kLinear, ColorSpace::kCamera);
  for (int y = 0; y < size.height; y++) {
    auto* row = out.row<std::uint16_t>(y);
    for (int x = 0; x < size.width; x++) {
      const Vec3& mean = means[static_cast<std::size_t>(y * size.width + x)];
      for (std::size_t c = 0; c < 3; c++)
        row[3 * x + static_cast<int>(c)] = static_cast<std::uint16_t>(std::lround(65535 * std::clamp(mean[c] / largest, 0.0f, 1.0f)));
    }
  }
  return out;
}

}  // namespace argent
