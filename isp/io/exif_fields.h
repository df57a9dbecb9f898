// isp/io/exif_fields.h - private: what a TIFF-like file says of its capture, as fields of directories that can be written again.
#pragma once

#include <filesystem>
#include <vector>

#include "isp/io/exif_block.h"
#include "isp/io/tiff_value.h"

namespace argent {

struct ExifFields {
  std::vector<TiffValue> main;  ///< of IFD 0: artist, copyright
  std::vector<TiffValue> exif, gps;
};

/// What the file at `path` has, without what means nothing elsewhere: maker notes (their offsets count from the old place), sizes,
/// pointers. Empty where there is none, or the file is no TIFF, or it is damaged.
ExifFields exif_fields_of(const std::filesystem::path& path);

/// The frame's own fields where `fields` does not have them.
void add_missing(ExifFields& fields, const CaptureTags& capture, float lens_position);

}  // namespace argent
