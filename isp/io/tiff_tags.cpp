#include "isp/io/tiff_tags.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::uint16_t kSubDirectories = 330;
constexpr std::size_t kFieldBytes = 12, kInlineBytes = 4;

template <class Number>
Number number_at(const std::uint8_t* bytes) {
  Number number;  // TiffValue is little-endian, and so is every machine that this is built for
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

template <class Half>
double rational_at(const std::uint8_t* bytes) {
  const auto numerator = number_at<Half>(bytes), denominator = number_at<Half>(bytes + sizeof(Half));
  return denominator == 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(numerator) / denominator;
}

double value_at(TiffType type, const std::uint8_t* bytes) {
  switch (type) {
    case TiffType::kByte:
      return *bytes;
    case TiffType::kSignedByte:
      return number_at<std::int8_t>(bytes);
    case TiffType::kShort:
      return number_at<std::uint16_t>(bytes);
    case TiffType::kSignedShort:
      return number_at<std::int16_t>(bytes);
    case TiffType::kLong:
    case TiffType::kDirectory:
      return number_at<std::uint32_t>(bytes);
    case TiffType::kSignedLong:
      return number_at<std::int32_t>(bytes);
    case TiffType::kRational:
      return rational_at<std::uint32_t>(bytes);
    case TiffType::kSignedRational:
      return rational_at<std::int32_t>(bytes);
    case TiffType::kFloat:
      return static_cast<double>(number_at<float>(bytes));
    case TiffType::kDouble:
      return number_at<double>(bytes);
    case TiffType::kAscii:
    case TiffType::kUndefined:
      break;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

const TiffField* TiffDirectory::find(std::uint16_t tag) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const TiffField& field) { return field.tag == tag; });
  return found == fields.end() ? nullptr : &*found;
}

TiffTags::TiffTags(const std::filesystem::path& path) : file_(path, std::ios::binary | std::ios::ate) {
  if (!file_) throw Error("cannot be opened");
  size_ = static_cast<std::uint64_t>(std::max<std::streamoff>(0, file_.tellg()));
  constexpr std::size_t kHeader = 8;
  if (size_ < kHeader) throw Error("is too short for a TIFF");
  const std::vector<std::uint8_t> head = read(0, kHeader);
  big_endian_ = head[0] == 'M';
  const bool known = head[0] == head[1] && (head[0] == 'I' || head[0] == 'M') && word(&head[2], 2) == 42;
  if (!known) throw Error("is no plain TIFF");
}

std::vector<TiffDirectory> TiffTags::pictures() {
  std::vector<TiffDirectory> out;
  std::set<std::uint32_t> seen;
  std::vector<std::uint32_t> waiting{word(read(4, 4).data(), 4)};
  for (std::size_t i = 0; i < waiting.size() && seen.size() < kMostDirectories; i++) {
    if (!seen.insert(waiting[i]).second) continue;
    std::uint32_t next = 0;
    std::optional<TiffDirectory> directory = read_directory(waiting[i], next);
    if (!directory) continue;
    if (const TiffField* field = directory->find(kSubDirectories); field != nullptr && field->count <= kMostDirectories) {
      for (const double offset : numbers(*field)) waiting.push_back(static_cast<std::uint32_t>(offset));
    }
    if (next != 0) waiting.push_back(next);
    out.push_back(std::move(*directory));
  }
  if (out.empty() || out.front().offset != waiting.front()) throw Error("its first directory lies outside of the file");
  return out;
}

std::optional<TiffDirectory> TiffTags::directory(const TiffField& pointer) {
  if (pointer.count != 1 || (pointer.type != TiffType::kLong && pointer.type != TiffType::kDirectory)) return std::nullopt;
  std::uint32_t next = 0;
  return read_directory(static_cast<std::uint32_t>(numbers(pointer).front()), next);
}

std::optional<TiffDirectory> TiffTags::read_directory(std::uint32_t offset, std::uint32_t& next) {
  if (offset < 8 || std::uint64_t{offset} + 2 > size_) return std::nullopt;
  const std::size_t count = word(read(offset, 2).data(), 2), bytes = count * kFieldBytes;
  if (count == 0 || std::uint64_t{offset} + 2 + bytes > size_) return std::nullopt;
  const std::vector<std::uint8_t> fields = read(offset + 2ULL, bytes);
  TiffDirectory out{offset, {}};
  for (const std::uint8_t* field = fields.data(); field != fields.data() + bytes; field += kFieldBytes) {
    TiffField one{static_cast<std::uint16_t>(word(field, 2)), static_cast<TiffType>(word(field + 2, 2)), word(field + 4, 4), 0};
    const std::uint64_t size = std::uint64_t{one.count} * size_of(one.type);
    const std::uint64_t here = offset + 2ULL + static_cast<std::uint64_t>(field - fields.data()) + 8;
    one.offset = size <= kInlineBytes ? here : word(field + 8, 4);
    if (size == 0 || size > size_ || one.offset > size_ - size) continue;
    out.fields.push_back(one);
  }
  next = std::uint64_t{offset} + 2 + bytes + 4 <= size_ ? word(read(offset + 2ULL + bytes, 4).data(), 4) : 0;
  return out;
}

TiffValue TiffTags::value(const TiffField& field) {
  const std::uint64_t size = std::uint64_t{field.count} * size_of(field.type);
  if (size > kMostBytes) throw Error("tag " + std::to_string(field.tag) + " has " + std::to_string(size) + " bytes, more than are read");
  TiffValue out{field.tag, field.type, field.count, read(field.offset, static_cast<std::size_t>(size))};
  if (const std::size_t step = word_of(field.type); big_endian_ && step > 1) {
    for (auto at = out.bytes.begin(); at != out.bytes.end(); at += static_cast<std::ptrdiff_t>(step)) {
      std::reverse(at, at + static_cast<std::ptrdiff_t>(step));
    }
  }
  return out;
}

std::vector<double> TiffTags::numbers(const TiffField& field) {
  if (field.type == TiffType::kAscii || field.type == TiffType::kUndefined) return {};
  const TiffValue value = this->value(field);
  std::vector<double> out(field.count);
  for (std::size_t i = 0; i < out.size(); i++) out[i] = value_at(field.type, &value.bytes[i * size_of(field.type)]);
  return out;
}

std::string TiffTags::text(const TiffField& field) {
  const std::vector<std::uint8_t> all = bytes(field);
  return {all.begin(), std::find(all.begin(), all.end(), std::uint8_t{0})};
}

std::vector<std::uint8_t> TiffTags::bytes(const TiffField& field) { return value(field).bytes; }

std::vector<std::uint8_t> TiffTags::read(std::uint64_t offset, std::size_t size) {
  std::vector<std::uint8_t> out(size);
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(offset));
  if (!file_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(size))) throw Error("cannot be read");
  return out;
}

std::uint32_t TiffTags::word(const std::uint8_t* bytes, std::size_t size) const {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < size; i++) out |= std::uint32_t{bytes[i]} << 8 * (big_endian_ ? size - 1 - i : i);
  return out;
}

}  // namespace argent
