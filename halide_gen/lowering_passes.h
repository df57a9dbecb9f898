// halide_gen/lowering_passes.h - what becomes of a kernel after Halide has lowered it: passes that kernel_generator.h hands to a pipeline,
// which owns them. What they put in is llvm_words.h's.
#pragma once

#include "Halide.h"

namespace argent::lowering_passes {

/// In vectors of 512 bits what Halide 14 does in halves: the upper halves of products, absolute values, square roots and quick reciprocals.
/// In one instruction what takes several: 16 of each 32 bits, and bytes of two vectors in turn. In one load pairs that lie in memory.
Halide::Internal::IRMutator* whole_vectors();

/// Vectors that find no register lie in whole lines of the cache.
Halide::Internal::IRMutator* aligned_stack();

}  // namespace argent::lowering_passes
