#include "isp/io/masked_black.h"

#include <libraw/libraw.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "isp/io/black_level.h"

namespace argent {
namespace {

constexpr std::size_t kFewest = 64, kMost = 1'000'000;  // of a site; a mask of a large sensor has some 100,000

float middle_mean(std::vector<std::uint16_t>& codes) {
  std::sort(codes.begin(), codes.end());
  const std::size_t first = codes.size() / 4, last = codes.size() - first;
  double sum = 0;
  for (std::size_t i = first; i < last; i++) sum += codes[i];
  return static_cast<float>(sum / static_cast<double>(last - first));
}

}  // namespace

std::optional<std::array<float, 4>> masked_black_of(const LibRaw& decoder, CfaPattern cfa) {
  const libraw_image_sizes_t& sizes = decoder.imgdata.sizes;
  const std::uint16_t* raw = decoder.imgdata.rawdata.raw_image;
  if (!raw || samples_per_pixel(cfa) != 1) return std::nullopt;
  const std::ptrdiff_t stride = sizes.raw_pitch / sizeof(std::uint16_t);
  std::array<std::vector<std::uint16_t>, 4> codes;
  for (const int(&mask)[4] : sizes.mask) {  // top, left, bottom, right
    const int bottom = std::min<int>(mask[2], sizes.raw_height), right = std::min<int>(mask[3], sizes.raw_width);
    for (int y = std::max(0, mask[0]); y < bottom; y++) {
      for (int x = std::max(0, mask[1]); x < right; x++) {
        const bool bayer = is_bayer(cfa);
        auto& own = codes[bayer ? static_cast<std::size_t>(bayer_site(cfa, x - sizes.left_margin, y - sizes.top_margin)) : 0];
        if (own.size() < kMost) own.push_back(raw[y * stride + x]);
      }
    }
  }
  std::array<float, 4> black{};
  for (std::size_t site = 0; site < 4; site++) {
    auto& own = codes[is_bayer(cfa) ? site : 0];
    if (own.size() < kFewest) return std::nullopt;
    black[site] = middle_mean(own);
  }
  return black;
}

}  // namespace argent
