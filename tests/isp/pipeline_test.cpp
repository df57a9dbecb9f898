#include "isp/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "isp/packed_codes.h"
#include "isp/presets.h"
#include "isp/resample.h"
#include "models/runtime/error.h"
#include "tests/reference/frames.h"
#include "tests/reference/render.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

using reference::Content;
using reference::make_frame;
using reference::runnable_targets;
using reference::same_bytes;

/// Codes of an image, full scale 1.
double value(const Image& image, int x, int y, int c) {
  return image.type() == PixelType::kU8 ? image.row<std::uint8_t>(y)[x * 3 + c] / 255.0 : image.row<std::uint16_t>(y)[x * 3 + c] / 65535.0;
}

double largest_difference(const Image& a, const Image& b) {
  EXPECT_EQ(a.size(), b.size());
  double most = 0;
  for (int y = 0; y < a.height(); y++) {
    for (int i = 0; i < a.width() * 3; i++) most = std::max(most, std::abs(value(a, i / 3, y, i % 3) - value(b, i / 3, y, i % 3)));
  }
  return most;
}

struct Setting {
  PipelineParams params;
  Controls controls;
};

Setting plain() {
  Setting s;
  s.controls.colour_gains = {2.1f, 1, 1.45f};
  s.controls.colour_temperature = 5000;
  return s;
}

/// What Pipeline should make of params and controls, written down a second time.
reference::RenderInputs expected_inputs(const RawFrame& frame, const Setting& s) {
  reference::RenderInputs in;
  const bool mono = frame.sensor.cfa == CfaPattern::kMonochrome, linear = s.params.output.encoding == Encoding::kLinear;
  if (!s.params.shading.empty()) in.mesh = s.params.shading.front();
  in.gains = mono ? Vec3{1, 1, 1} : s.controls.colour_gains;
  const float smallest = std::min({in.gains[0], in.gains[1], in.gains[2]});
  if (!linear) {
    for (float& gain : in.gains) gain /= smallest;
  }
  in.first = static_cast<int>(std::min_element(in.gains.begin(), in.gains.end()) - in.gains.begin());
  if (mono || (linear && s.params.output.color == ColorSpace::kCamera)) in.first = -1;
  in.threshold = double(s.params.highlights.threshold);
  in.best = s.params.demosaic.method == "best";
  in.live = is_bayer(frame.sensor.cfa) && !in.best &&
            (s.params.output.type == PixelType::kU8 || (s.params.output.type == PixelType::kU16 && linear));
  in.unsharp = linear ? 0 : double(s.params.sharpen.unsharp);
  in.defects = double(s.params.defects.strength);
  const float exposure = s.controls.digital_gain * (linear ? 1 : std::exp2(s.params.tone.exposure));
  if (s.params.output.color == ColorSpace::kSrgb && !mono)
    in.matrix = camera_to_srgb(frame.sensor.matrices, s.controls.colour_temperature).value();
  for (float& m : in.matrix) m *= exposure;
  in.tone = s.params.tone;
  in.encoding = s.params.output.encoding;
  Vec3 sorted = in.gains;
  std::sort(sorted.begin(), sorted.end());
  in.white = std::max(1.0, double(exposure) * double(sorted[1]));
  return in;
}

void expect_twin(const RawFrame& frame, const Setting& s, CpuTarget cpu, double tolerance) {
  const Image image = Pipeline(s.params, cpu).render(frame, s.controls);
  ASSERT_EQ(image.size(), frame.size());
  const reference::Render twin(frame, expected_inputs(frame, s));
  for (int y = 0; y < image.height(); y++) {
    for (int x = 0; x < image.width(); x++) {
      const auto rgb = twin.pixel(x, y);
      for (int c = 0; c < 3; c++) {
        ASSERT_NEAR(value(image, x, y, c), rgb[static_cast<std::size_t>(c)], tolerance)
            << "pixel " << x << "," << y << " channel " << c << " of " << frame.size().width << "x" << frame.size().height << " cfa "
            << static_cast<int>(frame.sensor.cfa) << " on " << name_of(cpu);
      }
    }
  }
}

// 8 bits: the polynomial's error (under 0.9 codes) and rounding. 16 bits: the table's and f32's; of linear Bayer pictures that of roots in
// whole numbers, about 1 / 13,000 here, and of clipping from a whole code on.
constexpr double kTolerance8 = 1.5 / 255, kTolerance16 = 24.0 / 65535, kToleranceWhole = 160.0 / 65535;

TEST(Render, EqualsItsTwinInEveryPatternSizeFormAndTarget) {
  for (CpuTarget cpu : runnable_targets()) {
    for (CfaPattern cfa : reference::kAllPatterns) {
      for (Size size : reference::kOddSizes) {
        const RawFrame frame = make_frame(cfa, size);
        Setting s = plain();
        expect_twin(frame, s, cpu, kTolerance8);
        s.params.output.type = PixelType::kU16;
        expect_twin(frame, s, cpu, kTolerance16);
        s.params.output.encoding = Encoding::kLinear;
        const double linear = is_bayer(cfa) ? kToleranceWhole : kTolerance16;
        expect_twin(frame, s, cpu, linear);
        s.params.output.color = ColorSpace::kCamera;
        expect_twin(frame, s, cpu, linear);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Render, EqualsItsTwinWithShadingExposureAndLightsOfAnyColor) {
  for (CpuTarget cpu : runnable_targets()) {
    for (CfaPattern cfa : reference::kAllPatterns) {
      const RawFrame frame = make_frame(cfa, {77, 53});
      Setting s = plain();
      s.params.output.type = PixelType::kU16;
      s.params.shading = {reference::make_mesh()};
      s.controls.digital_gain = 1.7f;
      for (Vec3 gains : {Vec3{2.1f, 1, 1.45f}, Vec3{1, 1.3f, 2.6f}, Vec3{3, 1.2f, 1}, Vec3{1, 1, 1}}) {
        s.controls.colour_gains = gains;
        s.params.output.type = PixelType::kU16;
        expect_twin(frame, s, cpu, kTolerance16);
        s.params.output.type = PixelType::kU8;
        expect_twin(frame, s, cpu, kTolerance8);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Render, TheBestDemosaicEqualsItsTwin) {
  // Small frames: the twin takes 0.2 ms a pixel.
  Setting s = plain();
  s.params.demosaic.method = "best";
  s.params.output.type = PixelType::kU16;
  for (CpuTarget cpu : runnable_targets()) {
    for (CfaPattern cfa : reference::kAllPatterns) {
      if (!is_bayer(cfa)) continue;
      for (Size size : {Size{1, 1}, Size{3, 5}, Size{17, 1}, Size{20, 14}}) {
        expect_twin(make_frame(cfa, size), s, cpu, kTolerance16);
        if (HasFatalFailure()) return;
      }
    }
  }
  const RawFrame frame = make_frame(CfaPattern::kGrbg, {20, 140});  // more than two strips of rows
  s.params.output.encoding = Encoding::kLinear;
  s.params.output.color = ColorSpace::kCamera;
  expect_twin(frame, s, runnable_targets().back(), kTolerance16);
}

TEST(Render, OnePassEqualsItsTwinInManyStrips) {
  Setting s = plain();
  s.params.sharpen.unsharp = 1.5f;
  s.params.threads = 5;  // each has one
  for (CpuTarget cpu : runnable_targets()) expect_twin(make_frame(CfaPattern::kGbrg, {70, 203}), s, cpu, 2.0 / 255);
}

TEST(Render, OnePassIsTheSameInStripsOfAnyHeight) {
  BufferPool pool;
  for (int height : {1, 2, 3, 31, 32, 33, 35, 66, 101, 130, 257}) {
    const RawFrame mosaic = make_frame(height % 2 == 0 ? CfaPattern::kGbrg : CfaPattern::kRggb, {36, height});
    const RawFrame bytes = packed(mosaic, pool);
    for (const bool corrected : {false, true}) {
      for (const bool sharpened : {false, true}) {
        for (const bool linear : {false, true}) {
          Setting s = plain();
          s.params.defects.strength = corrected ? 1.0f : 0.0f;
          s.params.sharpen.unsharp = sharpened ? 1.5f : 0.0f;
          if (linear) s.params.output.type = PixelType::kU16, s.params.output.encoding = Encoding::kLinear;
          s.params.threads = 1;
          const Image one = Pipeline(s.params).render(mosaic, s.controls);
          for (int threads : {2, 3, 9}) {
            s.params.threads = threads;
            for (const RawFrame* frame : {&mosaic, &bytes}) {
              EXPECT_TRUE(same_bytes(one, Pipeline(s.params).render(*frame, s.controls)))
                  << height << " rows, " << threads << " threads, corrected " << corrected << ", sharpened " << sharpened;
            }
          }
        }
      }
    }
  }
}

/// One pass has light of 16 bits, of which the largest gain takes three here: a step of 8 / 61,440 at most, and what
/// whole roots and halved differences round.
TEST(Render, OnePassKeepsTheShadowsUnderLargeGains) {
  for (const CpuTarget cpu : runnable_targets()) {
    for (const int above : {0, 3, 17, 40, 400}) {
      std::vector<std::uint16_t> codes(std::size_t{96} * 32, static_cast<std::uint16_t>(1024 + above));
      RawFrame frame = make_frame(CfaPattern::kRggb, {96, 32});
      frame.data = codes.data();
      frame.stride = 96;
      frame.sensor.bits = 14;
      frame.sensor.black.fill(1024);
      frame.sensor.white.fill(16383);
      Setting s = plain();
      s.params.shading = {{5000, 2, 1, {{{1, 4}, {1, 4}, {1, 4}}}}};
      s.params.output.color = ColorSpace::kCamera;
      s.params.output.encoding = Encoding::kLinear;
      s.controls.colour_gains = {2, 1, 1.5f};
      s.params.output.type = PixelType::kU16;
      const Image whole = Pipeline(s.params, cpu).render(frame, s.controls);
      s.params.output.type = PixelType::kF32;
      const Image floats = Pipeline(s.params, cpu).render(frame, s.controls);
      for (int i = 0; i < 3 * 96; i++) {
        const float light = floats.row<float>(16)[i], rounding = 1e-5f + 9e-4f * std::sqrt(std::max(light, 0.0f));  // four units of a root
        ASSERT_NEAR(static_cast<float>(whole.row<std::uint16_t>(16)[i]) / 65535, light, 8.0f / 61440 + rounding)
            << name_of(cpu) << ", " << above << " above black, value " << i;
      }
    }
  }
}

TEST(Render, UnsharpSteepensEdgesAndBoundsHalos) {
  RawFrame frame = make_frame(CfaPattern::kRggb, {64, 48}, Content::kBlack);
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(frame.stride * 48));
  const auto soft_edge = [](int x) { return x < 30 ? 0.1 : x > 33 ? 0.4 : 0.1 + 0.3 * (x - 29) / 5; };
  for (int y = 0; y < 48; y++) {
    for (int x = 0; x < 64; x++) {
      const auto site = static_cast<std::size_t>(y % 2 * 2 + x % 2);
      (*codes)[static_cast<std::size_t>(y * frame.stride + x)] = static_cast<std::uint16_t>(
          std::lround(double(frame.sensor.black[site]) + soft_edge(x) * double(frame.sensor.white[site] - frame.sensor.black[site])));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  Setting s;
  s.params.output.color = ColorSpace::kCamera;
  const auto row = [&](float amount) {
    s.params.sharpen.unsharp = amount;
    const Image image = Pipeline(s.params).render(frame, s.controls);
    std::vector<int> codes_of_row;
    for (int x = 0; x < 64; x++) codes_of_row.push_back(image.row<std::uint8_t>(24)[3 * x + 1]);
    return codes_of_row;
  };
  const std::vector<int> off = row(0), on = row(1), strong = row(3);
  EXPECT_GT(on[34] - on[29], off[34] - off[29]);
  EXPECT_EQ(on[10], off[10]);
  EXPECT_EQ(on[50], off[50]);
  // 2 % of full scale in roots: of light 0.4 at most 2 x 0.02 x root(0.4), which the curve makes 7 codes.
  EXPECT_GT(*std::max_element(strong.begin(), strong.end()), off[50]);
  EXPECT_LE(*std::max_element(strong.begin(), strong.end()), off[50] + 7);
  s.params.output.encoding = Encoding::kLinear;
  EXPECT_EQ(row(0), row(3));  // light stays proportional
}

TEST(Render, AnotherDemosaicIsAnError) {
  PipelineParams params;
  params.demosaic.method = "ahd";
  EXPECT_THROW(Pipeline{params}, Error);
}

TEST(Render, SaturationIsWhiteAndBlackIsBlack) {
  for (CfaPattern cfa : reference::kAllPatterns) {
    for (Size size : {Size{3, 5}, Size{64, 48}}) {
      const Pipeline pipeline({});
      const Image white = pipeline.render(make_frame(cfa, size, Content::kSaturated), plain().controls);
      const Image black = pipeline.render(make_frame(cfa, size, Content::kBlack), plain().controls);
      for (int y = 0; y < size.height; y++) {
        for (int i = 0; i < size.width * 3; i++) {
          ASSERT_GE(white.row<std::uint8_t>(y)[i], 254) << "cfa " << static_cast<int>(cfa);
          ASSERT_LE(black.row<std::uint8_t>(y)[i], 4) << "cfa " << static_cast<int>(cfa);
        }
      }
    }
  }
}

/// A Bayer frame whose site s at column x counts light(x, s), 0 = black, 1 = saturation.
template <class Light>
RawFrame frame_of(CfaPattern cfa, Size size, const Light& light) {
  RawFrame frame = make_frame(cfa, size, Content::kBlack);
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(frame.stride * size.height));
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      const auto s = static_cast<std::size_t>(reference::site_of(cfa, x, y));
      const float code = frame.sensor.black[s] + light(x, static_cast<int>(s)) * (frame.sensor.white[s] - frame.sensor.black[s]);
      (*codes)[static_cast<std::size_t>(y * frame.stride + x)] = static_cast<std::uint16_t>(std::lround(code));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  return frame;
}

constexpr float kSiteGain[4] = {2.1f, 1, 1, 1.45f};  // plain()'s

/// A code above 255 would come out black. Rounding errors of the fine polynomial alone reach two codes at some of these.
TEST(Render, SaturationIsWhiteAtEveryContrastAndExposure) {
  const RawFrame frame = make_frame(CfaPattern::kRggb, {32, 8}, Content::kSaturated);
  for (const CpuTarget cpu : runnable_targets()) {
    for (const float local : {0.0f, 0.5f}) {  // the quick polynomial, the fine one
      for (int contrast = 40; contrast <= 80; contrast++) {
        for (float exposure = 0; exposure < 3.95f; exposure += 0.1f) {
          Setting s = plain();
          s.params.tone.local = local;
          s.params.tone.contrast = static_cast<float>(contrast) / 40;
          s.params.tone.exposure = exposure;
          const Image image = Pipeline(s.params, cpu).render(frame, s.controls);
          for (int i = 0; i < 3 * 32; i++) {
            ASSERT_GE(image.row<std::uint8_t>(4)[i], 250)
                << name_of(cpu) << ", local " << local << ", contrast " << s.params.tone.contrast << ", " << exposure << " stops";
          }
        }
      }
    }
  }
}

TEST(Render, ClippedAreasAreNeverMagenta) {
  // A ramp of neutral light that clips green long before red and blue do.
  const RawFrame frame =
      frame_of(CfaPattern::kRggb, {256, 32}, [](int x, int s) { return std::min(1.0f, static_cast<float>(x) / 80 / kSiteGain[s]); });
  Setting s = plain();
  s.params.output.color = ColorSpace::kCamera;
  const Image image = Pipeline(s.params).render(frame, s.controls);
  for (int x = 8; x < 248; x++) {
    const auto* p = image.row<std::uint8_t>(16) + x * 3;
    const int green = p[1];
    EXPECT_NEAR(p[0], green, 7) << "column " << x;
    EXPECT_NEAR(p[2], green, 7) << "column " << x;
  }
}

TEST(Render, WithoutAMatrixOnlyTheCamerasOwnColorsAreThere) {
  RawFrame frame = frame_of(CfaPattern::kRggb, {64, 32}, [](int x, int s) { return static_cast<float>(x + s) / 80; });
  frame.sensor.matrices.clear();
  Setting s = plain();
  s.params.corrections.clear();
  s.params.output.color = ColorSpace::kSrgb;
  EXPECT_THROW(Pipeline(s.params).render(frame, s.controls), Error);
  s.params.output.camera_color_without_matrix = true;
  const Image image = Pipeline(s.params).render(frame, s.controls);
  EXPECT_EQ(image.color_space(), ColorSpace::kCamera);
  s.params.output.color = ColorSpace::kCamera;
  const Image asked = Pipeline(s.params).render(frame, s.controls);
  for (int y = 0; y < image.height(); y++) ASSERT_EQ(std::memcmp(image.row<std::uint8_t>(y), asked.row<std::uint8_t>(y), 3 * 64), 0) << y;
}

TEST(Render, GreyStaysGreyThroughMatrixAndCurve) {
  const RawFrame frame = frame_of(CfaPattern::kGbrg, {64, 48}, [](int, int s) { return 0.18f / kSiteGain[s]; });
  Setting s = plain();
  s.params.tone.exposure = 0;
  const Image image = Pipeline(s.params).render(frame, s.controls);
  for (int i = 0; i < 64 * 3; i++)
    EXPECT_NEAR(image.row<std::uint8_t>(20)[i], 255 * srgb_encode(0.18f), 1.6);  // middle grey keeps its place
}

TEST(Render, NeutralParametersChangeNothing) {
  const RawFrame frame = make_frame(CfaPattern::kGrbg, {131, 77});
  const Setting s = plain();
  const Image before = Pipeline(s.params).render(frame, s.controls);
  Setting neutral = s;
  neutral.params.shading = {{5000, 3, 2, {{{1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1}}}}};
  neutral.params.output.scale = 1;
  neutral.params.output.orientation = Orientation::kNormal;
  EXPECT_LE(largest_difference(before, Pipeline(neutral.params).render(frame, neutral.controls)), 1.01 / 255);  // rounding of the products
}

TEST(Render, EveryParameterChangesThePicture) {
  const RawFrame frame = make_frame(CfaPattern::kRggb, {131, 77});
  const Setting s = plain();
  const Image before = Pipeline(s.params).render(frame, s.controls);
  const auto changes = [&](auto&& change) {
    Setting other = s;
    change(other);
    return largest_difference(before, Pipeline(other.params).render(frame, other.controls)) > 2.0 / 255;
  };
  EXPECT_TRUE(changes([](Setting& o) { o.params.tone.exposure = 0.2f; }));
  EXPECT_TRUE(changes([](Setting& o) { o.params.tone.contrast = 1.7f; }));
  EXPECT_TRUE(changes([](Setting& o) { o.params.highlights.threshold = 0.6f; }));
  EXPECT_TRUE(changes([](Setting& o) { o.params.shading = {reference::make_mesh()}; }));
  EXPECT_TRUE(changes([](Setting& o) { o.params.output.color = ColorSpace::kCamera; }));
  EXPECT_TRUE(changes([](Setting& o) { o.params.output.encoding = Encoding::kLinear; }));
  EXPECT_TRUE(changes([](Setting& o) { o.params.corrections = {{5000, {1.8f, -0.6f, -0.2f, -0.2f, 1.5f, -0.3f, 0, -0.6f, 1.6f}}}; }));
  EXPECT_TRUE(changes([](Setting& o) { o.controls.colour_gains = {1.8f, 1, 1.45f}; }));
  EXPECT_TRUE(changes([](Setting& o) { o.controls.colour_temperature = 2856; }));
  EXPECT_TRUE(changes([](Setting& o) { o.controls.digital_gain = 0.5f; }));
}

TEST(Render, SameBytesForAnyNumberOfThreads) {
  const RawFrame frame = make_frame(CfaPattern::kBggr, {640, 480});
  Setting s = plain();
  for (float scale : {1.0f, 0.5f}) {
    s.params.output.scale = scale;
    s.params.threads = 1;
    const Image one = Pipeline(s.params).render(frame, s.controls);
    for (int threads : {1, 2, 3, 8, 100}) {
      s.params.threads = threads;
      EXPECT_TRUE(same_bytes(one, Pipeline(s.params).render(frame, s.controls))) << threads << " threads, scale " << scale;
    }
  }
}

TEST(Render, TargetsAgreeWithinOneCode) {
  const RawFrame frame = make_frame(CfaPattern::kRggb, {640, 480});
  const Setting s = plain();
  const Image baseline = Pipeline(s.params, CpuTarget::kBaseline).render(frame, s.controls);
  for (CpuTarget cpu : runnable_targets())
    EXPECT_LE(largest_difference(baseline, Pipeline(s.params, cpu).render(frame, s.controls)), 1.01 / 255);
  if (best_cpu_target() != CpuTarget::kAvx512) GTEST_SKIP() << "this machine has no AVX-512: its code was not run";
}

/// Both axes are smooth and say something else: greens differ by row, and light by less than a code along the row. Roots differ by a unit
/// between processors, gradients by up to three: the worst there is for a weight of both.
TEST(Render, TargetsAgreeWhereNothingHasADirection) {
  const RawFrame frame = frame_of(CfaPattern::kRggb, {640, 64}, [](int x, int s) {
    return (s == 1 ? 0.3f : s == 2 ? 0.34f : 0.2f) + static_cast<float>(x) * 1e-5f;
  });
  Setting s = plain();
  s.params.shading = {reference::make_mesh()};
  const Image baseline = Pipeline(s.params, CpuTarget::kBaseline).render(frame, s.controls);
  for (CpuTarget cpu : runnable_targets())
    EXPECT_LE(largest_difference(baseline, Pipeline(s.params, cpu).render(frame, s.controls)), 2.01 / 255) << name_of(cpu);
}

TEST(Render, ASecondFrameAllocatesNothing) {
  const RawFrame frame = make_frame(CfaPattern::kRggb, {640, 480});
  Setting s = plain();
  s.params.threads = 1;  // the order in which two threads meet the pool varies
  const Pipeline pipeline(s.params);
  const auto round = [&] {
    (void)pipeline.measure(frame);
    (void)pipeline.render(frame, s.controls);
  };
  round();
  const std::size_t before = pipeline.pool().system_allocations();
  for (int i = 0; i < 20; i++) round();
  EXPECT_EQ(pipeline.pool().system_allocations(), before);
}

TEST(Render, CropsToTheCamerasPictureWithTheSamePixels) {
  RawFrame frame = make_frame(CfaPattern::kGrbg, {131, 77});
  Setting s = plain();
  const Image whole = Pipeline(s.params).render(frame, s.controls);
  for (Rect crop : {Rect{0, 0, 131, 77}, Rect{1, 1, 100, 50}, Rect{2, 3, 65, 64}, Rect{130, 76, 1, 1}}) {
    frame.capture.crop = crop;
    s.params.output.whole_active_area = false;
    const Pipeline pipeline(s.params);
    const Image part = pipeline.render(frame, s.controls);
    ASSERT_EQ(part.size(), (Size{crop.width, crop.height}));
    EXPECT_EQ(pipeline.output_size(frame), part.size());
    for (int y = 0; y < crop.height; y++) {
      for (int i = 0; i < crop.width * 3; i++) ASSERT_EQ(part.row<std::uint8_t>(y)[i], whole.row<std::uint8_t>(y + crop.y)[i + crop.x * 3]);
    }
    s.params.output.whole_active_area = true;
    EXPECT_TRUE(same_bytes(whole, Pipeline(s.params).render(frame, s.controls)));
  }
}

TEST(Render, BandsAreThePicture) {
  RawFrame frame = make_frame(CfaPattern::kGrbg, {99, 700});
  const auto compare = [&](const Setting& s, int fewest, int most) {
    const Pipeline pipeline(s.params);
    const Image whole = pipeline.render(frame, s.controls);
    int bands = 0, rows = 0;
    pipeline.render_in_bands(frame, s.controls, [&](Image band) {
      bands++;
      ASSERT_EQ(band.width(), whole.width());
      ASSERT_EQ(band.type(), whole.type());
      ASSERT_LE(rows + band.height(), whole.height());
      const std::size_t bytes = static_cast<std::size_t>(band.width()) * 3 * sample_size(band.type());
      for (int y = 0; y < band.height(); y++) ASSERT_EQ(std::memcmp(band.row<char>(y), whole.row<char>(rows + y), bytes), 0) << rows + y;
      rows += band.height();
    });
    EXPECT_EQ(rows, pipeline.output_size(frame).height);
    EXPECT_GE(bands, fewest);
    EXPECT_LE(bands, most);
  };
  for (Rect crop : {Rect{0, 0, 99, 700}, Rect{1, 1, 80, 600}, Rect{3, 2, 33, 5}}) {
    frame.capture.crop = crop;
    const int fewest = crop.height > kBandRows ? 2 : 1;
    Setting s = plain();
    compare(s, fewest, 4);
    s.params.output.type = PixelType::kU16;
    compare(s, fewest, 4);
    s.params.output.encoding = Encoding::kLinear;
    compare(s, fewest, 4);
    s = plain();
    apply(Preset::kBalanced, s.params);
    compare(s, fewest, 4);
    s.params.sharpen.radius = 1;
    compare(s, fewest, 4);
    s.params.output.scale = 0.9f;
    compare(s, fewest, 4);
    s.params.output.orientation = Orientation::kRotated90;
    compare(s, 1, 1);
  }
  BufferPool pool;
  frame = packed(make_frame(CfaPattern::kRggb, {100, 700}), pool);
  Setting s = plain();
  compare(s, 2, 4);
  s.params.output.type = PixelType::kU16;
  s.params.output.encoding = Encoding::kLinear;
  compare(s, 2, 4);
  frame = make_frame(CfaPattern::kRgb, {99, 700});
  compare(plain(), 1, 1);
}

TEST(Render, WhatABandsTakerThrowsEndsThePicture) {
  const RawFrame frame = make_frame(CfaPattern::kRggb, {64, 600});
  int taken = 0;
  EXPECT_THROW(Pipeline({}).render_in_bands(frame, plain().controls,
                                            [&](const Image&) {
                                              taken++;
                                              throw Error("the disk is full");
                                            }),
               Error);
  EXPECT_EQ(taken, 1);
}

TEST(Render, EightOrientationsComeOutUpright) {
  const Size upright{48, 32};
  Setting s = plain();
  s.params.output.color = ColorSpace::kCamera;
  // A linear frame, so that no demosaic stands between a turned input and a turned output.
  const RawFrame picture = make_frame(CfaPattern::kRgb, upright);
  const Image expected = Pipeline(s.params).render(picture, s.controls);
  for (int code = 1; code <= 8; code++) {
    const auto orientation = static_cast<Orientation>(code);
    RawFrame stored = make_frame(CfaPattern::kRgb, swaps_axes(orientation) ? Size{32, 48} : upright, Content::kBlack);
    auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(stored.stride * stored.size().height));
    for (int y = 0; y < upright.height; y++) {
      for (int x = 0; x < upright.width; x++) {
        // EXIF 2.32, Orientation: what row 0 and column 0 of the stored picture are to a viewer.
        const int right = upright.width - 1 - x, bottom = upright.height - 1 - y;
        const int sx[9] = {0, x, right, right, x, y, y, bottom, bottom}, sy[9] = {0, y, y, bottom, bottom, x, right, right, x};
        for (int c = 0; c < 3; c++) {
          (*codes)[static_cast<std::size_t>(sy[code] * stored.stride + sx[code] * 3 + c)] = picture.data[y * picture.stride + x * 3 + c];
        }
      }
    }
    stored.data = codes->data();
    stored.lease = codes;
    stored.capture.orientation = orientation;
    EXPECT_TRUE(same_bytes(expected, Pipeline(s.params).render(stored, s.controls))) << "orientation " << code;
  }
}

TEST(Render, ResizingKeepsTheMeanAndTheShape) {
  RawFrame frame = make_frame(CfaPattern::kRggb, {128, 96});
  Setting s = plain();
  s.params.output.type = PixelType::kU16;
  s.params.output.encoding = Encoding::kLinear;
  s.params.output.color = ColorSpace::kCamera;
  s.controls.colour_gains = {0.7f, 0.7f, 0.7f};  // nothing clips
  const auto mean = [](const Image& image) {
    double sum = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int i = 0; i < image.width() * 3; i++) sum += value(image, i / 3, y, i % 3);
    }
    return sum / (image.width() * image.height() * 3.0);
  };
  const double whole = mean(Pipeline(s.params).render(frame, s.controls));
  for (float scale : {0.5f, 0.37f, 1.5f}) {
    s.params.output.scale = scale;
    const Image image = Pipeline(s.params).render(frame, s.controls);
    EXPECT_EQ(image.width(), std::lround(128 * scale));
    EXPECT_NEAR(mean(image), whole, 0.01 * whole);
  }
  s.params.output.fit = {40, 40};
  EXPECT_EQ(Pipeline(s.params).render(frame, s.controls).size(), (Size{40, 30}));
  frame.capture.orientation = Orientation::kRotated90;
  EXPECT_EQ(Pipeline(s.params).render(frame, s.controls).size(), (Size{30, 40}));
}

TEST(Render, SizesThatNoPictureCanHaveAreRefused) {
  Setting s = plain();
  RawFrame frame = make_frame(CfaPattern::kMonochrome, {1, 5000});
  s.params.output.scale = 16;
  EXPECT_THROW(Pipeline(s.params).output_size(frame), Error);
  EXPECT_THROW((void)Pipeline(s.params).render(frame, s.controls), Error);
  s.params.output.fit = {2'000'000'000, 2'000'000'000};  // the height would be 10^13
  frame.sensor.active = {1, 5};
  EXPECT_THROW(Pipeline(s.params).output_size(frame), Error);
  s.params.output.fit = {kMaxSide, kMaxSide};
  EXPECT_EQ(Pipeline(s.params).output_size(frame), (Size{kMaxSide / 5, kMaxSide}));
  frame.capture.crop = {2, 0, std::numeric_limits<int>::max(), 1};
  EXPECT_THROW(Pipeline(s.params).output_size(frame), Error);
}

TEST(Render, ResizingEqualsItsTwinOnEveryTarget) {
  for (CpuTarget cpu : runnable_targets()) {
    for (CfaPattern cfa : {CfaPattern::kGbrg, CfaPattern::kRgb, CfaPattern::kMonochrome}) {
      for (float scale : {0.5f, 0.31f, 1.4f}) {
        const RawFrame frame = make_frame(cfa, {67, 41});
        Setting s = plain();
        s.params.output.type = PixelType::kU16;
        s.params.output.scale = scale;
        const Image image = Pipeline(s.params, cpu).render(frame, s.controls);
        const ResampleWeights across = make_resample_weights(67, image.width()), down = make_resample_weights(41, image.height());
        const reference::Render twin(frame, expected_inputs(frame, s));
        for (int y = 0; y < image.height(); y += 3) {
          for (int x = 0; x < image.width(); x += 5) {
            reference::Rgb sum{};
            for (int j = 0; j < down.taps; j++) {
              for (int i = 0; i < across.taps; i++) {
                const double weight = double(down.weights[static_cast<std::size_t>(y * down.taps + j)]) *
                                      double(across.weights[static_cast<std::size_t>(x * across.taps + i)]);
                const auto light = twin.linear(std::clamp(across.start[static_cast<std::size_t>(x)] + i, 0, 66),
                                               std::clamp(down.start[static_cast<std::size_t>(y)] + j, 0, 40));
                for (std::size_t c = 0; c < 3; c++) sum[c] += weight * light[c];
              }
            }
            const auto rgb = twin.encode(sum);
            for (int c = 0; c < 3; c++) {
              ASSERT_NEAR(value(image, x, y, c), rgb[static_cast<std::size_t>(c)], kTolerance16)
                  << "pixel " << x << "," << y << " channel " << c << " cfa " << static_cast<int>(cfa) << " scale " << scale << " on "
                  << name_of(cpu);
            }
          }
        }
      }
    }
  }
}

TEST(Render, MeshesAreInterpolatedInReciprocalTemperature) {
  const RawFrame frame = make_frame(CfaPattern::kRggb, {64, 48});
  Setting s = plain();
  ShadingMesh warm = reference::make_mesh(2500), cold = reference::make_mesh(5000), between = reference::make_mesh(10'000.0f / 3);
  for (std::size_t i = 0; i < 12; i++) {
    cold.gains[0][i] += 0.4f;
    between.gains[0][i] += 0.2f;
  }
  s.params.output.color = ColorSpace::kCamera;  // whose matrix does not follow the cct
  s.controls.colour_temperature = 10'000.0f / 3;
  s.params.shading = {between};
  const Image expected = Pipeline(s.params).render(frame, s.controls);
  s.params.shading = {warm, cold};
  EXPECT_LE(largest_difference(expected, Pipeline(s.params).render(frame, s.controls)), 1.01 / 255);
}

TEST(Render, AGainMapIsAShadingMeshOfRedAndBlue) {
  const RawFrame frame = make_frame(CfaPattern::kGbrg, {130, 70});
  Setting s = plain(), mapped = plain();
  s.params.shading = {{5000, 3, 2, {{{1, 1.5f, 2, 1, 1.5f, 2}, {1, 1, 1, 1, 1, 1}, {2, 1.5f, 1, 2, 1.5f, 1}}}}};
  mapped.controls.gain_map = {3, 2, {{1, 2}, {1.5f, 1.5f}, {2, 1}, {1, 2}, {1.5f, 1.5f}, {2, 1}}};
  const Image without = Pipeline(mapped.params).render(frame, plain().controls);
  const Image expected = Pipeline(s.params).render(frame, s.controls), got = Pipeline(mapped.params).render(frame, mapped.controls);
  EXPECT_LE(largest_difference(expected, got), 1.01 / 255);
  EXPECT_GT(largest_difference(without, got), .1);
  // On a mesh of another grid the product is the mesh's and the map's.
  Setting both = mapped, product = s;
  both.params.shading = {{5000, 1, 1, {{{2}, {2}, {2}}}}};
  for (auto& channel : product.params.shading[0].gains) {
    for (float& gain : channel) gain *= 2;
  }
  EXPECT_LE(
      largest_difference(Pipeline(product.params).render(frame, product.controls), Pipeline(both.params).render(frame, both.controls)),
      1.01 / 255);
  for (const GainMap& wrong : {GainMap{2, 2, {{1, 1}}}, GainMap{1, 1, {{5, 1}}}, GainMap{1, 1, {{std::nanf(""), 1}}}, GainMap{-1, 2, {}}}) {
    Controls controls = plain().controls;
    controls.gain_map = wrong;
    EXPECT_THROW(Pipeline({}).render(frame, controls), Error);
  }
}

TEST(Render, RefusesWhatContradictsItself) {
  const Setting s = plain();
  const Pipeline pipeline(s.params);
  RawFrame frame = make_frame(CfaPattern::kRggb, {64, 48});
  Controls zero = s.controls;
  zero.colour_gains = {0, 1, 1};
  EXPECT_THROW(pipeline.render(frame, zero), Error);
  RawFrame thin = make_frame(CfaPattern::kRggb, {64, 48});
  thin.stride = 63;
  EXPECT_THROW(pipeline.render(thin, s.controls), Error);
  RawFrame unknown = make_frame(CfaPattern::kRggb, {64, 48});
  unknown.sensor.matrices.clear();
  EXPECT_THROW(pipeline.render(unknown, s.controls), Error);
  frame.capture.crop = {60, 0, 10, 10};
  EXPECT_THROW(pipeline.render(frame, s.controls), Error);
  PipelineParams bad;
  bad.tone.contrast = 9;
  EXPECT_THROW(Pipeline{bad}, Error);
  PipelineParams torn;
  torn.shading = {{5000, 4, 3, {}}};
  EXPECT_THROW(Pipeline{torn}, Error);
}

}  // namespace
}  // namespace argent
