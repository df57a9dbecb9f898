// reference/finish.h - slow twin of the last pass: the stages of halide_gen/finish_generator.cpp in the same order, in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

#include "isp/color_space.h"
#include "isp/tone_curve.h"
#include "tests/reference/hue_sat_map.h"
#include "tests/reference/lut3d.h"

namespace argent::reference {

struct FinishInputs {
  Mat3 to_srgb = kIdentity3;  ///< of balanced camera color, linear, without the exposure
  double exposure = 1, white = 1;
  double black = 0;  ///< luminance that comes out black
  ToneParams tone;
  ColorSpace color = ColorSpace::kSrgb;
  bool linear = false;                  ///< no curve, no transfer function
  const DngProfile* profile = nullptr;  ///< whose tables and curve are applied
  HueSatTable hue_sat;                  ///< at the light
  const Lut3d* lut = nullptr;
};

inline Rgb times(const Mat3& m, const Rgb& v) {
  Rgb out{};
  for (std::size_t i = 0; i < 9; i++) out[i / 3] += double(m[i]) * v[i % 3];
  return out;
}

/// A cubic spline with no bend at its ends, solved by relaxation until nothing moves: nothing of the fast one's elimination.
inline double spline(const std::vector<std::array<float, 2>>& p, double x) {
  std::vector<double> bend(p.size());
  for (int pass = 0; pass < 2000; pass++) {
    for (std::size_t i = 1; i + 1 < p.size(); i++) {
      const double h = p[i][0] - p[i - 1][0], k = p[i + 1][0] - p[i][0];
      bend[i] = (6 * ((p[i + 1][1] - p[i][1]) / k - (p[i][1] - p[i - 1][1]) / h) - h * bend[i - 1] - k * bend[i + 1]) / (2 * (h + k));
    }
  }
  std::size_t i = 1;
  while (i + 1 < p.size() && x > p[i][0]) i++;
  const double w = p[i][0] - p[i - 1][0], a = (p[i][0] - x) / w, b = 1 - a;
  return std::clamp(a * p[i - 1][1] + b * p[i][1] + ((a * a * a - a) * bend[i - 1] + (b * b * b - b) * bend[i]) * w * w / 6, 0.0, 1.0);
}

/// Of linear sRGB's primaries, or of ProPhoto's.
inline double luminance_of(const Rgb& light, bool pro_photo) {
  const Rgb srgb = pro_photo ? times(pro_photo_to_srgb(), light) : light;
  return 0.2126 * srgb[0] + 0.7152 * srgb[1] + 0.0722 * srgb[2];
}

/// With t above black and a knee of half of it: t^2 / (t + knee), as much brighter as white needs.
inline Rgb without_haze(Rgb light, double black, bool pro_photo) {
  const auto cleared = [&](double y) {
    const double t = y - black;
    return t > 0 ? t * t / (t + black / 2) : 0;
  };
  const double y = luminance_of(light, pro_photo), gain = black <= 0 ? 1 : y <= black ? 0 : cleared(y) / y / cleared(1);
  for (double& v : light) v *= gain;
  return light;
}

/// Linear light as the curve takes it, but for the black point.
inline Rgb scene_light(const Rgb& camera, const FinishInputs& in) {
  const bool own_curve = in.profile != nullptr && !in.profile->tone_curve.empty() && !in.linear;
  Rgb light = times(in.to_srgb, camera);
  const auto exposed = [&] {
    for (double& v : light) v *= in.exposure;
  };
  if (in.profile != nullptr) {
    light = hue_sat_map(times(srgb_to_pro_photo(), light), in.hue_sat, in.profile->hue_sat_encoding);
    exposed();
    if (!in.linear) light = hue_sat_map(light, in.profile->look, in.profile->look_encoding);
    if (!own_curve) light = times(pro_photo_to_srgb(), light);
  } else {
    exposed();
  }
  return light;
}

/// Codes, full scale 1, not rounded.
inline Rgb finish(const Rgb& camera, const FinishInputs& in) {
  const bool own_curve = in.profile != nullptr && !in.profile->tone_curve.empty() && !in.linear;
  const bool pq = in.color == ColorSpace::kRec2100Pq;
  const double peak = pq ? std::clamp(in.white, 1.0, kPqPeak / kPqWhite) : 1;
  const Rgb light = without_haze(scene_light(camera, in), in.black, own_curve);
  const auto odd = [](double v, const std::function<double(double)>& f) { return v < 0 ? -f(-v) : f(v); };
  const auto curve = [&](double v) {
    if (in.linear) return odd(v, [](double x) { return std::min(x, 1.0); });
    if (own_curve) return odd(v, [&](double x) { return spline(in.profile->tone_curve, std::min(x, 1.0)); });
    const double white = std::max(in.white, 1.0);
    return odd(v, [&](double x) { return tone_map(in.tone, std::min(x, white), white, peak); });
  };
  Rgb display{};
  if (own_curve) {
    const double low = std::min({light[0], light[1], light[2]}), high = std::max({light[0], light[1], light[2]});
    for (std::size_t i = 0; i < 3; i++) {
      const double part = high > low ? (light[i] - low) / (high - low) : 0;
      display[i] = curve(low) + part * (curve(high) - curve(low));
    }
    display = times(pro_photo_to_srgb(), display);
  } else {
    for (std::size_t i = 0; i < 3; i++) display[i] = curve(light[i]);
  }
  display = times(srgb_to(in.color), display);
  Rgb out{};
  for (std::size_t i = 0; i < 3; i++) {
    const double v = std::clamp(display[i] * (pq ? kPqWhite / kPqPeak : 1), 0.0, 1.0);
    out[i] = in.linear ? v : encoded(in.color, v);
  }
  if (in.lut != nullptr) {
    out = lut3d(out, *in.lut);
    for (double& v : out) v = std::clamp(v, 0.0, 1.0);
  }
  return out;
}

}  // namespace argent::reference
