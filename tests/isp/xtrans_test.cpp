// X-Trans mosaics from frame to picture. Twins: tests/reference/demosaic_xtrans.h, mosaic.h, render.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include "isp/io/exr_file.h"
#include "isp/packed_codes.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "tests/reference/frames.h"
#include "tests/reference/quality.h"
#include "tests/reference/render.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

using reference::Content;
using reference::runnable_targets;

std::filesystem::path data_folder() {
  const char* folder = std::getenv("ARGENT_DATA");
  return folder ? std::filesystem::path(folder) : std::filesystem::path(ARGENT_SOURCE_DIR) / "../shared/data";
}

RawFrame make_frame(CfaPhase phase, Size size, Content content = Content::kTexture) {
  RawFrame frame = reference::make_frame(CfaPattern::kXTrans, size, content);
  frame.sensor.cfa_phase = phase;
  frame.sensor.black[2] = frame.sensor.black[1];
  frame.sensor.white[2] = frame.sensor.white[1];
  return frame;
}

/// Linear light of the camera in 16 bits: what the demosaic makes, and nothing after it.
PipelineParams linear_params() {
  PipelineParams params;
  params.output.type = PixelType::kU16;
  params.output.encoding = Encoding::kLinear;
  params.output.color = ColorSpace::kCamera;
  return params;
}

Controls balanced(Vec3 gains = {2.1f, 1, 1.45f}) {
  Controls controls;
  controls.colour_gains = gains;
  controls.colour_temperature = 5000;
  return controls;
}

double value(const Image& image, int x, int y, std::size_t c) { return image.row<std::uint16_t>(y)[3 * x + static_cast<int>(c)] / 65535.0; }

/// sRGB with the default curve, or plain sensor light.
enum class Look { kDisplay, kLinear };

reference::RenderInputs expected_inputs(const RawFrame& frame, const PipelineParams& params, const Controls& controls, Look look) {
  reference::RenderInputs in;
  if (!params.shading.empty()) in.mesh = params.shading.front();
  in.gains = controls.colour_gains;
  if (look == Look::kLinear) {
    in.first = -1;
    in.encoding = Encoding::kLinear;
    return in;
  }
  const float smallest = *std::min_element(in.gains.begin(), in.gains.end());
  for (float& gain : in.gains) gain /= smallest;
  in.first = static_cast<int>(std::min_element(in.gains.begin(), in.gains.end()) - in.gains.begin());
  in.threshold = double(params.highlights.threshold);
  in.matrix = camera_to_srgb(frame.sensor.matrices, controls.colour_temperature).value();
  const float exposure = controls.digital_gain * std::exp2(params.tone.exposure);
  for (float& m : in.matrix) m *= exposure;
  in.tone = params.tone;
  Vec3 sorted = in.gains;
  std::sort(sorted.begin(), sorted.end());
  in.white = std::max(1.0, double(exposure) * double(sorted[1]));
  return in;
}

void expect_twin(const RawFrame& frame, PipelineParams params, const Controls& controls, Look look, CpuTarget cpu) {
  constexpr double kTolerance = 24.0 / 65535;  // pipeline_test.cpp's of 16 bits: the curve's table and f32
  params.output = look == Look::kLinear ? linear_params().output : OutputParams{};
  params.output.type = PixelType::kU16;
  const Image image = Pipeline(params, cpu).render(frame, controls);
  ASSERT_EQ(image.size(), frame.size());
  const reference::Render twin(frame, expected_inputs(frame, params, controls, look));
  for (int y = 0; y < image.height(); y++) {
    for (int x = 0; x < image.width(); x++) {
      const auto rgb = twin.pixel(x, y);
      for (std::size_t c = 0; c < 3; c++) {
        ASSERT_NEAR(value(image, x, y, c), rgb[c], kTolerance)
            << "pixel " << x << "," << y << " channel " << c << " of " << to_text(frame.size()) << " phase " << frame.sensor.cfa_phase.x
            << "," << frame.sensor.cfa_phase.y << " on " << name_of(cpu);
      }
    }
  }
}

TEST(XTrans, EqualsItsTwinInEverySizeFormAndTarget) {
  for (CpuTarget cpu : runnable_targets()) {
    for (Size size : {Size{1, 1}, Size{2, 2}, Size{3, 5}, Size{5, 3}, Size{17, 1}, Size{1, 17}, Size{67, 31}}) {
      for (const Look look : {Look::kDisplay, Look::kLinear}) expect_twin(make_frame({4, 1}, size), {}, balanced(), look, cpu);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(XTrans, EqualsItsTwinInEveryPhase) {
  for (int i = 0; i < 36; i++) {
    expect_twin(make_frame({i % 6, i / 6}, {15, 11}), {}, balanced(), Look::kDisplay, runnable_targets().back());
    if (HasFatalFailure()) return;
  }
}

TEST(XTrans, EqualsItsTwinWithShadingExposureAndLightsOfAnyColor) {
  PipelineParams params;
  params.shading = {reference::make_mesh()};
  for (const Vec3 gains : {Vec3{2.1f, 1, 1.45f}, Vec3{1, 1.3f, 2.6f}, Vec3{3, 1.2f, 1}, Vec3{1, 1, 1}}) {
    Controls controls = balanced(gains);
    controls.digital_gain = 1.7f;
    expect_twin(make_frame({2, 5}, {40, 26}), params, controls, Look::kDisplay, runnable_targets().back());
    if (HasFatalFailure()) return;
  }
}

TEST(XTrans, EqualsItsTwinAcrossStripsOfRows) {
  expect_twin(make_frame({5, 2}, {13, 110}), {}, balanced(), Look::kLinear, runnable_targets().back());
}

TEST(XTrans, FlatColorsStayFlatUpToTheBorders) {
  for (const CfaPhase phase : {CfaPhase{0, 0}, CfaPhase{1, 4}, CfaPhase{3, 2}}) {
    RawFrame frame = make_frame(phase, {37, 29});
    const std::array<double, 3> level{0.1, 0.5, 0.3};
    auto codes = std::make_shared<std::vector<std::uint16_t>>(37 * 29);
    for (int y = 0; y < 29; y++) {
      for (int x = 0; x < 37; x++) {
        const auto s = static_cast<std::size_t>(reference::site_of(frame.sensor, x, y));
        const double black = frame.sensor.black[s], white = frame.sensor.white[s];
        const auto c = static_cast<std::size_t>(color_at(frame.sensor, x, y));
        (*codes)[static_cast<std::size_t>(y * 37 + x)] = static_cast<std::uint16_t>(std::lround(black + (white - black) * level[c]));
      }
    }
    frame.data = codes->data();
    frame.stride = 37;
    frame.lease = codes;
    const Image image = Pipeline(linear_params()).render(frame, balanced({1, 1, 1}));
    for (int i = 0; i < 37 * 29; i++) {
      for (std::size_t c = 0; c < 3; c++) ASSERT_NEAR(value(image, i % 37, i / 37, c), level[c], 3e-4) << i % 37 << "," << i / 37;
    }
  }
}

TEST(XTrans, SaturationIsWhiteAndBlackIsBlack) {
  PipelineParams params;
  params.output.type = PixelType::kU16;
  const Pipeline pipeline(params);
  for (const Size size : {Size{3, 5}, Size{64, 48}}) {
    const Image white = pipeline.render(make_frame({1, 1}, size, Content::kSaturated), balanced());
    RawFrame dark = make_frame({1, 1}, size, Content::kBlack);
    dark.sensor.black = {100, 100, 100, 100};
    const Image black = pipeline.render(dark, balanced());
    for (int i = 0; i < size.width * size.height; i++) {
      for (std::size_t c = 0; c < 3; c++) {
        ASSERT_GT(value(white, i % size.width, i / size.width, c), 0.999);
        ASSERT_LT(value(black, i % size.width, i / size.width, c), 0.001);
      }
    }
  }
}

TEST(XTrans, ACropIsThatPartOfTheWhole) {
  RawFrame frame = make_frame({2, 3}, {70, 61});
  const Image whole = Pipeline(linear_params()).render(frame, balanced());
  for (int i = 0; i < 6; i++) {
    frame.capture.crop = {7 + i, 12 - i, 30, 25};
    const Image part = Pipeline(linear_params()).render(frame, balanced());
    ASSERT_EQ(part.size(), (Size{30, 25}));
    for (int y = 0; y < 25; y++) {
      for (int x = 0; x < 30; x++) {
        for (std::size_t c = 0; c < 3; c++) ASSERT_NEAR(value(part, x, y, c), value(whole, x + 7 + i, y + 12 - i, c), 2e-5);
      }
    }
  }
}

TEST(XTrans, PackedCodesAndThreadsAndMethodsMakeNoDifference) {
  const RawFrame frame = make_frame({3, 1}, {130, 120});
  BufferPool pool;
  const RawFrame tight = packed(frame, pool);
  ASSERT_TRUE(tight.packed);
  PipelineParams params = linear_params();
  const Image one = Pipeline(params).render(frame, balanced());
  EXPECT_TRUE(reference::same_bytes(one, Pipeline(params).render(tight, balanced())));
  params.threads = 1;
  EXPECT_TRUE(reference::same_bytes(one, Pipeline(params).render(frame, balanced())));
  params.demosaic.method = "best";
  EXPECT_TRUE(reference::same_bytes(one, Pipeline(params).render(frame, balanced())));
  const Statistics a = Pipeline({}).measure(frame), b = Pipeline({}).measure(tight);
  EXPECT_EQ(std::memcmp(a.zones.data(), b.zones.data(), sizeof(a.zones)), 0);
  EXPECT_EQ(a.luma, b.luma);
}

TEST(XTrans, GainsAndMatrixChangeThePicture) {
  const RawFrame frame = make_frame({0, 0}, {64, 48});
  const Image one = Pipeline({}).render(frame, balanced());
  EXPECT_FALSE(reference::same_bytes(one, Pipeline({}).render(frame, balanced({1.8f, 1, 1.6f}))));
  Controls warm = balanced();
  warm.colour_temperature = 3000;
  EXPECT_FALSE(reference::same_bytes(one, Pipeline({}).render(frame, warm)));
  PipelineParams params;
  params.shading = {reference::make_mesh()};
  EXPECT_FALSE(reference::same_bytes(one, Pipeline(params).render(frame, balanced())));
}

TEST(XTrans, ContradictionsAreErrors) {
  RawFrame frame = make_frame({0, 0}, {64, 48});
  frame.sensor.cfa_phase = {6, 0};
  EXPECT_THROW((void)Pipeline({}).render(frame, balanced()), Error);
  frame = make_frame({0, 0}, {64, 48});
  frame.sensor.white[2]++;
  EXPECT_THROW((void)Pipeline({}).measure(frame), Error);
}

// ---- quality --------------------------------------------------------------------------------------------------------------------

TEST(XTrans, IsFarBetterThanBilinear) {
  const std::filesystem::path path = data_folder() / "demosaic/lighthouse/Lighthouse.exr";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is absent";
  const Image truth = load_exr(path);
  const Vec3 gains{2, 1, 1.6f};
  const RawFrame frame = reference::mosaic_of(truth, CfaPattern::kXTrans, gains);
  const double own = reference::cpsnr(truth, Pipeline(linear_params()).render(frame, balanced(gains)));
  const double plain = reference::bilinear_cpsnr(truth, frame, gains);
  std::printf("lighthouse X-Trans CPSNR %.2f dB, bilinear %.2f dB\n", own, plain);
  EXPECT_GT(own, plain + 3);
  EXPECT_GT(own, 35);
}

}  // namespace
}  // namespace argent
