#include "camera/live/unpack.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace argent {
namespace {

/// The other way, bit by bit, from the standard's words: high bytes of a group, then low bits, the first pixel's lowest.
std::vector<std::byte> packed(const std::vector<std::uint16_t>& codes, Size size, int bits, int group, std::size_t stride) {
  std::vector<std::byte> bytes(stride * static_cast<std::size_t>(size.height), std::byte{0xa5});
  const int low = bits - 8;
  for (int y = 0; y < size.height; y++) {
    std::size_t at = static_cast<std::size_t>(y) * stride;
    for (int x = 0; x < size.width; x += group) {
      const int pixels = std::min(group, size.width - x);
      const auto code = [&](int i) { return codes[static_cast<std::size_t>(y * size.width + x + i)]; };
      for (int i = 0; i < pixels; i++) bytes[at + static_cast<std::size_t>(i)] = std::byte(code(i) >> low);
      for (int bit = 0; bit < low * pixels; bit++) {
        auto& byte = bytes[at + static_cast<std::size_t>(group + bit / 8)];
        if (bit % 8 == 0) byte = std::byte{0};
        if (code(bit / low) >> (bit % low) & 1) byte |= std::byte(1 << (bit % 8));
      }
      at += static_cast<std::size_t>(group + low * group / 8);
    }
  }
  return bytes;
}

void check_round(int bits, int group, Size size) {
  std::mt19937 random(7);
  std::vector<std::uint16_t> codes;
  for (int i = 0; i < size.width * size.height; i++) codes.push_back(static_cast<std::uint16_t>(random() & ((1U << bits) - 1)));
  const RawLayout layout{CfaPattern::kRggb, bits, true};
  const std::size_t groups = static_cast<std::size_t>((size.width + group - 1) / group);
  const std::size_t stride = groups * static_cast<std::size_t>(group * bits / 8) + 13;
  const auto bytes = packed(codes, size, bits, group, stride);
  std::vector<std::uint16_t> out(codes.size());
  unpack(layout, size, bytes.data(), stride, out.data());
  EXPECT_EQ(out, codes) << bits << " bits, " << size.width << "x" << size.height;
}

TEST(Unpack, PackedCodesComeBack) {
  for (const Size size : {Size{1, 1}, Size{2, 2}, Size{4, 3}, Size{8, 2}, Size{64, 48}}) {
    check_round(10, 4, size);
    check_round(12, 2, size);
    check_round(14, 4, size);
  }
}

TEST(Unpack, HandMade) {
  const std::vector<std::byte> bytes{std::byte{0xff}, std::byte{0x00}, std::byte{0x80}, std::byte{0x01}, std::byte{0b00'11'01'10}};
  std::uint16_t codes[4];
  unpack(raw_layout("SRGGB10_CSI2P"), {4, 1}, bytes.data(), 5, codes);
  EXPECT_EQ(codes[0], 1022);
  EXPECT_EQ(codes[1], 1);
  EXPECT_EQ(codes[2], 515);
  EXPECT_EQ(codes[3], 4);
}

TEST(Unpack, EightBitsAndOddStrides) {
  const std::vector<std::byte> bytes{std::byte{1}, std::byte{255}, std::byte{9}, std::byte{3}, std::byte{4}, std::byte{9}};
  std::uint16_t codes[4];
  unpack(raw_layout("SRGGB8"), {2, 2}, bytes.data(), 3, codes);
  EXPECT_EQ(codes[1], 255);
  EXPECT_EQ(codes[2], 3);
  EXPECT_TRUE(is_plain(raw_layout("SRGGB10"), 1282));
  EXPECT_FALSE(is_plain(raw_layout("SRGGB10"), 1281));
  EXPECT_FALSE(is_plain(raw_layout("SRGGB8"), 640));
}

}  // namespace
}  // namespace argent
