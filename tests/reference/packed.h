// reference/packed.h - slow twin of stages/unpack.h, one bit after the other, and its inverse; frames whose bytes end where memory does.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>

#include "isp/packed_codes.h"

namespace argent::reference {

inline constexpr std::array kAllFormats{PackedFormat::kRaw8, PackedFormat::kRaw10, PackedFormat::kRaw12, PackedFormat::kRaw14};

/// MIPI CSI-2 v1.3, 11.4: where bit `bit` of pixel x lies, counted from the row's first bit, the lowest of a byte first.
inline std::size_t bit_place(PackedFormat format, int x, int bit) {
  const int bits = bits_of(format), low_bits = bits - 8, pixels = bits == 8 ? 1 : bits == 12 ? 2 : 4;
  const int group = x / pixels * pixels * bits, i = x % pixels;
  return static_cast<std::size_t>(bit >= low_bits ? group + 8 * i + bit - low_bits : group + 8 * pixels + low_bits * i + bit);
}

inline int packed_code(PackedFormat format, const std::uint8_t* row, int x) {
  int code = 0;
  for (int bit = 0; bit < bits_of(format); bit++) {
    const std::size_t place = bit_place(format, x, bit);
    code += (row[place / 8] >> place % 8 & 1) << bit;
  }
  return code;
}

/// Bytes between two pages that can't be read: whoever leaves them does not live.
inline std::shared_ptr<std::uint8_t> guarded(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE)), inner = (bytes + page - 1) / page * page, all = inner + 2 * page;
  void* memory = mmap(nullptr, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("mmap");
  auto* first = static_cast<std::uint8_t*>(memory) + page;
  if (mprotect(first, inner, PROT_READ | PROT_WRITE) != 0) throw std::runtime_error("mprotect");
  return {first + (inner - bytes), [memory, all](std::uint8_t*) { munmap(memory, all); }};
}

/// The frame's codes, cut to the bits of the format, with `padding` bytes of ones behind each row but the last, which ends its memory.
/// Both come: packed, and in 16 bits.
struct Pair {
  RawFrame packed, words;
};

inline Pair pack(const RawFrame& frame, PackedFormat format, int padding) {
  const Size size = frame.size();
  const int bits = bits_of(format);
  const std::size_t row_bytes = packed_row_bytes(format, size.width), stride = row_bytes + static_cast<std::size_t>(padding);
  const auto block = guarded(stride * static_cast<std::size_t>(size.height - 1) + row_bytes);
  const auto codes =
      std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
  std::fill_n(block.get(), stride * static_cast<std::size_t>(size.height - 1) + row_bytes, std::uint8_t{0xff});
  Pair out;
  for (RawFrame* each : {&out.packed, &out.words}) {
    each->sensor = frame.sensor;
    each->sensor.bits = bits;
    const float scale = std::ldexp(1.0f, bits - frame.sensor.bits);
    for (float& black : each->sensor.black) black *= scale;
    for (float& white : each->sensor.white) white *= scale;
    each->applied = frame.applied;
    each->capture = frame.capture;
  }
  for (int y = 0; y < size.height; y++) {
    std::uint8_t* row = block.get() + static_cast<std::size_t>(y) * stride;
    for (int x = 0; x < size.width; x++) {
      const int code = std::min((frame.data[y * frame.stride + x] << 2) >> (frame.sensor.bits + 2 - bits), (1 << bits) - 1);
      (*codes)[static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) + static_cast<std::size_t>(x)] =
          static_cast<std::uint16_t>(code);
      for (int bit = 0; bit < bits; bit++) {
        if (code >> bit & 1) continue;
        const std::size_t place = bit_place(format, x, bit);
        row[place / 8] = static_cast<std::uint8_t>(row[place / 8] & ~(1 << place % 8));
      }
    }
  }
  out.words.data = codes->data();
  out.words.stride = size.width;
  out.words.lease = codes;
  out.packed.packed = PackedCodes{format, block.get(), static_cast<std::ptrdiff_t>(stride)};
  out.packed.lease = block;
  return out;
}

}  // namespace argent::reference
