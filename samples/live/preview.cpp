#include "samples/live/preview.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr int kChannels = Image::kChannels;

void add_row(const std::uint8_t* row, int step, std::vector<std::uint32_t>& sums) {
  for (std::size_t at = 0; at < sums.size(); at += kChannels) {
    for (int dx = 0; dx < step; dx++, row += kChannels) {
      for (std::size_t c = 0; c < kChannels; c++) sums[at + c] += row[c];
    }
  }
}

}  // namespace

Image preview_of(const Image& picture, int max_width, BufferPool& pool) {
  if (picture.empty() || picture.type() != PixelType::kU8) throw Error("preview: expected a picture of 8 bits");
  const int step = std::min((picture.width() + max_width - 1) / max_width, std::min(picture.width(), picture.height()));
  Image out(pool, {picture.width() / step, picture.height() / step}, PixelType::kU8, picture.encoding(), picture.color_space());
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(out.width()) * kChannels);
  const auto area = static_cast<std::uint32_t>(step) * static_cast<std::uint32_t>(step);
  for (int y = 0; y < out.height(); y++) {
    std::fill(sums.begin(), sums.end(), 0);
    for (int dy = 0; dy < step; dy++) add_row(picture.row<std::uint8_t>(y * step + dy), step, sums);
    auto* row = out.row<std::uint8_t>(y);
    for (std::size_t i = 0; i < sums.size(); i++) row[i] = static_cast<std::uint8_t>((sums[i] + area / 2) / area);
  }
  return out;
}

}  // namespace argent
