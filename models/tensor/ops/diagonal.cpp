// Diagonals and triangles of matrices.

#include <limits>

#include "models/tensor/ops.h"
#include "models/tensor/ops/composite.h"

namespace argent::tensor {
namespace {

/// Attributes of the slice that is the diagonal of matrices whose elements lie row by row along `axis`.
Attributes diagonal_slice(int axis, std::int64_t rows, std::int64_t columns, std::int64_t offset) {
  const std::int64_t step = columns + 1, count = offset < 0 ? std::min(rows + offset, columns) : std::min(rows, columns - offset);
  const std::int64_t start = count <= 0 ? 0 : offset < 0 ? -offset * columns : offset;
  const std::int64_t stop = count <= 0 ? 0 : start + (count - 1) * step + 1;
  return {{Key::kAxis, std::int64_t{axis}}, {Key::kStart, start}, {Key::kStop, stop}, {Key::kStep, step}};
}

/// The axes of `rank` with a and b last.
Dims moved_last(int rank, int a, int b) {
  if (a == b) throw Error("a diagonal of axis ", a, " and itself");
  Dims order;
  for (int i = 0; i < rank; i++) {
    if (i != a && i != b) order.push_back(i);
  }
  order.push_back(a), order.push_back(b);
  return order;
}

enum class Side { kBelow, kAbove };

Tensor triangle(std::string_view name, const Operand& x, std::int64_t offset, Side side) {
  return composite(name, x.source(), [&] {
    const Tensor tensor = x.tensor();
    if (tensor.rank() < 2) throw Error("a tensor of shape ", tensor.shape(), ", expected rank 2 or more");
    const Tensor row = arange(tensor.size(-2)).unsqueeze(1) + offset, column = arange(tensor.size(-1));
    return where(side == Side::kBelow ? column <= row : column >= row, tensor, full({}, 0, tensor.dtype()));
  });
}

}  // namespace

Tensor diagonal(const Operand& x, std::int64_t offset, int axis1, int axis2) {
  return composite("diagonal", x.source(), [&] {
    const Tensor tensor = x.tensor();
    const int a = checked_axis(axis1, tensor.rank()), b = checked_axis(axis2, tensor.rank());
    const Tensor matrices = tensor.permute(moved_last(tensor.rank(), a, b));
    const Attributes places = diagonal_slice(tensor.rank() - 2, matrices.size(-2), matrices.size(-1), offset);
    return apply_one(OpId::kSlice, {matrices.flatten(-2, -1)}, places, x.source());
  });
}

Tensor diag_embed(const Operand& x, std::int64_t offset, int axis1, int axis2) {
  return composite("diag_embed", x.source(), [&] {
    const Tensor tensor = x.tensor();
    const int rank = tensor.rank() + 1, a = checked_axis(axis1, rank), b = checked_axis(axis2, rank);
    constexpr std::int64_t kFar = std::numeric_limits<std::int32_t>::max();
    if (offset < -kFar || offset > kFar) throw Error("diagonal ", offset);
    const std::int64_t side = tensor.size(-1) + std::abs(offset);
    Dims flat = tensor.shape(), square = flat;
    flat[flat.size() - 1] = side * side;
    square[square.size() - 1] = side;
    square.push_back(side);
    const Attributes places = diagonal_slice(tensor.rank() - 1, side, side, offset).with(Key::kBaseShape, flat);
    const Tensor lines = apply_one(OpId::kSliceAdd, {tensor}, places, x.source());
    return lines.view(square).permute(inverse_axes(moved_last(rank, a, b)));
  });
}

Tensor diag(const Operand& x, std::int64_t offset) {
  return composite("diag", x.source(), [&] {
    const Tensor tensor = x.tensor();
    if (tensor.rank() != 1 && tensor.rank() != 2) throw Error("a tensor of shape ", tensor.shape(), ", expected rank 1 or 2");
    return tensor.rank() == 1 ? diag_embed(tensor, offset) : diagonal(tensor, offset);
  });
}

Tensor matrix_trace(const Operand& x) {
  return composite("matrix_trace", x.source(), [&] {
    const Tensor tensor = x.tensor();
    if (tensor.rank() != 2) throw Error("a tensor of shape ", tensor.shape(), ", expected rank 2");
    return sum(diagonal(tensor));
  });
}

Tensor tril(const Operand& x, std::int64_t offset) { return triangle("tril", x, offset, Side::kBelow); }
Tensor triu(const Operand& x, std::int64_t offset) { return triangle("triu", x, offset, Side::kAbove); }

}  // namespace argent::tensor
