// Systems of linear equations and what they are solved with. Everything is computed in f64, matrix by matrix.

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "models/kernels/element_loops.h"
#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/batches.h"
#include "models/tensor/ops/wide.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

/// Row by row, without gaps.
struct Dense {
  std::int64_t rows, columns;
  std::vector<double> values;

  double* operator[](std::int64_t row) { return values.data() + row * columns; }
  const double* operator[](std::int64_t row) const { return values.data() + row * columns; }
};

template <class T>
Dense load_matrix(const Matrices<const T>& from, std::int64_t index) {
  Dense matrix{from.rows, from.columns, std::vector<double>(static_cast<std::size_t>(from.rows * from.columns))};
  const T* const first = from[index];
  for (std::int64_t i = 0; i < from.rows; i++) {
    for (std::int64_t j = 0; j < from.columns; j++) matrix[i][j] = static_cast<double>(first[i * from.down + j * from.right]);
  }
  return matrix;
}

template <class T>
void store_matrix(T* to, const Dense& matrix) {
  for (std::size_t i = 0; i < matrix.values.size(); i++) to[i] = static_cast<T>(static_cast<Computed<T>>(matrix.values[i]));
}

/// Calls work.operator()<T>(index) for each matrix of the output.
template <class Work>
void for_each_matrix(const Tensor& output, std::int64_t matrices, std::int64_t n, Work&& work) {
  with_type_of<Domain::kFloating>(output.dtype(), [&]<class T>() {
    Context& context = Context::current();
    const std::int64_t cost = std::max<std::int64_t>(1, n * n * n);
    parallel_for(context.pool(), matrices * cost < 4 * kParallelElements ? 1 : context.threads(), matrices,
                 std::max<std::int64_t>(1, 2 * kParallelElements / cost), [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; i++) work.template operator()<T>(i);
                 });
  });
}

[[noreturn]] void fail(std::int64_t index, const char* what) { throw Error("matrix " + std::to_string(index) + " is " + what); }

/// L and U of a with rows exchanged, in a's place (partial pivoting). Returns the sign of the exchanges, 0 when a is singular; `exchange`
/// is told of each.
template <class Exchange>
double factor(Dense& a, Exchange&& exchange) {
  double sign = 1;
  for (std::int64_t k = 0; k < a.rows; k++) {
    std::int64_t pivot = k;
    for (std::int64_t i = k + 1; i < a.rows; i++) pivot = std::abs(a[i][k]) > std::abs(a[pivot][k]) ? i : pivot;
    if (a[pivot][k] == 0) return 0;
    if (pivot != k) {
      std::swap_ranges(a[k], a[k] + a.columns, a[pivot]);
      exchange(k, pivot);
      sign = -sign;
    }
    for (std::int64_t i = k + 1; i < a.rows; i++) {
      const double share = a[i][k] /= a[k][k];
      for (std::int64_t j = k + 1; j < a.columns; j++) a[i][j] -= share * a[k][j];
    }
  }
  return sign;
}

/// b becomes the X of a X = b, a triangular. False when a is singular.
bool substitute(const Dense& a, Dense& b, Triangle triangle, Transposed transposed, UnitDiagonal diagonal) {
  const bool down = (triangle == Triangle::kLower) == (transposed == Transposed::kNo);
  for (std::int64_t step = 0; step < b.rows; step++) {
    const std::int64_t i = down ? step : b.rows - 1 - step;
    for (std::int64_t j = down ? 0 : b.rows - 1; j != i; j += down ? 1 : -1) {
      const double share = transposed == Transposed::kNo ? a[i][j] : a[j][i];
      for (std::int64_t c = 0; c < b.columns; c++) b[i][c] -= share * b[j][c];
    }
    if (diagonal == UnitDiagonal::kYes) continue;
    if (a[i][i] == 0) return false;
    for (std::int64_t c = 0; c < b.columns; c++) b[i][c] /= a[i][i];
  }
  return true;
}

void check_square(const Tensor& a) {
  if (a.rank() < 2 || a.size(-1) != a.size(-2))
    throw Error("a matrix of shape " + to_text(a.shape()) + ", expected as many rows as columns");
  if (!is_floating(a.dtype())) throw Error("is not defined for " + std::string(name_of(a.dtype())));
}

// ---- solve and triangular_solve ------------------------------------------------------------------------------------------------------

void infer_solve(const Call& call, OutputSpecs& outputs) {
  const Tensor &a = call.input(0), &b = call.input(1);
  check_square(a);
  if (b.rank() < 2 || b.size(-2) != a.size(-1))
    throw Error("matrices of shapes " + to_text(a.shape()) + " and " + to_text(b.shape()) + ", expected [.., n, n] and [.., n, k]");
  outputs.add(with_matrix(broadcast(batch_of(a), batch_of(b)), b.size(-2), b.size(-1)), a.dtype());
}

/// Calls solve_one(a, b, index), which makes b the solution, for each pair of matrices.
template <class SolveOne>
void for_each_system(const Call& call, Tensor& output, SolveOne&& solve_one) {
  const Dims batch = batch_of(output);
  for_each_matrix(output, batch.count(), output.size(-2), [&]<class T>(std::int64_t index) {
    const Dense a = load_matrix(Matrices<const T>(call.input(0), batch), index);
    Dense b = load_matrix(Matrices<const T>(call.input(1), batch), index);
    solve_one(a, b, index);
    store_matrix(output.raw_as<T>() + index * b.rows * b.columns, b);
  });
}

void solve_general(const Call& call, std::span<Tensor> outputs) {
  for_each_system(call, outputs[0], [](Dense a, Dense& b, std::int64_t index) {
    if (factor(a, [&](std::int64_t i, std::int64_t j) { std::swap_ranges(b[i], b[i] + b.columns, b[j]); }) == 0) fail(index, "singular");
    substitute(a, b, Triangle::kLower, Transposed::kNo, UnitDiagonal::kYes);
    substitute(a, b, Triangle::kUpper, Transposed::kNo, UnitDiagonal::kNo);
  });
}

void solve_gradient(G& c) {
  const Tensor of_b = solve(c.input(0).transpose(-1, -2), c.gradient());
  c.set(1, of_b);
  if (c.wants(0)) c.set(0, -matmul(of_b, c.output().transpose(-1, -2)));
}

// Attributes of triangular_solve: mode, a Triangle; reverse, a Transposed; value, a UnitDiagonal.
template <class Flag>
Flag flag(const Attributes& attributes, Key key) {
  return static_cast<Flag>(attributes.integer(key));
}

void solve_triangle(const Call& call, std::span<Tensor> outputs) {
  const Attributes& at = call.attributes;
  for_each_system(call, outputs[0], [&](const Dense& a, Dense& b, std::int64_t index) {
    if (!substitute(a, b, flag<Triangle>(at, Key::kMode), flag<Transposed>(at, Key::kReverse), flag<UnitDiagonal>(at, Key::kValue)))
      fail(index, "singular");
  });
}

Tensor row_numbers(std::int64_t n) { return arange(n).unsqueeze(1); }

void triangular_solve_gradient(G& c) {
  const auto triangle = flag<Triangle>(c.attributes(), Key::kMode);
  const auto diagonal = flag<UnitDiagonal>(c.attributes(), Key::kValue);
  const bool transposed = flag<Transposed>(c.attributes(), Key::kReverse) == Transposed::kYes;
  const Tensor a = c.input(0), x = c.output();
  const Tensor of_b = triangular_solve(a, c.gradient(), triangle, transposed ? Transposed::kNo : Transposed::kYes, diagonal);
  c.set(1, of_b);
  if (!c.wants(0)) return;
  const Tensor of_a = transposed ? matmul(x, of_b.transpose(-1, -2)) : matmul(of_b, x.transpose(-1, -2));
  const Tensor row = row_numbers(a.size(-1)), column = arange(a.size(-1));
  Tensor used = triangle == Triangle::kLower ? row >= column : row <= column;
  if (diagonal == UnitDiagonal::kYes) used = logical_and(used, not_equal(row, column));
  c.set(0, where(used, -of_a, 0));
}

// ---- cholesky and log_determinant ----------------------------------------------------------------------------------------------------

void infer_cholesky(const Call& call, OutputSpecs& outputs) {
  check_square(call.input());
  outputs.add(call.input().shape(), call.input().dtype());
}

void factor_cholesky(const Call& call, std::span<Tensor> outputs) {
  const Dims batch = batch_of(call.input());
  for_each_matrix(outputs[0], batch.count(), call.input().size(-1), [&]<class T>(std::int64_t index) {
    const Dense a = load_matrix(Matrices<const T>(call.input(), batch), index);
    Dense l{a.rows, a.columns, std::vector<double>(a.values.size())};
    for (std::int64_t i = 0; i < a.rows; i++) {
      for (std::int64_t j = 0; j <= i; j++) {
        double rest = (a[i][j] + a[j][i]) / 2;
        for (std::int64_t k = 0; k < j; k++) rest -= l[i][k] * l[j][k];
        if (i == j && !(rest > 0)) fail(index, "not positive definite");
        l[i][j] = i == j ? std::sqrt(rest) : rest / l[j][j];
      }
    }
    store_matrix(outputs[0].raw_as<T>() + index * a.rows * a.columns, l);
  });
}

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
  for (int i = 0; i < 2; i++) outputs.add(batch_of(call.input()), call.input().dtype());
}

void find_log_determinant(const Call& call, std::span<Tensor> outputs) {
  const Dims batch = batch_of(call.input());
  for_each_matrix(outputs[0], batch.count(), call.input().size(-1), [&]<class T>(std::int64_t index) {
    Dense a = load_matrix(Matrices<const T>(call.input(), batch), index);
    double sign = factor(a, [](std::int64_t, std::int64_t) {}), sum = sign == 0 ? -std::numeric_limits<double>::infinity() : 0;
    for (std::int64_t i = 0; i < a.rows && sign != 0; i++) {
      sum += std::log(std::abs(a[i][i]));
      if (a[i][i] < 0) sign = -sign;
    }
    outputs[0].raw_as<T>()[index] = static_cast<T>(static_cast<Computed<T>>(sign));
    outputs[1].raw_as<T>()[index] = static_cast<T>(static_cast<Computed<T>>(sum));
  });
}

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

const Op kRows[] = {
    {.id = OpId::kSolve,
     .name = "solve",
     .types = TypeRule::kFloating,
     .infer = infer_solve,
     .reference = solve_general,
     .gradient = solve_gradient,
     .saved = kFirstInputAndOutput,
     .autocast = Autocast::kF32,
     .samples = solve_samples},
    {.id = OpId::kTriangularSolve,
     .name = "triangular_solve",
     .types = TypeRule::kFloating,
     .infer = infer_solve,
     .reference = solve_triangle,
     .gradient = triangular_solve_gradient,
     .saved = kFirstInputAndOutput,
     .autocast = Autocast::kF32,
     .samples = triangular_solve_samples},
    {.id = OpId::kCholesky,
     .name = "cholesky",
     .types = TypeRule::kFloating,
     .infer = infer_cholesky,
     .reference = factor_cholesky,
     .gradient = cholesky_gradient,
     .saved = Saved::kOutputs,
     .autocast = Autocast::kF32,
     .samples = square_samples},
    {.id = OpId::kLogDeterminant,
     .name = "log_determinant",
     .types = TypeRule::kFloating,
     .infer = infer_log_determinant,
     .reference = find_log_determinant,
     .gradient =
         [](G& c) {
           const Tensor a = c.input();
           c.set(0, c.gradient(1).unsqueeze(-1).unsqueeze(-1) * inverse(a).transpose(-1, -2));
         },
     .saved = Saved::kFirstInput,
     .autocast = Autocast::kF32,
     .onnx = "",
     .samples = square_samples},
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
  if (a.rank() < 2) throw OpError("inverse: a tensor of shape " + to_text(a.shape()) + ", expected [.., n, n]");
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
