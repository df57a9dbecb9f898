// fixed_point: 16-bit arithmetic in the shapes that x86 and ARM have one instruction for, and the same of floats, for stages in both forms.
//
// Domain: whole numbers of a unit that the caller states -> the same
// Shape:  pixel-wise
// Source: Intel's and ARM's instruction sets: pavgw / urhadd, pmulhw, pmulhuw and pmulhrsw / smull and
//         sqrdmulh. Halide 14 keeps the names in its Internal
//         namespace, later ones do not: that is why they are here. Saturating differences are written as max(a, b) - b: Halide 14 has
//         psubusw for 256 bits only, LLVM the other for all widths.
#pragma once

#include "Halide.h"
#include "llvm_words.h"

namespace argent::stages {

inline Halide::Expr i16(Halide::Expr v) { return Halide::cast<std::int16_t>(v); }
inline Halide::Expr u16(Halide::Expr v) { return Halide::cast<std::uint16_t>(v); }

/// Rounded up; u16.
inline Halide::Expr mean_of_two(Halide::Expr a, Halide::Expr b) {
  using namespace Halide;
  using namespace Halide::Internal;
  return rounding_halving_add(a, b);
}

/// a * b / 2^16, rounded down; both u16, or both i16.
inline Halide::Expr share_of(Halide::Expr a, Halide::Expr b) {
  using namespace Halide;
  using namespace Halide::Internal;
  return mul_shift_right(a, b, 16);
}

/// a * b / 2^15, rounded to the nearest; i16.
inline Halide::Expr rounded_share_of(Halide::Expr a, Halide::Expr b) {
  using namespace Halide;
  using namespace Halide::Internal;
  return rounding_mul_shift_right(a, b, 15);
}

/// A u16, or an i16, as a float.
inline Halide::Expr as_float(Halide::Expr v) { return Halide::cast<float>(Halide::cast<std::int32_t>(v)); }

/// A float from 0 to 65,535, rounded to the nearest; u16. Its last 16 bits where the last of them is 1: no conversion.
inline Halide::Expr rounded_word(Halide::Expr v) {
  constexpr float kUnitsInTheLastPlace = 8388608;  // of 2^23
  return Halide::cast<std::uint16_t>(Halide::reinterpret<std::uint32_t>(v + kUnitsInTheLastPlace));
}

/// Floats between two u16. With llvm_words.h those of one vector are in an order of their own: only floats that come from here, and
/// what is the same for all of them, go together.
struct FloatsBetween {
  using Expr = Halide::Expr;
  bool words;  ///< whether llvm_words.h may be called
  Expr from(Expr whole) const { return Halide::cast<float>(words ? llvm_words::apart(whole) : Halide::cast<std::int32_t>(whole)); }
  /// Rounded to the nearest; `value` from 0 to 65,535.
  Expr to(Expr value) const {
    using namespace Halide;
    if (!words) return u16(cast<std::int32_t>(value + 0.5f));
    constexpr float kUnitsInTheLastPlace = 8388608;  // of 2^23 a float's last bit is 1
    return llvm_words::together(reinterpret<std::uint32_t>(value + kUnitsInTheLastPlace));
  }
  /// Square root of what is above 0; with words to 14 bits.
  Expr root(Expr value) const { return words ? value * llvm_words::inverse_root(value) : Halide::sqrt(value); }
};

/// Positive values as floats.
struct FloatArithmetic {
  using Expr = Halide::Expr;
  static Expr mean(Expr a, Expr b) { return 0.5f * (a + b); }
  static Expr quarter(Expr v) { return 0.25f * v; }
  static Expr scaled(Expr v, Expr share) { return v * share; }
  Expr level(Expr v) const { return v; }   ///< a constant of the domain
  Expr factor(Expr v) const { return v; }  ///< 0..1
};

/// Positive values as u16: whole numbers of 1 / unit.
struct WholeArithmetic {
  using Expr = Halide::Expr;
  Expr unit;
  static Expr mean(Expr a, Expr b) { return mean_of_two(a, b); }
  static Expr quarter(Expr v) { return v >> 2; }
  static Expr scaled(Expr v, Expr share) { return share_of(v, share); }
  Expr level(Expr v) const { return u16(Halide::min(v * unit, 16383.0f)); }
  Expr factor(Expr v) const { return u16(Halide::min(v * 65536.0f, 65535.0f)); }
};

}  // namespace argent::stages
