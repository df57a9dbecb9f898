#include "isp/dng_profile.h"

#include <algorithm>

namespace argent {

std::vector<ColorMatrix> color_matrices_of(const DngProfile& profile) {
  std::vector<ColorMatrix> out;
  for (const DngIlluminant& light : profile.illuminants) {
    const std::optional<float> cct = cct_of_exif_illuminant(light.code);
    if (!cct || !light.color_matrix) continue;
    const Vec3 balance = profile.analog_balance.value_or(Vec3{1, 1, 1});
    Mat3 matrix = multiply(light.calibration.value_or(kIdentity3), *light.color_matrix);
    for (std::size_t i = 0; i < matrix.size(); i++) matrix[i] *= balance[i / 3];
    if (inverse(matrix)) out.push_back({*cct, matrix});
  }
  std::sort(out.begin(), out.end(), [](const ColorMatrix& a, const ColorMatrix& b) { return a.cct < b.cct; });
  return out;
}

}  // namespace argent
