// Products of matrices.

#include "models/tensor/ops/linear_algebra.h"

#include "models/kernels/matmul.h"
#include "models/kernels/matrices.h"
#include "models/tensor/ops/fast_products.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

void infer_matmul(const Call& call, OutputSpecs& outputs) {
  const Tensor &a = call.input(0), &b = call.input(1);
  if (a.rank() < 2 || b.rank() < 2 || a.size(-1) != b.size(-2))
    throw Error("matrices of shapes ", a.shape(), " and ", b.shape(), ", expected [.., m, k] and [.., k, n]");
  outputs.add(kernels::product_shape(a, b), a.dtype());
}

void multiply(const Call& call, std::span<Tensor> outputs) { kernels::matmul(outputs[0], call.input(0), call.input(1)); }

bool multiply_fast(const Call& call, std::span<Tensor> outputs) {
  const Tensor& c = outputs[0];
  if (!is_floating(c.dtype())) return false;
  const DType type = product_type(c.dtype(), c.count() * call.input(0).size(-1));
  const auto sums = in_type(c, type), a = in_type(call.input(0), type), b = in_type(call.input(1), type);
  kernels::gemm_batches(sums.array(), a.from(), b.from());
  sums.back();
  return true;
}

void matmul_gradient(G& c) {
  if (c.wants(0)) c.set(0, matmul(c.gradient(), c.input(1).transpose(-1, -2)));
  if (c.wants(1)) c.set(1, matmul(c.input(0).transpose(-1, -2), c.gradient()));
}

void matmul_samples(SampleList& list) {
  list.add({list.numbers({3, 4}), list.numbers({4, 2})});
  list.add({list.numbers({2, 1, 3, 2}), list.numbers({3, 2, 4})});
  list.add({list.numbers({2, 4, 3}).transpose(1, 2), SampleList::strided(list.numbers({4, 5}))});
  list.add({list.numbers({2, 3}), list.numbers({2, 5, 3}).transpose(1, 2)});
  list.add({list.numbers({2, 0}), list.numbers({0, 3})});
  list.add({list.numbers({0, 2, 3}), list.numbers({3, 1})});
  list.add({list.numbers({3, 4}, -9, 9, DType::kI32), list.numbers({4, 2}, -9, 9, DType::kI32)});
}

const Op kRows[] = {
    row(OpId::kMatmul, "matmul", "MatMul", TypeRule::kPromote, infer_matmul, multiply, matmul_gradient, Saved::kInputs, matmul_samples)
        .fast_by(multiply_fast)
        .in(Autocast::kLow),
};

}  // namespace

std::span<const Op> linear_algebra_ops() { return kRows; }

Tensor matmul(const Operand& a, const Operand& b) {
  const Source at = a.source();
  Tensor left = a.tensor(), right = b.tensor();
  if (left.rank() == 0 || right.rank() == 0)
    throw OpError("matmul: shapes ", left.shape(), " and ", right.shape(), ", expected at least one axis each");
  const bool row = left.rank() == 1, column = right.rank() == 1;
  if (row) left = left.unsqueeze(0, at);
  if (column) right = right.unsqueeze(1, at);
  Dims folded;  // of the result: a batch of left matrices times one right matrix is one tall left matrix
  if (left.rank() > 2 && right.rank() == 2) {
    folded = left.shape();
    folded[folded.size() - 1] = right.size(-1);
    left = left.flatten(0, -2, at);
  }
  Tensor result = apply_one(OpId::kMatmul, {left, right}, at);
  if (!folded.empty()) result = result.view(folded, at);
  if (column) result = result.squeeze(-1, at);
  return row ? result.squeeze(column ? -1 : -2, at) : result;
}

Tensor dot(const Operand& a, const Operand& b) {
  if (a.tensor().rank() != 1 || b.tensor().rank() != 1)
    throw OpError("dot: shapes ", a.tensor().shape(), " and ", b.tensor().shape(), ", expected two vectors");
  return matmul(a, b);
}

Tensor vecdot(const Operand& a, const Operand& b, int axis) {
  const WideScope scope(a, b);
  return scope.narrow(sum(scope.widen(a) * scope.widen(b), {axis}));
}

Tensor outer(const Operand& a, const Operand& b) {
  if (a.tensor().rank() != 1 || b.tensor().rank() != 1)
    throw OpError("outer: shapes ", a.tensor().shape(), " and ", b.tensor().shape(), ", expected two vectors");
  const SourceScope scope(source_in_scope(a.source()));
  return a.tensor().unsqueeze(1) * b;
}

Tensor kron(const Operand& a, const Operand& b) {
  const SourceScope scope(source_in_scope(a.source()));
  Tensor left = a.tensor(), right = b.tensor();
  while (left.rank() < right.rank()) left = left.unsqueeze(0);
  while (right.rank() < left.rank()) right = right.unsqueeze(0);
  Dims shape;
  for (int i = 0; i < left.rank(); i++) shape.push_back(left.size(i) * right.size(i));
  for (int i = shape.size() - 1; i >= 0; i--) {
    left = left.unsqueeze(i + 1);
    right = right.unsqueeze(i);
  }
  return (left * right).reshape(shape);
}

Tensor addmm(const Operand& x, const Operand& a, const Operand& b, double beta, double alpha) {
  const WideScope scope(x, a);
  return scope.narrow(beta * scope.widen(x) + alpha * matmul(scope.widen(a), scope.widen(b)));
}

Tensor linear(const Operand& x, const Operand& weight, const Tensor& bias) {
  const WideScope scope(x, weight);
  const Tensor product = matmul(scope.widen(x), scope.widen(weight).transpose(-1, -2));
  return scope.narrow(bias.defined() ? product + scope.widen(bias).to(product.dtype()) : product);
}

Tensor matrix_power(const Operand& x, std::int64_t exponent) {
  const WideScope scope(x);
  const DType type = x.tensor().dtype();
  Tensor power = is_floating(type) ? scope.widen(x) : x.tensor();
  if (exponent < 0) power = inverse(power);
  if (power.rank() < 2 || power.size(-1) != power.size(-2))
    throw OpError("matrix_power: a tensor of shape ", power.shape(), ", expected [.., n, n]");
  Tensor result;
  for (std::uint64_t rest = exponent < 0 ? 0 - static_cast<std::uint64_t>(exponent) : static_cast<std::uint64_t>(exponent); rest != 0;) {
    if ((rest & 1U) != 0) result = result.defined() ? matmul(result, power) : power;
    rest >>= 1U;
    if (rest != 0) power = matmul(power, power);
  }
  if (result.defined()) return scope.narrow(result);
  const Tensor row = arange(power.size(-1));
  return equal(row.unsqueeze(1), row).to(type).expand(power.shape()).contiguous();
}

Tensor cdist(const Operand& a, const Operand& b) {
  const WideScope scope(a, b);
  if (a.tensor().rank() < 2 || b.tensor().rank() < 2)
    throw OpError("cdist: shapes ", a.tensor().shape(), " and ", b.tensor().shape(), ", expected [.., m, d] and [.., n, d]");
  return scope.narrow(sqrt_of_square(sum(square(scope.widen(a).unsqueeze(-2) - scope.widen(b).unsqueeze(-3)), {-1})));
}

}  // namespace argent::tensor
