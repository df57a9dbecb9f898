// reference/targets.h - for tests of kernels: the instruction sets that this machine can run, and pictures that have to be equal.
#pragma once

#include <cstddef>
#include <cstring>
#include <vector>

#include "isp/image.h"
#include "models/runtime/cpu.h"

namespace argent::reference {

inline std::vector<CpuTarget> runnable_targets() {
  std::vector<CpuTarget> targets;
  for (CpuTarget target : {CpuTarget::kBaseline, CpuTarget::kAvx2, CpuTarget::kAvx512}) {
    if (target <= best_cpu_target()) targets.push_back(target);
  }
  return targets;
}

inline bool same_bytes(const Image& a, const Image& b) {
  if (!(a.size() == b.size()) || a.type() != b.type()) return false;
  const std::size_t row = static_cast<std::size_t>(a.width()) * Image::kChannels * sample_size(a.type());
  for (int y = 0; y < a.height(); y++) {
    if (std::memcmp(a.row<std::byte>(y), b.row<std::byte>(y), row) != 0) return false;
  }
  return true;
}

}  // namespace argent::reference
