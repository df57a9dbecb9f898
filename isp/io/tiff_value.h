// isp/io/tiff_value.h - private: one field of a TIFF directory, whatever file it came from or goes to.
//
// Source: TIFF 6.0, section 2; DNG 1.7.1.0, chapter 2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace argent {

enum class TiffType : std::uint16_t {
  kByte = 1,
  kAscii = 2,
  kShort = 3,
  kLong = 4,
  kRational = 5,
  kSignedByte = 6,
  kUndefined = 7,
  kSignedShort = 8,
  kSignedLong = 9,
  kSignedRational = 10,
  kFloat = 11,
  kDouble = 12,
  kDirectory = 13,
};

/// Bytes of one value; 0: no type that TIFF 6.0 knows.
std::size_t size_of(TiffType type);
/// Bytes of what a change of byte order turns round: half of a rational.
std::size_t word_of(TiffType type);

struct TiffValue {
  std::uint16_t tag = 0;
  TiffType type = TiffType::kByte;
  std::uint32_t count = 0;
  std::vector<std::uint8_t> bytes;  ///< little-endian, count x size_of(type)
};

TiffValue tiff_bytes(std::uint16_t tag, std::span<const std::uint8_t> values);
TiffValue tiff_undefined(std::uint16_t tag, std::span<const std::uint8_t> bytes);
TiffValue tiff_text(std::uint16_t tag, std::string_view text);
TiffValue tiff_shorts(std::uint16_t tag, std::span<const std::uint16_t> values);
TiffValue tiff_longs(std::uint16_t tag, std::span<const std::uint32_t> values);
TiffValue tiff_floats(std::uint16_t tag, std::span<const float> values);
TiffValue tiff_doubles(std::uint16_t tag, std::span<const double> values);
/// The simplest fractions that are the same floats: 60.5 is 121/2. Throws Error for a number that is not finite, or beyond 32 bits,
/// or negative where it must not be.
TiffValue tiff_rationals(std::uint16_t tag, std::span<const double> values);
TiffValue tiff_signed_rationals(std::uint16_t tag, std::span<const double> values);

inline TiffValue tiff_short(std::uint16_t tag, std::uint16_t value) { return tiff_shorts(tag, {&value, 1}); }
inline TiffValue tiff_long(std::uint16_t tag, std::uint32_t value) { return tiff_longs(tag, {&value, 1}); }

}  // namespace argent
