// isp/io/tiff_tags.h - private: the directories of a TIFF, read without trust.
//
//   TiffTags file(path);
//   for (const TiffDirectory& directory : file.pictures()) if (const TiffField* field = directory.find(258)) file.numbers(*field);
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "isp/io/tiff_value.h"

namespace argent {

/// A field whose values lie inside the file.
struct TiffField {
  std::uint16_t tag = 0;
  TiffType type = TiffType::kByte;
  std::uint32_t count = 0;
  std::uint64_t offset = 0;  ///< of the first value in the file
};

struct TiffDirectory {
  std::uint32_t offset = 0;
  std::vector<TiffField> fields;
  /// nullptr: absent
  const TiffField* find(std::uint16_t tag) const;
};

/// Plain TIFF of either byte order. Fields of unknown types and fields that point outside of the file are left out, each directory is read
/// once however often it is named, and nothing takes memory that the file does not fill.
class TiffTags {
 public:
  static constexpr std::size_t kMostDirectories = 64;
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;  ///< of one field's values

  /// Throws Error, without the path: cannot be opened, is no plain TIFF (BigTIFF is not).
  explicit TiffTags(const std::filesystem::path& path);

  /// The main directories and what their SubIFDs name, in the order of the file; the first is IFD 0. Throws Error when not even that one
  /// can be read.
  std::vector<TiffDirectory> pictures();

  /// The one that a field points to (EXIF's, GPS's); nullopt: it does not lie in the file.
  std::optional<TiffDirectory> directory(const TiffField& pointer);

  // Values of a field; Throw Error when they cannot be read or are more than kMostBytes.
  TiffValue value(const TiffField& field);
  std::vector<double> numbers(const TiffField& field);  ///< a rational with denominator 0 is NaN; empty for text and opaque bytes
  std::string text(const TiffField& field);             ///< up to the first zero
  std::vector<std::uint8_t> bytes(const TiffField& field);

 private:
  std::optional<TiffDirectory> read_directory(std::uint32_t offset, std::uint32_t& next);
  std::vector<std::uint8_t> read(std::uint64_t offset, std::size_t size);
  std::uint32_t word(const std::uint8_t* bytes, std::size_t size) const;

  std::ifstream file_;
  std::uint64_t size_ = 0;
  bool big_endian_ = false;
};

}  // namespace argent
