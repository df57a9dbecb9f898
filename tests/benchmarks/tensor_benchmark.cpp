// tensor_benchmark: the tensor engine beside libtorch and Eigen, one thread, by turns in one process. Prints one table; decides nothing.
//
// ARGENT_CPU=avx2 DNNL_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2: both on AVX2. OPENBLAS_CORETYPE must not be set: it halves the peer.
#include <malloc.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/kernels/gemm.h"
#include "models/runtime/context.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"
#include "models/tensor/samples.h"
#include "tests/benchmarks/probe.h"
#include "tests/benchmarks/torch_peer.h"

// eigen_peer.cpp, once per instruction set
namespace EigenBaseline {
void peer_product(const float* a, const float* b, float* c, int n);
}
namespace EigenAvx2 {
void peer_product(const float* a, const float* b, float* c, int n);
}
namespace EigenAvx512 {
void peer_product(const float* a, const float* b, float* c, int n);
}

namespace argent::benchmarks {
namespace {

using namespace tensor;

Tensor random(const Dims& shape, double scale = 1) {
  SampleList list(static_cast<std::uint64_t>(shape.count()));
  return list.numbers(shape, -scale, scale, DType::kF32);
}

auto eigen_product(CpuTarget target) {
#if defined(__x86_64__)
  if (target == CpuTarget::kAvx512) return EigenAvx512::peer_product;
  if (target == CpuTarget::kAvx2) return EigenAvx2::peer_product;
#endif
  (void)target;
  return EigenBaseline::peer_product;
}

std::function<void()> argent_product(int n) {
  const Tensor a = random({n, n}), b = random({n, n}), c = zeros({n, n});
  return [a, b, c, n] {
    Context& context = Context::current();
    const kernels::Resources resources{context.pool(), 1, kernels::kernels_for(context.target())};
    kernels::gemm<float>(resources, n, n, n, {a.raw_as<float>(), n, 1}, {b.raw_as<float>(), n, 1}, c.raw_as<float>(), n);
  };
}

std::function<void()> argent_conv(int channels, int size) {
  const Tensor x = random({1, channels, size, size}).channels_last(), w = random({channels, channels, 3, 3}), b = random({channels});
  return [x, w, b] {
    const NoGrad off;
    conv(x, w, b, {.padding = {1}});
  };
}

/// The small CNN: 3x64x64, four convolutions 3x3, the first three of stride 2, a mean over space, a linear map to two numbers.
std::function<void()> argent_training_step(int batch) {
  struct Net {
    std::vector<Tensor> parameters;
    Tensor x, target;
  };
  auto net = std::make_shared<Net>();
  const int channels[] = {3, 16, 32, 64, 64};
  for (int i = 0; i < 4; i++) {
    net->parameters.push_back(random({channels[i + 1], channels[i], 3, 3}, 0.1).requires_grad(true));
    net->parameters.push_back(zeros({channels[i + 1]}).requires_grad(true));
  }
  net->parameters.push_back(random({2, 64, 1, 1}, 0.1).requires_grad(true));
  net->parameters.push_back(zeros({2}).requires_grad(true));
  net->x = random({batch, 3, 64, 64});
  net->target = random({batch, 2, 1, 1});
  return [net] {
    const std::vector<Tensor>& p = net->parameters;
    Tensor h = net->x;
    for (std::size_t i = 0; i < 4; i++) h = relu(conv(h, p[2 * i], p[2 * i + 1], {.stride = {i < 3 ? 2 : 1}, .padding = {1}}));
    const Tensor mean = sum(h, {2, 3}, Keep::kYes) * (1.0 / static_cast<double>(h.size(2) * h.size(3)));
    const Tensor error = conv(mean, p[8], p[9]) - net->target;
    const Tensor loss = sum(square(error)) * (1.0 / static_cast<double>(error.count()));
    for (Tensor parameter : p) parameter.set_grad({});
    loss.backward();
    const NoGrad off;
    for (Tensor parameter : p) parameter -= parameter.grad() * 1e-3;
  };
}

std::function<void()> argent_small_sums(int times, bool recorded) {
  Tensor p = random({16});
  const Tensor q = random({16});
  p.requires_grad(recorded);
  return [p, q, times, recorded] {
    const GradientMode mode(recorded);
    for (int i = 0; i < times; i++) const Tensor r = p + q;
  };
}

struct Row {
  std::string name;
  double work;  ///< GFLOP; 0: times of 1000 calls, so that a millisecond is a microsecond a call
  std::vector<Contender> contenders;
};

void print(const Row& row) {
  const double own = row.contenders[0].median();
  for (const Contender& c : row.contenders) {
    std::printf("%-32s %-28s %9.4f %s", row.name.c_str(), c.name.c_str(), c.median(), row.work > 0 ? "ms" : "us");
    if (row.work > 0) std::printf(" %7.1f GFLOP/s", row.work / c.median() * 1e3);
    std::printf("   argent / this %.2f\n", own / c.median());
  }
}

}  // namespace
}  // namespace argent::benchmarks

int main() try {
  using namespace argent;
  using namespace argent::benchmarks;
  // A fresh page costs as much as the work on it: the peers get the same favour as our pool gives us.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, -1);
  Context context(1);
  const ContextScope scope(context);
  std::printf("%s\n", contest_description(context.target(), start_torch()).c_str());

  constexpr int kProduct = 512, kRounds = 15;
  const double peak = fma_rate(1, context.target());
  std::vector<float> a(kProduct * kProduct, 1), b(a), c(a);
  std::vector<Row> rows;
  rows.push_back({"product 512 x 512 x 512",
                  2e-9 * kProduct * kProduct * kProduct,
                  {{"argent", argent_product(kProduct), {}},
                   {"eigen", [&] { eigen_product(context.target())(a.data(), b.data(), c.data(), kProduct); }, {}},
                   {"libtorch", torch_product(kProduct), {}}}});
  rows.push_back({"conv 3x3 32->32, 128x128",
                  2e-9 * 128 * 128 * 32 * 32 * 9,
                  {{"argent", argent_conv(32, 128), {}},
                   {"libtorch, planes", torch_conv(32, 128, Layout::kPlanes), {}},
                   {"libtorch, channels last", torch_conv(32, 128, Layout::kChannelsLast), {}}}});
  rows.push_back({"small CNN, training, batch 32",
                  3 * 32 * 10.3e-3,
                  {{"argent", argent_training_step(32), {}},
                   {"libtorch, planes", torch_training_step(32, Layout::kPlanes), {}},
                   {"libtorch, channels last", torch_training_step(32, Layout::kChannelsLast), {}}}});
  rows.push_back(
      {"16 numbers, no gradient", 0, {{"argent", argent_small_sums(1000, false), {}}, {"libtorch", torch_small_sums(1000, false), {}}}});
  rows.push_back(
      {"16 numbers, recorded", 0, {{"argent", argent_small_sums(1000, true), {}}, {"libtorch", torch_small_sums(1000, true), {}}}});
  for (Row& row : rows) {
    interleave_with_pauses(row.contenders, 3, kRounds);
    print(row);
  }
  const double peak_after = fma_rate(1, context.target());
  std::printf("FMA %.0f GFLOP/s before, %.0f after; product at %.0f %% of that; peak memory of all %.0f MiB\n", peak, peak_after,
              rows[0].work / rows[0].contenders[0].median() * 1e3 / std::max(peak, peak_after) * 100, peak_memory());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "tensor_benchmark: %s\n", error.what());
  return 1;
}
