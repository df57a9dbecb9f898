// isp/io/raw_file.h - RAW files in: camera formats and DNG through LibRaw.
#pragma once

#include <filesystem>
#include <string>

#include "isp/frame.h"

namespace argent {

/// True when the extension or the content is one that LibRaw may read; headerless mosaics and pictures are not.
bool is_raw_file(const std::filesystem::path& path);

/// Where the black level comes from.
enum class BlackSource {
  kFile,    ///< what the file, or the decoder's table of cameras, says; what its masked pixels show where that is nothing
  kMasked,  ///< what the masked pixels show; an Error where there are none
};

/// Decodes a RAW file. The frame leases the decoder's own memory: no copy for mosaics.
/// Throws Error ("<path>: ...") for what cannot be opened, is no RAW, is larger than kMaxPixels, or has a mosaic that is not
/// supported yet (X-Trans, others: named). What decodes but looks broken (data errors reported by the decoder, a constant or
/// all-clipped mosaic, a large constant part) comes with `capture.warnings`.
RawFrame load_raw(const std::filesystem::path& path, BlackSource black = BlackSource::kFile);

/// Pixels; beyond it a header is taken for a lie.
inline constexpr long long kMaxPixels = 400'000'000;

/// "LibRaw 0.20.2"
std::string raw_library_version();

}  // namespace argent
