#include "isp/io/tiff_file.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kInlineBytes = 4;
constexpr std::uint32_t kOffsetOfFirst = 4;

void append_number(std::vector<std::uint8_t>& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

}  // namespace

TiffFile::TiffFile(OutputFile& file) : file_(file) { write(std::array<std::uint8_t, 8>{'I', 'I', 42}); }

std::uint32_t TiffFile::append(std::span<const std::uint8_t> bytes) {
  if (size_ % 2 != 0) write(std::array<std::uint8_t, 1>{});
  const std::uint64_t at = size_;
  write(bytes);
  return static_cast<std::uint32_t>(at);
}

std::uint32_t TiffFile::append_directory(std::vector<TiffValue> fields, std::uint32_t next) {
  std::sort(fields.begin(), fields.end(), [](const TiffValue& a, const TiffValue& b) { return a.tag < b.tag; });
  std::vector<std::uint8_t> out;
  append_number(out, fields.size(), 2);
  for (TiffValue& field : fields) {
    append_number(out, field.tag, 2);
    append_number(out, static_cast<std::uint16_t>(field.type), 2);
    append_number(out, field.count, 4);
    if (field.bytes.size() > kInlineBytes) {
      append_number(out, append(field.bytes), 4);
    } else {
      field.bytes.resize(kInlineBytes);
      out.insert(out.end(), field.bytes.begin(), field.bytes.end());
    }
  }
  append_number(out, next, 4);
  return append(out);
}

void TiffFile::finish(std::uint32_t directory) {
  std::vector<std::uint8_t> out;
  append_number(out, directory, 4);
  file_.seek(kOffsetOfFirst, SEEK_SET);
  file_.write(out.data(), out.size());
  file_.check();
}

void TiffFile::write(std::span<const std::uint8_t> bytes) {
  size_ += bytes.size();
  if (size_ > std::numeric_limits<std::uint32_t>::max())
    throw Error(file_.path().string() + ": is larger than the 4 GiB that TIFF can address");
  file_.write(bytes.data(), bytes.size());
  file_.check();
}

}  // namespace argent
