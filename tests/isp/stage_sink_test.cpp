// The stages that Pipeline::render shows: the same picture with and without, and each stage what it says it is.
#include "isp/stage_sink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "isp/kernel_inputs.h"
#include "isp/kernels.h"
#include "isp/mosaic_pass.h"
#include "isp/pipeline.h"
#include "isp/presets.h"
#include "isp/stage_planes.h"
#include "models/runtime/kernel_context.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

/// Keeps what it is shown.
class Kept : public StageSink {
 public:
  struct Values {
    StageDomain domain = StageDomain::kEncoded;
    std::string space;
    Size size;
    int channels = 0;
    std::vector<float> values;  ///< interleaved
    float at(int x, int y, int c) const { return values[static_cast<std::size_t>((y * size.width + x) * channels + c)]; }
  };

  void take(const StagePicture& picture) override {
    order.push_back(picture.stage);
    Values& kept = shown[picture.stage];
    kept = {picture.domain, std::string(picture.space), picture.size, picture.channels, {}};
    for (int y = 0; y < picture.size.height; y++) {
      for (int i = 0; i < picture.size.width * picture.channels; i++)
        kept.values.push_back(picture.value(i / picture.channels, y, i % picture.channels));
    }
  }

  void leave_out(RenderStage stage, std::string_view why) override {
    order.push_back(stage);
    left_out[stage] = why;
  }

  std::vector<RenderStage> order;
  std::map<RenderStage, Values> shown;
  std::map<RenderStage, std::string> left_out;
};

RawFrame frame_of(CfaPattern cfa, Size size) {
  RawFrame frame = reference::make_frame(cfa, size);
  if (cfa == CfaPattern::kXTrans) {
    frame.sensor.cfa_phase = {4, 1};
    frame.sensor.black[2] = frame.sensor.black[1];
    frame.sensor.white[2] = frame.sensor.white[1];
  }
  return frame;
}

std::vector<CfaPattern> patterns() {
  std::vector<CfaPattern> all(std::begin(reference::kAllPatterns), std::end(reference::kAllPatterns));
  all.push_back(CfaPattern::kXTrans);
  return all;
}

Controls balanced() {
  Controls controls;
  controls.colour_gains = {2, 1, 1.5f};
  controls.colour_temperature = 5000;
  return controls;
}

PipelineParams params_of(Preset preset) {
  PipelineParams params;
  apply(preset, params);
  params.output.type = PixelType::kU16;
  return params;
}

/// As a mosaic's pass sees it.
struct Passes {
  explicit Passes(const RawFrame& source, const PipelineParams& source_params)
      : frame(source), params(source_params), development(settle(frame, balanced(), params)) {}

  LinearPicture fused(CpuTarget cpu) {
    return mosaic_to_linear(kernels_for(cpu), context, frame, balanced(), params, development, whole());
  }
  LinearPicture stages() { return mosaic_stages(context, frame, balanced(), params, development, whole()); }
  Rect whole() const { return {0, 0, frame.size().width, frame.size().height}; }

  const RawFrame& frame;
  const PipelineParams& params;
  Development development;
  BufferPool pool;
  KernelContext context{pool, 2};
};

TEST(StageSink, TheKernelsThatStoreStagesEndAsTheFusedOnes) {
  for (const CfaPattern cfa : patterns()) {
    for (const Size size : reference::kOddSizes) {
      for (const Preset preset : {Preset::kLive, Preset::kBest}) {
        const RawFrame frame = frame_of(cfa, size);
        const PipelineParams params = params_of(preset);
        Passes passes(frame, params);
        const LinearPicture stored = passes.stages();
        for (const CpuTarget cpu : reference::runnable_targets()) {
          // The same expressions in the same order; other instruction sets fuse multiplications with additions.
          const float tolerance = cpu == CpuTarget::kBaseline ? 0 : 2e-5f;
          const LinearPicture fused = passes.fused(cpu);
          for (int c = 0; c < 3; c++) {
            for (int y = 0; y < size.height; y++) {
              for (int x = 0; x < size.width; x++) {
                ASSERT_NEAR(stored.pixels(x, y, kRepairedPlanes + c), fused.pixels(x, y, c), tolerance)
                    << x << "," << y << " channel " << c << " of " << to_text(size) << " cfa " << static_cast<int>(cfa) << " on "
                    << name_of(cpu);
              }
            }
          }
        }
      }
    }
  }
}

TEST(StageSink, ThePictureIsTheSameAndEachStageIsToldOnceInOrder) {
  for (const CfaPattern cfa : patterns()) {
    const RawFrame frame = frame_of(cfa, {67, 41});
    for (const Preset preset : {Preset::kLive, Preset::kBalanced, Preset::kBest}) {
      for (const PixelType type : {PixelType::kU8, PixelType::kU16, PixelType::kF32}) {
        PipelineParams params = params_of(preset);
        params.output.type = type;
        if (type == PixelType::kF32) params.output.encoding = Encoding::kLinear;
        params.output.orientation = Orientation::kRotated90;
        const Pipeline pipeline(params);
        Kept kept;
        EXPECT_TRUE(reference::same_bytes(pipeline.render(frame, balanced(), kept), pipeline.render(frame, balanced())));
        ASSERT_EQ(kept.order.size(), kRenderStageNames.size());
        for (std::size_t i = 0; i < kept.order.size(); i++) EXPECT_EQ(kept.order[i], static_cast<RenderStage>(i));
        for (const auto& [stage, why] : kept.left_out) EXPECT_FALSE(why.empty());
        EXPECT_EQ(kept.shown[RenderStage::kMosaic].size, (Size{67, 41}));
        EXPECT_EQ(kept.shown[RenderStage::kPicture].size, (Size{41, 67}));
      }
    }
  }
}

TEST(StageSink, CodesAreTheFramesAndBalancedLightIsTheFormula) {
  for (const CfaPattern cfa : patterns()) {
    const RawFrame frame = frame_of(cfa, {35, 22});
    Kept kept;
    Pipeline(params_of(Preset::kLive)).render(frame, balanced(), kept);
    const Kept::Values &codes = kept.shown.at(RenderStage::kMosaic), &light = kept.shown.at(RenderStage::kBalanced);
    EXPECT_EQ(codes.domain, StageDomain::kCodes);
    EXPECT_EQ(light.domain, StageDomain::kLinear);
    const Vec3 gains = cfa == CfaPattern::kMonochrome ? Vec3{1, 1, 1} : Vec3{2, 1, 1.5f};
    const float cap = cfa == CfaPattern::kMonochrome ? 9 : 1.5f;  // the middle saturation level; of one channel none
    for (int y = 0; y < 22; y++) {
      for (int i = 0; i < 35 * codes.channels; i++) {
        const int x = i / codes.channels, c = i % codes.channels;
        const float code = codes.at(x, y, c);
        ASSERT_EQ(code, static_cast<float>(frame.data[y * frame.stride + i]));
        const bool three = codes.channels == 3;
        const auto site = static_cast<std::size_t>(three ? (c == 2 ? 3 : c) : site_of(frame.sensor, x, y));
        const std::size_t color = site == 0 ? 0 : site == 3 ? 2 : 1;
        const float gain = cfa == CfaPattern::kMonochrome ? 1 : gains[color];
        const float expected = (code - frame.sensor.black[site]) / (frame.sensor.white[site] - frame.sensor.black[site]) * gain;
        ASSERT_NEAR(light.at(x, y, three ? c : 0), std::clamp(expected, 0.0f, cap), 2e-5f) << x << "," << y << " " << static_cast<int>(cfa);
      }
    }
  }
}

TEST(StageSink, WhatIsOffIsLeftOutAndWhatIsOnIsShown) {
  const RawFrame frame = frame_of(CfaPattern::kGrbg, {67, 41});
  Kept plain;
  PipelineParams params = params_of(Preset::kLive);
  params.defects.strength = 0;
  Pipeline(params).render(frame, balanced(), plain);
  for (const RenderStage stage :
       {RenderStage::kCorrected, RenderStage::kDefects, RenderStage::kDetail, RenderStage::kWarped, RenderStage::kResized,
        RenderStage::kLocalTone, RenderStage::kProfileTables, RenderStage::kBlackPoint, RenderStage::kUngraded}) {
    EXPECT_TRUE(plain.left_out.contains(stage)) << kRenderStageNames[static_cast<std::size_t>(stage)];
  }
  EXPECT_EQ(plain.left_out[RenderStage::kDefects], "defects.strength is 0");
  EXPECT_TRUE(plain.shown.contains(RenderStage::kHighlights)) << "the texture clips";

  params = params_of(Preset::kBest);
  params.tone.black = 5;
  params.geometry.ca_red = 1.01f;
  params.output.scale = 0.5f;
  params.green_balance.strength = 1;
  params.bad_pixels = {{0.5f, 0.5f}};
  Lut3d lut{2, {0, 0, 0}, {1, 1, 1}, std::vector<std::array<float, 3>>(8, {0.5f, 0.25f, 0.125f})};
  params.output.lut = std::make_shared<const Lut3d>(lut);
  // Dim: the darkest pixels lie above black.
  RawFrame dim = frame_of(CfaPattern::kGrbg, {67, 41});
  std::vector<std::uint16_t> codes(67 * 41);
  for (std::size_t i = 0; i < codes.size(); i++) codes[i] = static_cast<std::uint16_t>(140 + i % 67 * 40 + (i == 67 * 7 + 9 ? 2500 : 0));
  dim.data = codes.data();
  dim.stride = 67;
  Kept all;
  Pipeline(params).render(dim, balanced(), all);
  for (const RenderStage stage :
       {RenderStage::kCorrected, RenderStage::kDefects, RenderStage::kDetail, RenderStage::kWarped, RenderStage::kResized,
        RenderStage::kLocalTone, RenderStage::kColor, RenderStage::kBlackPoint, RenderStage::kUngraded, RenderStage::kPicture}) {
    EXPECT_TRUE(all.shown.contains(stage)) << kRenderStageNames[static_cast<std::size_t>(stage)] << ": " << all.left_out[stage];
  }
  EXPECT_EQ(all.shown[RenderStage::kResized].size, (Size{34, 21}));
  EXPECT_EQ(all.shown[RenderStage::kColor].space, "srgb");
  EXPECT_EQ(all.shown[RenderStage::kHighlights].space + all.shown[RenderStage::kDetail].space, "camera");
  EXPECT_NEAR(all.shown[RenderStage::kPicture].at(5, 5, 1), 0.25f, 1e-4f);
  const Kept::Values &color = all.shown[RenderStage::kColor], &cleared = all.shown[RenderStage::kBlackPoint];
  EXPECT_LT(*std::min_element(cleared.values.begin(), cleared.values.end()), *std::min_element(color.values.begin(), color.values.end()));
}

TEST(StageSink, LinearStagesLeadToThePicture) {
  // What kColor shows, clipped, is the linear picture.
  const RawFrame frame = frame_of(CfaPattern::kRggb, {67, 41});
  PipelineParams params = params_of(Preset::kBalanced);
  params.output.encoding = Encoding::kLinear;
  Kept kept;
  Pipeline(params).render(frame, balanced(), kept);
  const Kept::Values &color = kept.shown.at(RenderStage::kColor), &picture = kept.shown.at(RenderStage::kPicture);
  EXPECT_EQ(picture.domain, StageDomain::kLinear);
  for (std::size_t i = 0; i < color.values.size(); i++) ASSERT_NEAR(std::clamp(color.values[i], 0.0f, 1.0f), picture.values[i], 1e-4f) << i;
}

TEST(StageSink, ACorrectedFrameSaysSo) {
  const RawFrame frame = frame_of(CfaPattern::kRggb, {34, 20});
  PipelineParams params = params_of(Preset::kLive);
  params.green_balance.strength = 1;
  const Pipeline pipeline(params);
  Kept kept;
  pipeline.render(pipeline.correct(frame), balanced(), kept);
  EXPECT_EQ(kept.left_out[RenderStage::kCorrected], "the frame came corrected");
}

}  // namespace
}  // namespace argent
