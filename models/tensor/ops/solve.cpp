// Systems of linear equations and what they are solved with. Everything is computed in f64, matrix by matrix.

#include "models/kernels/linear_solve.h"
#include "models/kernels/matrices.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

void check_square(const Tensor& a) {
  if (a.rank() < 2 || a.size(-1) != a.size(-2)) throw Error("a matrix of shape ", a.shape(), ", expected as many rows as columns");
  if (!is_floating(a.dtype())) throw Error("is not defined for ", a.dtype());
}

// ---- solve and triangular_solve ------------------------------------------------------------------------------------------------------

void infer_solve(const Call& call, OutputSpecs& outputs) {
  const Tensor &a = call.input(0), &b = call.input(1);
  check_square(a);
  if (b.rank() < 2 || b.size(-2) != a.size(-1))
    throw Error("matrices of shapes ", a.shape(), " and ", b.shape(), ", expected [.., n, n] and [.., n, k]");
  outputs.add(kernels::product_shape(a, b), a.dtype());
}

void solve_general(const Call& call, std::span<Tensor> outputs) { kernels::solve(outputs[0], call.input(0), call.input(1)); }

void solve_gradient(G& c) {
  const Tensor of_b = solve(c.input(0).transpose(-1, -2), c.gradient());
  c.set(1, of_b);
  if (c.wants(0)) c.set(0, -matmul(of_b, c.output().transpose(-1, -2)));
}

/// The attributes mode, a Triangle; reverse, a Transposed; value, a UnitDiagonal.
kernels::Triangular part_of(const Attributes& a) {
  return {.upper = a.integer(Key::kMode) != 0, .transposed = a.integer(Key::kReverse) != 0, .unit_diagonal = a.integer(Key::kValue) != 0};
}

void solve_triangle(const Call& call, std::span<Tensor> outputs) {
  kernels::solve_triangular(outputs[0], call.input(0), call.input(1), part_of(call.attributes));
}

Tensor row_numbers(std::int64_t n) { return arange(n).unsqueeze(1); }

void triangular_solve_gradient(G& c) {
  const kernels::Triangular part = part_of(c.attributes());
  const Tensor a = c.input(0), x = c.output();
  const Attributes turned = c.attributes().with(Key::kReverse, std::int64_t{!part.transposed});
  const Tensor of_b = apply_one(OpId::kTriangularSolve, {a, c.gradient()}, turned, c.source());
  c.set(1, of_b);
  if (!c.wants(0)) return;
  const Tensor of_a = part.transposed ? matmul(x, of_b.transpose(-1, -2)) : matmul(of_b, x.transpose(-1, -2));
  const Tensor row = row_numbers(a.size(-1)), column = arange(a.size(-1));
  Tensor used = part.upper ? row <= column : row >= column;
  if (part.unit_diagonal) used = logical_and(used, not_equal(row, column));
  c.set(0, where(used, -of_a, 0));
}

// ---- cholesky and log_determinant ----------------------------------------------------------------------------------------------------

void infer_cholesky(const Call& call, OutputSpecs& outputs) {
  check_square(call.input());
  outputs.add(call.input().shape(), call.input().dtype());
}

void factor_cholesky(const Call& call, std::span<Tensor> outputs) { kernels::cholesky(outputs[0], call.input()); }

/// Murray, Differentiation of the Cholesky decomposition (2016), equation 8 turned round: the lower triangle of L^T g with half its
/// diagonal, between L^-T and L^-1, made symmetric.
void cholesky_gradient(G& c) {
  const Tensor l = c.output();
  const Tensor row = row_numbers(l.size(-1)), column = arange(l.size(-1));
  const Tensor part = matmul(l.transpose(-1, -2), c.gradient()) * ((row > column).to(l.dtype()) + 0.5 * equal(row, column).to(l.dtype()));
  const Tensor left = triangular_solve(l, part, Triangle::kLower, Transposed::kYes);
  const Tensor both = triangular_solve(l, left.transpose(-1, -2), Triangle::kLower, Transposed::kYes);
  c.set(0, 0.5 * (both + both.transpose(-1, -2)));
}

void infer_log_determinant(const Call& call, OutputSpecs& outputs) {
  check_square(call.input());
  for (int i = 0; i < 2; i++) outputs.add(kernels::batch_of(call.input()), call.input().dtype());
}

void find_log_determinant(const Call& call, std::span<Tensor> outputs) { kernels::log_determinant(outputs[0], outputs[1], call.input()); }

void log_determinant_gradient(G& c) { c.set(0, c.gradient(1).unsqueeze(-1).unsqueeze(-1) * inverse(c.input()).transpose(-1, -2)); }

Tensor identity(std::int64_t n, DType type) { return equal(row_numbers(n), arange(n)).to(type); }

// ---- samples -------------------------------------------------------------------------------------------------------------------------

/// Near the identity times 2: far from singular.
Tensor regular(SampleList& list, const Dims& shape) { return list.numbers(shape, -0.5, 0.5) + 2 * identity(shape.back(), DType::kF64); }

void solve_samples(SampleList& list) {
  list.add({regular(list, {3, 3}), list.numbers({3, 2})});
  list.add({list.numbers({2, 2}, 1, 2).transpose(0, 1), list.numbers({2, 2, 1})});
  list.add({SampleList::strided(regular(list, {2, 1, 2, 2})), list.numbers({3, 2, 2})});
  list.add({list.numbers({0, 0}, 0, 1), list.numbers({0, 2}, 0, 1)});
}

void triangular_solve_samples(SampleList& list) {
  for (std::int64_t bits = 0; bits < 8; bits++) {
    list.add({regular(list, {1, 3, 3}), list.numbers({2, 3, 2})},
             {{Key::kMode, bits & 1}, {Key::kReverse, bits >> 1 & 1}, {Key::kValue, bits >> 2}});
  }
}

void square_samples(SampleList& list) {
  list.add({regular(list, {3, 3})});
  list.add({SampleList::strided(regular(list, {2, 2, 2}))});
  list.add({regular(list, {4, 4}).transpose(0, 1)});
  list.add({list.numbers({2, 0, 0}, 0, 1)});
}

constexpr auto kFirstInputAndOutput = static_cast<Saved>(static_cast<int>(Saved::kFirstInput) | static_cast<int>(Saved::kOutputs));

constexpr Row solve_row(OpId id, std::string_view name, Infer infer, Kernel kernel, Gradient gradient, Saved saved, Samples samples) {
  return row(id, name, "", TypeRule::kFloating, infer, kernel, gradient, saved, samples).in(Autocast::kF32);
}

const Op kRows[] = {
    solve_row(OpId::kSolve, "solve", infer_solve, solve_general, solve_gradient, kFirstInputAndOutput, solve_samples),
    solve_row(OpId::kTriangularSolve, "triangular_solve", infer_solve, solve_triangle, triangular_solve_gradient, kFirstInputAndOutput,
              triangular_solve_samples),
    solve_row(OpId::kCholesky, "cholesky", infer_cholesky, factor_cholesky, cholesky_gradient, Saved::kOutputs, square_samples),
    solve_row(OpId::kLogDeterminant, "log_determinant", infer_log_determinant, find_log_determinant, log_determinant_gradient,
              Saved::kFirstInput, square_samples),
};

}  // namespace

std::span<const Op> solve_ops() { return kRows; }

Tensor solve(const Operand& a, const Operand& b) {
  const Source at = a.source();
  const Tensor right = b.tensor();
  if (right.rank() != 1) return apply_one(OpId::kSolve, {a.tensor(), right}, at);
  return apply_one(OpId::kSolve, {a.tensor(), right.unsqueeze(1, at)}, at).squeeze(-1, at);
}

Tensor inverse(const Operand& x) {
  const Tensor a = x.tensor();
  if (a.rank() < 2) throw OpError("inverse: a tensor of shape ", a.shape(), ", expected [.., n, n]");
  return apply_one(OpId::kSolve, {a, identity(a.size(-1), is_floating(a.dtype()) ? a.dtype() : DType::kF32)}, x.source());
}

Tensor triangular_solve(const Operand& a, const Operand& b, Triangle triangle, Transposed transposed, UnitDiagonal diagonal) {
  return apply_one(OpId::kTriangularSolve, {a.tensor(), b.tensor()},
                   {{Key::kMode, static_cast<std::int64_t>(triangle)},
                    {Key::kReverse, static_cast<std::int64_t>(transposed)},
                    {Key::kValue, static_cast<std::int64_t>(diagonal)}},
                   a.source());
}

Tensor cholesky(const Operand& x) { return apply_one(OpId::kCholesky, {x.tensor()}, x.source()); }

LogDeterminant log_determinant(const Operand& x) {
  const Tensor a = x.tensor();
  Outputs outputs = apply(OpId::kLogDeterminant, std::span(&a, 1), {}, x.source());
  return {outputs[0], outputs[1]};
}

Tensor determinant(const Operand& x) {
  const SourceScope scope(source_in_scope(x.source()));
  const Tensor a = x.tensor();
  const LogDeterminant of = log_determinant(a.to(DType::kF64));
  return (of.sign * exp(of.absolute)).to(is_floating(a.dtype()) ? a.dtype() : DType::kF32);
}

}  // namespace argent::tensor
