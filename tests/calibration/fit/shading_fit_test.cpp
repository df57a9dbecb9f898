#include "calibration/fit/shading_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/runtime/error.h"
#include "tests/calibration/fit/known_frames.h"

namespace argent {
namespace {

double gain_at(const ShadingMesh& mesh, std::size_t channel, double u, double v) {
  const double x = u * (mesh.columns - 1), y = v * (mesh.rows - 1);
  const int i = std::min(static_cast<int>(x), mesh.columns - 2), j = std::min(static_cast<int>(y), mesh.rows - 2);
  const auto node = [&](int a, int b) { return static_cast<double>(mesh.gains[channel][static_cast<std::size_t>(b * mesh.columns + a)]); };
  return std::lerp(std::lerp(node(i, j), node(i + 1, j), x - i), std::lerp(node(i, j + 1), node(i + 1, j + 1), x - i), y - j);
}

/// rms of true light times fitted gain, over the whole picture.
double residual(const KnownCamera& camera, const ShadingMesh& mesh, std::size_t channel) {
  double sum = 0, squares = 0;
  int count = 0;
  for (int y = 0; y < 60; y++) {
    for (int x = 0; x < 80; x++) {
      const double u = (x + 0.5) / 80, v = (y + 0.5) / 60;
      const double out = falloff_at(camera, channel, static_cast<double>(mesh.cct), u, v) * gain_at(mesh, channel, u, v);
      sum += out, squares += out * out, count++;
    }
  }
  const double mean = sum / count;
  return std::sqrt(std::max(0.0, squares / count - mean * mean)) / mean;
}

TEST(ShadingFit, LeavesLessThanHalfAPercentWithinNoiseAndDefects) {
  KnownCamera camera = small_camera({640, 480});
  camera.sensor.defects = random_defects(camera.sensor.size, 100, 5);
  for (const char* light : {"A", "D65"}) {
    std::vector<RawFrame> frames;
    for (std::uint64_t seed = 1; seed <= 2; seed++) frames.push_back(even_frame(camera, 0.7, seed, 1, light));
    const float cct = known_light(light).cct;
    const ShadingFit fit = fit_shading(pointers(frames), true_black(camera), cct);
    for (std::size_t c = 0; c < 3; c++) {
      EXPECT_LT(residual(camera, fit.mesh, c), 0.002) << light << " " << c;
      EXPECT_LT(fit.residual[c], 1.3 * fit.tile_noise[c] + 0.002) << light << " " << c;
    }
    const ShadingMesh truth = shading_of(camera, cct);
    // Colors are equal in the middle, and the smallest gain of all is 1.
    for (std::size_t c = 0; c < 3; c++) EXPECT_NEAR(gain_at(fit.mesh, c, 0.5, 0.5) / gain_at(truth, c, 0.5, 0.5), 1, 0.01);
    float least = 9;
    for (const auto& channel : fit.mesh.gains) least = std::min(least, *std::min_element(channel.begin(), channel.end()));
    EXPECT_FLOAT_EQ(least, 1);
    // For the eye: uneven before, even after.
    EXPECT_GT(*std::max_element(fit.maps[1].before.begin(), fit.maps[1].before.end()) -
                  *std::min_element(fit.maps[1].before.begin(), fit.maps[1].before.end()),
              0.3f);
    for (const float part : fit.maps[1].after) EXPECT_NEAR(part, 1, 0.02);
    EXPECT_NEAR(fit.green_imbalance, camera.sensor.green_imbalance, 0.001);
  }
}

TEST(ShadingFit, ALensWithoutFalloffHasGainsOfOne) {
  KnownCamera camera = small_camera({640, 480});
  camera.lens.falloff = 0;
  camera.lens.color = camera.lens.color_slope = {};
  std::vector<RawFrame> frames;
  frames.push_back(even_frame(camera, 0.8, 1));
  const ShadingFit fit = fit_shading(pointers(frames), true_black(camera), 6504);
  for (const auto& channel : fit.mesh.gains) {
    for (const float gain : channel) EXPECT_NEAR(gain, 1, 0.012);
  }
}

TEST(ShadingFit, RefusesWhatIsNoEvenSurface) {
  const KnownCamera camera = small_camera();
  const auto fit = [&](RawFrame frame) {
    const RawFrame* one = &frame;
    fit_shading({&one, 1}, true_black(camera), 6504);
  };
  EXPECT_THROW(fit(even_frame(camera, 5, 1)), Error) << "clipped";
  EXPECT_THROW(fit(dark_frame(camera, 1)), Error) << "dark";
  // Light from the corners: gains would make a vignette of any picture.
  for (const double rise : {0.05, 0.3}) {
    const RawFrame even = even_frame(camera, 0.5, 1);
    RawFrame bright = share(even);
    const Size size = even.size();
    std::vector<std::uint16_t> codes;
    for (int y = 0; y < size.height; y++) {
      for (int x = 0; x < size.width; x++) {
        const double r = 2 * std::hypot(x - size.width / 2, y - size.height / 2) / std::hypot(size.width, size.height);
        const double fallen = 1 + double(camera.lens.falloff) * r * r;
        codes.push_back(static_cast<std::uint16_t>(256 + (even.data[y * even.stride + x] - 256) * fallen * fallen * (1 + rise * r * r)));
      }
    }
    bright.data = codes.data();
    bright.stride = size.width;
    if (rise < 0.1) {
      EXPECT_NO_THROW(fit(share(bright))) << "what a camera's own correction overdoes";
    } else {
      EXPECT_THROW(fit(share(bright)), Error) << "bright corners";
    }
  }
}

}  // namespace
}  // namespace argent
