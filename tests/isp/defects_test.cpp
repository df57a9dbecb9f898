// Defects as render corrects them: neutral, sensitive, and against the promises of halide_gen/stages/defects.h.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <vector>

#include "isp/io/mosaic_file.h"
#include "isp/pipeline.h"
#include "tests/reference/frames.h"
#include "tests/reference/mosaic.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

using reference::make_frame;

/// A frame of light(x, y), 0 = black, 1 = saturation.
template <class Light>
RawFrame frame_of(CfaPattern cfa, Size size, const Light& light) {
  RawFrame frame = make_frame(cfa, size, reference::Content::kBlack);
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(frame.stride * size.height));
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      const auto s = static_cast<std::size_t>(reference::site_of(cfa, x, y));
      const double black = double(frame.sensor.black[s]), white = double(frame.sensor.white[s]);
      (*codes)[static_cast<std::size_t>(y * frame.stride + x)] =
          static_cast<std::uint16_t>(std::lround(std::clamp(black + light(x, y) * (white - black), 0.0, 4095.0)));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  return frame;
}

/// What the camera saw, in 16 bits.
PipelineParams plain(float strength, const char* demosaic = "fast") {
  PipelineParams params;
  params.output.type = PixelType::kU16;
  params.output.encoding = Encoding::kLinear;
  params.output.color = ColorSpace::kCamera;
  params.defects.strength = strength;
  params.demosaic.method = demosaic;
  return params;
}

double brightest(const Image& image, int x, int y) {
  int most = 0;
  for (int dy = -2; dy <= 2; dy++) {
    for (int i = 3 * (x - 2); i < 3 * (x + 3); i++) most = std::max<int>(most, image.row<std::uint16_t>(y + dy)[i]);
  }
  return most / 65535.0;
}

TEST(Defects, HotAndDeadPixelsGoAndStarsStay) {
  constexpr Size kSize{192, 128};
  for (CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr}) {
    for (const char* demosaic : {"fast", "best"}) {
      std::mt19937 random(7);
      std::uniform_real_distribution<double> uniform;
      std::normal_distribution<double> normal;
      struct Star {
        double x, y, light;
      };
      std::vector<Star> stars;
      std::vector<std::pair<int, int>> bad;
      for (int y = 12; y < kSize.height - 12; y += 16) {
        for (int x = 12; x < kSize.width - 12; x += 16) {
          stars.push_back({x + 2 * uniform(random), y + 2 * uniform(random), 0.05 + 0.8 * uniform(random)});
          bad.emplace_back(x + 8 + static_cast<int>(2 * uniform(random)), y + 8 + static_cast<int>(2 * uniform(random)));
        }
      }
      const auto sky = [&](int x, int y) {
        double light = 0.01;
        for (const Star& s : stars) light += s.light * std::exp(-((x - s.x) * (x - s.x) + (y - s.y) * (y - s.y)) / (2 * 0.7 * 0.7));
        return light + normal(random) * std::sqrt(5e-4 * light + 1e-6);
      };
      const RawFrame clean = frame_of(cfa, kSize, sky);
      const Image before = Pipeline(plain(0, demosaic)).render(clean, {}), after = Pipeline(plain(1, demosaic)).render(clean, {});
      for (const Star& s : stars) {
        const int x = static_cast<int>(std::lround(s.x)), y = static_cast<int>(std::lround(s.y));
        EXPECT_GE(brightest(after, x, y), 0.95 * brightest(before, x, y)) << "a star of " << s.light << ", cfa " << static_cast<int>(cfa);
      }
      const RawFrame hot = frame_of(cfa, kSize, [&](int x, int y) {
        for (const auto& [bx, by] : bad) {
          if (x == bx && y == by) return 0.3 + 0.7 * ((x * 7 + y) % 16) / 16.0;
        }
        return 0.02 + 1e-3 * normal(random);
      });
      const Image corrected = Pipeline(plain(1, demosaic)).render(hot, {}), left = Pipeline(plain(0, demosaic)).render(hot, {});
      for (const auto& [x, y] : bad) {
        EXPECT_LT(brightest(corrected, x, y), 0.04) << x << "," << y << " cfa " << static_cast<int>(cfa) << " " << demosaic;
        EXPECT_GT(brightest(left, x, y), 0.2);
      }
    }
  }
}

TEST(Defects, StrengthFindsWeakerOnes) {
  const RawFrame frame =
      frame_of(CfaPattern::kGbrg, {64, 48}, [](int x, int y) { return x == 30 && y == 20 ? 0.21 : 0.1 + 1e-3 * ((x * 5 + y * 3) % 7); });
  const auto seen = [&](float strength) { return brightest(Pipeline(plain(strength)).render(frame, {}), 30, 20); };
  EXPECT_GT(seen(0), 0.15);
  EXPECT_DOUBLE_EQ(seen(0), seen(0.3f));
  EXPECT_LT(seen(2), 0.12);
}

TEST(Defects, InjectedOnesOfARealPictureAreFound) {
  const char* folder = std::getenv("ARGENT_DATA");
  const std::filesystem::path data = folder ? std::filesystem::path(folder) : std::filesystem::path(ARGENT_SOURCE_DIR) / "../shared/data";
  const auto file = [&](const char* name) { return data / "raw/cfa_orders" / name; };
  if (!std::filesystem::exists(file("DSC_1339_768x512_rggb.raw.gz"))) GTEST_SKIP() << "no test data in " << data;
  MosaicDescription description;
  description.size = Size{768, 512};
  description.cfa = CfaPattern::kRggb;
  description.bits = 16;
  description.black = std::array<float, 4>{600, 600, 600, 600};
  description.white = std::array<float, 4>{15520, 15520, 15520, 15520};
  const RawFrame truth = load_mosaic(file("DSC_1339_768x512_rggb.raw.gz"), description);
  const RawFrame broken = load_mosaic(file("DSC_1339_768x512_rggb_bpc_test.raw.gz"), description);
  Controls controls;
  controls.colour_gains = {1.949f, 1, 1.344f};
  for (const char* demosaic : {"fast", "best"}) {
    PipelineParams off = plain(0, demosaic), on = plain(1, demosaic);
    off.output.encoding = on.output.encoding = Encoding::kSrgb;
    const auto error = [&](const PipelineParams& params, const RawFrame& frame) {
      const Image right = Pipeline(off).render(truth, controls), image = Pipeline(params).render(frame, controls);
      double sum = 0;
      for (int y = 0; y < 512; y++) {
        for (int i = 0; i < 3 * 768; i++) sum += std::pow((image.row<std::uint16_t>(y)[i] - right.row<std::uint16_t>(y)[i]) / 65535.0, 2);
      }
      return sum / (3.0 * 768 * 512);
    };
    EXPECT_LT(error(on, broken), 0.1 * error(off, broken)) << demosaic;  // 400 dead and stuck pixels
    EXPECT_LT(error(on, truth), 0.001 * error(off, broken)) << demosaic;
  }
}

}  // namespace
}  // namespace argent
