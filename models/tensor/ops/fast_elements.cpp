#include "models/tensor/ops/fast_elements.h"

#include "models/kernels/strided.h"
#include "models/tensor/ops/kernel_resources.h"

namespace argent::tensor {
namespace {

constexpr auto kFloat = static_cast<std::int64_t>(sizeof(float));

const kernels::Kernels& loops() { return kernels::kernels_for(Context::current().target()); }

template <class T>
T* at(std::byte* data) {
  return reinterpret_cast<T*>(data);
}

/// Calls run(data, steps, n) as for_each_run does, if the output's elements are adjacent and each input's are, too, or all the same; steps
/// count elements. False: they are not, or the stretches are too short to be worth it.
template <std::size_t N, class Run>
bool for_each_dense_run(StridedBytes<N> operands, const std::array<std::int64_t, N>& sizes, Run&& run) {
  operands.simplify();
  const int inner = operands.shape.size() - 1;
  if (operands.shape[inner] < 4 && operands.shape.count() > 4) return false;
  for (std::size_t i = 0; i < N; i++) {
    const std::int64_t step = operands.strides[i][inner];
    if (operands.shape[inner] != 1 && step != sizes[i] && (i == 0 || step != 0)) return false;
  }
  for_each_run(operands, [&](const auto& data, const auto& bytes, std::int64_t n) {
    std::array<std::int64_t, N> steps;
    for (std::size_t i = 0; i < N; i++) steps[i] = bytes[i] / sizes[i];
    run(data, steps, n);
  });
  return true;
}

/// All elements lie in the same order: a few of them need no search for stretches.
bool are_alike(const Tensor& output, std::span<const Tensor> inputs) {
  if (output.count() >= 2 * kParallelElements) return false;
  for (const Tensor& input : inputs) {
    if (!(input.shape() == output.shape()) || !(input.strides() == output.strides())) return false;
  }
  return true;  // outputs are dense
}

template <class Out, class Loop>
bool run_pairs(const Call& call, const Tensor& output, Loop loop) {
  const Tensor &a = call.input(0), &b = call.input(1);
  if (a.dtype() != DType::kF32 || b.dtype() != DType::kF32) return false;
  if (are_alike(output, call.inputs)) {
    loop(output.raw_as<Out>(), a.raw_as<float>(), 1, b.raw_as<float>(), 1, output.count());
    return true;
  }
  return for_each_dense_run(strided_bytes(output, a, b), {static_cast<std::int64_t>(sizeof(Out)), kFloat, kFloat},
                            [&](const auto& data, const auto& step, std::int64_t n) {
                              loop(at<Out>(data[0]), at<float>(data[1]), step[1], at<float>(data[2]), step[2], n);
                            });
}

}  // namespace

bool run_unary(kernels::Unary function, const Call& call, std::span<Tensor> outputs) {
  const Tensor& x = call.input();
  if (x.dtype() != DType::kF32) return false;
  const kernels::UnaryLoop loop = loops().unary[static_cast<int>(function)];
  if (are_alike(outputs[0], call.inputs)) {
    loop(outputs[0].raw_as<float>(), x.raw_as<float>(), x.count());
    return true;
  }
  const auto operands = strided_bytes(outputs[0], x);
  return for_each_dense_run(operands, {kFloat, kFloat}, [&](const auto& data, const auto& step, std::int64_t n) {
    if (step[1] != 0) return loop(at<float>(data[0]), at<float>(data[1]), n);
    for (std::int64_t i = 0; i < n; i++) loop(at<float>(data[0]) + i, at<float>(data[1]), 1);
  });
}

bool run_binary(kernels::Binary function, const Call& call, std::span<Tensor> outputs) {
  return run_pairs<float>(call, outputs[0], loops().binary[static_cast<int>(function)]);
}

bool run_comparison(kernels::Comparison function, const Call& call, std::span<Tensor> outputs) {
  return run_pairs<bool>(call, outputs[0], loops().comparison[static_cast<int>(function)]);
}

bool fast_where(const Call& call, std::span<Tensor> outputs) {
  if (outputs[0].dtype() != DType::kF32) return false;
  const auto choose = loops().choose;
  auto operands = strided_bytes(outputs[0], call.input(0), call.input(1), call.input(2));
  auto simple = operands;
  simple.simplify();
  if (simple.strides[1].back() != 1) return false;
  return for_each_dense_run(operands, {kFloat, 1, kFloat, kFloat}, [&](const auto& data, const auto& step, std::int64_t n) {
    choose(at<float>(data[0]), at<bool>(data[1]), at<float>(data[2]), step[2], at<float>(data[3]), step[3], n);
  });
}

bool fast_cast(const Call& call, std::span<Tensor> outputs) {
  const Tensor &x = call.input(), &y = outputs[0];
  const auto run = [&]<class To, class From>(void (*loop)(To*, const From*, std::int64_t)) {
    if (loop == nullptr) return false;
    return for_each_dense_run(strided_bytes(y, x), {static_cast<std::int64_t>(sizeof(To)), static_cast<std::int64_t>(sizeof(From))},
                              [&](const auto& data, const auto& step, std::int64_t n) {
                                if (step[1] != 0) return loop(at<To>(data[0]), at<From>(data[1]), n);
                                for (std::int64_t i = 0; i < n; i++) loop(at<To>(data[0]) + i, at<From>(data[1]), 1);
                              });
  };
  const kernels::Kernels& all = loops();
  if (x.dtype() == DType::kF32 && y.dtype() == DType::kBF16) return run(all.to_bf16);
  if (x.dtype() == DType::kF32 && y.dtype() == DType::kF16) return run(all.to_f16);
  if (x.dtype() == DType::kBF16 && y.dtype() == DType::kF32) return run(all.from_bf16);
  if (x.dtype() == DType::kF16 && y.dtype() == DType::kF32) return run(all.from_f16);
  return false;
}

void convert_elements(const Tensor& to, const Tensor& from) {
  static const Attributes none;
  const Call call{op(OpId::kCast), std::span(&from, 1), none};
  Tensor target = to;
  if (!fast_cast(call, std::span(&target, 1))) call.op.reference(call, std::span(&target, 1));
}

namespace {

/// The axes of a sum, the slowest in memory first. The output has stride 0 along those that are summed.
struct SumAxes {
  Dims shape, x, out;  // strides in elements

  void split(Dims& kept, Dims& summed, int until) const {
    for (int i = 0; i < until; i++) (out[i] != 0 ? kept : summed).push_back(i);
  }
  /// Where index number `index` of the given axes lies, by `strides`.
  std::int64_t place(const Dims& axes, const Dims& strides, std::int64_t index) const {
    std::int64_t at = 0;
    for (int i = axes.size() - 1; i >= 0; i--) {
      const auto axis = static_cast<int>(axes[i]);
      at += index % shape[axis] * strides[axis];
      index /= shape[axis];
    }
    return at;
  }
  std::int64_t count(const Dims& axes) const {
    std::int64_t product = 1;
    for (std::int64_t axis : axes) product *= shape[static_cast<int>(axis)];
    return product;
  }
};

/// Adjacent elements go into one sum.
void sum_along(const SumAxes& axes, const float* x, float* out) {
  const int inner = axes.shape.size() - 1;
  Dims kept, summed;
  axes.split(kept, summed, inner);
  const auto sum = loops().sum;
  Context& context = Context::current();
  const std::int64_t inner_count = axes.count(summed), length = axes.shape[inner], sums = axes.count(kept);
  const bool small = sums * inner_count * length < 2 * kParallelElements;
  parallel_for(context.pool(), small ? 1 : context.threads(), sums,
               std::max<std::int64_t>(1, kParallelElements / std::max<std::int64_t>(1, inner_count * length)),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t o = begin; o < end; o++) {
                   const float* from = x + axes.place(kept, axes.x, o);
                   double total = 0;
                   for (std::int64_t i = 0; i < inner_count; i++) total += sum(from + axes.place(summed, axes.x, i), length);
                   out[axes.place(kept, axes.out, o)] = static_cast<float>(total);
                 }
               });
}

/// Adjacent elements go into adjacent sums.
void sum_across(const SumAxes& axes, const float* x, float* out) {
  constexpr std::int64_t kColumns = 64;
  const int inner = axes.shape.size() - 1, along = inner - 1;  // `along` is summed: nothing else lies between
  Dims kept, summed;
  axes.split(kept, summed, along);
  const auto add_rows = loops().add_rows;
  Context& context = Context::current();
  const std::int64_t columns = axes.shape[inner], cuts = (columns + kColumns - 1) / kColumns, outer = axes.count(summed);
  const bool small = axes.shape.count() < 2 * kParallelElements;
  parallel_for(context.pool(), small ? 1 : context.threads(), axes.count(kept) * cuts, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t piece = begin; piece < end; piece++) {
      const std::int64_t first = piece % cuts * kColumns, wide = std::min(kColumns, columns - first);
      const float* from = x + axes.place(kept, axes.x, piece / cuts) + first;
      double sums[kColumns] = {};
      for (std::int64_t i = 0; i < outer; i++) add_rows(sums, from + axes.place(summed, axes.x, i), axes.shape[along], axes.x[along], wide);
      float* to = out + axes.place(kept, axes.out, piece / cuts) + first * axes.out[inner];
      for (std::int64_t j = 0; j < wide; j++) to[j * axes.out[inner]] = static_cast<float>(sums[j]);
    }
  });
}

}  // namespace

bool fast_sum(const Call& call, std::span<Tensor> outputs) {
  const Tensor& x = call.input();
  if (x.dtype() != DType::kF32 || x.count() == 0) return false;
  const auto operands = [&] {
    StridedBytes<2> both = strided_bytes(x, outputs[0]);
    both.simplify();
    return both;
  }();
  SumAxes axes{operands.shape, operands.strides[0], operands.strides[1]};
  for (int i = 0; i < axes.shape.size(); i++) {
    axes.x[i] /= kFloat;
    axes.out[i] /= kFloat;
  }
  const int inner = axes.shape.size() - 1;
  if (axes.x[inner] != 1) return false;
  if (axes.out[inner] == 0) {
    sum_along(axes, x.raw_as<float>(), outputs[0].raw_as<float>());
  } else if (inner > 0 && axes.out[inner - 1] == 0) {
    sum_across(axes, x.raw_as<float>(), outputs[0].raw_as<float>());
  } else {
    return false;
  }
  return true;
}

}  // namespace argent::tensor
