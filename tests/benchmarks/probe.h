// benchmarks/probe.h - what a speed figure must come with: the CPU, its FMA rate on one and two threads, its copy rate, peak memory.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/runtime/cpu.h"

namespace argent::benchmarks {

/// "AuthenticAMD family 26 model 2, avx512"
std::string cpu_description();

/// The same with the kernels' target, the peer, and whether something slows it: "...; kernels avx512; libtorch 1.13; OPENBLAS_CORETYPE
/// unset".
std::string contest_description(CpuTarget target, const std::string& peer);

/// f32 FMA rate of plain AVX2-or-baseline code, GFLOP/s: to see whether two threads really are two cores, and to scale times.
double fma_rate(int threads);

/// The same of the widest vectors that `target` has, one thread: what a kernel for it could reach.
double vector_fma_rate(CpuTarget target);

/// Milliseconds to copy `bytes`, buffers warm: median of 11.
double copy_time(std::size_t bytes);

/// Largest resident set so far, MiB.
double peak_memory();

struct Contender {
  std::string name;
  std::function<void()> work;
  std::vector<double> milliseconds;  ///< one a round

  double median() const;
};

/// Runs the contenders by turns, `warm_up` rounds unmeasured, then `rounds`.
void interleave(std::vector<Contender>& contenders, int warm_up, int rounds);

}  // namespace argent::benchmarks
