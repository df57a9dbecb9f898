// models/tensor/op_table.h - private: the rows, family by family, as models/tensor/ops/ holds them.
#pragma once

#include <span>

#include "models/tensor/op.h"

namespace argent::tensor {

std::span<const Op> arithmetic_ops();
std::span<const Op> comparison_ops();
std::span<const Op> function_ops();
std::span<const Op> movement_ops();
std::span<const Op> strided_ops();
std::span<const Op> reduction_ops();
std::span<const Op> scan_ops();
std::span<const Op> index_ops();
std::span<const Op> sort_ops();
std::span<const Op> linear_algebra_ops();
std::span<const Op> solve_ops();
std::span<const Op> fourier_ops();
std::span<const Op> convolution_ops();
std::span<const Op> pool_ops();
std::span<const Op> resize_ops();
std::span<const Op> random_ops();

}  // namespace argent::tensor
