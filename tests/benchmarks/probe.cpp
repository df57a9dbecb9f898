#include "tests/benchmarks/probe.h"

#include <cstdlib>

namespace argent::benchmarks {

std::string contest_description(CpuTarget target, const std::string& peer) {
  const char* coretype = std::getenv("OPENBLAS_CORETYPE");
  return cpu_description() + "; kernels " + std::string(name_of(target)) + "; " + peer + "; OPENBLAS_CORETYPE " +
         (coretype == nullptr ? "unset" : coretype);
}

}  // namespace argent::benchmarks
