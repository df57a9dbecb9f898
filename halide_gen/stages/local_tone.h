// local_tone: make a scene of many stops fit the curve: brightness of regions is compressed, what is finer keeps its contrast.
//
// Domain: log2 of scene light, middle grey at log2(0.18) -> gains, log2
// Shape:  log (X, Y) of blocks -> coefficients (X, Y, a and b): the region's brightness of a pixel is a log + b
// Source: He, Sun and Tang 2010, "Guided Image Filtering", eq. 5, 6, 8 (the picture guides itself), by blocks as in He and Sun 2015, "Fast
//         Guided Filter"; base and detail as in Durand and Dorsey 2002. Own: a = q^2 / (q^2 + 1), q = local variance over the
//         parameter, instead of q / (q + 1), which leaves a halo of 8 % at a step of 4 stops
#pragma once

#include "Halide.h"
#include "stages/binary_log.h"
#include "stages/highlights.h"

namespace argent::stages {

inline constexpr float kDarkestLog = -20, kBrightestLog = 12;  ///< of log2 light; the table of gains lies between
inline constexpr int kLocalNodes = 256;

inline Halide::Expr log2_of(Halide::Expr light) { return Halide::clamp(binary_log(Halide::max(light, 1e-7f)), kDarkestLog, kBrightestLog); }

struct GuidedFilter {
  Halide::Func across{"sums_across"}, means{"means"}, own{"own"}, own_across{"own_across"}, coefficients{"coefficients"};
};

/// Means over (2 radius + 1)^2 blocks, by sums along rows and then columns. `log` may be read anywhere.
inline GuidedFilter guided_filter(Halide::Func log, Halide::Expr radius, Halide::Expr variance) {
  using namespace Halide;
  Var x("x"), y("y"), k("k");
  RDom r(-radius, 2 * radius + 1);
  Expr share = 1.0f / cast<float>(2 * radius + 1);
  GuidedFilter f;
  f.across(x, y) = Tuple(0.0f, 0.0f);
  f.across(x, y) = Tuple(f.across(x, y)[0] + log(x + r, y), f.across(x, y)[1] + log(x + r, y) * log(x + r, y));
  f.means(x, y) = Tuple(0.0f, 0.0f);
  f.means(x, y) = Tuple(f.means(x, y)[0] + f.across(x, y + r)[0] * share * share, f.means(x, y)[1] + f.across(x, y + r)[1] * share * share);
  Expr mean = f.means(x, y)[0], spread = max(f.means(x, y)[1] - mean * mean, 0.0f), ratio = spread / variance,
       a = ratio * ratio / (ratio * ratio + 1.0f);
  f.own(x, y) = Tuple(a, mean - a * mean);
  f.own_across(x, y) = Tuple(0.0f, 0.0f);
  f.own_across(x, y) = Tuple(f.own_across(x, y)[0] + f.own(x + r, y)[0], f.own_across(x, y)[1] + f.own(x + r, y)[1]);
  f.coefficients(x, y) = Tuple(0.0f, 0.0f);
  f.coefficients(x, y) = Tuple(f.coefficients(x, y)[0] + f.own_across(x, y + r)[0] * share * share,
                               f.coefficients(x, y)[1] + f.own_across(x, y + r)[1] * share * share);
  return f;
}

/// A table's nodes and the steps to the next in one word, because a look-up costs more than unpacking: node << 16 | (next - node) & 0xffff,
/// both in units of `scale` above `lowest`.
struct PackedTable {
  Halide::Func words;
  Halide::Expr scale, lowest;
};

/// `gain` is that of a region's brightness, log2; `detail` what detail is multiplied by besides, less 1.
inline Halide::Expr local_gain(Halide::Expr log, Halide::Expr base, const PackedTable& gain, const PackedTable& detail) {
  using namespace Halide;
  Expr t = (clamp(base, kDarkestLog, kBrightestLog) - kDarkestLog) * (kLocalNodes / (kBrightestLog - kDarkestLog));
  Expr node = clamp(cast<int>(t), 0, kLocalNodes - 1), fraction = t - cast<float>(node);
  const auto at = [&](const PackedTable& table) {
    Expr word = table.words(node), value = cast<float>(cast<int>(word >> 16)), step = cast<float>(cast<int>(cast<std::int16_t>(word)));
    return (value + step * fraction) * table.scale + table.lowest;
  };
  return binary_power(clamp(at(gain) + at(detail) * (log - base), -126.0f, 126.0f));
}

}  // namespace argent::stages
