#include "camera/live/unpack.h"

#include <cstring>

namespace argent {
namespace {

/// MIPI CSI-2 1.3, 11.4: the high eight bits of kPixels codes, a byte each, then their low bits, the first pixel's lowest.
template <int kBits, int kPixels>
void unpack_row(const std::uint8_t* bytes, int width, std::uint16_t* codes) {
  constexpr int kLow = kBits - 8, kLowBytes = kLow * kPixels / 8;
  constexpr std::uint32_t kMask = (1U << kLow) - 1;
  for (int x = 0; x < width; x += kPixels, bytes += kPixels + kLowBytes) {
    const int pixels = width - x < kPixels ? width - x : kPixels;
    std::uint32_t low = 0;
    for (int i = 0; i < (kLow * pixels + 7) / 8; i++) low |= std::uint32_t(bytes[kPixels + i]) << (8 * i);
    for (int i = 0; i < pixels; i++) {
      codes[x + i] = static_cast<std::uint16_t>(std::uint32_t(bytes[i]) << kLow | ((low >> (kLow * i)) & kMask));
    }
  }
}

void unpack_row(const RawLayout& layout, const std::uint8_t* bytes, int width, std::uint16_t* codes) {
  if (!layout.packed && layout.bits > 8) {
    std::memcpy(codes, bytes, 2 * static_cast<std::size_t>(width));
  } else if (!layout.packed) {
    for (int x = 0; x < width; x++) codes[x] = bytes[x];
  } else if (layout.bits == 10) {
    unpack_row<10, 4>(bytes, width, codes);
  } else if (layout.bits == 12) {
    unpack_row<12, 2>(bytes, width, codes);
  } else {
    unpack_row<14, 4>(bytes, width, codes);
  }
}

}  // namespace

bool is_plain(const RawLayout& layout, std::size_t stride_bytes) { return !layout.packed && layout.bits > 8 && stride_bytes % 2 == 0; }

void unpack(const RawLayout& layout, Size size, const std::byte* rows, std::size_t stride_bytes, std::uint16_t* codes) {
  for (int y = 0; y < size.height; y++) {
    const auto row = static_cast<std::size_t>(y);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(rows + row * stride_bytes);
    unpack_row(layout, bytes, size.width, codes + row * static_cast<std::size_t>(size.width));
  }
}

}  // namespace argent
