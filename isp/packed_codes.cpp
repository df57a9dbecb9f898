#include "isp/packed_codes.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

/// MIPI CSI-2 v1.3, 11.4: `pixels` high bytes, then pixels * low_bits / 8 bytes of low bits, little-endian, the first pixel's lowest.
struct Group {
  int bits, pixels;

  int low_bits() const { return bits - 8; }
  int bytes() const { return pixels * bits / 8; }
};
constexpr std::array kGroups{Group{8, 1}, Group{10, 4}, Group{12, 2}, Group{14, 4}};  // in PackedFormat's order

const Group& group_of(PackedFormat format) { return kGroups[static_cast<std::size_t>(format)]; }

}  // namespace

int bits_of(PackedFormat format) { return group_of(format).bits; }

std::optional<PackedFormat> packed_format_of(int bits) {
  const auto* found = std::find_if(kGroups.begin(), kGroups.end(), [bits](const Group& group) { return group.bits == bits; });
  if (found == kGroups.end()) return std::nullopt;
  return static_cast<PackedFormat>(found - kGroups.begin());
}

std::size_t packed_row_bytes(PackedFormat format, int width) {
  const Group& group = group_of(format);
  const auto pixels = static_cast<std::size_t>(group.pixels);
  return (static_cast<std::size_t>(width) + pixels - 1) / pixels * static_cast<std::size_t>(group.bytes());
}

void unpack_row(PackedFormat format, const std::uint8_t* bytes, int width, std::uint16_t* codes) {
  const Group& group = group_of(format);
  const std::uint32_t mask = (1U << group.low_bits()) - 1;
  for (int x = 0; x < width; x += group.pixels, bytes += group.bytes()) {
    std::uint32_t low = 0;
    for (int i = group.bytes() - 1; i >= group.pixels; i--) low = low << 8 | bytes[i];
    for (int i = 0; i < std::min(group.pixels, width - x); i++) {
      codes[x + i] = static_cast<std::uint16_t>(std::uint32_t{bytes[i]} << group.low_bits() | (low >> (i * group.low_bits()) & mask));
    }
  }
}

void pack_row(PackedFormat format, const std::uint16_t* codes, int width, std::uint8_t* bytes) {
  const Group& group = group_of(format);
  const std::uint32_t mask = (1U << group.low_bits()) - 1;
  for (int x = 0; x < width; x += group.pixels, bytes += group.bytes()) {
    std::uint32_t low = 0;
    for (int i = 0; i < group.pixels; i++) {
      const std::uint32_t code = x + i < width ? codes[x + i] : 0;
      bytes[i] = static_cast<std::uint8_t>(code >> group.low_bits());
      low |= (code & mask) << (i * group.low_bits());
    }
    for (int i = group.pixels; i < group.bytes(); i++, low >>= 8) bytes[i] = static_cast<std::uint8_t>(low);
  }
}

RawFrame unpacked(const RawFrame& frame, BufferPool& pool) {
  check_pixels(frame);
  RawFrame out = share(frame);
  if (!frame.packed) return out;
  out.packed.reset();
  constexpr std::ptrdiff_t kAlignment = 32;  // rows begin on a cache line
  const Size size = frame.size();
  out.stride = (size.width + kAlignment - 1) / kAlignment * kAlignment;
  const auto block = pool.lease(static_cast<std::size_t>(out.stride) * static_cast<std::size_t>(size.height) * sizeof(std::uint16_t));
  auto* codes = reinterpret_cast<std::uint16_t*>(block.get());
  for (int y = 0; y < size.height; y++) {
    unpack_row(frame.packed->format, frame.packed->bytes + y * frame.packed->stride, size.width, codes + y * out.stride);
  }
  out.lease = block;
  out.data = codes;
  return out;
}

RawFrame packed(const RawFrame& frame, BufferPool& pool) {
  check_pixels(frame);
  RawFrame out = share(frame);
  if (frame.packed) return out;
  const auto format = packed_format_of(frame.sensor.bits);
  if (!format) throw Error("codes of " + std::to_string(frame.sensor.bits) + " bits can't be packed, only those of 8, 10, 12 and 14");
  if (samples_per_pixel(frame.sensor.cfa) != 1) throw Error("a frame of three samples a pixel can't be packed");
  const Size size = frame.size();
  const std::size_t stride = packed_row_bytes(*format, size.width);
  const auto block = pool.lease(stride * static_cast<std::size_t>(size.height));
  auto* bytes = reinterpret_cast<std::uint8_t*>(block.get());
  for (int y = 0; y < size.height; y++) {
    pack_row(*format, frame.data + y * frame.stride, size.width, bytes + static_cast<std::size_t>(y) * stride);
  }
  out.lease = block;
  out.data = nullptr;
  out.stride = 0;
  out.packed = {*format, bytes, static_cast<std::ptrdiff_t>(stride)};
  return out;
}

RawFrame copied(const RawFrame& frame, BufferPool& pool) {
  check_pixels(frame);
  constexpr std::size_t kAlignment = 64;  // rows begin on a cache line
  const Size size = frame.size();
  const auto samples = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(samples_per_pixel(frame.sensor.cfa));
  const std::size_t row = frame.packed ? packed_row_bytes(frame.packed->format, size.width) : samples * sizeof(std::uint16_t);
  const std::size_t stride = (row + kAlignment - 1) / kAlignment * kAlignment;
  const auto block = pool.lease(stride * static_cast<std::size_t>(size.height));
  for (int y = 0; y < size.height; y++) {
    const void* from =
        frame.packed ? static_cast<const void*>(frame.packed->bytes + y * frame.packed->stride) : frame.data + y * frame.stride;
    std::memcpy(block.get() + static_cast<std::size_t>(y) * stride, from, row);
  }
  RawFrame out = share(frame);
  out.lease = block;
  if (frame.packed) {
    out.packed = {frame.packed->format, reinterpret_cast<const std::uint8_t*>(block.get()), static_cast<std::ptrdiff_t>(stride)};
  } else {
    out.data = reinterpret_cast<const std::uint16_t*>(block.get());
    out.stride = static_cast<std::ptrdiff_t>(stride / sizeof(std::uint16_t));
  }
  return out;
}

void check_pixels(const RawFrame& frame) {
  const Size size = frame.size();
  const bool any = frame.packed ? frame.packed->bytes != nullptr : frame.data != nullptr;
  if (!any || size.width < 1 || size.height < 1) throw Error("frame has no pixels");
  if (size.width > kMaxSide || size.height > kMaxSide) {
    throw Error("frame of " + to_text(size) + " pixels, expected sides of at most " + std::to_string(kMaxSide));
  }
  if (frame.packed && samples_per_pixel(frame.sensor.cfa) != 1) throw Error("frame has packed codes and three samples a pixel");
  if (frame.packed && bits_of(frame.packed->format) != frame.sensor.bits) {
    throw Error("frame has packed codes of " + std::to_string(bits_of(frame.packed->format)) + " bits, its sensor has " +
                std::to_string(frame.sensor.bits));
  }
  const std::ptrdiff_t stride = frame.packed ? frame.packed->stride : frame.stride;
  const std::ptrdiff_t least = frame.packed ? static_cast<std::ptrdiff_t>(packed_row_bytes(frame.packed->format, size.width))
                                            : static_cast<std::ptrdiff_t>(size.width) * samples_per_pixel(frame.sensor.cfa);
  if (stride > std::numeric_limits<std::int32_t>::max()) {  // Halide's
    throw Error("frame has a stride of " + std::to_string(stride) + ", which does not fit 32 bits");
  }
  if (stride >= least) return;
  throw Error("frame has a stride of " + std::to_string(stride) + (frame.packed ? " bytes" : " samples") + ", its rows of " +
              std::to_string(size.width) + " pixels have " + std::to_string(least));
}

}  // namespace argent
