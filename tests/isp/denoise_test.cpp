#include "isp/denoise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "isp/join.h"
#include "isp/noise_estimate.h"
#include "isp/pipeline.h"
#include "isp/presets.h"
#include "tests/reference/denoise.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

using reference::Planes3;
using reference::runnable_targets;

constexpr NoiseModel kNoise{2e-3f, 2e-5f};
constexpr Vec3 kGains{2, 1, 1.6f};

/// A picture of edges, color and noise; `noise` on top of light.
LinearPicture picture_of(BufferPool& pool, int width, int height, float noise) {
  LinearPicture picture = lease_linear(pool, width, height);
  std::mt19937 generator(7);
  std::normal_distribution<float> normal;
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      for (int c = 0; c < 3; c++) {
        const float light = 0.2f + (x + y > (width + height) / 2 ? 0.4f : 0) +
                            0.1f * std::sin(0.3f * static_cast<float>(x * (c + 1))) * std::sin(0.2f * static_cast<float>(y));
        picture.pixels(x, y, c) = light + noise * std::sqrt(0.002f * std::max(light, 0.0f) + 2e-5f) * normal(generator);
      }
    }
  }
  return picture;
}

Planes3 planes_of(const LinearPicture& picture) {
  const reference::Plane empty(picture.width(), picture.height());
  Planes3 planes{{empty, empty, empty}};
  for (int c = 0; c < 3; c++) {
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) planes.of[static_cast<std::size_t>(c)](x, y) = double(picture.pixels(x, y, c));
    }
  }
  return planes;
}

double largest_difference(const LinearPicture& picture, const Planes3& planes) {
  double most = 0;
  for (int c = 0; c < 3; c++) {
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++)
        most = std::max(most, std::abs(double(picture.pixels(x, y, c)) - planes.of[static_cast<std::size_t>(c)](x, y)));
    }
  }
  return most;
}

NoiseSpectrum some_spectrum() {
  NoiseSpectrum s;
  for (std::size_t i = 0; i < 64; i++) {
    s.luma[i] = 0.04f / (1 + 0.1f * static_cast<float>(i % 8 + i / 8));
    s.differences[0][i] = 0.02f / (1 + 0.3f * static_cast<float>(i % 8));
    s.differences[1][i] = 0.03f / (1 + 0.3f * static_cast<float>(i / 8));
  }
  s.luma_total = 0.035f;
  s.fine_differences = 0.004f;
  return s;
}

LinearPicture detailed(const Kernels& kernels, KernelContext& context, const LinearPicture& picture, const RootNoise& noise,
                       const NoiseSpectrum& spectrum, const PipelineParams& params) {
  return joined(kernels, context, denoised(kernels, context, opponents_of(kernels, context, picture, noise.lift), noise, spectrum, params));
}

TEST(Denoise, EqualsItsTwinInEverySizeStepAndTarget) {
  const NoiseSpectrum spectrum = some_spectrum();
  const RootNoise noise = root_noise(kNoise, kGains);
  for (CpuTarget cpu : runnable_targets()) {
    for (auto [width, height] : {std::pair(1, 1), std::pair(2, 3), std::pair(5, 2), std::pair(13, 9), std::pair(67, 41)}) {
      for (int step : {2, 4}) {
        PipelineParams params;
        params.denoise = {0.8f, 1.2f, step};
        params.sharpen = {0.7f, 0.8f};
        BufferPool pool;
        KernelContext context(pool, 2);
        const LinearPicture picture = picture_of(pool, width, height, 1);
        const auto planes = planes_of(picture);
        const LinearPicture got = detailed(kernels_for(cpu), context, picture, noise, spectrum, params);

        reference::DenoiseTwin twin;
        twin.noise = {double(noise.shot), double(noise.read), double(noise.lift), double(RootNoise::kReference)};
        twin.step = step;
        twin.luma = twin.chroma = true;
        for (std::size_t i = 1; i < 64; i++) {
          twin.luma_thresholds[i] = 0.8f * 2.5f * spectrum.luma[i];
          for (std::size_t k = 0; k < 2; k++) twin.chroma_thresholds[k][i] = 1.2f * 2.5f * spectrum.differences[k][i];
        }
        twin.fine = 4 * double(spectrum.fine_differences);
        twin.sharpening = {0.7, double(0.8f), double(spectrum.luma_total) * (1 - 0.7 * double(0.8f))};
        // A unit of roots is 1 / 21,840, of the light here up to 9e-5, and three opponents are rounded three times.
        EXPECT_LT(largest_difference(got, twin(planes)), 3e-4) << name_of(cpu) << " " << width << "x" << height << " step " << step;
      }
    }
  }
}

TEST(Denoise, WithoutStrengthItGivesThePictureBack) {
  BufferPool pool;
  KernelContext context(pool, 2);
  const LinearPicture picture = picture_of(pool, 67, 41, 1);
  const auto planes = planes_of(picture);
  const LinearPicture got =
      detailed(kernels_for(best_cpu_target()), context, picture, root_noise(kNoise, kGains), some_spectrum(), PipelineParams{});
  EXPECT_LT(largest_difference(got, planes), 1e-4);  // of 16 bits
}

TEST(Denoise, StrengthOneLeavesAQuarterOfWhatTheModelSaysIsNoise) {
  // A grey frame through the whole pipeline; the spectrum is measured there.
  for (CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kBggr, CfaPattern::kMonochrome, CfaPattern::kRgb}) {
    std::vector<double> deviations;
    for (float strength : {0.0f, 1.0f}) {
      RawFrame frame = reference::grey_frame(cfa, {256, 192}, 0.2f, kNoise);
      PipelineParams params;
      params.output.type = PixelType::kU16;
      params.output.encoding = Encoding::kLinear;
      params.output.color = ColorSpace::kCamera;
      params.denoise = {strength, strength, 2};
      const Image image = Pipeline(params).render(frame, {});
      double sum = 0, power = 0;
      const int n = 200 * 140 * 3;
      for (int y = 20; y < 160; y++) {
        for (int i = 20 * 3; i < 220 * 3; i++) {
          const double v = image.row<std::uint16_t>(y)[i] / 65535.0;
          sum += v;
          power += v * v;
        }
      }
      deviations.push_back(std::sqrt(power / n - sum / n * sum / n));
    }
    EXPECT_LT(deviations[1], 0.25 * deviations[0]) << static_cast<int>(cfa);
  }
}

/// Of 8 bits the kernel that puts opponents together makes the picture, in whole numbers where there is AVX-512; others follow it.
TEST(Denoise, EightBitsAreTheSamePictureOnEveryTarget) {
  for (const CfaPattern cfa : {CfaPattern::kGrbg, CfaPattern::kXTrans, CfaPattern::kMonochrome, CfaPattern::kRgb}) {
    for (const Size size : {Size{901, 203}, Size{131, 77}, Size{33, 9}, Size{5, 4}, Size{2, 1}, Size{1, 1}}) {
      RawFrame frame = reference::make_frame(cfa, size);
      frame.sensor.black.fill(frame.sensor.black[0]);  // one level: an X-Trans mosaic has no others
      frame.sensor.white.fill(frame.sensor.white[0]);
      PipelineParams params;
      apply(Preset::kBalanced, params);
      params.tone.local = 1;
      params.output.type = PixelType::kU16;
      const Image fine = Pipeline(params, CpuTarget::kBaseline).render(frame, {});
      params.output.type = PixelType::kU8;
      for (const CpuTarget cpu : runnable_targets()) {
        const Image image = Pipeline(params, cpu).render(frame, {});
        const auto [worst, next_code] = reference::beside_sixteen_bits(image, fine, 257);
        const auto where = to_text(size) + " cfa " + std::to_string(static_cast<int>(cfa)) + " on " + std::string(name_of(cpu));
        EXPECT_LT(worst, 2 * 257) << where;
        EXPECT_LE(next_code, size.width * size.height * 3 / 50) << where;
      }
    }
  }
}

TEST(Denoise, GoesWithAFlatFieldAndAShadingMesh) {
  const RawFrame frame = reference::grey_frame(CfaPattern::kRggb, {96, 64}, 0.2f, kNoise);
  PipelineParams params;
  params.output.color = ColorSpace::kCamera;
  params.denoise = {1, 1, 4};
  const Image plain = Pipeline(params).render(frame, {});
  params.flat = std::make_shared<FlatField>(FlatField{frame.size(), {}});  // of ones: for the frame's size alone
  params.shading = {ShadingMesh{}};
  EXPECT_TRUE(reference::same_bytes(plain, Pipeline(params).render(frame, {})));
}

TEST(Denoise, SharpeningHasNoHaloAtAnEdge) {
  BufferPool pool;
  KernelContext context(pool, 1);
  LinearPicture picture = lease_linear(pool, 64, 32);
  for (int y = 0; y < 32; y++) {
    for (int x = 0; x < 64; x++) {
      // An edge that a lens has blurred: an error function of 0.8 pixels.
      const double t = 0.5 * std::erfc(-(x - 31.5) / (0.8 * std::sqrt(2.0)));
      for (int c = 0; c < 3; c++) picture.pixels(x, y, c) = static_cast<float>(std::pow(0.2 + 0.6 * t, 2));
    }
  }
  PipelineParams params;
  params.sharpen = {1, 0.8f};
  const LinearPicture sharp = detailed(kernels_for(best_cpu_target()), context, picture, {}, {}, params);
  double low = 1, high = 0, rise = 0, before = 0;
  for (int x = 1; x < 63; x++) {
    const double root = std::sqrt(double(sharp.pixels(x, 16, 1)));
    low = std::min(low, root);
    high = std::max(high, root);
    rise = std::max(rise, root - std::sqrt(double(sharp.pixels(x - 1, 16, 1))));
    before = std::max(before, std::sqrt(double(picture.pixels(x, 16, 1))) - std::sqrt(double(picture.pixels(x - 1, 16, 1))));
  }
  EXPECT_GT(low, 0.2 - 0.02 * 0.6);
  EXPECT_LT(high, 0.8 + 0.02 * 0.6);
  EXPECT_GT(rise, 1.15 * before);
}

TEST(Denoise, EveryParameterChangesThePicture) {
  const RawFrame frame = reference::grey_frame(CfaPattern::kRggb, {96, 64}, 0.2f, kNoise);
  const auto bytes = [&](const std::string& set) {
    PipelineParams params;
    params.output.color = ColorSpace::kCamera;
    params.denoise = {0.5f, 0.5f, 4};
    params.sharpen = {0.3f, 0.6f};
    assign(fields_of(params), set, "test");
    return Pipeline(params).render(frame, {});
  };
  const Image plain = bytes("denoise.step=4");
  for (const char* set : {"denoise.luma=0.9", "denoise.chroma=0.9", "denoise.step=2", "sharpen.amount=1", "sharpen.radius=1"})
    EXPECT_FALSE(reference::same_bytes(plain, bytes(set))) << set;
}

TEST(Denoise, ANoiseModelIsEstimatedFromTheFrame) {
  BufferPool pool;
  for (CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGbrg, CfaPattern::kMonochrome, CfaPattern::kRgb}) {
    const RawFrame frame = reference::grey_steps(cfa, {512, 512}, kNoise);
    const NoiseModel got = estimate_noise(frame, pool);
    EXPECT_NEAR(got.shot / kNoise.shot, 1, 0.25) << static_cast<int>(cfa);
    EXPECT_NEAR((got.shot * 0.2f + got.read) / (kNoise.shot * 0.2f + kNoise.read), 1, 0.15) << static_cast<int>(cfa);
  }
  RawFrame clipped = reference::grey_frame(CfaPattern::kRggb, {64, 64}, 1.5f, {});
  EXPECT_EQ(estimate_noise(clipped, pool), NoiseModel{});
}

}  // namespace
}  // namespace argent
