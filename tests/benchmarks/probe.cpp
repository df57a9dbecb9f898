#include "tests/benchmarks/probe.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "models/runtime/cpu.h"

namespace argent::benchmarks {
namespace {

double now() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double median_of(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v.empty() ? 0 : v[v.size() / 2];
}

std::string cpuinfo(const std::string& key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key, 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "?";
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma")))
#endif
float
fma_loop(int rounds) {
  constexpr int kLanes = 96;  // 12 accumulators of 8: enough to hide the latency
  float sums[kLanes];
  for (int i = 0; i < kLanes; i++) sums[i] = static_cast<float>(i);
  for (int r = 0; r < rounds; r++) {
    for (int i = 0; i < kLanes; i++) sums[i] = sums[i] * 0.999f + 0.5f;
  }
  float total = 0;
  for (float s : sums) total += s;
  return total;
}

#if defined(__x86_64__)
typedef float Wide __attribute__((vector_size(64)));
typedef float Narrow __attribute__((vector_size(32)));

// Sums that stay in registers, which the compiler is told may change: enough of them to hide the latency.
#define ARGENT_FMA_LOOP(name, V, set)                                                                           \
  __attribute__((target(set))) void name(int rounds) {                                                          \
    V s0{}, s1{}, s2{}, s3{}, s4{}, s5{}, s6{}, s7{}, s8{}, s9{}, s10{}, s11{};                                 \
    const V a = V{} + 0.999f, b = V{} + 0.5f;                                                                   \
    for (int r = 0; r < rounds; r++) {                                                                          \
      s0 = s0 * a + b, s1 = s1 * a + b, s2 = s2 * a + b, s3 = s3 * a + b, s4 = s4 * a + b, s5 = s5 * a + b;     \
      s6 = s6 * a + b, s7 = s7 * a + b, s8 = s8 * a + b, s9 = s9 * a + b, s10 = s10 * a + b, s11 = s11 * a + b; \
      asm volatile("" : "+v"(s0), "+v"(s1), "+v"(s2), "+v"(s3), "+v"(s4), "+v"(s5));                            \
      asm volatile("" : "+v"(s6), "+v"(s7), "+v"(s8), "+v"(s9), "+v"(s10), "+v"(s11));                          \
    }                                                                                                           \
  }
ARGENT_FMA_LOOP(wide_fma_loop, Wide, "avx512f,fma")
ARGENT_FMA_LOOP(narrow_fma_loop, Narrow, "avx2,fma")
#undef ARGENT_FMA_LOOP
#endif

}  // namespace

double vector_fma_rate(CpuTarget target) {
#if defined(__x86_64__)
  if (target != CpuTarget::kBaseline) {
    constexpr int kRounds = 2'000'000;
    const bool wide = target == CpuTarget::kAvx512;
    double best = 0;
    for (int i = 0; i < 5; i++) {
      const double start = now();
      (wide ? wide_fma_loop : narrow_fma_loop)(kRounds);
      best = std::max(best, 2.0 * 12 * (wide ? 16 : 8) * kRounds / ((now() - start) * 1e6));
    }
    return best;
  }
#endif
  (void)target;
  return fma_rate(1);
}

std::string cpu_description() {
  return cpuinfo("vendor_id") + " family " + cpuinfo("cpu family") + " model " + cpuinfo("model\t") + ", " +
         std::string(name_of(best_cpu_target()));
}

std::string contest_description(CpuTarget target, const std::string& peer) {
  const char* coretype = std::getenv("OPENBLAS_CORETYPE");
  return cpu_description() + "; kernels " + std::string(name_of(target)) + "; " + peer + "; OPENBLAS_CORETYPE " +
         (coretype == nullptr ? "unset" : coretype);
}

double fma_rate(int threads) {
  constexpr int kRounds = 2'000'000;
  static std::atomic<float> sink = 0;
  const double start = now();
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; t++) workers.emplace_back([] { sink = fma_loop(kRounds); });
  for (auto& worker : workers) worker.join();
  return 2.0 * 96 * kRounds * threads / ((now() - start) * 1e6);
}

double copy_time(std::size_t bytes) {
  std::vector<char> from(bytes, 1), to(bytes, 2);
  std::vector<double> times;
  for (int i = 0; i < 12; i++) {
    const double start = now();
    std::memcpy(to.data(), from.data(), bytes);
    if (i > 0) times.push_back(now() - start);
  }
  return median_of(times);
}

double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

double Contender::median() const { return median_of(milliseconds); }

void interleave(std::vector<Contender>& contenders, int warm_up, int rounds) {
  for (int round = -warm_up; round < rounds; round++) {
    for (Contender& contender : contenders) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // OpenMP's workers spin for a while after a peer's turn
      const double start = now();
      contender.work();
      if (round >= 0) contender.milliseconds.push_back(now() - start);
    }
  }
}

}  // namespace argent::benchmarks
