// isp/io/jpeg_writer.h - private: JPEG, 8 bit.
#pragma once

#include <string>

#include "isp/image.h"
#include "isp/io/exif_block.h"
#include "isp/io/image_file.h"
#include "models/runtime/output_file.h"

namespace argent {

/// Throws Error ("<where>: ..."): not 8 bits, too large, a quality outside of 1 to 100.
void check_jpeg(const ImageInfo& picture, int quality, const std::string& where);

/// `tags`: nullptr when nothing is known of the capture. Throws Error.
void write_jpeg(const Image& image, const CaptureTags* tags, const SaveOptions& options, OutputFile& file);

}  // namespace argent
