// whole_local_gain: gains of local_tone.h in 16 bits, for who has llvm_words.
//
// Domain: logarithms of scene light, kLogUnits a stop, u16 -> logarithms of gains, i16; within 0.2 % of local_tone.h's
// Shape:  pixel-wise, in vectors of kLookUpLanes
// Source: as local_tone.h. Own: the bits of a float are its logarithm, straight within an octave, and those of a logarithm its power; a
//         cubic takes the bend out (the least largest error: 0.0009 stops, and 0.0002)
#pragma once

#include <cmath>

#include "Halide.h"
#include "llvm_words.h"
#include "stages/fixed_point.h"
#include "stages/local_tone.h"

namespace argent::stages {

inline constexpr int kLogUnits = 2048;
inline constexpr int kMostOfRegions = 11, kMostOfDetail = 4;  ///< stops: of a region's gain, and what detail gets besides
static_assert((kMostOfRegions + kMostOfDetail) * kLogUnits <= 32767);

/// f (1 - f) (a - b f) of a fraction, u16 of 1 / 65,536, as are a and b.
inline Halide::Expr bend_of(Halide::Expr fraction, double a, double b) {
  using namespace Halide;
  const auto whole = [](double v) { return cast<std::uint16_t>(static_cast<int>(std::lround(v * 65536))); };
  Expr slope = b >= 0 ? whole(a) - share_of(fraction, whole(b)) : whole(a) + share_of(fraction, whole(-b));
  return share_of(share_of(fraction, ~fraction), slope);
}

/// kLogUnits (log2 of light - kDarkestLog), u16, within 2; what lies outside is at the ends. `light`: floats in FloatsBetween's order.
inline Halide::Expr log_word(Halide::Expr light) {
  using namespace Halide;
  static_assert(kLogUnits == 1 << 11 && (kBrightestLog - kDarkestLog) * kLogUnits == 65536);
  Expr place = llvm_words::together_saturated((reinterpret<std::int32_t>(light) >> 12) - ((127 + int(kDarkestLog)) << 11));
  return place + (bend_of(place << 5, 0.42286535, 0.15922015) >> 5);
}

/// 2^(log / kLogUnits), floats in FloatsBetween's order; log i16.
inline Halide::Expr power_of_word(Halide::Expr log) {
  using namespace Halide;
  Expr word = u16(log) + cast<std::uint16_t>(32768);  // 16 stops above the lowest
  word = word - (bend_of(word << 5, 0.30410988, -0.07924493) >> 5);
  return reinterpret<float>((cast<std::int32_t>(llvm_words::apart(word)) << 12) + ((127 - 16) << 23));
}

struct WholeGain {
  Halide::Func nodes{"nodes"};      ///< (X, Y): a << 16 | b; a 1 / 65,536, b a logarithm above kDarkestLog; base = a log + b
  Halide::Func wide{"wide_words"};  ///< (x, Y): a and b, u16, of rows of blocks, as wide as the picture
  Halide::Func tables{"tables"};    ///< (node, gain's and detail's nodes and steps): i16; gains kLogUnits a stop, detail Q15
  Halide::Func gain{"gain_words"};  ///< (x, y): i16, kLogUnits a stop
};

/// As regional_gain(), within 0.2 %. `log`: log_word() of scene light at (x, y).
inline WholeGain whole_gain(Halide::Expr log, Halide::Var x, Halide::Var y, const RegionalGainInputs& in) {
  using namespace Halide;
  Var k("k");
  const auto word = [](Expr v) { return rounded_word(clamp(v, 0.0f, 65535.0f)); };
  WholeGain out;
  const auto between = [](Expr a, Expr b, Expr share) { return share_of(a, cast<std::uint16_t>(65535) - share) + share_of(b, share); };
  {
    Expr a = in.coefficients(x, y, 0), b = in.coefficients(x, y, 1) + (a - 1.0f) * kDarkestLog;
    out.nodes(x, y) = cast<std::uint32_t>(word(a * 65535.0f)) << 16 | cast<std::uint32_t>(word(b * float(kLogUnits)));
    const auto [left, right, across] = between_blocks(x, in.columns - 1, in.block);
    Expr before = out.nodes(left, y), after = out.nodes(right, y), share = u16(cast<int>(across * 65535.0f));
    out.wide(x, y) = Tuple(between(u16(before >> 16), u16(after >> 16), share), between(u16(before), u16(after), share));
  }
  {
    Expr packed = in.words(x, k / 2), scale = select(k / 2 == 0, float(kLogUnits), 32768.0f);
    Expr most = select(k / 2 == 0, float(kMostOfRegions * kLogUnits), 32767.0f);
    Expr node = cast<float>(packed >> 16) * in.units(0, k / 2) + in.units(1, k / 2);
    Expr step = cast<float>(cast<std::int16_t>(packed)) * in.units(0, k / 2);
    out.tables(x, k) = i16(cast<int>(round(clamp(scale * select(k % 2 == 0, node, step), -most, most))));
  }
  const auto [above, below, down] = between_blocks(y, in.rows - 1, in.block);
  const Expr share = u16(cast<int>(down * 65535.0f));
  const auto of_row = [&](int which) { return between(out.wide(x, above)[which], out.wide(x, below)[which], share); };
  Expr own = of_row(1), base = min(share_of(log, of_row(0)), ~own) + own;  // no further than to the end
  Expr node = base >> 8, fraction = i16(base << 7 & cast<std::uint16_t>(0x7fff));
  const auto entry = [&](int which) {
    const auto look_up = [&](int half) {
      const auto quarter = [&](int i) {
        Expr lane = x % kLookUpLanes + 64 * i;
        return llvm_words::lookup64(node, u16(out.tables(lane, half)), u16(out.tables(lane + kLookUpLanes, half)));
      };
      static_assert(kLocalNodes == 4 * 64);
      return i16(select(node < 128, select(node < 64, quarter(0), quarter(1)), select(node < 192, quarter(2), quarter(3))));
    };
    return look_up(2 * which) + rounded_share_of(look_up(2 * which + 1), fraction);
  };
  Expr detail = rounded_share_of(entry(1), i16(log >> 1) - i16(base >> 1)) << 1;
  out.gain(x, y) = entry(0) + clamp(detail, i16(-kMostOfDetail * kLogUnits), i16(kMostOfDetail * kLogUnits));
  return out;
}

}  // namespace argent::stages
