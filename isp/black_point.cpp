#include "isp/black_point.h"

#include <algorithm>
#include <vector>

namespace argent {
namespace {

constexpr int kLongSide = 512;        ///< pixels looked at
constexpr float kLeastBlack = 1e-6f;  ///< far below an 8-bit code: nothing to take away

}  // namespace

float black_point(const LinearPicture& picture, const Mat3& matrix, const Vec3& luminance, float percent) {
  if (percent <= 0) return 0;
  Vec3 shares{};
  for (std::size_t i = 0; i < 9; i++) shares[i % 3] += luminance[i / 3] * matrix[i];
  const int width = picture.width(), height = picture.height();
  const int step = (std::max(width, height) + kLongSide - 1) / kLongSide;
  std::vector<float> values;
  for (int y = (std::min(step, height) - 1) / 2; y < height; y += step) {
    for (int x = (std::min(step, width) - 1) / 2; x < width; x += step)
      values.push_back(shares[0] * picture.pixels(x, y, 0) + shares[1] * picture.pixels(x, y, 1) + shares[2] * picture.pixels(x, y, 2));
  }
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(double(percent) / 100 * double(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at < kLeastBlack ? 0 : std::min(*at, kMostBlack);
}

}  // namespace argent
