#include "calibration/synthesis/best_color_matrix.h"

#include <gtest/gtest.h>

#include "calibration/chart/color_difference.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// What the observer sees, mixed as a camera's channels could be.
Sensitivities observer_camera() {
  Spectrum even;
  even.fill(1);
  Sensitivities out{};
  for (std::size_t i = 0; i < kSamples; i++) {
    Spectrum line{};
    line[i] = 1;
    const auto [x, y, z] = xyz_of(even, line);
    out[0][i] = x + 0.2f * y;
    out[1][i] = 0.1f * x + y + 0.1f * z;
    out[2][i] = 0.1f * y + z;
  }
  return out;
}

double mean_difference(const Sensitivities& sensor, const Spectrum& light, const Mat3& matrix, double brightness) {
  const Vec3 white = xyz_of(light, white_surface()), neutral = response(sensor, light, white_surface());
  double sum = 0;
  for (const Spectrum& patch : checker_reflectances()) {
    const Vec3 seen = response(sensor, light, patch), xyz = xyz_of(light, patch);
    const Vec3 found = multiply(matrix, Vec3{seen[0] / neutral[0], seen[1] / neutral[1], seen[2] / neutral[2]});
    const std::array<double, 3> w{double(white[0]), double(white[1]), double(white[2])};
    sum += ciede2000(lab_of({double(xyz[0]), double(xyz[1]), double(xyz[2])}, w),
                     lab_of({brightness * double(found[0]), brightness * double(found[1]), brightness * double(found[2])}, w));
  }
  return sum / 24;
}

TEST(BestColorMatrix, ACameraThatSeesAsAnEyeDoesIsPerfect) {
  for (const char* light : {"A", "FL11", "D65"}) {
    EXPECT_LT(best_color_matrix(observer_camera(), illuminant(light), BrightnessFit::kKnown).mean_delta_e, 1e-3) << light;
  }
}

TEST(BestColorMatrix, KeepsWhiteAndSaysItsOwnError) {
  const Spectrum light = illuminant("A");
  for (const BrightnessFit fit : {BrightnessFit::kKnown, BrightnessFit::kFree}) {
    const BestColorMatrix best = best_color_matrix(analytic_sensitivities(), light, fit);
    const Vec3 white = multiply(best.camera_to_xyz, Vec3{1, 1, 1}), expected = xyz_of(light, white_surface());
    for (std::size_t i = 0; i < 3; i++) EXPECT_NEAR(white[i], expected[i], 1e-5f);
    EXPECT_NEAR(mean_difference(analytic_sensitivities(), light, best.camera_to_xyz, best.brightness), best.mean_delta_e, 1e-3);
    EXPECT_GT(best.worst_delta_e, best.mean_delta_e);
  }
}

TEST(BestColorMatrix, NothingNearIsBetter) {
  const Spectrum light = illuminant("D65");
  const BestColorMatrix best = best_color_matrix(analytic_sensitivities(), light, BrightnessFit::kKnown);
  EXPECT_EQ(best.brightness, 1);
  for (std::size_t row = 0; row < 3; row++) {
    for (const std::array<float, 3>& change : {std::array{1.0f, -1.0f, 0.0f}, {1.0f, 0.0f, -1.0f}, {0.0f, 1.0f, -1.0f}}) {
      for (const float step : {-0.02f, -0.004f, 0.004f, 0.02f}) {
        Mat3 other = best.camera_to_xyz;
        for (std::size_t i = 0; i < 3; i++) other[3 * row + i] += step * change[i];
        EXPECT_GT(mean_difference(analytic_sensitivities(), light, other, 1), best.mean_delta_e - 1e-4);
      }
    }
  }
  EXPECT_LE(best_color_matrix(analytic_sensitivities(), light, BrightnessFit::kFree).mean_delta_e, best.mean_delta_e + 1e-4);
}

TEST(BestColorMatrix, ColorsThatDoNotDiffer) {
  Sensitivities grey{};
  for (Spectrum& channel : grey) channel.fill(1);
  EXPECT_THROW(best_color_matrix(grey, illuminant("D65"), BrightnessFit::kKnown), Error);
  EXPECT_THROW(best_color_matrix(analytic_sensitivities(), Spectrum{}, BrightnessFit::kKnown), Error);
}

}  // namespace
}  // namespace argent
