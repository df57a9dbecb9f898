#include "aaa/illuminants/across_curve.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr float kAcrossSigma = 0.03f;  // log units off the curve: tint of lamps, variation between units of a sensor
constexpr float kAcrossNoise = 0.04f;  // log units: what a robust mean across is wrong by
constexpr float kAcrossReach = 0.12f;  // log units: zones this near to the light's color may be white
constexpr float kAcrossLimit = 0.1f;   // log units: farther is a wrong answer, not a tint

struct Frame {
  std::array<float, 2> at{};       ///< (u, v) of the curve
  std::array<float, 2> tangent{};  ///< length 1, towards more mired
  float speed = 0;                 ///< log units per mired
};

Frame frame_at(std::span<const CurveCandidate> curve, float mired) {
  std::size_t i = 1;
  while (i + 1 < curve.size() && curve[i].mired < mired) i++;
  const CurveCandidate &a = curve[i - 1], &b = curve[i];
  const float step = b.mired - a.mired;
  const float t = step > 0 ? std::clamp((mired - a.mired) / step, 0.0f, 1.0f) : 0;
  Frame frame{{std::lerp(a.u, b.u, t), std::lerp(a.v, b.v, t)}, {0.70710678f, -0.70710678f}, 0};
  const float length = std::hypot(b.u - a.u, b.v - a.v);
  if (step > 0 && length > 0) {
    frame.tangent = {(b.u - a.u) / length, (b.v - a.v) / length};
    frame.speed = length / step;
  }
  return frame;
}

/// Robust mean, across the curve, of the zones near the light's color, shrunk towards the curve.
float offset_across(const ZoneColors& zones, const ZoneLooks& looks, const Frame& frame) {
  float across = 0, variance = 1e9f;
  for (int pass = 0; pass < 4; pass++) {
    float sum = 0, moment = 0, squares = 0;
    for (std::size_t i = 0; i < zones.used.size(); i++) {
      const float du = zones.used[i].u - frame.at[0], dv = zones.used[i].v - frame.at[1];
      const float along = du * frame.tangent[0] + dv * frame.tangent[1], n = dv * frame.tangent[0] - du * frame.tangent[1];
      const float d2 = (along * along + (n - across) * (n - across)) / (kAcrossReach * kAcrossReach);
      if (d2 >= 1) continue;
      const float w = looks.greyness[i] * looks.brightness[i] * (1 - d2) * (1 - d2);
      sum += w;
      moment += w * n;
      squares += w * w;
    }
    if (!(sum > 0) || !(squares > 0)) return 0;
    const float zones_heard = sum * sum / squares;
    variance = kAcrossNoise * kAcrossNoise * (1 + 16 / zones_heard);
    across = moment / sum * kAcrossSigma * kAcrossSigma / (kAcrossSigma * kAcrossSigma + variance);
  }
  return std::clamp(across, -kAcrossLimit, kAcrossLimit);
}

}  // namespace

Illuminant light_near(std::span<const CurveCandidate> curve, const MiredBelief& belief, const ZoneColors& zones, const ZoneLooks& looks) {
  const Frame frame = frame_at(curve, belief.median);
  const float across = offset_across(zones, looks, frame);
  const auto& [tu, tv] = frame.tangent;
  const float along = belief.sigma * frame.speed * belief.sigma * frame.speed, off = kAcrossSigma * kAcrossSigma;
  Illuminant light;
  light.mean = {frame.at[0] - tv * across, frame.at[1] + tu * across};
  light.covariance = {tu * tu * along + tv * tv * off, tu * tv * (along - off), tv * tv * along + tu * tu * off};
  return light;
}

}  // namespace argent
