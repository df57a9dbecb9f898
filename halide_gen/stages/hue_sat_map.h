// hue_sat_map: turn hue, and scale saturation and value, by a table over all three.
//
// Domain: linear RGB of ProPhoto's primaries, any range -> the same. Colors outside the table's cube (saturation or value above 1, which
//         negative components and highlights have) take what its border says and stay outside; black and what has no positive component
//         stay as they are
// Shape:  pixel-wise; table (hue shift in sixths of the circle / saturation scale / value scale, saturation, hue, value)
// Source: DNG 1.7.1.0, chapter 6, "Hue/Saturation/Value Mapping Table"; HSV of Smith 1978. Trilinear. A table with sRGB's encoding (tags
//         ProfileHueSatMapEncoding, ProfileLookTableEncoding) is looked up, and scales, in encoded value
#pragma once

#include "Halide.h"
#include "stages/highlights.h"

namespace argent::stages {

/// How a table is read: kMapNone changes nothing, bit by bit.
enum { kMapNone = 0, kMapLinear = 1, kMapSrgb = 2 };

/// IEC 61966-2-1, going on above 1; 0 for what is negative.
inline Halide::Expr srgb_encoded(Halide::Expr light) {
  using namespace Halide;
  return select(light <= 0.0031308f, 12.92f * max(light, 0.0f), 1.055f * pow(max(light, 1e-6f), 1 / 2.4f) - 0.055f);
}
inline Halide::Expr srgb_decoded(Halide::Expr code) {
  using namespace Halide;
  return select(code <= 0.04045f, code / 12.92f, pow((max(code, 0.0f) + 0.055f) / 1.055f, 2.4f));
}

struct Hsv {
  Halide::Expr hue, saturation, value;  ///< hue in sixths of the circle, 0..6
};

inline Hsv hsv_of(const Rgb& v) {
  using namespace Halide;
  Expr high = max(v[0], max(v[1], v[2])), low = min(v[0], min(v[1], v[2]));
  Expr chroma = high - low, scale = select(chroma > 0.0f, 1.0f / chroma, 0.0f);
  Expr hue = select(high == v[0], (v[1] - v[2]) * scale, high == v[1], 2.0f + (v[2] - v[0]) * scale, 4.0f + (v[0] - v[1]) * scale);
  return {select(chroma > 0.0f, select(hue < 0.0f, hue + 6.0f, hue), 0.0f), select(high > 0.0f, chroma / max(high, 1e-30f), 0.0f), high};
}

/// Component n of (5, 3, 1): value (1 - saturation clamp(min(k, 4 - k), 0, 1)), k = n + hue on the circle of 6.
inline Rgb rgb_of(const Hsv& v) {
  using namespace Halide;
  Rgb out;
  for (int i = 0; i < 3; i++) {
    Expr turned = v.hue + float(5 - 2 * i), k = turned - 6.0f * floor(turned / 6.0f);
    out[i] = v.value - v.value * v.saturation * clamp(min(k, 4.0f - k), 0.0f, 1.0f);
  }
  return out;
}

/// `saturations`, `hues` and `values` are extents of the table; the hue after the last is there once more as its first, and each is at
/// least 2. `kind` is one of the above.
inline Rgb hue_sat_map(const Rgb& in, Halide::Func table, Halide::Expr saturations, Halide::Expr hues, Halide::Expr values,
                       Halide::Expr kind) {
  using namespace Halide;
  const Hsv v = hsv_of(in);
  Expr level = select(kind == kMapSrgb, srgb_encoded(v.value), v.value);
  const auto node_of = [](Expr at, Expr extent) { return clamp(cast<int>(at), 0, extent - 2); };
  Expr s = min(v.saturation, 1.0f) * cast<float>(saturations - 1), s0 = node_of(s, saturations);
  Expr h = v.hue * (cast<float>(hues - 1) / 6.0f), h0 = node_of(h, hues);
  Expr l = clamp(level, 0.0f, 1.0f) * cast<float>(values - 1), l0 = node_of(l, values);
  Expr fs = s - cast<float>(s0), fh = h - cast<float>(h0), fl = l - cast<float>(l0);
  const auto at = [&](int component) {
    const auto along_s = [&](Expr hue, Expr value) {
      return lerp(table(component, s0, hue, value), table(component, s0 + 1, hue, value), fs);
    };
    const auto along_h = [&](Expr value) { return lerp(along_s(h0, value), along_s(h0 + 1, value), fh); };
    return lerp(along_h(l0), along_h(l0 + 1), fl);
  };
  Expr scaled = level * at(2);
  const Rgb mapped =
      rgb_of({v.hue + at(0), min(v.saturation * at(1), max(v.saturation, 1.0f)), select(kind == kMapSrgb, srgb_decoded(scaled), scaled)});
  Rgb out;
  for (int i = 0; i < 3; i++) out[i] = select(kind == kMapNone || v.value <= 0.0f, in[i], mapped[i]);
  return out;
}

}  // namespace argent::stages
