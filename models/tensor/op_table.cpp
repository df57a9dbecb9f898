#include "models/tensor/op_table.h"

#include <array>

namespace argent::tensor {
namespace {

constexpr auto kOps = static_cast<std::size_t>(OpId::kCount);

std::array<const Op*, kOps> gather_rows() {
  std::array<const Op*, kOps> rows{};
  for (const auto family : {arithmetic_ops, comparison_ops, function_ops, movement_ops, strided_ops, reduction_ops, scan_ops, index_ops,
                            sort_ops, linear_algebra_ops, solve_ops, fourier_ops, convolution_ops, pool_ops, resize_ops, random_ops}) {
    for (const Op& row : family()) rows[static_cast<std::size_t>(row.id)] = &row;
  }
  return rows;
}

const std::array<const Op*, kOps>& rows() {
  static const std::array<const Op*, kOps> all = gather_rows();
  return all;
}

}  // namespace

const Op& op(OpId id) {
  const Op* row = rows()[static_cast<std::size_t>(id)];
  if (row == nullptr) throw Error("operation ", static_cast<int>(id), " has no row");
  return *row;
}

std::span<const Op* const> all_ops() { return rows(); }

}  // namespace argent::tensor
