#include "isp/yuv.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "isp/packed_codes.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"
#include "tests/reference/yuv.h"

namespace argent {
namespace {

using reference::runnable_targets;

constexpr std::array kAllFormats{YuvFormat{YuvMatrix::kBt709, YuvRange::kLimited},  YuvFormat{YuvMatrix::kBt709, YuvRange::kFull},
                                 YuvFormat{YuvMatrix::kBt601, YuvRange::kLimited},  YuvFormat{YuvMatrix::kBt601, YuvRange::kFull},
                                 YuvFormat{YuvMatrix::kBt2020, YuvRange::kLimited}, YuvFormat{YuvMatrix::kBt2020, YuvRange::kFull}};

template <class Color>
Image picture_of(BufferPool& pool, Size size, const Color& color) {
  Image out(pool, size, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < size.height; y++) {
    for (int i = 0; i < size.width * 3; i++) out.row<std::uint8_t>(y)[i] = static_cast<std::uint8_t>(color(i / 3, y, i % 3));
  }
  return out;
}

void expect_code(std::uint8_t found, double expected) {
  EXPECT_NEAR(found, std::clamp(expected, 0.0, 255.0), 0.53);  // rounding, and that of the coefficients to 2^-14
}

TEST(Yuv, EqualsItsTwinInEverySizeFormatAndTarget) {
  for (CpuTarget cpu : runnable_targets()) {
    const Pipeline pipeline({}, cpu);
    std::mt19937 random(5);
    for (Size size : {Size{2, 2}, Size{3, 5}, Size{17, 2}, Size{2, 17}, Size{64, 48}, Size{131, 77}, Size{642, 34}}) {
      const Image picture = picture_of(pipeline.pool(), size, [&](int, int, int) { return random() & 255; });
      for (YuvFormat format : kAllFormats) {
        SCOPED_TRACE(testing::Message() << size.width << "x" << size.height << " on " << name_of(cpu));
        const YuvImage yuv = pipeline.to_yuv(picture, format);
        ASSERT_EQ(yuv.size(), (Size{size.width / 2 * 2, size.height / 2 * 2}));
        EXPECT_EQ(yuv.format(), format);
        for (int y = 0; y < yuv.height(); y++) {
          for (int x = 0; x < yuv.width(); x++) expect_code(yuv.luma(y)[x], reference::yuv_of(reference::pixel(picture, x, y), format)[0]);
        }
        for (int y = 0; y < yuv.height() / 2; y++) {
          for (int x = 0; x < yuv.width() / 2; x++) {
            const auto expected = reference::yuv_of(reference::block(picture, 2 * x, 2 * y), format);
            expect_code(yuv.chroma(y)[2 * x], expected[1]);
            expect_code(yuv.chroma(y)[2 * x + 1], expected[2]);
          }
        }
        if (HasFailure()) return;
      }
    }
  }
}

TEST(Yuv, ColorsMadeByHand) {
  struct Row {
    YuvFormat format;
    std::array<int, 3> rgb, yuv;
  };
  // EBU Tech 3280 and ITU-R BT.709 bars; JPEG's definition for full range.
  const std::array rows{Row{kAllFormats[0], {255, 255, 255}, {235, 128, 128}}, Row{kAllFormats[0], {0, 0, 0}, {16, 128, 128}},
                        Row{kAllFormats[0], {255, 0, 0}, {63, 102, 240}},      Row{kAllFormats[0], {0, 0, 255}, {32, 240, 118}},
                        Row{kAllFormats[2], {255, 0, 0}, {81, 90, 240}},       Row{kAllFormats[2], {0, 255, 0}, {145, 54, 34}},
                        Row{kAllFormats[3], {255, 0, 0}, {76, 85, 255}},       Row{kAllFormats[1], {255, 255, 255}, {255, 128, 128}}};
  const Pipeline pipeline({});
  for (const Row& row : rows) {
    const Image picture = picture_of(pipeline.pool(), {4, 4}, [&](int, int, int c) { return row.rgb[static_cast<std::size_t>(c)]; });
    const YuvImage yuv = pipeline.to_yuv(picture, row.format);
    EXPECT_EQ(yuv.luma(3)[3], row.yuv[0]);
    EXPECT_EQ(yuv.chroma(1)[2], row.yuv[1]);
    EXPECT_EQ(yuv.chroma(1)[3], row.yuv[2]);
  }
}

TEST(Yuv, GreyHasNoChromaAndLumaRises) {
  const Pipeline pipeline({});
  const Image ramp = picture_of(pipeline.pool(), {512, 2}, [](int x, int, int) { return x / 2; });
  for (YuvFormat format : kAllFormats) {
    const YuvImage yuv = pipeline.to_yuv(ramp, format);
    for (int x = 0; x < 512; x++) {
      EXPECT_EQ(yuv.chroma(0)[x], 128);
      EXPECT_GE(yuv.luma(0)[x], yuv.luma(0)[std::max(x - 1, 0)]);
      EXPECT_EQ(yuv.luma(1)[x], format.range == YuvRange::kFull ? x / 2 : std::lround(16 + x / 2 * 219.0 / 255));
    }
  }
}

/// That of the frame's picture; the one pass rounds once instead of twice.
void expect_of_picture(const Pipeline& pipeline, const RawFrame& frame, const Controls& controls) {
  const YuvImage direct = pipeline.render_yuv(frame, controls), expected = pipeline.to_yuv(pipeline.render(frame, controls));
  ASSERT_EQ(direct.size(), expected.size());
  const auto expect_row = [&](const std::uint8_t* found, const std::uint8_t* wanted, int y) {
    for (int x = 0; x < direct.width(); x++) ASSERT_NEAR(found[x], wanted[x], 1) << x << ", " << y;
  };
  for (int y = 0; y < direct.height(); y++) expect_row(direct.luma(y), expected.luma(y), y);
  for (int y = 0; y < direct.height() / 2; y++) expect_row(direct.chroma(y), expected.chroma(y), y);
}

Controls daylight() {
  Controls controls;
  controls.colour_gains = {2, 1, 1.5f};
  return controls;
}

TEST(Yuv, OfAFrameIsThatOfItsPictureInEveryPatternAndSizeForAnyNumberOfThreads) {
  for (const CfaPattern cfa : reference::kAllPatterns) {
    for (const Size size : {Size{131, 203}, Size{130, 64}, Size{128, 126}, Size{3, 65}, Size{2, 2}}) {
      for (const int threads : {1, 3}) {
        SCOPED_TRACE(testing::Message() << to_text(size) << " cfa " << static_cast<int>(cfa) << " threads " << threads);
        PipelineParams params;
        params.threads = threads;
        params.shading = {reference::make_mesh()};
        expect_of_picture(Pipeline(params), reference::make_frame(cfa, size), daylight());
      }
    }
  }
}

TEST(Yuv, OfAFrameIsThatOfItsPictureHoweverItIsMade) {
  RawFrame frame = reference::make_frame(CfaPattern::kGrbg, {202, 150});
  frame.sensor.bits = 12;
  PipelineParams params;
  expect_of_picture(Pipeline(params), packed(frame, Pipeline(params).pool()), daylight());
  params.output.orientation = Orientation::kRotated90;
  expect_of_picture(Pipeline(params), frame, daylight());
  params.output.orientation.reset();
  params.output.scale = 0.5f;
  expect_of_picture(Pipeline(params), frame, daylight());
  params.output.scale = 1;
  params.tone.local = 1;
  expect_of_picture(Pipeline(params), frame, daylight());
  EXPECT_THROW((void)Pipeline({}).render_yuv(reference::make_frame(CfaPattern::kRggb, {1, 8}), daylight()), Error);
  params.output.type = PixelType::kU16;
  EXPECT_THROW((void)Pipeline(params).render_yuv(frame, daylight()), Error);
}

TEST(Yuv, RefusesWhatItCannotShow) {
  const Pipeline pipeline({});
  BufferPool& pool = pipeline.pool();
  EXPECT_THROW(pipeline.to_yuv(Image{}), Error);
  EXPECT_THROW(pipeline.to_yuv(Image(pool, {1, 4}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb)), Error);
  EXPECT_THROW(pipeline.to_yuv(Image(pool, {4, 4}, PixelType::kU16, Encoding::kSrgb, ColorSpace::kSrgb)), Error);
  EXPECT_THROW(pipeline.to_yuv(Image(pool, {4, 4}, PixelType::kU8, Encoding::kLinear, ColorSpace::kSrgb)), Error);
  EXPECT_THROW(YuvImage(pool, {4, 3}, {}), Error);
}

}  // namespace
}  // namespace argent
