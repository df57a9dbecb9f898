#include "models/kernels/matmul.h"

#include <vector>

#include "models/kernels/element_loops.h"
#include "models/kernels/gemm.h"
#include "models/kernels/matrices.h"

namespace argent::kernels {
namespace {

/// What products are summed in: f64; of integers without sign, where they wrap around.
template <class T>
auto summand(T value) {
  if constexpr (is_floating(dtype_of<T>()))
    return static_cast<double>(value);
  else
    return static_cast<std::uint64_t>(std::int64_t{value});
}

template <class T>
void multiply_by_gemm(const Array& c, const Array& a, const Array& b) {
  const Dims batch = batch_of(c);
  const Matrices<T> left(a, batch), right(b, batch);
  const std::int64_t m = left.rows, k = left.columns, n = right.columns, size = m * n;
  const std::int64_t batches = size == 0 ? 0 : batch.count();
  const Resources resources = Resources::current();
  const auto one = [&](const Resources& with, std::int64_t i) {
    gemm<T>(with, m, n, k, {left[i], left.down, left.right}, {right[i], right.down, right.right}, c.raw_as<T>() + i * size, n);
  };
  if (batches == 1) return one(resources, 0);
  const std::int64_t work = std::max<std::int64_t>(1, size * k);
  const bool small = batches * work < 2 * kParallelElements;
  parallel_for(resources.pool, small ? 1 : resources.threads, batches, std::max<std::int64_t>(1, kParallelElements / work),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t i = begin; i < end; i++) one({resources.pool, 1, resources.kernels}, i);
               });
}

}  // namespace

void matmul(const Array& c, const Array& a, const Array& b) {
  with_type_of<Domain::kNumbers>(c.dtype(), [&]<class T>() {
    using Sum = decltype(summand(T{}));
    const Dims batch = batch_of(c);
    const Matrices<const T> left(a, batch), right(b, batch);
    const std::int64_t m = left.rows, depth = left.columns, n = right.columns;
    T* const out = c.raw_as<T>();
    const auto rows = [&](std::int64_t begin, std::int64_t end) {
      std::vector<Sum> sums(static_cast<std::size_t>(n));
      for (std::int64_t row = begin; row < end; row++) {
        const T *const x = left[row / m] + row % m * left.down, *const y = right[row / m];
        std::fill(sums.begin(), sums.end(), Sum{0});
        if (right.right <= right.down) {
          for (std::int64_t k = 0; k < depth; k++) {
            const Sum factor = summand(x[k * left.right]);
            const T* const from = y + k * right.down;
            for (std::int64_t j = 0; j < n; j++) sums[static_cast<std::size_t>(j)] += factor * summand(from[j * right.right]);
          }
        } else {
          for (std::int64_t j = 0; j < n; j++) {
            const T* const from = y + j * right.right;
            Sum sum = 0;
            for (std::int64_t k = 0; k < depth; k++) sum += summand(x[k * left.right]) * summand(from[k * right.down]);
            sums[static_cast<std::size_t>(j)] = sum;
          }
        }
        for (std::int64_t j = 0; j < n; j++) out[row * n + j] = static_cast<T>(static_cast<Computed<T>>(sums[static_cast<std::size_t>(j)]));
      }
    };
    Context& context = Context::current();
    const std::int64_t row_work = std::max<std::int64_t>(1, depth * n), count = batch.count() * m;
    parallel_for(context.pool(), count * row_work < 4 * kParallelElements ? 1 : context.threads(), count,
                 std::max<std::int64_t>(1, 2 * kParallelElements / row_work), rows);
  });
}

void gemm_batches(const Array& c, const Array& a, const Array& b) {
  c.dtype() == DType::kF64 ? multiply_by_gemm<double>(c, a, b) : multiply_by_gemm<float>(c, a, b);
}

}  // namespace argent::kernels
