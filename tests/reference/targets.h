// reference/targets.h - for tests of kernels: the instruction sets that this machine can run, and pictures that have to be equal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
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

/// A picture of 8 bits beside the same of 16, in codes of these.
struct BesideSixteenBits {
  int worst = 0, many = 0;  ///< many: samples that are off by more than what was allowed
};
inline BesideSixteenBits beside_sixteen_bits(const Image& eight, const Image& sixteen, int allowed) {
  BesideSixteenBits out;
  for (int y = 0; y < eight.height(); y++) {
    for (int i = 0; i < Image::kChannels * eight.width(); i++) {
      const int off = std::abs(257 * eight.row<std::uint8_t>(y)[i] - sixteen.row<std::uint16_t>(y)[i]);
      out.worst = std::max(out.worst, off);
      out.many += off > allowed ? 1 : 0;
    }
  }
  return out;
}

}  // namespace argent::reference
