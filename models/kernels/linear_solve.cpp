#include "models/kernels/linear_solve.h"

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "models/kernels/element_loops.h"
#include "models/kernels/matrices.h"

namespace argent::kernels {
namespace {

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
void store_number(const Array& out, std::int64_t index, double value) {
  out.raw_as<T>()[index] = static_cast<T>(static_cast<Computed<T>>(value));
}
template <class T>
void store_matrix(const Array& out, std::int64_t index, const Dense& matrix) {
  const auto count = static_cast<std::int64_t>(matrix.values.size());
  for (std::int64_t i = 0; i < count; i++) store_number<T>(out, index * count + i, matrix.values[static_cast<std::size_t>(i)]);
}

/// Calls work.operator()<T>(index) for each of the `matrices`, which are n x n and of type `type`.
template <class Work>
void for_each_matrix(DType type, std::int64_t matrices, std::int64_t n, Work&& work) {
  with_type_of<Domain::kFloating>(type, [&]<class T>() {
    Context& context = Context::current();
    const std::int64_t cost = std::max<std::int64_t>(1, n * n * n);
    parallel_for(context.pool(), matrices * cost < 4 * kParallelElements ? 1 : context.threads(), matrices,
                 std::max<std::int64_t>(1, 2 * kParallelElements / cost), [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; i++) work.template operator()<T>(i);
                 });
  });
}

/// Calls solve_one(a, b, index), which makes b the solution, for each pair of matrices.
template <class SolveOne>
void for_each_system(const Array& out, const Array& a, const Array& b, SolveOne&& solve_one) {
  const Dims batch = batch_of(out);
  for_each_matrix(out.dtype(), batch.count(), out.size(-2), [&]<class T>(std::int64_t index) {
    const Dense left = load_matrix(Matrices<const T>(a, batch), index);
    Dense right = load_matrix(Matrices<const T>(b, batch), index);
    solve_one(left, right, index);
    store_matrix<T>(out, index, right);
  });
}

[[noreturn]] void fail(std::int64_t index, const char* what) { throw Error("matrix ", index, " is ", what); }

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
bool substitute(const Dense& a, Dense& b, Triangular part) {
  const bool down = part.upper == part.transposed;
  for (std::int64_t step = 0; step < b.rows; step++) {
    const std::int64_t i = down ? step : b.rows - 1 - step;
    for (std::int64_t j = down ? 0 : b.rows - 1; j != i; j += down ? 1 : -1) {
      const double share = part.transposed ? a[j][i] : a[i][j];
      for (std::int64_t c = 0; c < b.columns; c++) b[i][c] -= share * b[j][c];
    }
    if (part.unit_diagonal) continue;
    if (a[i][i] == 0) return false;
    for (std::int64_t c = 0; c < b.columns; c++) b[i][c] /= a[i][i];
  }
  return true;
}

}  // namespace

void solve(const Array& out, const Array& a, const Array& b) {
  for_each_system(out, a, b, [](Dense left, Dense& right, std::int64_t index) {
    const auto exchange = [&](std::int64_t i, std::int64_t j) { std::swap_ranges(right[i], right[i] + right.columns, right[j]); };
    if (factor(left, exchange) == 0) fail(index, "singular");
    substitute(left, right, {.unit_diagonal = true});
    substitute(left, right, {.upper = true});
  });
}

void solve_triangular(const Array& out, const Array& a, const Array& b, Triangular part) {
  for_each_system(out, a, b, [part](const Dense& left, Dense& right, std::int64_t index) {
    if (!substitute(left, right, part)) fail(index, "singular");
  });
}

void cholesky(const Array& out, const Array& x) {
  const Dims batch = batch_of(x);
  for_each_matrix(x.dtype(), batch.count(), x.size(-1), [&]<class T>(std::int64_t index) {
    const Dense a = load_matrix(Matrices<const T>(x, batch), index);
    Dense l{a.rows, a.columns, std::vector<double>(a.values.size())};
    for (std::int64_t i = 0; i < a.rows; i++) {
      for (std::int64_t j = 0; j <= i; j++) {
        double rest = (a[i][j] + a[j][i]) / 2;
        for (std::int64_t k = 0; k < j; k++) rest -= l[i][k] * l[j][k];
        if (i == j && !(rest > 0)) fail(index, "not positive definite");
        l[i][j] = i == j ? std::sqrt(rest) : rest / l[j][j];
      }
    }
    store_matrix<T>(out, index, l);
  });
}

void log_determinant(const Array& sign, const Array& absolute, const Array& x) {
  const Dims batch = batch_of(x);
  for_each_matrix(x.dtype(), batch.count(), x.size(-1), [&]<class T>(std::int64_t index) {
    Dense a = load_matrix(Matrices<const T>(x, batch), index);
    double side = factor(a, [](std::int64_t, std::int64_t) {}), sum = side == 0 ? -std::numeric_limits<double>::infinity() : 0;
    for (std::int64_t i = 0; i < a.rows && side != 0; i++) {
      sum += std::log(std::abs(a[i][i]));
      if (a[i][i] < 0) side = -side;
    }
    store_number<T>(sign, index, side);
    store_number<T>(absolute, index, sum);
  });
}

}  // namespace argent::kernels
