// models/tensor/ops/pool.h - windows reduced to one number, over one to three spatial axes; results are channels-last.
//
// x: [N, C, spatial] or [C, spatial]. Lists have one number for each spatial axis, or one for all.
#pragma once

#include <utility>

#include "models/tensor/operand.h"

namespace argent::tensor {

/// Whether a last window that reaches over the end counts, as long as it starts before it.
enum class Rounding { kDown, kUp };

struct PoolOptions {
  Dims kernel{2};
  Dims stride{};    ///< empty: as the kernel
  Dims padding{0};  ///< before and behind; at most half the kernel
  Dims dilation{1};
  Rounding rounding = Rounding::kDown;
};

/// The largest; NaN wins. It alone gets the gradient, the first of those that are equal.
Tensor max_pool(const Operand& x, const PoolOptions& options);
/// With where it was found: i64, in the flattened spatial axes of x.
std::pair<Tensor, Tensor> max_pool_with_indices(const Operand& x, const PoolOptions& options);
/// Numbers back to where max_pool found them, zeros elsewhere; those that meet are summed. `size`: spatial.
Tensor max_unpool(const Operand& x, const Tensor& indices, const Dims& size);

/// By what a sum is divided where a window reaches into the padding.
enum class CountPadding { kYes, kNo };

/// The mean. `divisor`: instead of the number of elements; 0: none. No dilation.
Tensor average_pool(const Operand& x, const PoolOptions& options, CountPadding count_padding = CountPadding::kYes,
                    std::int64_t divisor = 0);

/// (sum of x^p)^(1/p), negative sums as 0.
Tensor lp_pool(const Operand& x, double p, const PoolOptions& options);

/// Windows from floor(i * size / results) to ceil((i + 1) * size / results), so that there are `size` results; -1: as many as elements.
Tensor adaptive_average_pool(const Operand& x, const Dims& size);
Tensor adaptive_max_pool(const Operand& x, const Dims& size);
std::pair<Tensor, Tensor> adaptive_max_pool_with_indices(const Operand& x, const Dims& size);

/// Over all of the spatial axes of [N, C, spatial], which stay with size 1.
Tensor global_average_pool(const Operand& x);
Tensor global_max_pool(const Operand& x);

}  // namespace argent::tensor
