#include "samples/machine_probe.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "models/runtime/cpu.h"

namespace argent {
namespace {

double now() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double median_of(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v.empty() ? 0 : v[v.size() / 2];
}

/// What follows `key` in a file of /proc, "?" where it does not stand.
std::string value_of(const char* path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const auto begin = line.find_first_not_of(" \t", line.find(':') + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "?";
}

std::string cpuinfo(const std::string& key) { return value_of("/proc/cpuinfo", key); }

/// In MiB; /proc says kB.
double memory(const std::string& key) { return std::atof(value_of("/proc/self/status", key).c_str()) / 1024; }

// Sums that stay in registers, which the compiler is told may change: enough of them to hide the latency.
// NOLINTBEGIN(bugprone-macro-parentheses): constraints and types
#if defined(__x86_64__)
#define ARGENT_IN_REGISTER(sum) "+v"(sum)
#define ARGENT_TARGET(set) __attribute__((target(set)))
#else
#define ARGENT_IN_REGISTER(sum) "+w"(sum)
#define ARGENT_TARGET(set)
#endif
#define ARGENT_FMA_LOOP(name, V, set)                                                                                      \
  ARGENT_TARGET(set) void name(int rounds) {                                                                               \
    V s0{}, s1{}, s2{}, s3{}, s4{}, s5{}, s6{}, s7{}, s8{}, s9{}, s10{}, s11{};                                            \
    const V a = V{} + 0.999f, b = V{} + 0.5f;                                                                              \
    for (int r = 0; r < rounds; r++) {                                                                                     \
      s0 = s0 * a + b, s1 = s1 * a + b, s2 = s2 * a + b, s3 = s3 * a + b, s4 = s4 * a + b, s5 = s5 * a + b;                \
      s6 = s6 * a + b, s7 = s7 * a + b, s8 = s8 * a + b, s9 = s9 * a + b, s10 = s10 * a + b, s11 = s11 * a + b;            \
      asm volatile("" : ARGENT_IN_REGISTER(s0), ARGENT_IN_REGISTER(s1), ARGENT_IN_REGISTER(s2), ARGENT_IN_REGISTER(s3));   \
      asm volatile("" : ARGENT_IN_REGISTER(s4), ARGENT_IN_REGISTER(s5), ARGENT_IN_REGISTER(s6), ARGENT_IN_REGISTER(s7));   \
      asm volatile("" : ARGENT_IN_REGISTER(s8), ARGENT_IN_REGISTER(s9), ARGENT_IN_REGISTER(s10), ARGENT_IN_REGISTER(s11)); \
    }                                                                                                                      \
  }
typedef float Plain __attribute__((vector_size(16)));
#if defined(__x86_64__)
typedef float Wide __attribute__((vector_size(64)));
typedef float Narrow __attribute__((vector_size(32)));
ARGENT_FMA_LOOP(avx512_loop, Wide, "avx512f,fma")
ARGENT_FMA_LOOP(avx2_loop, Narrow, "avx2,fma")
ARGENT_FMA_LOOP(baseline_loop, Plain, "sse2")
#else
ARGENT_FMA_LOOP(baseline_loop, Plain, "")
#endif
#undef ARGENT_FMA_LOOP
// NOLINTEND(bugprone-macro-parentheses)

struct FmaLoop {
  void (*run)(int rounds);
  int lanes;
};

FmaLoop fma_loop(CpuTarget target) {
#if defined(__x86_64__)
  if (target == CpuTarget::kAvx512) return {avx512_loop, 16};
  if (target == CpuTarget::kAvx2) return {avx2_loop, 8};
#endif
  (void)target;
  return {baseline_loop, 4};
}

}  // namespace

std::string cpu_description() {
  return cpuinfo("vendor_id") + " family " + cpuinfo("cpu family") + " model " + cpuinfo("model\t") + ", " +
         std::string(name_of(best_cpu_target()));
}

double fma_rate(int threads, CpuTarget target) {
  constexpr int kRounds = 2'000'000, kSums = 12;
  const FmaLoop loop = fma_loop(target);
  double best = 0;
  for (int i = 0; i < 5; i++) {
    const double start = now();
    std::vector<std::thread> others;
    for (int t = 1; t < threads; t++) others.emplace_back(loop.run, kRounds);
    loop.run(kRounds);
    for (auto& other : others) other.join();
    best = std::max(best, 2.0 * kSums * loop.lanes * kRounds * threads / ((now() - start) * 1e6));
  }
  return best;
}

double copy_time(std::size_t bytes, int threads) {
  std::vector<char> from(bytes, 1), to(bytes, 2);
  std::vector<double> times;
  for (int i = 0; i < 12; i++) {
    const double start = now();
    std::vector<std::thread> others;
    const auto copy = [&](int part) {
      const std::size_t begin = bytes * static_cast<std::size_t>(part) / static_cast<std::size_t>(threads);
      const std::size_t end = bytes * static_cast<std::size_t>(part + 1) / static_cast<std::size_t>(threads);
      std::memcpy(to.data() + begin, from.data() + begin, end - begin);
    };
    for (int part = 1; part < threads; part++) others.emplace_back(copy, part);
    copy(0);
    for (auto& other : others) other.join();
    if (i > 0) times.push_back(now() - start);
  }
  return median_of(times);
}

// VmHWM rather than getrusage, whose maximum can't be reset.
double peak_memory() { return memory("VmHWM:"); }
double resident_memory() { return memory("VmRSS:"); }

bool reset_peak_memory() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5" << std::flush;
  return file.good();
}

double Contender::median() const { return median_of(milliseconds); }
double Contender::best() const { return milliseconds.empty() ? 0 : *std::min_element(milliseconds.begin(), milliseconds.end()); }

void interleave(std::vector<Contender>& contenders, int warm_up, int rounds, const std::function<void()>& after_turn) {
  for (int round = -warm_up; round < rounds; round++) {
    for (Contender& contender : contenders) {
      const double start = now();
      contender.work();
      if (round >= 0) contender.milliseconds.push_back(now() - start);
      if (after_turn) after_turn();
    }
  }
}

void interleave_with_pauses(std::vector<Contender>& contenders, int warm_up, int rounds) {
  const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
  pause();
  interleave(contenders, warm_up, rounds, pause);
}

}  // namespace argent
