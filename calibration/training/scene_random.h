// calibration/training/scene_random.h - private: random numbers as a function of (seed, purpose, index, attempt): no state is shared, so
// that scenes can be made in any order and on any number of threads.
//
// Source of the bits: Philox4x32-10 (models/kernels/philox.h). Only integer arithmetic and exact scaling up to here: uniform(), normal(),
// chance() and below() give the same bits on every machine; log_uniform() goes through libm.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/kernels/philox.h"

namespace argent {

enum class SceneStream : std::uint64_t { kCamera = 1, kScene, kZones };

class SceneRandom {
 public:
  /// `attempt`: below 2^16.
  SceneRandom(std::uint64_t seed, SceneStream stream, std::uint64_t index, std::uint64_t attempt = 0)
      : seed_(seed), index_(index), block_(static_cast<std::uint64_t>(stream) << 56 | attempt << 40) {}

  std::uint32_t bits() {
    if (next_ == words_.size()) {
      words_ = kernels::philox(seed_, block_++, index_);
      next_ = 0;
    }
    return words_[next_++];
  }

  /// 0 <= x < 1
  float uniform() { return static_cast<float>(bits() >> 8) * 0x1p-24f; }
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  float log_uniform(float low, float high) { return low * std::pow(high / low, uniform()); }

  /// Mean 0, variance 1: four uniforms of 16 bits added; tails end at 3.46.
  float normal() {
    const std::uint32_t a = bits(), b = bits();
    const auto sum = static_cast<float>((a & 0xffff) + (a >> 16) + (b & 0xffff) + (b >> 16));
    return (sum - 131070.0f) * (1.7320508f / 65536);
  }

  bool chance(float probability) { return uniform() < probability; }

  /// 0 .. count - 1; `count` at least 1.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(static_cast<std::uint64_t>(bits()) * count >> 32); }

  /// An index, as often as its weight says; a sum above 0.
  std::size_t weighted(std::span<const float> weights) {
    float sum = 0;
    for (float weight : weights) sum += weight;
    float left = sum * uniform();
    for (std::size_t i = 0; i + 1 < weights.size(); i++) {
      if (left < weights[i]) return i;
      left -= weights[i];
    }
    return weights.size() - 1;
  }

 private:
  std::uint64_t seed_, index_, block_;
  std::array<std::uint32_t, 4> words_{};
  std::size_t next_ = 4;
};

}  // namespace argent
