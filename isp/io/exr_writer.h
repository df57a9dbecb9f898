// isp/io/exr_writer.h - private: OpenEXR, half or float.
#pragma once

#include "isp/image.h"
#include "isp/io/exif_block.h"
#include "isp/io/image_file.h"
#include "models/runtime/output_file.h"

namespace argent {

/// `tags`: nullptr when nothing is known of the capture. Throws Error.
void write_exr(const Image& image, const CaptureTags* tags, const SaveOptions& options, OutputFile& file);

}  // namespace argent
