// The inner loops of every instruction set that this machine has, against sums and functions in f64.
#include "models/kernels/kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "models/kernels/gemm.h"
#include "models/kernels/philox.h"
#include "models/runtime/dtype.h"

namespace argent::kernels {
namespace {

std::vector<CpuTarget> targets() {
  std::vector<CpuTarget> result;
  for (const CpuTarget target : {CpuTarget::kBaseline, CpuTarget::kAvx2, CpuTarget::kAvx512}) {
    if (target <= best_cpu_target()) result.push_back(target);
  }
  return result;
}

/// Small whole numbers, whose sums f32 holds exactly.
template <class T>
std::vector<T> whole_numbers(std::size_t count, std::uint64_t seed) {
  std::vector<T> result(count);
  for (std::size_t i = 0; i < count; i++) result[i] = static_cast<T>(static_cast<int>(philox(seed, i)[0] % 7) - 3);
  return result;
}

template <class T>
void expect_products(const Resources& resources) {
  const std::int64_t sizes[][3] = {{1, 1, 1}, {1, 40, 7}, {13, 1, 300}, {12, 32, 0}, {5, 70, 33}, {160, 65, 700}, {30, 1100, 20}};
  for (const auto& [m, n, k] : sizes) {
    // Every other element of a row; the same transposed; dense; dense transposed.
    for (int layout = 0; layout < 4; layout++) {
      const std::int64_t step = layout < 2 ? 2 : 1;
      const auto a = whole_numbers<T>(static_cast<std::size_t>(m * k * step), 1),
                 b = whole_numbers<T>(static_cast<std::size_t>(k * n * step), 2);
      const bool turned = layout % 2 == 1;
      const Matrix<T> left = turned ? Matrix<T>{a.data(), step, m * step} : Matrix<T>{a.data(), k * step, step};
      const Matrix<T> right = turned ? Matrix<T>{b.data(), step, k * step} : Matrix<T>{b.data(), n * step, step};
      std::vector<T> c(static_cast<std::size_t>(m * n + 1), T{77});
      gemm(resources, m, n, k, left, right, c.data(), n);
      for (std::int64_t i = 0; i < m; i++) {
        for (std::int64_t j = 0; j < n; j++) {
          T sum = 0;
          for (std::int64_t l = 0; l < k; l++)
            sum += left.data[i * left.row + l * left.column] * right.data[l * right.row + j * right.column];
          ASSERT_EQ(c[static_cast<std::size_t>(i * n + j)], sum) << m << "x" << n << "x" << k << " layout " << layout;
        }
      }
      EXPECT_EQ(c.back(), T{77});
    }
  }
}

TEST(Kernels, ProductsOfMatricesOfAnyStrides) {
  BufferPool pool;
  for (const CpuTarget target : targets()) {
    for (const int threads : {1, 2}) {
      expect_products<float>({pool, threads, kernels_for(target)});
      expect_products<double>({pool, threads, kernels_for(target)});
    }
  }
}

/// Largest error in units of the last place of the truth.
template <class Truth>
double worst_error(UnaryLoop loop, const std::vector<float>& x, Truth truth) {
  std::vector<float> y(x.size());
  loop(y.data(), x.data(), static_cast<std::int64_t>(x.size()));
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); i++) {
    const double expected = truth(static_cast<double>(x[i]));
    const auto rounded = static_cast<float>(expected);
    if (std::isnan(rounded) || std::isinf(rounded)) {
      EXPECT_TRUE(std::isnan(rounded) ? std::isnan(y[i]) : y[i] == rounded) << x[i];
      continue;
    }
    const double ulp = static_cast<double>(std::nextafter(std::abs(rounded), HUGE_VALF)) - static_cast<double>(std::abs(rounded));
    worst = std::max(worst, std::abs(static_cast<double>(y[i]) - expected) / ulp);
  }
  return worst;
}

TEST(Kernels, FunctionsAreRoundedOnce) {
  std::vector<float> x = {0, -0.0f, 1, -1, HUGE_VALF, -HUGE_VALF, std::numeric_limits<float>::quiet_NaN(), 1e-45f, -1e-45f, 1e-38f, 3e38f};
  for (std::uint32_t bits = 0; bits < 0xff800000U; bits += 0x7001U) x.push_back(std::bit_cast<float>(bits));
  const auto sigmoid = [](double v) { return 1 / (1 + std::exp(-v)); };
  for (const CpuTarget target : targets()) {
    const Kernels& kernels = kernels_for(target);
    const auto loop = [&](Unary function) { return kernels.unary[static_cast<int>(function)]; };
    EXPECT_LE(worst_error(loop(Unary::kExp), x, [](double v) { return std::exp(v); }), 0.5001);
    EXPECT_LE(worst_error(loop(Unary::kLog), x, [](double v) { return std::log(v); }), 0.5001);
    EXPECT_LE(worst_error(loop(Unary::kTanh), x, [](double v) { return std::tanh(v); }), 0.5001);
    EXPECT_LE(worst_error(loop(Unary::kSigmoid), x, sigmoid), 0.5001);
    EXPECT_LE(worst_error(loop(Unary::kSqrt), x, [](double v) { return std::sqrt(v); }), 0.5);
  }
}

TEST(Kernels, ShortTypesAreTheEnginesOwn) {
  std::vector<float> x;
  for (std::uint64_t bits = 0; bits < 1ULL << 32; bits += 0x3ff1U) x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  const auto n = static_cast<std::int64_t>(x.size());
  std::vector<std::uint16_t> shorts(x.size());
  std::vector<float> back(x.size());
  for (const CpuTarget target : targets()) {
    const Kernels& kernels = kernels_for(target);
    kernels.to_bf16(shorts.data(), x.data(), n);
    for (std::size_t i = 0; i < x.size(); i++) ASSERT_EQ(shorts[i], BFloat16(x[i]).bits) << x[i];
    kernels.from_bf16(back.data(), shorts.data(), n);
    for (std::size_t i = 0; i < x.size(); i++) ASSERT_EQ(std::bit_cast<std::uint32_t>(back[i]), std::uint32_t{shorts[i]} << 16);
    if (kernels.to_f16 == nullptr) continue;
    kernels.to_f16(shorts.data(), x.data(), n);
    for (std::size_t i = 0; i < x.size(); i++) {
      if (std::isnan(x[i]))
        ASSERT_GT(shorts[i] & 0x7fff, 0x7c00);
      else
        ASSERT_EQ(shorts[i], Half(x[i]).bits) << x[i];
    }
    kernels.from_f16(back.data(), shorts.data(), n);
    for (std::size_t i = 0; i < x.size(); i++) {
      Half half;
      half.bits = shorts[i];
      const float expected = half;
      ASSERT_TRUE(back[i] == expected || (std::isnan(back[i]) && std::isnan(expected)));
    }
  }
}

}  // namespace
}  // namespace argent::kernels
