// tone_steps: color matrix, the picture's curve and the output's transfer function, by a table in registers.
//
// Domain: balanced camera RGB as whole numbers, or their roots -> 8-bit codes, rounded
// Shape:  pixel-wise
// Source: own. The bits of a float are its logarithm, straight within an octave: ten of them are a place in one of 64 steps, an eighth or a
//         quarter of an octave each (isp/tone_curve.cpp makes them and reports its error, under half a code). A third of the instructions
//         that the polynomial of stages/tone_curve.h takes.
#pragma once

#include "Halide.h"
#include "llvm_words.h"
#include "stages/fixed_point.h"
#include "stages/highlights.h"

namespace argent::stages {

/// What isp/tone_curve.h's ToneSteps holds: (entry, start / rise) u16, and its scalars.
struct ToneStepsInputs {
  Halide::Func steps;
  Halide::Expr top, offset, shift;
};

/// `matrix`, (column, row), times `factor`, to where the steps' places are.
inline Halide::Func steps_matrix(Halide::Func matrix, const ToneStepsInputs& curve, const Halide::Expr& factor = 1.0f) {
  Halide::Func out("steps_matrix");
  Halide::Var column("column"), row("row");
  out(column, row) = matrix(column, row) * (factor * (1.0f - curve.offset) / curve.top);
  return out;
}

/// Codes x 256, u16; half a code is in them already. `light`: floats in FloatsBetween's order, times `gain` if there is one. `lane`: the
/// loop's variable, which runs from 0 on in vectors of 32 (llvm_words.h).
inline Rgb tone_steps_of_light(const Rgb& light, Halide::Func matrix, const ToneStepsInputs& curve, Halide::Var lane,
                               const Halide::Expr& gain = {}) {
  using namespace Halide;
  const Expr own = lane % 32, shift = cast<std::uint32_t>(curve.shift), first = reinterpret<std::int32_t>(curve.offset) >> shift;
  Rgb codes;
  for (int row = 0; row < 3; row++) {
    Expr sum = gain.defined() ? light[2] * matrix(2, row) : light[2] * matrix(2, row) + curve.offset;
    for (int i = 1; i >= 0; i--) sum = light[i] * matrix(i, row) + sum;
    if (gain.defined()) sum = sum * gain + curve.offset;
    // What is negative as a float is that as an integer, too, and comes out as 0.
    Expr place = llvm_words::together_saturated((reinterpret<std::int32_t>(sum) >> shift) - first);
    const auto entry = [&](int of) { return llvm_words::lookup64(place >> 10, curve.steps(own, of), curve.steps(own + 32, of)); };
    codes[row] = entry(0) + share_of(entry(1), place << 6);
  }
  return codes;
}

/// The same of whole numbers `v`, u16; `matrix`: from their squares if they are roots.
inline Rgb tone_steps(const Rgb& v, bool roots, Halide::Func matrix, const ToneStepsInputs& curve, Halide::Var lane) {
  const FloatsBetween floats{true};
  Rgb light;
  for (int i = 0; i < 3; i++) {
    light[i] = floats.from(v[i]);
    if (roots) light[i] = light[i] * light[i];
  }
  return tone_steps_of_light(light, matrix, curve, lane);
}

/// Codes.
inline Rgb tone_steps_8bit(const Rgb& v, bool roots, Halide::Func matrix, const ToneStepsInputs& curve, Halide::Var lane) {
  Rgb codes = tone_steps(v, roots, matrix, curve, lane);
  for (Halide::Expr& code : codes) code = Halide::cast<std::uint8_t>(code >> 8);
  return codes;
}

}  // namespace argent::stages
