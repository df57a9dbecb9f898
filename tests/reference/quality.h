// reference/quality.h - how good a demosaic is: mosaics of pictures that are known, and how close one comes to them.
//
// As the field measures on the Kodak pictures: linear light, thrown out of balance by an illuminant's gains, sampled in 16 bits, noise as a
// sensor's; compared as sRGB codes of 0..255 over all channels (CPSNR), 10 px of border left out.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "isp/frame.h"
#include "isp/image.h"
#include "isp/tone_curve.h"
#include "tests/reference/bilinear.h"
#include "tests/reference/mosaic.h"

namespace argent::reference {

/// `truth` is f32, linear; light above 1 is clipped. The gains give the balance back.
inline RawFrame mosaic_of(const Image& truth, CfaPattern cfa, const Vec3& gains, NoiseModel noise = {}) {
  RawFrame frame;
  frame.sensor.active = truth.size();
  frame.sensor.cfa = cfa;
  frame.sensor.white = {65535, 65535, 65535, 65535};
  frame.sensor.noise = noise;
  const int width = truth.width();
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(width) * static_cast<std::size_t>(truth.height()));
  std::mt19937 random(1);
  std::normal_distribution<double> gauss;
  for (int y = 0; y < truth.height(); y++) {
    for (int x = 0; x < width; x++) {
      const int c = color_at(frame.sensor, x, y);
      double level = std::clamp(double(truth.row<float>(y)[3 * x + c]), 0.0, 1.0) / double(gains[static_cast<std::size_t>(c)]);
      if (!(noise == NoiseModel{})) level += gauss(random) * std::sqrt(double(noise.shot) * level + double(noise.read));
      (*codes)[static_cast<std::size_t>(y * width + x)] = static_cast<std::uint16_t>(std::lround(65535 * std::clamp(level, 0.0, 1.0)));
    }
  }
  frame.data = codes->data();
  frame.stride = width;
  frame.lease = codes;
  return frame;
}

/// In dB; `light(x, y)` returns R, G, B of linear light.
template <class Light>
double cpsnr(const Image& truth, const Light& light) {
  constexpr int kBorder = 10;
  const auto code = [](double v) { return 255 * double(srgb_encode(static_cast<float>(std::clamp(v, 0.0, 1.0)))); };
  double sum = 0;
  long long count = 0;
  for (int y = kBorder; y < truth.height() - kBorder; y++) {
    for (int x = kBorder; x < truth.width() - kBorder; x++) {
      const std::array<double, 3> found = light(x, y);
      for (std::size_t c = 0; c < 3; c++, count++) {
        const double wrong = code(found[c]) - code(double(truth.row<float>(y)[3 * x + static_cast<int>(c)]));
        sum += wrong * wrong;
      }
    }
  }
  return 10 * std::log10(255.0 * 255.0 * double(count) / std::max(sum, 1e-9));
}

/// Of a rendered picture, linear in 16 bits.
inline double cpsnr(const Image& truth, const Image& image) {
  return cpsnr(truth, [&](int x, int y) {
    const std::uint16_t* pixel = image.row<std::uint16_t>(y) + static_cast<std::ptrdiff_t>(3) * x;
    return std::array{pixel[0] / 65535.0, pixel[1] / 65535.0, pixel[2] / 65535.0};
  });
}

/// Of the plainest demosaic.
inline double bilinear_cpsnr(const Image& truth, const RawFrame& frame, const Vec3& gains) {
  const int reach = frame.sensor.cfa == CfaPattern::kXTrans ? 3 : 2;
  const auto color = [&](int x, int y) { return channel_of(site_of(frame.sensor, x, y)); };
  const auto value = [&](int x, int y) {
    return light(frame, x, y, site_of(frame.sensor, x, y)) * double(gains[static_cast<std::size_t>(color(x, y))]);
  };
  return cpsnr(truth, [&](int x, int y) { return bilinear(value, color, {reach, 2, reach}, x, y); });
}

}  // namespace argent::reference
