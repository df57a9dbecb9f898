// isp/io/tiff_stream.h - private: libtiff on an OutputFile, with its errors as ours.
#pragma once

#include <tiffio.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "isp/io/exif_block.h"
#include "models/runtime/output_file.h"

namespace argent {

/// Opens a TIFF for writing, lets `write` fill it and closes it. `write` returns false when a call of libtiff failed, and may throw
/// nothing. Throws Error with the file's path; the caller commits the file. Pixels beyond 4 GiB make it a BigTIFF.
void write_tiff_file(OutputFile& file, std::uint64_t pixel_bytes, const std::function<bool(TIFF*)>& write);

/// Begins the EXIF directory of a file with nothing in it yet and fills in the capture. False: failed.
bool begin_exif_directory(TIFF* tiff, const CaptureTags& tags);
/// Ends it and leaves the file with a fresh main one. Returns its offset for TIFFTAG_EXIFIFD; 0: failed.
std::uint64_t end_exif_directory(TIFF* tiff);

/// Make, model, time and where EXIF lies.
void set_capture_tags(TIFF* tiff, const CaptureTags& tags, std::uint64_t exif_offset);

}  // namespace argent
