#include "isp/io/tiff_value.h"

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

template <class Word>
void append(std::vector<std::uint8_t>& bytes, Word word) {
  for (std::size_t i = 0; i < sizeof word; i++) bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(word) >> 8 * i));
}

TiffValue head_of(std::uint16_t tag, TiffType type, std::size_t count) {
  if (count > std::numeric_limits<std::uint32_t>::max()) throw Error("tag " + std::to_string(tag) + " has more values than TIFF can count");
  TiffValue value{tag, type, static_cast<std::uint32_t>(count), {}};
  value.bytes.reserve(count * size_of(type));
  return value;
}

template <class Word>
TiffValue words_of(std::uint16_t tag, TiffType type, std::span<const Word> values) {
  TiffValue out = head_of(tag, type, values.size());
  for (const Word value : values) append(out.bytes, value);
  return out;
}

/// The simplest fraction that is the same float: continued fractions, ended as soon as float cannot tell the difference.
template <class Word>
std::pair<Word, Word> fraction_of(double value, std::uint16_t tag) {
  constexpr double kLargest = std::numeric_limits<Word>::max();
  if (!(std::abs(value) <= kLargest) || (value < 0 && !std::is_signed_v<Word>)) {
    throw Error("tag " + std::to_string(tag) + " has no room for " + std::to_string(value));
  }
  double numerator = 1, denominator = 0, last_numerator = 0, last_denominator = 1;
  for (double rest = std::abs(value);; rest = 1 / (rest - std::floor(rest))) {
    const double whole = std::floor(rest);
    const double n = whole * numerator + last_numerator, d = whole * denominator + last_denominator;
    if (!(n <= kLargest && d <= kLargest)) break;
    last_numerator = std::exchange(numerator, n);
    last_denominator = std::exchange(denominator, d);
    if (static_cast<float>(n / d) == static_cast<float>(std::abs(value)) || rest == whole) break;
  }
  return {static_cast<Word>(std::copysign(numerator, value)), static_cast<Word>(denominator)};
}

template <class Word>
TiffValue rationals_of(std::uint16_t tag, TiffType type, std::span<const double> values) {
  TiffValue out = head_of(tag, type, values.size());
  for (const double value : values) {
    const auto [numerator, denominator] = fraction_of<Word>(value, tag);
    append(out.bytes, numerator);
    append(out.bytes, denominator);
  }
  return out;
}

}  // namespace

std::size_t size_of(TiffType type) {
  switch (type) {
    case TiffType::kByte:
    case TiffType::kAscii:
    case TiffType::kSignedByte:
    case TiffType::kUndefined:
      return 1;
    case TiffType::kShort:
    case TiffType::kSignedShort:
      return 2;
    case TiffType::kLong:
    case TiffType::kSignedLong:
    case TiffType::kFloat:
    case TiffType::kDirectory:
      return 4;
    case TiffType::kRational:
    case TiffType::kSignedRational:
    case TiffType::kDouble:
      return 8;
  }
  return 0;
}

std::size_t word_of(TiffType type) { return type == TiffType::kRational || type == TiffType::kSignedRational ? 4 : size_of(type); }

TiffValue tiff_bytes(std::uint16_t tag, std::span<const std::uint8_t> values) { return words_of(tag, TiffType::kByte, values); }

TiffValue tiff_undefined(std::uint16_t tag, std::span<const std::uint8_t> bytes) { return words_of(tag, TiffType::kUndefined, bytes); }

TiffValue tiff_text(std::uint16_t tag, std::string_view text) {
  TiffValue out = head_of(tag, TiffType::kAscii, text.size() + 1);
  out.bytes.assign(text.begin(), text.end());
  out.bytes.push_back(0);
  return out;
}

TiffValue tiff_shorts(std::uint16_t tag, std::span<const std::uint16_t> values) { return words_of(tag, TiffType::kShort, values); }

TiffValue tiff_longs(std::uint16_t tag, std::span<const std::uint32_t> values) { return words_of(tag, TiffType::kLong, values); }

TiffValue tiff_floats(std::uint16_t tag, std::span<const float> values) {
  TiffValue out = head_of(tag, TiffType::kFloat, values.size());
  for (const float value : values) append(out.bytes, std::bit_cast<std::uint32_t>(value));
  return out;
}

TiffValue tiff_doubles(std::uint16_t tag, std::span<const double> values) {
  TiffValue out = head_of(tag, TiffType::kDouble, values.size());
  for (const double value : values) append(out.bytes, std::bit_cast<std::uint64_t>(value));
  return out;
}

TiffValue tiff_rationals(std::uint16_t tag, std::span<const double> values) {
  return rationals_of<std::uint32_t>(tag, TiffType::kRational, values);
}

TiffValue tiff_signed_rationals(std::uint16_t tag, std::span<const double> values) {
  return rationals_of<std::int32_t>(tag, TiffType::kSignedRational, values);
}

}  // namespace argent
