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

/// All of it as LLVM's bitcode, for x86-64. Throws std::runtime_error when LLVM does not take it.
std::vector<std::uint8_t> bitcode();

/// A pass of Halide's lowering, its owner the pipeline: the upper halves of products, absolute values, square roots and quick reciprocals
/// in vectors of 512 bits, which Halide 14 does in halves.
Halide::Internal::IRMutator* whole_vectors();

/// Entry `index` of 64, of which `low` and `high` hold one a lane: u16, on 32 lanes. Not on 16: Halide takes the same instruction for them,
/// and half of the table would be missing.
inline Halide::Expr lookup64(Halide::Expr index, Halide::Expr low, Halide::Expr high) {
  using namespace Halide;
  return Internal::Call::make(UInt(16), "argent_lookup64", {std::move(index), std::move(low), std::move(high)}, Internal::Call::PureExtern);
}

inline constexpr int kUnpackedCodes = 32;
/// Codes of 10 or 12 bits as MIPI CSI-2 packs them (stages/unpack.h), u16, on 32 lanes. `first` and `last`: a block's first and last 32
/// bytes, one a lane.
inline Halide::Expr unpacked(int bits, Halide::Expr first, Halide::Expr last) {
  using namespace Halide;
  return Internal::Call::make(UInt(16), "argent_unpacked" + std::to_string(bits), {std::move(first), std::move(last)},
                              Internal::Call::PureExtern);
}

inline constexpr int kPixels = 64;
/// Channel `channel` of 64 pixels of three bytes, u8, on 64 lanes. `first`, `second`, `third`: their 192 bytes, a byte a lane.
inline Halide::Expr channel_of(int channel, Halide::Expr first, Halide::Expr second, Halide::Expr third) {
  using namespace Halide;
  return Internal::Call::make(UInt(8), "argent_channel" + std::to_string(channel), {std::move(first), std::move(second), std::move(third)},
                              Internal::Call::PureExtern);
}

}  // namespace argent::llvm_words
