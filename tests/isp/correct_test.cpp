#include "isp/correct.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "isp/dark_frame.h"
#include "isp/packed_codes.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "tests/reference/correct.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

using reference::Content;
using reference::make_frame;
using reference::runnable_targets;

/// A frame of `code(x, y)`.
template <class Code>
RawFrame frame_of(CfaPattern cfa, Size size, const Code& code) {
  RawFrame frame = make_frame(cfa, size, Content::kBlack);
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(frame.stride * size.height));
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++)
      (*codes)[static_cast<std::size_t>(y * frame.stride + x)] = static_cast<std::uint16_t>(std::lround(code(x, y)));
  }
  frame.data = codes->data();
  frame.lease = codes;
  return frame;
}

std::shared_ptr<DarkFrame> make_dark(const RawFrame& frame) {
  auto dark = std::make_shared<DarkFrame>(DarkFrame{frame.size(), frame.sensor.cfa, {}, {}});
  for (int i = 0; i < frame.size().width * frame.size().height; i++) dark->excess.push_back(0.25f * static_cast<float>(i * 7 % 23) - 1);
  return dark;
}

double code_of(const RawFrame& frame, int x, int y) { return frame.data[y * frame.stride + x]; }

constexpr CfaPattern kMosaics[] = {CfaPattern::kRggb, CfaPattern::kGrbg,       CfaPattern::kGbrg,
                                   CfaPattern::kBggr, CfaPattern::kMonochrome, CfaPattern::kXTrans};

TEST(Correct, EqualsItsTwinInEveryPatternSizeAndTarget) {
  for (CpuTarget cpu : runnable_targets()) {
    for (CfaPattern cfa : kMosaics) {
      for (Size size : reference::kOddSizes) {
        RawFrame frame = make_frame(cfa, size);
        if (cfa == CfaPattern::kXTrans) {  // whose greens have one level
          frame.sensor.black[2] = frame.sensor.black[1];
          frame.sensor.white[2] = frame.sensor.white[1];
        }
        for (const bool with_dark : {false, true}) {
          PipelineParams params;
          params.green_balance = {.strength = 0.8f, .threshold = 0.5f};
          reference::CorrectInputs in;
          in.green_strength = 0.8f;
          in.green_threshold = 0.5f;
          if (with_dark) {
            const auto dark = make_dark(frame);
            in.dark = dark->excess;
            params.dark = dark;
          }
          const RawFrame out = Pipeline(params, cpu).correct(frame);
          ASSERT_TRUE(out.corrected);
          ASSERT_EQ(out.sensor.black[3], 16 * frame.sensor.black[3]);
          const reference::Correct twin(frame, in);
          for (int y = 0; y < size.height; y++) {
            for (int x = 0; x < size.width; x++) {
              ASSERT_NEAR(code_of(out, x, y), std::clamp(16 * twin.code(x, y), 0.0, 65535.0), 0.6)
                  << x << "," << y << " of " << size.width << "x" << size.height << " cfa " << static_cast<int>(cfa) << " " << name_of(cpu);
            }
          }
        }
      }
    }
  }
}

TEST(Correct, NothingToDoIsTheSamePixels) {
  const RawFrame frame = make_frame(CfaPattern::kGrbg, {64, 48});
  const RawFrame out = Pipeline({}).correct(frame);
  EXPECT_EQ(out.data, frame.data);
  EXPECT_FALSE(out.corrected);
}

TEST(Correct, IsDoneOnce) {
  const RawFrame frame = make_frame(CfaPattern::kGrbg, {64, 48});
  PipelineParams params;
  params.dark = make_dark(frame);
  const Pipeline pipeline(params);
  const RawFrame once = pipeline.correct(frame);
  EXPECT_NE(once.data, frame.data);
  EXPECT_EQ(pipeline.correct(once).data, once.data);
  // What measure and render do by themselves is the same.
  const Controls controls;
  EXPECT_EQ(pipeline.measure(frame).zone(3, 3).mean, pipeline.measure(once).zone(3, 3).mean);
  EXPECT_TRUE(reference::same_bytes(pipeline.render(frame, controls), pipeline.render(once, controls)));
}

TEST(Correct, PackedFramesAreCorrectedToo) {
  const RawFrame frame = make_frame(CfaPattern::kGrbg, {64, 48});
  PipelineParams params;
  params.dark = make_dark(frame);
  params.bad_pixels = {{0.5f, 0.5f}};
  const Pipeline pipeline(params);
  BufferPool pool;
  const RawFrame a = pipeline.correct(frame), b = pipeline.correct(packed(frame, pool));
  for (int y = 0; y < 48; y++) {
    for (int x = 0; x < 64; x++) ASSERT_EQ(code_of(a, x, y), code_of(b, x, y));
  }
  params.dark = nullptr;
  EXPECT_FALSE(Pipeline(params).correct(packed(frame, pool)).packed);
}

TEST(Correct, ADarkFrameTakesItsPatternAwayAndLeavesClippedPixels) {
  const auto fixed = [](int x, int y) { return (x * 13 + y * 7) % 11; };
  const RawFrame frame = frame_of(CfaPattern::kBggr, {40, 30}, [&](int x, int y) { return x == 5 ? 4095 : 800 + fixed(x, y); });
  PipelineParams params;
  params.dark = std::make_shared<DarkFrame>(
      make_dark_frame(frame_of(CfaPattern::kBggr, {40, 30}, [&](int x, int y) { return 100 + (x == 9 && y == 9 ? 900 : fixed(x, y)); })));
  ASSERT_EQ(params.dark->hot.size(), 1U);
  const RawFrame out = Pipeline(params).correct(frame);
  for (int y = 0; y < 30; y++) {
    for (int x = 0; x < 40; x++) {
      // The dark frame counts from the sensor's black, which is 102.5, 99, 101 and 100: make_frame().
      const double black = double(frame.sensor.black[static_cast<std::size_t>(reference::site_of(CfaPattern::kBggr, x, y))]);
      if (x == 5) {
        ASSERT_EQ(code_of(out, x, y), 16 * 4095);
      } else {
        ASSERT_NEAR(code_of(out, x, y), 16 * (700 + black), x == 9 && y == 9 ? 20 : 0.51) << x << "," << y;
      }
    }
  }
}

TEST(Correct, ADarkFrameOfAnotherSizeOrPatternIsAnError) {
  const RawFrame frame = make_frame(CfaPattern::kGrbg, {64, 48});
  PipelineParams params;
  params.dark = make_dark(make_frame(CfaPattern::kGrbg, {64, 46}));
  EXPECT_THROW(Pipeline(params).correct(frame), Error);
  EXPECT_THROW(Pipeline(params).render(frame, {}), Error);
  params.dark = make_dark(make_frame(CfaPattern::kRggb, {64, 48}));
  EXPECT_THROW(Pipeline(params).correct(frame), Error);
  params.dark = make_dark(make_frame(CfaPattern::kRgb, {64, 48}));
  EXPECT_THROW(Pipeline(params).correct(make_frame(CfaPattern::kBggr, {64, 48})), Error);
  EXPECT_THROW(make_dark_frame(make_frame(CfaPattern::kRgb, {64, 48})), Error);
  EXPECT_THROW(make_dark_frame(make_frame(CfaPattern::kGrbg, {64, 48})), Error);  // a picture
}

double maze(const RawFrame& frame) {
  double sum = 0;
  int n = 0;
  for (int y = 8; y < frame.size().height - 8; y++) {
    for (int x = 8; x < frame.size().width - 8; x++) {
      if (reference::site_of(frame.sensor.cfa, x, y) != 1) continue;
      const double others =
          (code_of(frame, x - 1, y - 1) + code_of(frame, x + 1, y - 1) + code_of(frame, x - 1, y + 1) + code_of(frame, x + 1, y + 1)) / 4;
      sum += code_of(frame, x, y) - others;
      n++;
    }
  }
  return sum / n;
}

TEST(Correct, GreensComeTogetherWhereItIsFlatAndStayAtEdges) {
  for (CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr}) {
    const auto code = [&](int x, int y) {
      const int site = reference::site_of(cfa, x, y);
      return 100 + (600 + 2 * x + y) * (site == 1 ? 1.03 : site == 2 ? 0.97 : 0.5) * (x >= 64 && x / 2 % 2 ? 0.5 : 1);
    };
    const RawFrame frame = frame_of(cfa, {128, 48}, code);
    PipelineParams params;
    const RawFrame neutral = Pipeline(params).correct(frame);
    EXPECT_EQ(neutral.data, frame.data);
    params.green_balance.strength = 1;
    const RawFrame out = Pipeline(params).correct(frame);
    RawFrame flat = share(out), edges = share(out);
    flat.sensor.active.width = 60;
    edges.data += 64;
    edges.sensor.active.width = 64;
    EXPECT_NEAR(maze(flat) / 16, 2, 0.1) << static_cast<int>(cfa);  // what their black levels differ
    RawFrame before = share(frame);
    before.sensor.active.width = 60;
    EXPECT_GT(maze(before), 30);
    for (int y = 8; y < 40; y++) {
      for (int x = 72; x < 120; x++) ASSERT_NEAR(code_of(out, x, y) / 16, code_of(frame, x, y), 0.6);
    }
    params.green_balance.threshold = 1;
    const RawFrame loose = Pipeline(params).correct(frame);
    EXPECT_GT(std::abs(code_of(loose, 90, 21) - code_of(out, 90, 21)) + std::abs(code_of(loose, 91, 21) - code_of(out, 91, 21)), 20);
  }
}

/// What an eye sees of rows and columns that differ from their neighbors, in codes.
struct Stripes {
  double rows = 0, columns = 0;
};

TEST(Correct, LineNoiseGoesAndTheHorizonStays) {
  constexpr Size kSize{600, 400};
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::vector<double> rows, columns;
  for (int i = 0; i < kSize.height; i++) rows.push_back(4 * normal(random));
  for (int i = 0; i < kSize.width; i++) columns.push_back(3 * normal(random));
  const auto scene = [](int x, int y) { return (y < 203 ? 1500.0 : 700.0) + x + 0.5 * y; };
  const RawFrame frame = frame_of(CfaPattern::kGbrg, kSize, [&](int x, int y) {
    return scene(x, y) + 12 * normal(random) + rows[static_cast<std::size_t>(y)] + columns[static_cast<std::size_t>(x)];
  });
  const auto stripes = [&](const RawFrame& f, double scale) {
    std::vector<double> down(kSize.height), across(kSize.width);
    for (int y = 0; y < kSize.height; y++) {
      for (int x = 0; x < kSize.width; x++) {
        const double off = code_of(f, x, y) / scale - scene(x, y);
        down[static_cast<std::size_t>(y)] += off / kSize.width;
        across[static_cast<std::size_t>(x)] += off / kSize.height;
      }
    }
    // Second differences: what an eye sees as stripes.
    const auto rough = [](const std::vector<double>& v) {
      double sum = 0;
      for (std::size_t i = 2; i + 2 < v.size(); i++) sum += std::pow(v[i] - (v[i - 2] + v[i + 2]) / 2, 2);
      return std::sqrt(sum / double(v.size() - 4));
    };
    return Stripes{rough(down), rough(across)};
  };
  const Stripes before = stripes(frame, 1);
  PipelineParams params;
  params.line_noise.rows = 1;
  const Stripes without_rows = stripes(Pipeline(params).correct(frame), 16);
  EXPECT_LT(without_rows.rows, 0.3 * before.rows);
  EXPECT_NEAR(without_rows.columns, before.columns, 0.1);
  params.line_noise = {.rows = 0.5f, .columns = 1};
  const RawFrame out = Pipeline(params).correct(frame);
  const Stripes without = stripes(out, 16);
  EXPECT_NEAR(without.rows, 0.5 * before.rows, 0.2 * before.rows);
  EXPECT_LT(without.columns, 0.3 * before.columns);
  // The step of the horizon is where and what it was.
  double step = 0;
  for (int x = 0; x < kSize.width; x++) step += (code_of(out, x, 202) - code_of(out, x, 203)) / 16 / kSize.width;
  EXPECT_NEAR(step, 800, 12);
}

TEST(Correct, WithoutLineNoiseNothingIsTakenForIt) {
  constexpr Size kSize{600, 400};
  std::mt19937 random(4);
  std::exponential_distribution<double> skewed(0.1);  // 10 codes, with a long tail to one side
  const RawFrame frame = frame_of(CfaPattern::kRggb, kSize, [&](int x, int y) { return 300 + 0.5 * x + y + skewed(random); });
  PipelineParams params;
  params.line_noise = {.rows = 1, .columns = 1};
  const RawFrame out = Pipeline(params).correct(frame);
  double sum = 0, squares = 0;
  for (int y = 0; y < kSize.height; y++) {
    for (int x = 0; x < kSize.width; x++) {
      const double off = code_of(out, x, y) / 16 - code_of(frame, x, y);
      sum += off;
      squares += off * off;
    }
  }
  const double pixels = double(kSize.width) * kSize.height;
  EXPECT_NEAR(sum / pixels, 0, 0.1);
  EXPECT_LT(std::sqrt(squares / pixels), 1.2);  // the pixels have 10
}

TEST(Correct, BadPixelsOfProfileOpcodesAndDarkFrameAreReplaced) {
  const auto scene = [](int x, int y) { return 500.0 + 3 * x + 2 * y; };
  RawFrame frame = frame_of(CfaPattern::kRggb, {64, 48}, [&](int x, int y) {
    if (x == 33) return 0.0;                                    // a column, by code
    if (x >= 10 && x < 14 && y >= 10 && y < 14) return 4095.0;  // a cluster
    return (x == 20 && y == 5) || (x == 0 && y == 0) ? 4000.0 : scene(x, y);
  });
  auto opcodes = std::make_shared<DngOpcodes>();
  opcodes->raw.push_back({4, 0x01030000, 0, FixBadPixelsConstant{.code = 0}});
  opcodes->raw.push_back(
      {5, 0x01030000, 0, FixBadPixelsList{.points = {{20, 5}, {-3, 70000}}, .rectangles = {{10, 10, 4, 4}, {-5, -5, 6, 6}}}});
  frame.opcodes = opcodes;
  const RawFrame out = Pipeline({}).correct(frame);
  EXPECT_EQ(out.sensor.white, frame.sensor.white);  // no other codes than before
  for (int y = 0; y < 48; y++) {
    for (int x = 0; x < 64; x++) {
      const bool rim = x == 0 && y == 0;
      ASSERT_NEAR(code_of(out, x, y), scene(x, y), rim ? 11 : x >= 10 && x < 14 && y >= 10 && y < 14 ? 8 : 1.01) << x << "," << y;
    }
  }
}

TEST(Correct, TooManyBadPixelsAreAnError) {
  RawFrame frame = make_frame(CfaPattern::kRggb, {64, 48});
  auto opcodes = std::make_shared<DngOpcodes>();
  opcodes->raw.push_back({5, 0x01030000, 0, FixBadPixelsList{.points = {}, .rectangles = {{0, 0, 2'000'000'000, 2'000'000'000}}}});
  frame.opcodes = opcodes;
  EXPECT_THROW(Pipeline({}).correct(frame), Error);
  RawFrame tiny = make_frame(CfaPattern::kRggb, {1, 1});
  PipelineParams params;
  params.bad_pixels = {{0.5f, 0.5f}};
  EXPECT_THROW(Pipeline(params).correct(tiny), Error);  // nothing to replace it with
  params.bad_pixels = {{1.5f, 0.5f}};
  EXPECT_THROW(Pipeline{params}, Error);
  // Three samples a pixel: an opcode that must be applied, and one that need not.
  RawFrame linear = make_frame(CfaPattern::kRgb, {64, 48});
  auto constant = std::make_shared<DngOpcodes>();
  constant->raw.push_back({4, 0x01030000, 0, FixBadPixelsConstant{.code = 60}});
  linear.opcodes = constant;
  EXPECT_THROW(Pipeline({}).correct(linear), Error);
  auto optional = std::make_shared<DngOpcodes>(*constant);
  optional->raw[0].flags = 1;
  linear.opcodes = optional;
  EXPECT_EQ(Pipeline({}).correct(linear).data, linear.data);
}

}  // namespace
}  // namespace argent
