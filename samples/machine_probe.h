// samples/machine_probe.h - what a speed figure must come with: the CPU, its FMA rate on one and two threads, its copy rate, peak memory.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/runtime/cpu.h"

namespace argent {

/// "AuthenticAMD family 26 model 2, avx512"
std::string cpu_description();

/// f32 FMA rate of the widest vectors that `target` has, GFLOP/s, best of 5: what kernels for it could reach, whether two threads really
/// are two cores, and by what times of two machines compare.
double fma_rate(int threads, CpuTarget target = best_cpu_target());

/// Milliseconds to copy `bytes` on `threads` threads, buffers warm: median of 11.
double copy_time(std::size_t bytes, int threads = 1);

/// Largest resident set so far, MiB.
double peak_memory();

/// Resident set now, MiB; 0: the system does not say.
double resident_memory();

/// From here on peak_memory() counts anew. Says whether the system does that.
bool reset_peak_memory();

struct Contender {
  std::string name;
  std::function<void()> work;
  std::vector<double> milliseconds;  ///< one a round

  double median() const;
  double best() const;
};

/// Runs the contenders by turns, `warm_up` rounds unmeasured, then `rounds`. `after_turn`: told each time.
void interleave(std::vector<Contender>& contenders, int warm_up, int rounds, const std::function<void()>& after_turn = {});

/// The same with a pause before each turn: OpenMP's workers spin for a while after a peer's. Ours sleep in it, and take milliseconds to
/// wake on some virtual machines.
void interleave_with_pauses(std::vector<Contender>& contenders, int warm_up, int rounds);

}  // namespace argent
