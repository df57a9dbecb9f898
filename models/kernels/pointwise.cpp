#include "models/kernels/pointwise.h"

#include <bit>
#include <cmath>
#include <limits>

#include "models/kernels/element_loops.h"

namespace argent::kernels {
namespace {

/// C++ leaves open what an integer becomes that can't hold the number.
template <class To, class From>
To converted(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value != 0;
  } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
    if (value != value) return 0;
    constexpr auto kLow = static_cast<From>(std::numeric_limits<To>::min());
    constexpr auto kHigh = static_cast<From>(std::numeric_limits<To>::max());
    if (value <= kLow) return std::numeric_limits<To>::min();
    if (value >= kHigh) return std::numeric_limits<To>::max();
    return static_cast<To>(value);
  } else if constexpr (std::is_same_v<To, Half> || std::is_same_v<To, BFloat16>) {
    if constexpr (std::is_same_v<From, double>) {
      // Rounded once: to float by truncation with the lost digits remembered in the last one, then to the short type.
      float cut = static_cast<float>(value);
      if (static_cast<double>(cut) != value && std::isfinite(cut)) {
        const auto bits = std::bit_cast<std::uint32_t>(cut);
        if (std::abs(static_cast<double>(cut)) > std::abs(value)) cut = std::bit_cast<float>(bits - 1);
        cut = std::bit_cast<float>(std::bit_cast<std::uint32_t>(cut) | 1U);
      }
      return To(cut);
    } else {
      return To(static_cast<float>(value));
    }
  } else {
    return static_cast<To>(value);
  }
}

// ---- with vectors ----------------------------------------------------------------------------------------------------------------------

const Kernels& loops() { return kernels_for(Context::current().target()); }

template <class T>
T* at(std::byte* data) {
  return reinterpret_cast<T*>(data);
}

/// Calls run(data, steps, n) as for_each_run does for arrays of elements of the given sizes, if the first's elements are adjacent and each
/// other's are, too, or all the same; steps count elements. False: they are not, or the stretches are too short to be worth it.
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
template <class... Inputs>
bool are_alike(const Array& out, const Inputs&... inputs) {
  return out.count() < 2 * kParallelElements && ((inputs.shape() == out.shape() && inputs.strides() == out.strides()) && ...);
}

template <class Out, class In>
bool run_on_one(void (*loop)(Out*, const In*, std::int64_t), const Array& out, const Array& x) {
  if (loop == nullptr) return false;
  return for_each_dense_run(strided_bytes(out, x), {sizeof(Out), sizeof(In)}, [&](const auto& data, const auto& step, std::int64_t n) {
    if (step[1] != 0) return loop(at<Out>(data[0]), at<In>(data[1]), n);
    for (std::int64_t i = 0; i < n; i++) loop(at<Out>(data[0]) + i, at<In>(data[1]), 1);
  });
}

template <class Out>
bool run_on_two(void (*loop)(Out*, const float*, std::int64_t, const float*, std::int64_t, std::int64_t), const Array& out, const Array& a,
                const Array& b) {
  if (a.dtype() != DType::kF32 || b.dtype() != DType::kF32) return false;
  if (are_alike(out, a, b)) {
    loop(out.raw_as<Out>(), a.raw_as<float>(), 1, b.raw_as<float>(), 1, out.count());
    return true;
  }
  return for_each_dense_run(strided_bytes(out, a, b), {sizeof(Out), sizeof(float), sizeof(float)},
                            [&](const auto& data, const auto& step, std::int64_t n) {
                              loop(at<Out>(data[0]), at<float>(data[1]), step[1], at<float>(data[2]), step[2], n);
                            });
}

}  // namespace

void choose(const Array& out, const Array& condition, const Array& a, const Array& b) {
  with_type(a.dtype(), [&]<class T>() {
    for_each_run(strided_bytes(out, condition, a, b), [](const auto& data, const auto& step, std::int64_t n) {
      for (std::int64_t i = 0; i < n; i++)
        *at<T>(data[0] + i * step[0]) =
            *at<const T>(*at<const bool>(data[1] + i * step[1]) ? data[2] + i * step[2] : data[3] + i * step[3]);
    });
  });
}

void convert(const Array& out, const Array& x) {
  with_type(out.dtype(), [&]<class To>() {
    with_type(x.dtype(), [&]<class From>() {
      for_each_run(strided_bytes(out, x), [](const auto& data, const auto& step, std::int64_t n) {
        for (std::int64_t i = 0; i < n; i++) *at<To>(data[0] + i * step[0]) = converted<To>(load<From>(data[1] + i * step[1]));
      });
    });
  });
}

bool fast_elements(Unary function, const Array& out, const Array& x) {
  if (x.dtype() != DType::kF32) return false;
  const UnaryLoop loop = loops().unary[static_cast<int>(function)];
  if (!are_alike(out, x)) return run_on_one(loop, out, x);
  loop(out.raw_as<float>(), x.raw_as<float>(), x.count());
  return true;
}

bool fast_elements(Binary function, const Array& out, const Array& a, const Array& b) {
  return run_on_two(loops().binary[static_cast<int>(function)], out, a, b);
}

bool fast_elements(Comparison function, const Array& out, const Array& a, const Array& b) {
  return run_on_two(loops().comparison[static_cast<int>(function)], out, a, b);
}

bool fast_choose(const Array& out, const Array& condition, const Array& a, const Array& b) {
  if (out.dtype() != DType::kF32) return false;
  const auto loop = loops().choose;
  const auto operands = strided_bytes(out, condition, a, b);
  auto simple = operands;
  simple.simplify();
  if (simple.strides[1].back() != 1) return false;
  return for_each_dense_run(operands, {sizeof(float), sizeof(bool), sizeof(float), sizeof(float)},
                            [&](const auto& data, const auto& step, std::int64_t n) {
                              loop(at<float>(data[0]), at<bool>(data[1]), at<float>(data[2]), step[2], at<float>(data[3]), step[3], n);
                            });
}

bool fast_convert(const Array& out, const Array& x) {
  const Kernels& all = loops();
  if (x.dtype() == DType::kF32 && out.dtype() == DType::kBF16) return run_on_one(all.to_bf16, out, x);
  if (x.dtype() == DType::kF32 && out.dtype() == DType::kF16) return run_on_one(all.to_f16, out, x);
  if (x.dtype() == DType::kBF16 && out.dtype() == DType::kF32) return run_on_one(all.from_bf16, out, x);
  if (x.dtype() == DType::kF16 && out.dtype() == DType::kF32) return run_on_one(all.from_f16, out, x);
  return false;
}

void convert_elements(const Array& to, const Array& from) {
  if (!fast_convert(to, from)) convert(to, from);
}

}  // namespace argent::kernels
