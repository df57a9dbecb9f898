// local_tone: make a scene of many stops fit the curve: brightness of regions is compressed, what is finer keeps its contrast.
//
// Domain: log2 of scene light, middle grey at log2(0.18) -> gains, log2
// Shape:  log (X, Y) of blocks -> coefficients (X, Y, a and b): the region's brightness of a pixel is a log + b
// Source: He, Sun and Tang 2010, "Guided Image Filtering", eq. 5, 6, 8 (the picture guides itself), by blocks as in He and Sun 2015, "Fast
//         Guided Filter"; base and detail as in Durand and Dorsey 2002. Own: a = q^2 / (q^2 + 1), q = local variance over the
//         parameter, instead of q / (q + 1), which leaves a halo of 8 % at a step of 4 stops
#pragma once

#include <tuple>
#include <utility>

#include "Halide.h"
#include "llvm_words.h"
#include "stages/binary_log.h"
#include "stages/highlights.h"

namespace argent::stages {

inline constexpr float kDarkestLog = -20, kBrightestLog = 12;  ///< of log2 light; the table of gains lies between
inline constexpr int kLocalNodes = 256;
inline constexpr int kLookUpLanes = 32;  ///< of a look-up in registers

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

/// What kernels are told of gains. A node and the step to the next are one word, because a look-up costs more than unpacking: node << 16 |
/// (next - node) & 0xffff, both in units of a scale above the lowest.
struct GainTable {
  Halide::Func words;  ///< (node, gain and detail)
  Halide::Func units;  ///< (scale and lowest, gain and detail)
  /// (node, gain's and detail's nodes and steps) u16, for who has llvm_words: from there vectors of kLookUpLanes look up in registers.
  /// Otherwise undefined.
  Halide::Func halves;
};

/// Node and step of table `which`. `lane`: the loop's variable, which runs from 0 on in vectors of kLookUpLanes.
inline std::pair<Halide::Expr, Halide::Expr> gain_entry(const GainTable& table, int which, Halide::Expr node, Halide::Var lane) {
  using namespace Halide;
  const auto from = [](Expr node, Expr step) {
    return std::pair{cast<float>(cast<int>(node)), cast<float>(cast<int>(cast<std::int16_t>(step)))};
  };
  if (!table.halves.defined()) {
    Expr word = table.words(node, which);
    return from(word >> 16, word);
  }
  node = cast<std::uint16_t>(node);
  const auto look_up = [&](int half) {
    const auto quarter = [&](int i) {
      Expr own = lane % kLookUpLanes + 64 * i;
      return llvm_words::lookup64(node, table.halves(own, half), table.halves(own + kLookUpLanes, half));
    };
    static_assert(kLocalNodes == 4 * 64);
    return select(node < 128, select(node < 64, quarter(0), quarter(1)), select(node < 192, quarter(2), quarter(3)));
  };
  return from(look_up(2 * which), look_up(2 * which + 1));
}

/// Table 0 is the gain of a region's brightness, log2; table 1 what detail is multiplied by besides, less 1. `lane` as above.
inline Halide::Expr local_gain(Halide::Expr log, Halide::Expr base, const GainTable& table, Halide::Var lane) {
  using namespace Halide;
  Expr t = (clamp(base, kDarkestLog, kBrightestLog) - kDarkestLog) * (kLocalNodes / (kBrightestLog - kDarkestLog));
  Expr node = clamp(cast<int>(t), 0, kLocalNodes - 1), fraction = t - cast<float>(node);
  const auto at = [&](int which) {
    const auto [value, step] = gain_entry(table, which, node, lane);
    return (value + step * fraction) * table.units(0, which) + table.units(1, which);
  };
  return binary_power(clamp(at(0) + at(1) * (log - base), -126.0f, 126.0f));
}

struct RegionalGain {
  Halide::Func wide{"wide"};  ///< (x, Y, a and b): coefficients of rows of blocks, as wide as the picture
  Halide::Func gain{"gain"};  ///< (x, y); by registers it is made in whole vectors from x = 0 on
  GainTable table;
};

/// What kernels are told besides: coefficients (X, Y, a and b) of `columns` x `rows` blocks of `block` x `block` pixels.
struct RegionalGainInputs {
  Halide::Func coefficients;
  Halide::Expr columns, rows, block;
  Halide::Func words, units;  ///< as of GainTable
};

/// Of pixel i: the blocks whose middles it lies between, the last of which is `last`, and how far from the first.
inline std::tuple<Halide::Expr, Halide::Expr, Halide::Expr> between_blocks(Halide::Expr i, Halide::Expr last, Halide::Expr block) {
  using namespace Halide;
  Expr at = clamp((cast<float>(i) + 0.5f) * (1.0f / cast<float>(block)) - 0.5f, 0.0f, cast<float>(last));
  Expr node = clamp(cast<int>(at), 0, last);
  return {node, min(node + 1, last), at - cast<float>(node)};
}

/// What both kernels say of their inputs.
template <class Luma, class Coefficients, class Table, class Units>
void bound_gain_inputs(Luma& luma, Coefficients& coefficients, Table& table, Units& units) {
  luma.dim(0).set_bounds(0, 3);
  coefficients.dim(0).set_min(0).dim(1).set_min(0).dim(2).set_bounds(0, 2);
  table.dim(0).set_bounds(0, kLocalNodes).dim(1).set_bounds(0, 2);
  units.dim(0).set_bounds(0, 2).dim(1).set_bounds(0, 2);
  luma.set_estimates({{0, 3}});
  coefficients.set_estimates({{0, 438}, {0, 292}, {0, 2}});
  table.set_estimates({{0, kLocalNodes}, {0, 2}});
  units.set_estimates({{0, 2}, {0, 2}});
}

/// Of each pixel (x, y), between the blocks' middles, by its light; the first row is the picture's `first_row`; luma (R G B).
/// `by_registers`: the kernel has llvm_words.
inline RegionalGain regional_gain(const Rgb& light, Halide::Var x, Halide::Var y, Halide::Func luma, const RegionalGainInputs& in,
                                  Halide::Expr first_row, bool by_registers) {
  using namespace Halide;
  Var k("k");
  RegionalGain out;
  out.table = {in.words, in.units, {}};
  if (by_registers) {
    out.table.halves = Func("halves");
    Expr node = in.words(x, k / 2) >> 16, step = in.words(x, k / 2);
    out.table.halves(x, k) = cast<std::uint16_t>(select(k % 2 == 0, node, step) & cast<std::uint32_t>(0xffff));
  }
  const auto [left, right, across] = between_blocks(x, in.columns - 1, in.block);
  out.wide(x, y, k) = in.coefficients(left, y, k) + (in.coefficients(right, y, k) - in.coefficients(left, y, k)) * across;
  const auto [above, below, down] = between_blocks(y + first_row, in.rows - 1, in.block);
  const auto at = [&](int which) { return out.wide(x, above, which) + (out.wide(x, below, which) - out.wide(x, above, which)) * down; };
  Expr log = log2_of(luma(0) * light[0] + luma(1) * light[1] + luma(2) * light[2]);
  out.gain(x, y) = local_gain(log, at(0) * log + at(1), out.table, x);
  return out;
}

}  // namespace argent::stages
