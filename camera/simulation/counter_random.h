// camera/simulation/counter_random.h - private: randomness with explicit key and counter, so that a frame does not depend on those before.
//
// Source of the mixing: SplitMix64 (Steele, Lea and Flood 2014).
#pragma once

#include <cstdint>

namespace argent {

/// What a stream of random numbers is for: streams of different purposes do not touch each other.
enum class RandomPurpose : std::uint64_t { kScene = 1, kDrop, kCorrupt, kFlicker, kZones, kBands, kHistogram, kPhase, kPixels, kDefects };

constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

class CounterRandom {
 public:
  CounterRandom(int seed, RandomPurpose purpose, std::uint64_t sequence)
      : state_(mixed(mixed(static_cast<std::uint64_t>(seed) * 64 + static_cast<std::uint64_t>(purpose)) ^ mixed(sequence))) {}

  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15u;
    return mixed(state_);
  }

  /// 0 <= x < 1
  float uniform() { return static_cast<float>(bits() >> 40) * 0x1p-24f; }

  /// Mean 0, variance 1: four uniforms of 16 bits added; tails end at 3.46.
  float normal() {
    const std::uint64_t b = bits();
    const auto sum = static_cast<float>((b & 0xffff) + (b >> 16 & 0xffff) + (b >> 32 & 0xffff) + (b >> 48));
    return (sum - 131070.0f) * (1.7320508f / 65536);
  }

 private:
  std::uint64_t state_;
};

}  // namespace argent
