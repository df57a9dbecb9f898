// camera/simulation/pixel_row.h - private: one row of pixels from light to codes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace argent {

/// Normal random numbers made once; each row takes a run of them from another place.
class NormalTable {
 public:
  explicit NormalTable(int seed);
  const float* run(std::uint64_t bits) const { return values_.data() + bits % kStarts; }  ///< at least 4096 of them

 private:
  static constexpr std::size_t kStarts = 1 << 17;
  std::vector<float> values_;
};

struct RowSettings {
  float black = 0, white = 1;  ///< codes
  float shot = 0, read = 0;    ///< noise variance
  float level = 1;             ///< of white, 1 = saturation
  float offset = 0;            ///< noise that the row has in common
  float shading = 0;           ///< half the light lost in the corners
  float down_squared = 0;      ///< of the row's place, -1..1
};

/// Where a site of a field scaled about its middle comes from: nearest of the same parity, so that the mosaic stays.
std::vector<int> sampled_sites(int extent, float scale);

/// `columns` empty: as they are.
void mix_row(std::vector<float>& out, const float* sharper, const float* softer, float share, std::span<const int> columns);

void count_row(std::uint16_t* codes, const std::vector<float>& light, const std::vector<float>& across_squared, const float* normal,
               const RowSettings& settings);

}  // namespace argent
