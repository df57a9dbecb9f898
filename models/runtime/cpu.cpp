#include "models/runtime/cpu.h"

#include <cstdlib>
#include <string>

#include "models/runtime/error.h"

namespace argent {

CpuTarget best_cpu_target() {
#if defined(__x86_64__)
  // Exactly the features that halide_gen/CMakeLists.txt names; the builtin also asks whether the system saves the registers.
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512ifma") &&
                      __builtin_cpu_supports("avx512vbmi");
  if (avx2 && avx512) return CpuTarget::kAvx512;
  if (avx2) return CpuTarget::kAvx2;
#endif
  return CpuTarget::kBaseline;
}

std::string_view name_of(CpuTarget target) {
  switch (target) {
    case CpuTarget::kAvx512:
      return "avx512";
    case CpuTarget::kAvx2:
      return "avx2";
    case CpuTarget::kBaseline:
      break;
  }
  return "baseline";
}

CpuTarget cpu_target(std::string_view name) {
  const CpuTarget best = best_cpu_target();
  if (name.empty()) return best;
  for (CpuTarget target : {CpuTarget::kBaseline, CpuTarget::kAvx2, CpuTarget::kAvx512}) {
    if (name != name_of(target)) continue;
    if (target > best)
      throw Error("cpu target " + std::string(name) + " is not available: this machine's best is " + std::string(name_of(best)));
    return target;
  }
  throw Error("unknown cpu target \"" + std::string(name) + "\", expected baseline, avx2 or avx512");
}

CpuTarget cpu_target_from_environment() {
  const char* name = std::getenv("ARGENT_CPU");
  return cpu_target(name ? name : "");
}

}  // namespace argent
