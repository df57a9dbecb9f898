#include "isp/lateral_color.h"

#include <gtest/gtest.h>

#include <cmath>

#include "isp/picture_geometry.h"
#include "isp/pipeline.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

constexpr Size kSize{480, 320};

/// Soft disks here and there, as edges in all directions; the colors differ.
double disks(double x, double y) {
  const int column = static_cast<int>(std::floor(x / 40)), row = static_cast<int>(std::floor(y / 40));
  const double dx = x - 40 * column - 20, dy = y - 40 * row - 20, radius = 7 + (column * 5 + row * 3) % 7;
  return 0.08 + 0.4 / (1 + std::exp((std::hypot(dx, dy) - radius) / 0.8));
}

/// Points of light in darkness.
double stars(double x, double y) {
  const int column = static_cast<int>(std::floor(x / 20)), row = static_cast<int>(std::floor(y / 20));
  const int seed = (column * 73 + row * 151) % 97;
  const double dx = x - 20 * column - 6 - seed % 9, dy = y - 20 * row - 6 - seed % 7;
  return 0.01 + (seed % 3 == 0 ? 0.6 : 0.2) * std::exp(-(dx * dx + dy * dy) / (2 * 1.3 * 1.3));
}

/// A mosaic whose red and blue lie elsewhere than green: at r (1 + k0 + k1 r^2).
template <class Scene>
RawFrame lens_frame(CfaPattern cfa, const LateralColor& lateral, const Scene& scene, const NoiseModel& noise = {1e-5f, 1e-7f}) {
  RawFrame pattern;
  pattern.sensor.cfa = cfa;
  const double corner = std::hypot(kSize.width, kSize.height) / 2;
  return reference::noisy_frame(cfa, kSize, noise, [&](int x, int y) {
    const int color = is_bayer(cfa) ? color_at(pattern.sensor, x, y) : 1;
    const std::array<double, 2> k = color == 0 ? lateral.red : color == 2 ? lateral.blue : std::array<double, 2>{};
    const double sx = x + 0.5 - kSize.width / 2.0, sy = y + 0.5 - kSize.height / 2.0;
    double px = sx, py = sy;
    for (int i = 0; i < 10; i++) {
      const double f = 1 + k[0] + k[1] * (px * px + py * py) / (corner * corner);
      px = sx / f;
      py = sy / f;
    }
    constexpr std::array kTint{0.6f, 1.0f, 0.8f};
    return kTint[static_cast<std::size_t>(color)] * static_cast<float>(scene(px + kSize.width / 2.0, py + kSize.height / 2.0));
  });
}

double outward(const std::array<double, 2>& k, double r) { return std::hypot(kSize.width, kSize.height) / 2 * r * (k[0] + k[1] * r * r); }

TEST(LateralColor, IsFoundToATenthOfAPixel) {
  BufferPool pool;
  const LateralColor truth{{0.004, -0.002}, {-0.005, 0.003}}, nothing{};
  for (const CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr}) {
    for (const auto& scene : {disks, stars}) {
      for (const LateralColor& k : {truth, nothing}) {
        const LateralColor found = estimate_lateral_color(lens_frame(cfa, k, scene), pool);
        for (const double r : {0.3, 0.6, 0.9}) {
          EXPECT_NEAR(outward(found.red, r), outward(k.red, r), 0.1) << static_cast<int>(cfa) << ' ' << r;
          EXPECT_NEAR(outward(found.blue, r), outward(k.blue, r), 0.1) << static_cast<int>(cfa) << ' ' << r;
        }
      }
    }
  }
}

TEST(LateralColor, LargeShiftsAreFoundInASecondLook) {
  BufferPool pool;
  const LateralColor truth{{0.009, 0}, {-0.009, 0}};  // 2.6 pixels in a corner
  const LateralColor found = estimate_lateral_color(lens_frame(CfaPattern::kRggb, truth, disks), pool);
  EXPECT_NEAR(outward(found.red, 0.8), outward(truth.red, 0.8), 0.15);
  EXPECT_NEAR(outward(found.blue, 0.8), outward(truth.blue, 0.8), 0.15);
}

TEST(LateralColor, ObjectsOfOtherColorsDoNotCount) {
  BufferPool pool;
  const LateralColor truth{{0.004, 0}, {-0.004, 0}};
  RawFrame frame = lens_frame(CfaPattern::kRggb, truth, disks);
  // A third of the picture has red and blue of something else.
  auto codes = std::make_shared<std::vector<std::uint16_t>>(frame.data, frame.data + frame.stride * kSize.height);
  for (int y = 0; y < kSize.height; y++) {
    for (int x = 0; x < kSize.width / 3; x++) {
      if (color_at(frame.sensor, x, y) != 1)
        (*codes)[static_cast<std::size_t>(y * frame.stride + x)] = frame.data[y * frame.stride + (x / 2 + 3) * 2 + x % 2];
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  const LateralColor found = estimate_lateral_color(frame, pool);
  EXPECT_NEAR(outward(found.red, 0.8), outward(truth.red, 0.8), 0.2);
  EXPECT_NEAR(outward(found.blue, 0.8), outward(truth.blue, 0.8), 0.2);
}

TEST(LateralColor, WhereNothingTellsNothingIsMoved) {
  BufferPool pool;
  const auto flat = [](double, double) { return 0.3; };
  EXPECT_EQ(estimate_lateral_color(lens_frame(CfaPattern::kRggb, {}, flat, {1e-3f, 1e-5f}), pool), LateralColor());
  EXPECT_EQ(estimate_lateral_color(lens_frame(CfaPattern::kRggb, {}, [](double, double) { return 2.0; }), pool), LateralColor());
  EXPECT_EQ(estimate_lateral_color(lens_frame(CfaPattern::kMonochrome, {}, disks), pool), LateralColor());
  EXPECT_EQ(estimate_lateral_color(reference::make_frame(CfaPattern::kXTrans, {96, 96}), pool), LateralColor());
  for (const Size size : reference::kOddSizes)
    EXPECT_EQ(estimate_lateral_color(reference::make_frame(CfaPattern::kGbrg, size), pool), LateralColor());
}

TEST(LateralColor, RenderMendsItUnlessALensCorrectionDoes) {
  const RawFrame frame = lens_frame(CfaPattern::kRggb, {{0.006, 0}, {-0.006, 0}}, disks);
  PipelineParams params;
  params.output.type = PixelType::kF32;
  params.output.encoding = Encoding::kLinear;
  params.output.color = ColorSpace::kCamera;
  // Of pixels off the middle, in red's and green's scale.
  const auto difference = [&](const Image& image) {
    double sum = 0;
    for (int y = 10; y < 310; y++) {
      for (int x = 10; x < 470; x++) sum += std::abs(double(image.row<float>(y)[3 * x]) / 0.6 - double(image.row<float>(y)[3 * x + 1]));
    }
    return sum;
  };
  const Image apart = Pipeline(params).render(frame, {});
  params.geometry.ca_auto = true;
  const Image together = Pipeline(params).render(frame, {});
  EXPECT_LT(difference(together), 0.5 * difference(apart));

  WarpRectilinear warp;
  warp.planes = {{{1.001, 0, 0, 0}, {}}, {}, {}};
  RawFrame corrected = share(frame);
  corrected.opcodes = std::make_shared<const DngOpcodes>(DngOpcodes{{}, {}, {{1, 0, 0, warp}}});
  const Image found = Pipeline(params).render(corrected, {});
  params.geometry.ca_auto = false;
  EXPECT_TRUE(reference::same_bytes(found, Pipeline(params).render(corrected, {})));
}

}  // namespace
}  // namespace argent
