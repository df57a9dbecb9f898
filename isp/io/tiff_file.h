// isp/io/tiff_file.h - private: a plain TIFF, written piece by piece; directories come after what they point to.
//
//   TiffFile tiff(output);
//   const std::uint32_t at = tiff.append(pixels);
//   tiff.finish(tiff.append_directory({tiff_long(tags::kStripOffsets, at), ...}));
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isp/io/tiff_value.h"
#include "models/runtime/output_file.h"

namespace argent {

/// Little-endian. Each piece starts at an even offset. Throws Error: not written (as OutputFile says), or beyond the 4 GiB of plain TIFF.
class TiffFile {
 public:
  explicit TiffFile(OutputFile& file);

  /// Returns where the piece lies.
  std::uint32_t append(std::span<const std::uint8_t> bytes);

  /// Fields of each tag at most once, in any order. `next`: where the directory after it lies, 0 for none.
  std::uint32_t append_directory(std::vector<TiffValue> fields, std::uint32_t next = 0);

  /// Writes into the header where the first directory lies.
  void finish(std::uint32_t directory);

 private:
  void write(std::span<const std::uint8_t> bytes);

  OutputFile& file_;
  std::uint64_t size_ = 0;
};

}  // namespace argent
