// halide_gen/llvm_words.h - instructions that Halide has no words for, as functions in LLVM's language that kernels call and LLVM inlines.
//
//   void generate() { if (has_llvm_words()) code = llvm_words::lookup64(index, low, high); }  // kernel_generator.h
//   void schedule() { use_llvm_words(); }
//
// Of a call of `name` in a vector of 32, Halide 14 looks for `namex32`. Later releases link no code but their own: none of this there.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "Halide.h"

namespace argent::llvm_words {

/// All of it as LLVM's bitcode, for x86-64; without `words`, which take AVX-512 VBMI, what aligned_stack() needs alone. Throws
/// std::runtime_error when LLVM does not take it.
std::vector<std::uint8_t> bitcode(bool words);

/// A call of one of them.
inline Halide::Expr word(Halide::Type type, const std::string& name, std::vector<Halide::Expr> arguments) {
  return Halide::Internal::Call::make(type, "argent_" + name, std::move(arguments), Halide::Internal::Call::PureExtern);
}

/// Entry `index` of 64, of which `low` and `high` hold one a lane: u16, on 32 lanes. Not on 16: Halide takes the same instruction for them,
/// and half of the table would be missing.
inline Halide::Expr lookup64(Halide::Expr index, Halide::Expr low, Halide::Expr high) {
  return word(Halide::UInt(16), "lookup64", {std::move(index), std::move(low), std::move(high)});
}

/// Entry `index`, i32, of 32, of which `low` and `high` hold one a lane: f32, on 16 lanes.
inline Halide::Expr lookup32(Halide::Expr index, Halide::Expr low, Halide::Expr high) {
  return word(Halide::Float(32), "lookup32", {std::move(index), std::move(low), std::move(high)});
}

/// u16 as i32, on 32 lanes, in an order that needs no moves between the vectors' parts: only what else is apart goes with it.
inline Halide::Expr apart(Halide::Expr words) { return word(Halide::Int(32), "apart", {std::move(words)}); }
/// Back in order, u16: the lower halves of i32, or of u32.
inline Halide::Expr together(Halide::Expr apart) { return word(Halide::UInt(16), "together", {std::move(apart)}); }
/// Of i32: what is below 0 is 0, what is above 65,535 that.
inline Halide::Expr together_saturated(Halide::Expr apart) { return word(Halide::UInt(16), "together_saturated", {std::move(apart)}); }

/// Two u16 that lie side by side in memory, `first` in the lower half: u32. Where `first` is every second or fourth word there, pairs are
/// loaded as they lie: LLVM would take them apart to put them together.
inline Halide::Expr pair_of(Halide::Expr first, Halide::Expr second) {
  return word(Halide::UInt(32), "pair_of", {std::move(first), std::move(second)});
}
/// Of each half: what it is above another, or 0.
inline Halide::Expr halves_above(Halide::Expr pair, Halide::Expr other) {
  return word(Halide::UInt(32), "halves_above", {std::move(pair), std::move(other)});
}

/// 1 / sqrt(value) of what is above 0, to 14 bits: f32, on 16 lanes.
inline Halide::Expr inverse_root(Halide::Expr value) { return word(Halide::Float(32), "inverse_root", {std::move(value)}); }

inline constexpr int kPrefetched = 128;
/// 0, u8, a scalar: asks for kPrefetched bytes from `offset`, in bytes and i64, on in the memory of the input `buffer`, which they need not
/// be in. Halide's own prefetch asks at once for all that a loop is to read; where that is a row, it waits as the loop would.
inline Halide::Expr prefetch(const Halide::ImageParam& buffer, Halide::Expr offset) {
  using namespace Halide;
  using Internal::Call;
  Expr header = Internal::Variable::make(type_of<halide_buffer_t*>(), buffer.name() + ".buffer", buffer.parameter());
  Expr memory = Call::make(type_of<void*>(), Call::buffer_get_host, {std::move(header)}, Call::Extern);
  return Call::make(UInt(8), "argent_prefetch", {std::move(memory), std::move(offset)}, Call::Extern);
}

inline constexpr int kUnpackedCodes = 32;
/// Codes of 10 or 12 bits as MIPI CSI-2 packs them (stages/unpack.h), u16, on 32 lanes. `first` and `last`: a block's first and last 32
/// bytes, one a lane.
inline Halide::Expr unpacked(int bits, Halide::Expr first, Halide::Expr last) {
  return word(Halide::UInt(16), "unpacked" + std::to_string(bits), {std::move(first), std::move(last)});
}

inline constexpr int kPixels = 64;
/// Channel `channel` of 64 pixels of three bytes, u8, on 64 lanes. `first`, `second`, `third`: their 192 bytes, a byte a lane.
inline Halide::Expr channel_of(int channel, Halide::Expr first, Halide::Expr second, Halide::Expr third) {
  return word(Halide::UInt(8), "channel" + std::to_string(channel), {std::move(first), std::move(second), std::move(third)});
}

}  // namespace argent::llvm_words
