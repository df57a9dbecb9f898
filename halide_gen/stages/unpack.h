// unpack: take codes out of the bytes that MIPI CSI-2 packs them into: groups of high bytes, behind them the low bits of all.
//
// Domain: bytes -> sensor codes, the high byte above the low bits
// Shape:  bytes (i, y) -> codes (x, y), made in blocks of 16, or of 32 where llvm_words.h has instructions for it
// Source: MIPI CSI-2 v1.3, 11.4: RAW8 (1 pixel in 1 byte), RAW10 (4 in 5), RAW12 (2 in 3), RAW14 (4 in 7); the first pixel's bits are
// lowest
#pragma once

#include <array>

#include "Halide.h"
#include "llvm_words.h"
#include "stages/quads.h"

namespace argent::stages {

inline constexpr std::array kPackedBits{8, 10, 12, 14};

/// Lane `lane` of a block whose first byte is byte(0). Written as dense loads and selections between them that a lane's number decides, so
/// that no gather is left; comparisons alone, because Halide makes interleaved vectors of divisions.
template <class Byte>
Halide::Expr packed_code(int bits, int lanes, const Byte& byte, Halide::Expr lane) {
  using namespace Halide;
  const int low_bits = bits - 8, pixels = bits == 12 ? 2 : 4, group_bytes = pixels * bits / 8, groups = lanes / pixels;
  if (low_bits == 0) return cast<std::uint16_t>(byte(lane));
  const Type word = bits == 14 ? UInt(32) : UInt(16);  // holds the low bits of a group
  Expr high, low, shift;
  for (int group = groups - 1; group >= 0; group--) {
    Expr own_high = byte(group * (group_bytes - pixels) + lane), own_low = cast(word, 0);
    for (int i = 0; i < group_bytes - pixels; i++) own_low = own_low | cast(word, byte(group * group_bytes + pixels + i)) << (8 * i);
    Expr own_shift = cast(word, low_bits * (lane - group * pixels)), here = lane < (group + 1) * pixels;
    const bool last = group == groups - 1;
    high = last ? own_high : select(here, own_high, high);
    low = last ? own_low : select(here, own_low, low);
    shift = last ? own_shift : select(here, own_shift, shift);
  }
  low = (low >> shift) & cast(word, (1 << low_bits) - 1);
  return (cast<std::uint16_t>(high) << low_bits) | cast<std::uint16_t>(low);
}

struct Unpacked {
  Halide::Func row{"row_of_bytes"};  ///< (i, y): a copy that whole blocks may be read from
  Halide::Func codes{"unpacked"};    ///< (x, y); past the row's pixels without meaning
  int lanes = 16;
};

/// `bits` is one of kPackedBits; of each row `row_bytes` may be read. `has_words`: llvm_words.h's may be called.
inline Unpacked unpack(Halide::Func bytes, Halide::Expr row_bytes, Halide::Expr bits, bool has_words = false) {
  using namespace Halide;
  Var i("i"), x("x"), y("y");
  Unpacked out;
  if (has_words) out.lanes = llvm_words::kUnpackedCodes;
  out.row(i, y) = bytes(inside(i, row_bytes - 1), y);
  Expr code;
  for (int format : kPackedBits) {
    const int block_bytes = out.lanes * format / 8;
    const auto byte = [&](Expr at) { return out.row(x / out.lanes * block_bytes + at, y); };
    const Expr lane = x % out.lanes;
    const bool by_word = has_words && (format == 10 || format == 12);
    Expr own = by_word ? llvm_words::unpacked(format, byte(lane), byte(block_bytes - out.lanes + lane))
                       : packed_code(format, out.lanes, byte, lane);
    code = code.defined() ? select(bits == format, own, code) : own;
  }
  out.codes(x, y) = code;
  return out;
}

/// A vector a block; one loop a format, chosen once a row. The codes' own place is the caller's.
inline void schedule_unpack(Unpacked unpacked, Halide::Expr bits) {
  using namespace Halide;
  Func codes = unpacked.codes;
  Var x = codes.args()[0], y = codes.args()[1], block("block"), lane("lane");
  codes.align_bounds(x, unpacked.lanes).split(x, block, lane, unpacked.lanes, TailStrategy::RoundUp).vectorize(lane);
  for (int format : kPackedBits) codes.specialize(bits == format);
  unpacked.row.compute_at(codes, y).vectorize(unpacked.row.args()[0], 2 * unpacked.lanes, TailStrategy::RoundUp);
}

}  // namespace argent::stages
