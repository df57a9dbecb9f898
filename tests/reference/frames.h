// reference/frames.h - made-up frames for tests: deterministic, of any size and pattern.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "isp/frame.h"
#include "isp/pipeline_params.h"

namespace argent::reference {

enum class Content {
  kTexture,    ///< smooth waves with noise, from below black to above saturation
  kSaturated,  ///< every code at the largest
  kBlack,      ///< every code at black
};

inline constexpr CfaPattern kAllPatterns[] = {CfaPattern::kRggb, CfaPattern::kGrbg,       CfaPattern::kGbrg,
                                              CfaPattern::kBggr, CfaPattern::kMonochrome, CfaPattern::kRgb};
inline constexpr Size kOddSizes[] = {{1, 1}, {2, 2}, {3, 5}, {5, 3}, {17, 1}, {1, 17}, {64, 48}, {131, 77}};

inline RawFrame make_frame(CfaPattern cfa, Size size, Content content = Content::kTexture, std::uint32_t seed = 1) {
  RawFrame frame;
  frame.sensor.active = size;
  frame.sensor.cfa = cfa;
  frame.sensor.bits = 12;
  frame.sensor.black = {100, 101, 99, 102.5f};
  frame.sensor.white = {4000, 3990, 3995, 3980};
  const int step = samples_per_pixel(cfa);
  frame.stride = size.width * step + 3;  // padding must be honored
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(frame.stride * size.height), std::uint16_t{65535});
  std::mt19937 random(seed);
  for (int y = 0; y < size.height; y++) {
    for (int i = 0; i < size.width * step; i++) {
      const double x = double(i) / step;
      const double wave =
          0.45 + 0.4 * std::sin(0.31 * x + 0.07 * y) * std::cos(0.23 * y - 0.011 * x) + (static_cast<int>(x) / 24 % 2) * 0.3;
      const double noise = double(random() >> 16) / 65536 * 0.08 - 0.04;
      const int code = content == Content::kTexture     ? static_cast<int>(60 + (wave + noise) * 4000)
                       : content == Content::kSaturated ? 4095
                                                        : 100;
      (*codes)[static_cast<std::size_t>(y * frame.stride + i)] = static_cast<std::uint16_t>(std::clamp(code, 0, 4095));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  frame.sensor.matrices = {{2856, {1.0f, -0.3f, -0.1f, -0.5f, 1.3f, 0.2f, -0.1f, 0.3f, 0.6f}},
                           {6504, {0.6257f, -0.0303f, -0.1f, -0.788f, 1.5621f, 0.2396f, -0.1714f, 0.1904f, 0.7046f}}};
  frame.applied.settings.exposure = Microseconds(10'000);
  frame.applied.f_number = 4;
  return frame;
}

/// Light `level(x, y)` of saturation with shot and read noise, in 16 bits.
template <class Level>
RawFrame noisy_frame(CfaPattern cfa, Size size, const NoiseModel& noise, const Level& level) {
  constexpr float kBlack = 8192, kWhite = 65535;
  RawFrame frame;
  frame.sensor.active = size;
  frame.sensor.cfa = cfa;
  frame.sensor.noise = noise;
  frame.sensor.black.fill(kBlack);
  frame.sensor.white.fill(kWhite);
  const int step = samples_per_pixel(cfa);
  frame.stride = size.width * step;
  auto codes = std::make_shared<std::vector<std::uint16_t>>();
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  for (int y = 0; y < size.height; y++) {
    for (int i = 0; i < size.width * step; i++) {
      const float light = level(i / step, y), noisy = light + normal(random) * std::sqrt(noise.shot * light + noise.read);
      codes->push_back(static_cast<std::uint16_t>(std::clamp(kBlack + noisy * (kWhite - kBlack) + 0.5f, 0.0f, kWhite)));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  return frame;
}

inline RawFrame grey_frame(CfaPattern cfa, Size size, float level, const NoiseModel& noise) {
  return noisy_frame(cfa, size, noise, [=](int, int) { return level; });
}

/// Sixteen fields of rising brightness, up to 0.85.
inline RawFrame grey_steps(CfaPattern cfa, Size size, const NoiseModel& noise) {
  return noisy_frame(cfa, size, noise, [=](int x, int y) {
    const int field = x * 4 / size.width + 4 * (y * 4 / size.height);
    return 0.85f * static_cast<float>((field + 1) * (field + 1)) / 256;
  });
}

/// 4x3 nodes, another curve per channel.
inline ShadingMesh make_mesh(float cct = 5000) {
  ShadingMesh mesh{cct, 4, 3, {}};
  for (int c = 0; c < 3; c++) {
    for (int i = 0; i < 12; i++)
      mesh.gains[static_cast<std::size_t>(c)].push_back(1.0f + 0.05f * static_cast<float>(c) + 0.03f * static_cast<float>((i * 7) % 12));
  }
  return mesh;
}

}  // namespace argent::reference
