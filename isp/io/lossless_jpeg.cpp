#include "isp/io/lossless_jpeg.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr int kCategories = 17, kLongestCode = 16;  // table H.2: differences have 0 to 16 bits

using Histogram = std::array<std::uint64_t, kCategories>;

/// Bits of a difference modulo 2^16, as table H.2 counts them: -32768 alone has 16, and no bits behind its code.
int category_of(std::int16_t difference) { return std::bit_width(static_cast<unsigned>(std::abs(int{difference}))); }

void check(const LosslessJpegPicture& picture) {
  constexpr int kMostSide = 65'535;
  const bool fits = picture.data != nullptr && picture.width >= 1 && picture.width <= kMostSide && picture.height >= 1 &&
                    picture.height <= kMostSide && picture.components >= 1 && picture.components <= 4 && picture.bits >= 2 &&
                    picture.bits <= 16;
  if (!fits) {
    throw Error("lossless jpeg cannot hold " + std::to_string(picture.width) + "x" + std::to_string(picture.height) + " pixels of " +
                std::to_string(picture.components) + " components of " + std::to_string(picture.bits) + " bits");
  }
}

/// Predictor 1: left of it; in the first column above it; the very first is half of full scale (H.1.2.1).
std::vector<std::int16_t> differences_of(const LosslessJpegPicture& picture) {
  const int components = picture.components, samples = picture.width * components;
  std::vector<std::int16_t> out(static_cast<std::size_t>(samples) * static_cast<std::size_t>(picture.height));
  std::int16_t* to = out.data();
  unsigned all = 0;
  for (int y = 0; y < picture.height; y++, to += samples) {
    const std::uint16_t* row = picture.data + y * picture.stride;
    const std::uint16_t* above = row - picture.stride;
    for (int c = 0; c < components; c++) {
      const int predicted = y == 0 ? 1 << (picture.bits - 1) : above[c];
      to[c] = static_cast<std::int16_t>(row[c] - predicted);
      all |= row[c];
    }
    for (int i = components; i < samples; i++) {
      to[i] = static_cast<std::int16_t>(row[i] - row[i - components]);
      all |= row[i];
    }
  }
  if (all >> picture.bits != 0) throw Error("a sample has more than the " + std::to_string(picture.bits) + " bits of the lossless jpeg");
  return out;
}

Histogram histogram_of(const std::vector<std::int16_t>& differences) {
  std::array<std::array<std::uint32_t, kCategories>, 4> parts{};  // four, so that one count need not wait for the last
  const std::size_t whole = differences.size() / 4 * 4;
  for (std::size_t i = 0; i < whole; i += 4) {
    for (std::size_t k = 0; k < 4; k++) parts[k][static_cast<std::size_t>(category_of(differences[i + k]))]++;
  }
  for (std::size_t i = whole; i < differences.size(); i++) parts[0][static_cast<std::size_t>(category_of(differences[i]))]++;
  Histogram out{};
  for (const auto& part : parts) std::transform(out.begin(), out.end(), part.begin(), out.begin(), std::plus<>());
  return out;
}

struct HuffmanTable {
  std::array<std::uint8_t, kLongestCode> lengths{};  ///< how many codes have 1, 2, .. bits: DHT's BITS
  std::vector<std::uint8_t> symbols;                 ///< by rising length: DHT's HUFFVAL
  std::array<std::uint16_t, kCategories> codes{};
  std::array<std::uint8_t, kCategories> sizes{};  ///< bits of a category's code
};

/// Figure K.1: code lengths; one more symbol is there so that no code is all ones.
std::array<int, kCategories + 1> code_sizes(const Histogram& histogram) {
  constexpr int kSymbols = kCategories + 1;
  std::array<std::uint64_t, kSymbols> frequency{};
  std::copy(histogram.begin(), histogram.end(), frequency.begin());
  frequency[kCategories] = 1;
  std::array<int, kSymbols> size{}, other;
  other.fill(-1);
  for (;;) {
    int least = -1, next = -1;
    for (int i = 0; i < kSymbols; i++) {
      if (frequency[i] == 0) continue;
      if (least < 0 || frequency[i] <= frequency[least]) {
        next = least;
        least = i;
      } else if (next < 0 || frequency[i] <= frequency[next]) {
        next = i;
      }
    }
    if (next < 0) return size;
    frequency[least] += std::exchange(frequency[next], 0);
    int at = least;
    for (size[at]++; other[at] >= 0; size[at]++) at = other[at];
    other[at] = next;
    for (at = next; at >= 0; at = other[at]) size[at]++;
  }
}

/// Figures K.3 and K.4: at most 16 bits; the longest code, the one of all ones, goes to nobody.
std::array<int, kLongestCode + 1> limited_counts(const std::array<int, kCategories + 1>& sizes) {
  std::array<int, kCategories + 2> count{};
  for (const int size : sizes) count[size]++;
  count[0] = 0;
  for (int i = kCategories + 1; i > kLongestCode; i--) {
    while (count[i] > 0) {
      int j = i - 2;
      while (count[j] == 0) j--;
      count[i] -= 2;
      count[i - 1]++;
      count[j + 1] += 2;
      count[j]--;
    }
  }
  int longest = kLongestCode;
  while (count[longest] == 0) longest--;
  count[longest]--;
  std::array<int, kLongestCode + 1> out{};
  std::copy_n(count.begin(), out.size(), out.begin());
  return out;
}

HuffmanTable best_table(const Histogram& histogram) {
  const auto sizes = code_sizes(histogram);
  const auto counts = limited_counts(sizes);
  HuffmanTable table;
  for (int symbol = 0; symbol < kCategories; symbol++) {
    if (sizes[symbol] > 0) table.symbols.push_back(static_cast<std::uint8_t>(symbol));
  }
  std::stable_sort(table.symbols.begin(), table.symbols.end(), [&](int a, int b) { return sizes[a] < sizes[b]; });
  unsigned code = 0;
  std::size_t next = 0;
  for (int length = 1; length <= kLongestCode; length++, code <<= 1) {
    table.lengths[length - 1] = static_cast<std::uint8_t>(counts[length]);
    for (int i = 0; i < counts[length]; i++, code++, next++) {
      const std::uint8_t symbol = table.symbols[next];
      table.codes[symbol] = static_cast<std::uint16_t>(code);
      table.sizes[symbol] = static_cast<std::uint8_t>(length);
    }
  }
  return table;
}

/// Bits, the first one highest; a zero goes behind each byte 0xff (F.1.2.3).
class BitWriter {
 public:
  explicit BitWriter(std::vector<std::uint8_t>& out) : out_(out), at_(out.size()) {}

  /// At most 32 bits.
  void put(std::uint32_t bits, int count) {
    waiting_ = waiting_ << count | bits;
    count_ += count;
    if (count_ >= 32) flush_word();
  }

  /// The last byte is filled up with ones.
  void finish() {
    put((1U << 7) - 1, 7);
    while (count_ >= 8) put_byte(static_cast<std::uint8_t>(waiting_ >> (count_ -= 8)));
    out_.resize(at_);
  }

 private:
  void flush_word() {
    count_ -= 32;
    const auto word = static_cast<std::uint32_t>(waiting_ >> count_);
    if (out_.size() < at_ + 8) out_.resize(2 * out_.size() + 64);
    if ((word & ~(word + 0x01010101U) & 0x80808080U) != 0) {  // there may be a byte 0xff
      for (int shift = 24; shift >= 0; shift -= 8) put_byte(static_cast<std::uint8_t>(word >> shift));
      return;
    }
    const std::uint32_t big_endian = __builtin_bswap32(word);
    std::memcpy(&out_[at_], &big_endian, sizeof big_endian);
    at_ += sizeof big_endian;
  }

  void put_byte(std::uint8_t byte) {
    if (out_.size() < at_ + 2) out_.resize(2 * out_.size() + 64);
    out_[at_++] = byte;
    if (byte == 0xff) out_[at_++] = 0;
  }

  std::vector<std::uint8_t>& out_;
  std::size_t at_;
  std::uint64_t waiting_ = 0;
  int count_ = 0;
};

void append_head(std::vector<std::uint8_t>& out, const LosslessJpegPicture& picture, const HuffmanTable& table) {
  const auto bytes = [&](std::initializer_list<int> values) {
    for (const int value : values) out.push_back(static_cast<std::uint8_t>(value));
  };
  const auto word = [&](int value) { bytes({value >> 8, value & 0xff}); };
  const int components = picture.components;
  bytes({0xff, 0xd8, 0xff, 0xc4});  // SOI, DHT
  word(2 + 1 + kLongestCode + static_cast<int>(table.symbols.size()));
  bytes({0});
  out.insert(out.end(), table.lengths.begin(), table.lengths.end());
  out.insert(out.end(), table.symbols.begin(), table.symbols.end());
  bytes({0xff, 0xc3});  // SOF3
  word(8 + 3 * components);
  bytes({picture.bits});
  word(picture.height);
  word(picture.width);
  bytes({components});
  for (int c = 0; c < components; c++) bytes({c, 0x11, 0});
  bytes({0xff, 0xda});  // SOS
  word(6 + 2 * components);
  bytes({components});
  for (int c = 0; c < components; c++) bytes({c, 0});
  bytes({1, 0, 0});  // predictor 1, no point transform
}

}  // namespace

std::vector<std::uint8_t> lossless_jpeg(const LosslessJpegPicture& picture) {
  check(picture);
  const std::vector<std::int16_t> differences = differences_of(picture);
  const HuffmanTable table = best_table(histogram_of(differences));
  std::vector<std::uint8_t> out;
  out.reserve(differences.size() + 256);
  append_head(out, picture, table);
  BitWriter bits(out);
  for (const std::int16_t difference : differences) {
    const int category = category_of(difference);
    const int extra = category == 16 ? 0 : category;
    const int value = difference < 0 ? difference - 1 : difference;  // F.1.2.1.1: the low bits of one less
    const std::uint32_t low = static_cast<std::uint32_t>(value) & ((1U << extra) - 1U);
    bits.put(static_cast<std::uint32_t>(table.codes[category]) << extra | low, table.sizes[category] + extra);
  }
  bits.finish();
  out.insert(out.end(), {0xff, 0xd9});
  return out;
}

}  // namespace argent
